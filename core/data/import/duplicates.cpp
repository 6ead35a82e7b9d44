// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/event_reader.h"

namespace orrery::reading {
namespace {

// Whether the events of each person stand together, as in most files.
bool groupedByUser(std::span<const UserIndex> users, std::size_t userCount)
{
    std::vector<bool> seen(userCount);
    for (std::size_t i = 0; i < users.size(); ++i) {
        if (i > 0 && users[i] == users[i - 1])
            continue;
        if (seen[users[i].value])
            return false;
        seen[users[i].value] = true;
    }
    return true;
}

class PairCounter {
public:
    explicit PairCounter(std::size_t items) : m_lastUser(items) {}
    void meet(UserIndex user, ItemIndex item)
    {
        UserIndex& last = m_lastUser[item.value];
        m_again += last == user;
        last = user;
    }
    [[nodiscard]] std::uint64_t again() const { return m_again; }

private:
    std::vector<UserIndex> m_lastUser; // who met the item last; people come one after the other
    std::uint64_t m_again = 0;
};

std::vector<std::uint32_t> eventsByUser(const EventLog& log, std::vector<std::uint64_t>& ends)
{
    for (const UserIndex user : log.users())
        ++ends[user.value + 1];
    for (std::size_t u = 1; u < ends.size(); ++u)
        ends[u] += ends[u - 1];
    std::vector<std::uint32_t> events(log.size());
    for (std::size_t i = 0; i < log.size(); ++i)
        events[ends[log.users()[i].value]++] = static_cast<std::uint32_t>(i);
    return events;
}

} // namespace

std::uint64_t countDuplicates(const Dataset& dataset)
{
    const EventLog& log = dataset.log();
    const KindWeights weights = dataset.kindWeights();
    PairCounter pairs(dataset.itemCount());
    const auto meet = [&](std::size_t event) {
        if (weights[log.kindOf(event)] > 0)
            pairs.meet(log.users()[event], log.items()[event]);
    };
    if (groupedByUser(log.users(), dataset.personCount())) {
        for (std::size_t event = 0; event < log.size(); ++event)
            meet(event);
        return pairs.again();
    }
    std::vector<std::uint64_t> ends(dataset.personCount() + 1);
    for (const std::uint32_t event : eventsByUser(log, ends))
        meet(event);
    return pairs.again();
}

} // namespace orrery::reading
