// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_table.h"

#include <algorithm>
#include <cctype>

namespace orrery::cli {
namespace {

constexpr auto gap = "  ";

std::size_t widthOf(const std::string& text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isNumber(const std::string& text)
{
    return text.empty() || std::ranges::all_of(text, [](char c) {
               return std::isdigit(static_cast<unsigned char>(c)) ||
                      std::string_view("+-.,%e ").find(c) != std::string::npos;
           });
}

std::string padded(const std::string& text, std::size_t width, bool right)
{
    const std::string blanks(width - widthOf(text), ' ');
    return right ? blanks + text : text + blanks;
}

} // namespace

std::string TextTable::text() const
{
    std::vector<std::size_t> widths;
    std::vector<bool> right;
    for (std::size_t c = 0; c < m_header.size(); ++c) {
        widths.push_back(widthOf(m_header[c]));
        right.push_back(!m_rows.empty());
        for (const auto& row : m_rows) {
            widths[c] = std::max(widths[c], widthOf(row[c]));
            right[c] = right[c] && isNumber(row[c]);
        }
    }
    std::string out;
    const auto addLine = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (std::size_t c = 0; c < cells.size(); ++c)
            line += (c == 0 ? "" : gap) + padded(cells[c], widths[c], right[c]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    };
    addLine(m_header);
    for (const auto& row : m_rows)
        addLine(row);
    return out;
}

} // namespace orrery::cli
