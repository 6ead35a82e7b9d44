// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/neighbours/cut.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery::overlaps {

/// Keeps the best of many columns, offered in ascending order; of equal ones the lower columns.
class BestOfRow {
public:
    BestOfRow(std::size_t wanted, bool hasExtras) : m_wanted(wanted), m_hasExtras(hasExtras) {}

    /// Those above 0 take part. `extras`: of each column, where there are any.
    void offer(std::span<const std::uint32_t> columns, const float* similarities, const float* extras)
    {
        makeRoom(m_count + columns.size());
        const float least = m_least;
        std::uint32_t taking = 0;
        for (std::size_t i = 0; i < columns.size(); ++i)
            taking += similarities[i] > least ? 1U : 0U;
        if (taking == columns.size())
            takeAll(columns, similarities, extras);
        else if (taking > 0)
            takeAbove(least, columns, similarities, extras);
        if (m_count / 4 > m_wanted && m_count > m_wanted + 1024)
            cut();
    }

    /// Leaves the wanted.
    void finish()
    {
        if (m_count > m_wanted)
            cut();
    }
    /// Whether any that was offered is left out.
    [[nodiscard]] bool leftOut() const { return m_cut; }
    [[nodiscard]] std::span<const std::uint32_t> columns() const { return std::span(m_columns).first(m_count); }
    [[nodiscard]] std::span<const float> similarities() const { return std::span(m_similarities).first(m_count); }
    [[nodiscard]] std::span<const float> extras() const { return std::span(m_extras).first(m_hasExtras ? m_count : 0); }
    void clear()
    {
        m_count = 0;
        m_least = 0;
        m_cut = false;
    }

private:
    void takeAll(std::span<const std::uint32_t> columns, const float* similarities, const float* extras)
    {
        std::copy_n(columns.data(), columns.size(), m_columns.data() + m_count);
        std::copy_n(similarities, columns.size(), m_similarities.data() + m_count);
        if (m_hasExtras)
            std::copy_n(extras, columns.size(), m_extras.data() + m_count);
        m_count += columns.size();
    }

    void takeAbove(float least, std::span<const std::uint32_t> columns, const float* similarities, const float* extras)
    {
        std::size_t count = m_count;
        for (std::size_t i = 0; i < columns.size(); ++i) { // without a jump: it would be guessed wrong too often
            m_columns[count] = columns[i];
            m_similarities[count] = similarities[i];
            if (m_hasExtras)
                m_extras[count] = extras[i];
            count += similarities[i] > least ? 1 : 0;
        }
        m_count = count;
    }

    void makeRoom(std::size_t size)
    {
        if (size <= m_columns.size())
            return;
        m_columns.resize(2 * size);
        m_similarities.resize(2 * size);
        m_extras.resize(m_hasExtras ? 2 * size : 0);
    }

    void cut()
    {
        Cut cut = cutFor(similarities(), m_wanted);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_count; ++i) {
            const bool stays = cut.keeps(m_similarities[i]);
            m_columns[kept] = m_columns[i];
            m_similarities[kept] = m_similarities[i];
            if (m_hasExtras)
                m_extras[kept] = m_extras[i];
            kept += stays ? 1 : 0;
        }
        m_count = kept;
        m_least = cut.least; // what comes now and equals it has a higher column
        m_cut = true;
    }

    std::size_t m_wanted;
    bool m_hasExtras;
    std::size_t m_count = 0;
    float m_least = 0;
    bool m_cut = false;
    std::vector<std::uint32_t> m_columns;
    std::vector<float> m_similarities, m_extras;
};

} // namespace orrery::overlaps
