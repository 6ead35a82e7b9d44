// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/id_map.h"

#include <algorithm>
#include <charconv>

namespace orrery::reading {

std::uint32_t IdMap::addNumber(std::uint32_t number)
{
    if (number >= m_byNumber.size())
        m_byNumber.resize(std::min<std::size_t>(numberLimit, std::max<std::size_t>(number + 1, 2 * m_byNumber.size())),
                          none);
    char text[10];
    const auto written = std::to_chars(text, text + sizeof text, number);
    return m_byNumber[number] = m_names.add({text, static_cast<std::size_t>(written.ptr - text)});
}

Vocabulary IdMap::take()
{
    m_byNumber = {};
    return std::move(m_names);
}

} // namespace orrery::reading
