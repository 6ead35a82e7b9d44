// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/feature_check.h"

namespace orrery {

/// The values of one feature, each that counts: see FeatureRows.
class FeatureValues {
public:
    FeatureValues(const Feature& feature, const FeatureRows& rows, std::size_t column);

    [[nodiscard]] std::size_t size() const { return m_byGroup ? m_starts.size() : m_rows.rows; }
    [[nodiscard]] float operator[](std::size_t i) const { return m_rows.row(m_byGroup ? m_starts[i] : i)[m_column]; }

private:
    MatrixView m_rows;
    std::span<const std::uint32_t> m_starts; ///< without the end
    std::size_t m_column;
    bool m_byGroup;
};

/// Counts values into the bins of another spread.
[[nodiscard]] FeatureSpread countedInto(const FeatureSpread& bins, const FeatureValues& values);
/// Bins of about as many values each.
[[nodiscard]] FeatureSpread spreadOf(const FeatureValues& values);
/// Of `after`, counted into the bins of `before`.
[[nodiscard]] double stabilityOf(const FeatureSpread& before, const FeatureSpread& after);
[[nodiscard]] double byChance(const FeatureSpread& before, const FeatureSpread& after);

} // namespace orrery
