// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_tables.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

using Use = EventIndex::Use;

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t itemsAtOnce = 2048, brandsAtOnce = 64;

/// Events that count as uses, by item in the order of time, of equal times in the log's order: as EventIndex has their
/// times.
class UsesByItem {
public:
    explicit UsesByItem(const EventIndex& events) : m_log(events.dataset().log())
    {
        const KindWeights& weights = events.dataset().kindWeights();
        m_next.assign(events.dataset().itemCount() + 1, 0);
        for (std::size_t item = 0; item + 1 < m_next.size(); ++item)
            m_next[item + 1] =
                m_next[item] + events.times(Use::All, ItemIndex{static_cast<std::uint32_t>(item)}).size();
        m_events.resize(m_next.back());
        for (std::uint32_t event = 0; event < m_log.size(); ++event)
            if (weights[m_log.kindOf(event)] > 0)
                m_events[m_next[m_log.items()[event].value]++] = event;
    }

    [[nodiscard]] std::size_t size() const { return m_events.size(); }
    /// Place of the first use of an item.
    [[nodiscard]] std::uint64_t firstOf(std::size_t item) const { return item == 0 ? 0 : m_next[item - 1]; }
    /// Sorted on the first call; each item is asked by one thread.
    std::span<const std::uint32_t> of(std::size_t item)
    {
        const auto uses = std::span(m_events).subspan(firstOf(item), m_next[item] - firstOf(item));
        const auto times = m_log.times();
        if (!times.empty())
            std::ranges::stable_sort(uses, {}, [times](std::uint32_t event) { return times[event]; });
        return uses;
    }

private:
    const EventLog& m_log;
    std::vector<std::uint64_t> m_next; ///< once filled: the end of each item
    std::vector<std::uint32_t> m_events;
};

float dot(std::span<const float> a, std::span<const float> b)
{
    constexpr std::size_t lanes = 16;
    std::array<float, lanes> sums{};
    std::size_t i = 0;
    for (; i + lanes <= a.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += a[i + lane] * b[i + lane];
    for (; i < a.size(); ++i)
        sums[0] += a[i] * b[i];
    float sum = 0;
    for (const float lane : sums)
        sum += lane;
    return sum;
}

std::span<const float> rowOf(const VectorColumn& column, ItemIndex item)
{
    return std::span(column.values).subspan(item.value * column.length, column.length);
}

} // namespace

Result<std::shared_ptr<const FeatureTables>> FeatureTables::open(std::shared_ptr<const EventIndex> events,
                                                                 const JobContext& job)
{
    auto tables = std::make_shared<FeatureTables>();
    auto facts = CatalogFacts::open(events->dataset(), job);
    if (!facts)
        return tl::unexpected(facts.error());
    tables->m_facts = std::move(*facts);
    tables->m_events = std::move(events);
    tables->takeKinds();
    for (const auto step : {&FeatureTables::takeUses, &FeatureTables::takeBrands})
        if (const auto done = ((*tables).*step)(job); !done)
            return tl::unexpected(done.error());
    tables->takeNorms();
    return tables;
}

void FeatureTables::takeKinds()
{
    const EventLog& log = dataset().log();
    for (std::size_t event = 0; event < log.kinds().size(); ++event) {
        if (log.kinds()[event] == EventKind::Rating)
            continue;
        const Timestamp at = log.hasTimes() ? log.times()[event] : noTime;
        m_firstKind = m_anyKind ? std::min(m_firstKind, at) : at;
        m_anyKind = true;
    }
}

Status FeatureTables::takeUses(const JobContext& job)
{
    if (dataset().itemCount() == 0)
        return {};
    const EventLog& log = dataset().log();
    m_times = m_events->times(Use::All, ItemIndex{0}).data();
    UsesByItem uses(*m_events);
    m_means.resize(uses.size());
    m_prices.resize(log.prices().empty() ? 0 : uses.size());
    return parallelFor(job, dataset().itemCount(), itemsAtOnce, [&](std::size_t first, std::size_t last) {
        for (std::size_t item = first; item < last; ++item) {
            std::uint64_t place = uses.firstOf(item);
            double sum = 0;
            float price = unknown;
            for (std::size_t count = 0; const std::uint32_t event : uses.of(item)) {
                sum += static_cast<double>(log.values()[event]);
                m_means[place] = static_cast<float>(sum / static_cast<double>(++count));
                if (!m_prices.empty()) {
                    if (log.prices()[event] > 0)
                        price = log.prices()[event];
                    m_prices[place] = price;
                }
                ++place;
            }
        }
    });
}

Status FeatureTables::takeBrands(const JobContext& job)
{
    const std::size_t brands = m_facts->groupCount(ItemGroup::Brand);
    m_brandStarts.assign(brands + 1, 0);
    const auto brandOf = [this](std::size_t item) {
        return (*m_facts)[ItemIndex{static_cast<std::uint32_t>(item)}][ItemGroup::Brand];
    };
    const auto timesOf = [this](std::size_t item) {
        return m_events->times(Use::All, ItemIndex{static_cast<std::uint32_t>(item)});
    };
    for (std::size_t item = 0; item < m_facts->size(); ++item)
        if (brandOf(item) != noGroup)
            m_brandStarts[brandOf(item) + 1] += timesOf(item).size();
    for (std::size_t brand = 0; brand < brands; ++brand)
        m_brandStarts[brand + 1] += m_brandStarts[brand];
    m_brandTimes.resize(m_brandStarts.back());
    auto next = m_brandStarts;
    for (std::size_t item = 0; item < m_facts->size(); ++item)
        if (brandOf(item) != noGroup)
            for (const Timestamp at : timesOf(item))
                m_brandTimes[next[brandOf(item)]++] = at;
    return parallelFor(job, brands, brandsAtOnce, [this](std::size_t first, std::size_t last) {
        for (std::size_t brand = first; brand < last; ++brand)
            std::ranges::sort(
                std::span(m_brandTimes).subspan(m_brandStarts[brand], m_brandStarts[brand + 1] - m_brandStarts[brand]));
    });
}

void FeatureTables::takeNorms()
{
    if (dataset().items().vectors().empty())
        return;
    const VectorColumn& column = dataset().items().vectors().front();
    m_inverseNorms.resize(column.values.size() / column.length);
    for (std::uint32_t item = 0; item < m_inverseNorms.size(); ++item) {
        const auto row = rowOf(column, ItemIndex{item});
        const float norm = std::sqrt(dot(row, row));
        m_inverseNorms[item] = norm > 0 && std::isfinite(norm) ? 1 / norm : 0;
    }
}

ItemPast FeatureTables::pastOf(ItemIndex item, Timestamp now) const
{
    const auto all = m_events->times(Use::All, item);
    if (all.empty())
        return {};
    const auto end = std::ranges::lower_bound(all, now);
    return {all.first(static_cast<std::size_t>(end - all.begin())), static_cast<std::uint64_t>(all.data() - m_times)};
}

float FeatureTables::meanValue(const ItemPast& past) const { return past.uses() > 0 ? m_means[past.last()] : unknown; }

float FeatureTables::priceOf(ItemIndex item, const ItemPast& past) const
{
    if (m_prices.empty())
        return (*m_facts)[item].price;
    return past.uses() > 0 ? m_prices[past.last()] : unknown;
}

std::size_t FeatureTables::brandUses(std::uint32_t brand, Timestamp now) const
{
    const auto all =
        std::span(m_brandTimes).subspan(m_brandStarts[brand], m_brandStarts[brand + 1] - m_brandStarts[brand]);
    return static_cast<std::size_t>(std::ranges::lower_bound(all, now) - all.begin());
}

float FeatureTables::similarity(ItemIndex a, ItemIndex b) const
{
    return m_inverseNorms.empty() ? jaccard(a, b) : cosine(a, b);
}

float FeatureTables::cosine(ItemIndex a, ItemIndex b) const
{
    if (std::max(a, b).value >= m_inverseNorms.size() || m_inverseNorms[a.value] == 0 || m_inverseNorms[b.value] == 0)
        return unknown;
    const VectorColumn& column = dataset().items().vectors().front();
    return dot(rowOf(column, a), rowOf(column, b)) * m_inverseNorms[a.value] * m_inverseNorms[b.value];
}

float FeatureTables::jaccard(ItemIndex a, ItemIndex b) const
{
    const auto of = m_facts->categoriesOf(a), with = m_facts->categoriesOf(b);
    const std::uint32_t brand = (*m_facts)[a][ItemGroup::Brand], other = (*m_facts)[b][ItemGroup::Brand];
    std::size_t common = brand != noGroup && brand == other ? 1 : 0;
    const std::size_t known = of.size() + (brand != noGroup ? 1 : 0), known2 = with.size() + (other != noGroup ? 1 : 0);
    if (known == 0 || known2 == 0)
        return unknown;
    for (std::size_t i = 0, j = 0; i < of.size() && j < with.size();) {
        common += of[i] == with[j] ? 1 : 0;
        const bool next = of[i] <= with[j], nextOther = with[j] <= of[i];
        i += next ? 1 : 0;
        j += nextOther ? 1 : 0;
    }
    return static_cast<float>(common) / static_cast<float>(known + known2 - common);
}

} // namespace orrery
