// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/recent_history.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

/// Of the place from the newest, 0 first, among `count`.
float weightAt(std::size_t place, std::size_t count, PositionDecay decay)
{
    const double linear = static_cast<double>(count - place) / static_cast<double>(count);
    switch (decay) {
    case PositionDecay::None: return 1;
    case PositionDecay::Linear: return static_cast<float>(linear);
    case PositionDecay::Quadratic: return static_cast<float>(linear * linear);
    case PositionDecay::Halving: return std::exp2(-static_cast<float>(std::min<std::size_t>(place, 100)));
    }
    return 1;
}

} // namespace

Timestamp momentOf(const HistoryEntry& entry)
{
    return entry.at == noTime ? std::numeric_limits<Timestamp>::max() : entry.at;
}

std::vector<RecentEntry> recentEntries(const History& history, std::size_t items, const HistoryWeigher& weigher,
                                       std::size_t most, PositionDecay decay)
{
    History known;
    std::ranges::copy_if(history, std::back_inserter(known), [&](const HistoryEntry& entry) {
        return entry.item.value < items && entry.value >= weigher.from();
    });
    std::ranges::stable_sort(known, std::ranges::greater{}, momentOf);
    known.resize(std::min(most, known.size()));
    std::vector<RecentEntry> recent;
    for (std::size_t place = 0; place < known.size(); ++place)
        recent.push_back({known[place].item.value, weightAt(place, known.size(), decay)});
    return recent;
}

} // namespace orrery
