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

std::vector<ItemIndex> itemsByUser(const EventLog& log, std::vector<std::uint64_t>& ends)
{
    for (const UserIndex user : log.users())
        ++ends[user.value + 1];
    for (std::size_t u = 1; u < ends.size(); ++u)
        ends[u] += ends[u - 1];
    std::vector<ItemIndex> items(log.size());
    for (std::size_t i = 0; i < log.size(); ++i)
        items[ends[log.users()[i].value]++] = log.items()[i];
    return items;
}

} // namespace

std::uint64_t countDuplicates(const EventLog& log, std::size_t users, std::size_t items)
{
    PairCounter pairs(items);
    if (groupedByUser(log.users(), users)) {
        for (std::size_t i = 0; i < log.size(); ++i)
            pairs.meet(log.users()[i], log.items()[i]);
        return pairs.again();
    }
    std::vector<std::uint64_t> ends(users + 1);
    const auto sorted = itemsByUser(log, ends);
    std::size_t i = 0;
    for (std::uint32_t user = 0; user < users; ++user)
        for (; i < ends[user]; ++i)
            pairs.meet(UserIndex{user}, sorted[i]);
    return pairs.again();
}

} // namespace orrery::reading
