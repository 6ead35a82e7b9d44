// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/query.h"

#include <algorithm>

namespace orrery {

Query queryFor(const Dataset& dataset, UserIndex user, Timestamp now)
{
    const auto row = dataset.interactions().row(user);
    History history;
    history.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        history.push_back({row.items[i], row.values[i], row.times.empty() ? noTime : row.times[i]});
    return queryFor(std::move(history), user, now);
}

Query queryFor(History history, std::optional<UserIndex> user, Timestamp now)
{
    if (now != endOfTime)
        std::erase_if(history, [now](const HistoryEntry& entry) { return entry.at >= now; });
    std::ranges::stable_sort(history, {}, &HistoryEntry::item);
    // Of equal items keep the last: unique from the back.
    const auto kept =
        std::unique(history.rbegin(), history.rend(), [](const auto& a, const auto& b) { return a.item == b.item; });
    history.erase(history.begin(), kept.base());
    return {std::move(history), user, now};
}

} // namespace orrery
