// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/preview_measures.h"

#include "core/data/catalog_columns.h"
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/metric_functions.h"
#include "core/reranking/mmr.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace orrery {
namespace {

using Kind = RuleMeasure::Kind;

std::size_t at(Kind kind) { return static_cast<std::size_t>(kind); }

const MetricFunctions& ndcg()
{
    static const MetricFunctions& found = functionsOf(*std::ranges::find(metrics(), "ndcg", &MetricDeclaration::id));
    return found;
}

/// Something shown to somebody.
struct Shown {
    std::uint32_t what, person;
    auto operator<=>(const Shown&) const = default;
};

/// How many different things are shown to anybody, and how many to one person alone.
struct Covered {
    std::size_t things = 0;
    std::vector<double> alone; ///< by person
};

using KeyOf = std::function<std::uint32_t(ItemIndex)>; ///< noGroup: counts as nothing

Covered coveredBy(ListsSpan lists, const KeyOf& keyOf)
{
    std::vector<Shown> shown;
    for (std::uint32_t person = 0; person < lists.size(); ++person)
        for (const Reranked& one : lists[person])
            if (const auto key = keyOf(one.item); key != noGroup)
                shown.push_back({key, person});
    std::ranges::sort(shown);
    Covered covered{0, std::vector<double>(lists.size(), 0)};
    for (auto first = shown.begin(); first != shown.end();) {
        const auto last = std::find_if(first, shown.end(), [&](const Shown& one) { return one.what != first->what; });
        ++covered.things;
        if (first->person == std::prev(last)->person)
            covered.alone[first->person] += 1;
        first = last;
    }
    return covered;
}

// Without a person, what is shown to them alone is lost: the difference of both counts is known for every one left out.
RuleMeasure coverage(Kind kind, ListsSpan before, ListsSpan after, std::size_t all, const KeyOf& keyOf)
{
    const Covered was = coveredBy(before, keyOf), is = coveredBy(after, keyOf);
    const auto n = static_cast<double>(before.size()), total = static_cast<double>(all);
    double sum = 0, squares = 0;
    for (std::size_t person = 0; person < before.size(); ++person) {
        const double lost = is.alone[person] - was.alone[person];
        sum += lost;
        squares += lost * lost;
    }
    const double error = std::sqrt(std::max(0.0, (squares - sum * sum / n) * (n - 1) / n)) / total;
    RuleMeasure made{
        kind, static_cast<double>(was.things) / total, static_cast<double>(is.things) / total, {}, before.size()};
    made.interval = within95(made.difference(), error);
    return made;
}

/// Columns of the bootstrap: of each kind sum and weight before, sum and weight after.
PeopleSums sumsOf(std::span<const MeasureParts> before, std::span<const MeasureParts> after)
{
    PeopleSums sums(before.size(), 4 * ruleMeasureCount);
    for (std::size_t person = 0; person < before.size(); ++person) {
        sums.setWeight(person, 1);
        for (std::size_t kind = 0; kind < ruleMeasureCount; ++kind) {
            sums.set(person, 4 * kind, before[person][kind].sum);
            sums.set(person, 4 * kind + 1, before[person][kind].weight);
            sums.set(person, 4 * kind + 2, after[person][kind].sum);
            sums.set(person, 4 * kind + 3, after[person][kind].weight);
        }
    }
    return sums;
}

RuleMeasure meanOf(std::size_t kind, const std::vector<double>& totals, const std::vector<std::vector<double>>& rounds)
{
    RuleMeasure made;
    made.kind = static_cast<Kind>(kind);
    made.before = totals[4 * kind] / totals[4 * kind + 1];
    made.after = totals[4 * kind + 2] / totals[4 * kind + 3];
    std::vector<double> differences(rounds[0].size());
    for (std::size_t round = 0; round < differences.size(); ++round)
        differences[round] = rounds[4 * kind + 2][round] / rounds[4 * kind + 3][round] -
                             rounds[4 * kind][round] / rounds[4 * kind + 1][round];
    made.interval = middle95(std::move(differences));
    return made;
}

} // namespace

Interval within95(double mean, double standardError)
{
    constexpr double errors = 1.959964;
    return {mean - errors * standardError, mean + errors * standardError};
}

double placeWorth(std::size_t place) { return 1 / std::log2(1 + static_cast<double>(place)); }

double bestWorth(std::span<const float> worth, std::size_t k)
{
    std::vector<float> best(worth.begin(), worth.end());
    k = std::min(k, best.size());
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(k), best.end(), std::greater<>());
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i)
        sum += static_cast<double>(best[i]) * placeWorth(i + 1);
    return sum;
}

ListMeasures::ListMeasures(const RuleCatalog& catalog, std::size_t k, double newDays)
    : m_catalog(catalog), m_k(k), m_isNew(newSellers(catalog, newDays))
{
    const Dataset& data = catalog.dataset();
    if (const auto* column = CatalogColumns(data.items())[CatalogField::Margin])
        m_tiers = !std::holds_alternative<NumberColumn>(column->data);
    const double people = std::max(1.0, static_cast<double>(data.personCount()));
    m_bits.resize(data.itemCount());
    std::vector<std::uint32_t> known(data.itemCount(), 0);
    for (const ItemIndex item : data.interactions().allItems())
        ++known[item.value];
    for (std::size_t item = 0; item < known.size(); ++item)
        m_bits[item] = static_cast<float>(std::log2(people / std::max(1.0, static_cast<double>(known[item]))));
}

MeasurePart ListMeasures::agreement(std::span<const Reranked> list, const JudgedPerson& person) const
{
    if (person.later.empty())
        return {};
    std::vector<std::uint8_t> hits(std::min(m_k, list.size()));
    for (std::size_t i = 0; i < hits.size(); ++i)
        hits[i] = std::ranges::binary_search(person.later, list[i].item) ? 1 : 0;
    return {ndcg().ranking({hits, person.later.size(), m_k}), 1};
}

MeasurePart ListMeasures::diversity(std::span<const Reranked> list) const
{
    MeasurePart pairs;
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (!m_catalog.categoriesOf(list[i].item).empty() && !m_catalog.categoriesOf(list[j].item).empty()) {
                pairs.sum += 1 - similarityOf(m_catalog, DiversityRule::By::Categories, list[i].item, list[j].item);
                pairs.weight += 1;
            }
    return pairs.weight > 0 ? MeasurePart{pairs.sum / pairs.weight, 1} : MeasurePart{};
}

MeasureParts ListMeasures::of(std::span<const Reranked> list, const JudgedPerson& person) const
{
    MeasureParts parts{};
    parts[at(Kind::Agreement)] = agreement(list, person);
    parts[at(Kind::Diversity)] = diversity(list);
    const auto add = [&](Kind kind, double value) {
        parts[at(kind)].sum += value;
        parts[at(kind)].weight += 1;
    };
    double own = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const ItemIndex item = list[i].item;
        if (list[i].candidate < person.worth.size())
            own += static_cast<double>(person.worth[list[i].candidate]) * placeWorth(i + 1);
        if (const auto margin = static_cast<double>(m_catalog.marginOf(item)); !m_tiers && std::isfinite(margin))
            add(Kind::Margin, margin);
        else if (m_tiers)
            add(Kind::HighMargin, m_catalog.marginRank(item) <= 0 ? 1 : 0);
        if (const auto seller = m_catalog.groupOf(ItemGroup::Seller, item); seller != noGroup)
            add(Kind::NewSellers, m_isNew[seller]);
        if (item.value < m_bits.size())
            add(Kind::Novelty, static_cast<double>(m_bits[item.value]));
    }
    if (person.bestWorth > 0)
        add(Kind::OwnOrder, own / person.bestWorth);
    return parts;
}

Result<std::vector<RuleMeasure>> measured(const RuleCatalog& catalog, ListsSpan before, ListsSpan after,
                                          std::span<const MeasureParts> partsBefore,
                                          std::span<const MeasureParts> partsAfter,
                                          const RulePreview::Settings& settings, const JobContext& job)
{
    std::vector<RuleMeasure> made;
    if (before.empty())
        return made;
    const PeopleSums sums = sumsOf(partsBefore, partsAfter);
    const auto rounds = sums.resampled(settings.seed, settings.rounds, job);
    if (!rounds)
        return tl::unexpected(rounds.error());
    const auto totals = sums.ratios();
    for (std::size_t kind = 0; kind < ruleMeasureCount; ++kind) {
        if (kind == at(Kind::Coverage) && catalog.size() > 0)
            made.push_back(
                coverage(Kind::Coverage, before, after, catalog.size(), [](ItemIndex item) { return item.value; }));
        if (kind == at(Kind::Sellers) && catalog.groupCount(ItemGroup::Seller) > 0)
            made.push_back(coverage(Kind::Sellers, before, after, catalog.groupCount(ItemGroup::Seller),
                                    [&](ItemIndex item) { return catalog.groupOf(ItemGroup::Seller, item); }));
        if (!(totals[4 * kind + 1] > 0 && totals[4 * kind + 3] > 0))
            continue;
        made.push_back(meanOf(kind, totals, *rounds));
        for (std::size_t person = 0; person < before.size(); ++person)
            made.back().people += partsBefore[person][kind].weight + partsAfter[person][kind].weight > 0 ? 1 : 0;
    }
    return made;
}

} // namespace orrery
