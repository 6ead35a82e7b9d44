// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/vocabulary.h"

#include "core/base/hash.h"

#include <bit>

namespace orrery {

std::uint32_t Vocabulary::add(std::string_view id)
{
    if (m_slots.size() < 2 * (m_ends.size() + 1))
        grow(std::max<std::size_t>(64, 4 * m_ends.size()));
    const std::size_t slot = slotOf(id);
    if (m_slots[slot] == 0) {
        m_text.append(id);
        m_ends.push_back(m_text.size());
        m_slots[slot] = size();
    }
    return m_slots[slot] - 1;
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view id) const
{
    if (m_slots.empty())
        return std::nullopt;
    const std::uint32_t held = m_slots[slotOf(id)];
    if (held == 0)
        return std::nullopt;
    return held - 1;
}

std::string_view Vocabulary::name(std::uint32_t index) const
{
    const std::uint64_t begin = index == 0 ? 0 : m_ends[index - 1];
    return std::string_view(m_text).substr(begin, m_ends[index] - begin);
}

void Vocabulary::reserve(std::size_t ids)
{
    m_ends.reserve(ids);
    if (m_slots.size() < 2 * ids)
        grow(2 * ids);
}

void Vocabulary::grow(std::size_t slots)
{
    m_slots.assign(std::bit_ceil(slots), 0);
    for (std::uint32_t i = 0; i < size(); ++i)
        m_slots[slotOf(name(i))] = i + 1;
}

// The slot that holds `id`, or the free one where it belongs.
std::size_t Vocabulary::slotOf(std::string_view id) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = checksum(std::as_bytes(std::span(id))) & mask;
    while (m_slots[slot] != 0 && name(m_slots[slot] - 1) != id)
        slot = (slot + 1) & mask;
    return slot;
}

} // namespace orrery
