// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery::implicit {

/// Says quickly that something is not in a row of a sparse matrix: a hashed bit for each of the row's columns, in 8 to
/// 16 times as many bits (Bloom, CACM 1970, with one hash). About 8 in 9 columns that are not there need no search.
class RowFilter {
public:
    /// The next row; `columnOf` gives the column of a cell.
    template <class Cells, class Column> void add(const Cells& cells, const Column& columnOf)
    {
        const std::size_t bits = std::max<std::size_t>(64, std::bit_ceil(cells.size() * 8));
        m_rows.push_back({m_words.size(), 32 - std::countr_zero(bits)});
        m_words.resize(m_words.size() + bits / 64);
        for (const auto& cell : cells) {
            const std::uint32_t bit = hash(columnOf(cell), m_rows.back());
            m_words[m_rows.back().first + bit / 64] |= std::uint64_t{1} << (bit % 64);
        }
    }

    /// False: the column is not in the row. True: it may be.
    [[nodiscard]] bool mayContain(std::size_t row, std::uint32_t column) const
    {
        const std::uint32_t bit = hash(column, m_rows[row]);
        return (m_words[m_rows[row].first + bit / 64] >> (bit % 64) & 1) != 0;
    }

private:
    struct Row {
        std::size_t first = 0; ///< word
        int shift = 0;
    };

    /// Multiplicative (Knuth, The Art of Computer Programming 3, 6.4).
    [[nodiscard]] static std::uint32_t hash(std::uint32_t column, const Row& row)
    {
        return column * 0x9e3779b1U >> row.shift;
    }

    std::vector<std::uint64_t> m_words;
    std::vector<Row> m_rows;
};

} // namespace orrery::implicit
