// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_view.h"

#include "core/ranking/feature_person.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

using enum FeatureColumn;

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr Timestamp hour = 3600, day = 24 * hour, week = 7 * day;

float logCount(std::size_t count) { return std::log1p(static_cast<float>(count)); }

/// Of ascending times before now those of the last `seconds`.
std::span<const Timestamp> newerThan(Timestamp seconds, Timestamp now, std::span<const Timestamp> times)
{
    const Timestamp from = now < noTime + 1 + seconds ? noTime + 1 : now - seconds;
    return times.subspan(static_cast<std::size_t>(std::ranges::lower_bound(times, from) - times.begin()));
}

/// Writes what depends on the candidate, one row after the other.
class CandidateRows {
public:
    CandidateRows(const FeatureTables& tables, const FeaturePerson& person)
        : m_tables(tables), m_person(person), m_now(person.now()), m_kinds(tables.kindsTold(m_now)),
          m_times(tables.timesTold(m_now) && m_now != endOfTime)
    {
    }

    void write(ItemIndex item, FeatureRow row) const
    {
        const ItemPast past = m_tables.pastOf(item, m_now);
        const ItemFacts& facts = m_tables.facts()[item];
        writeUses(item, past, row);
        writeCatalog(item, facts, past, row);
        writeHistory(item, row);
        writeGroups(item, facts, row);
        writeSimilarity(item, row);
    }

private:
    void writeUses(ItemIndex item, const ItemPast& past, FeatureRow row) const
    {
        const EventIndex& events = m_tables.events();
        row[Popularity] = logCount(past.uses());
        row[PopularityAgainstUsual] = row[Popularity] - m_person.usualPopularity();
        writeWindows(past, row);
        row[DaysSinceUsed] = past.uses() > 0 ? m_person.daysSince(past.times.back()) : unknown;
        row[Purchases] = row[Conversion] = unknown;
        if (m_kinds) {
            const std::size_t bought = events.countBefore(EventIndex::Use::Purchase, item, m_now);
            row[Purchases] = logCount(bought);
            if (past.uses() > 0)
                row[Conversion] = static_cast<float>(bought) / static_cast<float>(past.uses());
        }
        const std::size_t shown = events.countBefore(EventIndex::Use::Shown, item, m_now);
        row[UseRate] = shown > 0 ? static_cast<float>(past.uses()) / static_cast<float>(past.uses() + shown) : unknown;
        row[ItemValue] = m_tables.meanValue(past);
    }

    void writeWindows(const ItemPast& past, FeatureRow row) const
    {
        if (!m_times) {
            row[PopularityHour] = row[PopularityDay] = row[PopularityWeek] = row[Trend] = unknown;
            return;
        }
        const auto ofWeek = newerThan(week, m_now, past.times), ofDay = newerThan(day, m_now, ofWeek);
        row[PopularityHour] = logCount(newerThan(hour, m_now, ofDay).size());
        row[PopularityDay] = logCount(ofDay.size());
        row[PopularityWeek] = logCount(ofWeek.size());
        row[Trend] = row[PopularityDay] - std::log1p(static_cast<float>(ofWeek.size()) / 7);
    }

    void writeCatalog(ItemIndex item, const ItemFacts& facts, const ItemPast& past, FeatureRow row) const
    {
        const CatalogFacts& catalog = m_tables.facts();
        const bool listed = item.value < catalog.size();
        row[Age] = m_person.daysSince(added(facts, past));
        row[Price] = m_tables.priceOf(item, past);
        row[PriceAgainstUsual] = std::log(row[Price]) - m_person.usualLogPrice();
        row[Margin] = 1 - facts.marginRank;
        row[Promoted] =
            !listed || !catalog.tells(CatalogField::Promoted) ? unknown : static_cast<float>(facts.promoted ? 1 : 0);
        row[InStock] =
            !listed || !catalog.tells(CatalogField::Stock) ? unknown : static_cast<float>(facts.soldOut ? 0 : 1);
        row[ItemCategories] = static_cast<float>(catalog.categoriesOf(item).size());
        const std::uint32_t brand = facts[ItemGroup::Brand];
        row[BrandPopularity] = brand == noGroup ? unknown : logCount(m_tables.brandUses(brand, m_now));
    }

    [[nodiscard]] Timestamp added(const ItemFacts& facts, const ItemPast& past) const
    {
        if (facts.added != noTime && facts.added < m_now)
            return facts.added;
        const auto timed = std::ranges::upper_bound(past.times, noTime);
        return timed != past.times.end() ? *timed : noTime;
    }

    void writeHistory(ItemIndex item, FeatureRow row) const
    {
        const HistoryEntry* entry = m_person.entryOf(item);
        const OwnItem* own = m_person.ownOf(item);
        row[SeenCount] = entry ? static_cast<float>(std::max(1U, own ? own->uses : 0U)) : 0;
        row[DaysSinceSeen] = entry ? m_person.daysSince(entry->at) : unknown;
        row[ShownUnused] = own && !entry ? static_cast<float>(own->shown) : 0;
    }

    void writeGroups(ItemIndex item, const ItemFacts& facts, FeatureRow row) const
    {
        const auto useOf = [&](ItemGroup group) { return m_person.uses(group).of(facts[group]); };
        const GroupUse* brand = useOf(ItemGroup::Brand);
        const GroupUse* subcategory = useOf(ItemGroup::Subcategory);
        const GroupUse* seller = useOf(ItemGroup::Seller);
        const auto items = [](const GroupUse* use) { return use ? static_cast<float>(use->items) : 0; };
        const auto entries = static_cast<float>(m_person.historySize());
        row[BrandBought] = row[BrandShare] = row[SubcategoryShare] = row[SellerSeen] = unknown;
        if (facts[ItemGroup::Brand] != noGroup) {
            row[BrandBought] = brand ? static_cast<float>(brand->bought) : 0;
            row[BrandShare] = entries > 0 ? items(brand) / entries : unknown;
        }
        if (facts[ItemGroup::Subcategory] != noGroup && entries > 0)
            row[SubcategoryShare] = items(subcategory) / entries;
        row[DaysSinceCategory] = subcategory ? m_person.daysSince(subcategory->newest) : unknown;
        if (facts[ItemGroup::Seller] != noGroup)
            row[SellerSeen] = items(seller);
        writeCategories(m_tables.facts().categoriesOf(item), row);
    }

    void writeCategories(std::span<const std::uint32_t> categories, FeatureRow row) const
    {
        row[CategoryShare] = row[SessionCategory] = unknown;
        if (categories.empty())
            return;
        if (m_person.historySize() > 0) {
            std::size_t sum = 0;
            for (const std::uint32_t category : categories)
                if (const GroupUse* use = m_person.uses(ItemGroup::Category).of(category))
                    sum += use->items;
            row[CategoryShare] =
                static_cast<float>(sum) / static_cast<float>(categories.size() * m_person.historySize());
        }
        if (m_person.session().empty())
            return;
        const auto common = std::ranges::count_if(m_person.session(), [&](ItemIndex seen) {
            return std::ranges::find_first_of(m_tables.facts().categoriesOf(seen), categories) !=
                   m_tables.facts().categoriesOf(seen).end();
        });
        row[SessionCategory] = static_cast<float>(common) / static_cast<float>(m_person.session().size());
    }

    void writeSimilarity(ItemIndex item, FeatureRow row) const
    {
        float most = unknown, sum = 0;
        std::size_t known = 0;
        for (const ItemIndex other : m_person.newest()) {
            const float one = other == item ? unknown : m_tables.similarity(other, item);
            if (std::isnan(one))
                continue;
            most = known++ == 0 ? one : std::max(most, one);
            sum += one;
        }
        row[SimilarityMost] = most;
        row[SimilarityMean] = known > 0 ? sum / static_cast<float>(known) : unknown;
    }

    const FeatureTables& m_tables;
    const FeaturePerson& m_person;
    Timestamp m_now;
    bool m_kinds, m_times; ///< whether they are told before now
};

void writeSources(const Candidates& candidates, std::size_t candidate, std::span<float> row)
{
    const auto places = candidates.placesOf(candidate);
    const auto scores = candidates.scoresOf(candidate);
    FeatureRow columns(row.data());
    columns[SourceCount] = static_cast<float>(places.size()) - static_cast<float>(std::ranges::count(places, 0));
    columns[Merged] = candidates.merged[candidate];
    for (std::size_t source = 0; source < places.size(); ++source) {
        float* own = row.data() + commonColumns + columnsPerSource * source;
        own[0] = places[source] > 0 ? 1 / static_cast<float>(places[source]) : 0;
        own[1] = std::isfinite(scores[source]) ? scores[source] : unknown;
    }
}

} // namespace

Result<std::shared_ptr<const FeatureView>>
FeatureView::open(std::shared_ptr<const EventIndex> events, std::vector<std::string> sourceNames, const JobContext& job)
{
    auto tables = FeatureTables::open(std::move(events), job);
    if (!tables)
        return tl::unexpected(tables.error());
    auto view = std::make_shared<FeatureView>();
    view->m_tables = std::move(*tables);
    view->m_sources = std::move(sourceNames);
    view->m_features = orrery::features(view->m_sources);
    view->m_version = featureVersion(view->m_sources);
    return view;
}

const EventIndex& FeatureView::events() const { return m_tables->events(); }

void FeatureView::fill(const FeatureRequest& request, const Candidates& candidates, MatrixRef out) const
{
    assert(candidates.sources == m_sources.size() && out.rows == candidates.size() && out.cols == width());
    const FeaturePerson person(*m_tables, request);
    const CandidateRows rows(*m_tables, person);
    for (std::size_t candidate = 0; candidate < candidates.size(); ++candidate) {
        const auto row = out.row(candidate);
        if (candidate == 0)
            person.write(FeatureRow(row.data()));
        else
            std::ranges::copy(out.row(0).first(commonColumns), row.begin());
        rows.write(candidates.items[candidate], FeatureRow(row.data()));
        writeSources(candidates, candidate, row);
    }
}

} // namespace orrery
