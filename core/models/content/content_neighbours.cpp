// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/content_neighbours.h"

#include "core/models/content/content_features.h"

#include <algorithm>

namespace orrery {

Result<ContentNeighbours> ContentNeighbours::of(const Dataset& dataset, const JobContext& job)
{
    FeatureConfig config;
    config.length = VectorLength::One;
    auto features = contentFeatures(dataset, config, job);
    if (!features)
        return tl::unexpected(features.error());
    ContentNeighbours found;
    found.m_rows = std::move(features->rows);
    found.m_columns = found.m_rows.transposed();
    return found;
}

std::vector<Neighbour> ContentNeighbours::nearest(ItemIndex item, std::size_t n,
                                                  const std::vector<std::uint8_t>& allowed) const
{
    std::vector<Neighbour> alike;
    if (item.value >= m_rows.rowCount())
        return alike;
    std::vector<double> sums(m_rows.rowCount(), 0.0);
    const auto own = m_rows.row(item.value);
    for (std::size_t f = 0; f < own.size(); ++f) {
        const auto holders = m_columns.row(own.columns[f]);
        for (std::size_t h = 0; h < holders.size(); ++h)
            sums[holders.columns[h]] += static_cast<double>(own.values[f]) * static_cast<double>(holders.values[h]);
    }
    for (std::uint32_t other = 0; other < sums.size(); ++other)
        if (sums[other] > 0 && other != item.value && other < allowed.size() && allowed[other] != 0)
            alike.push_back({ItemIndex{other}, static_cast<float>(sums[other])});
    const auto kept = alike.begin() + static_cast<std::ptrdiff_t>(std::min(n, alike.size()));
    std::partial_sort(alike.begin(), kept, alike.end(), [](const Neighbour& a, const Neighbour& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.item < b.item;
    });
    return {alike.begin(), kept}; // not the room of all that were alike
}

std::vector<std::uint8_t> usedItems(const Interactions& interactions, std::size_t least)
{
    std::vector<std::size_t> people(interactions.items(), 0);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell)
        people[interactions.allItems()[cell].value] += interactions.allValues()[cell] > 0 ? 1 : 0;
    std::vector<std::uint8_t> used(people.size());
    std::ranges::transform(people, used.begin(), [least](std::size_t count) { return count >= least ? 1 : 0; });
    return used;
}

} // namespace orrery
