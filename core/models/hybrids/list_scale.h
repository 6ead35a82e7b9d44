// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/query.h"

#include <span>
#include <vector>

namespace orrery {

/// How the scores of parts are made comparable. Lists are of the items that are not in the history.
enum class ListScaling {
    MinMax, ///< 0 for the lowest score of the list, 1 for the highest
    ZScore, ///< 0 for the mean, 1 a standard deviation above it
    Rank,   ///< share of the list that scores lower, ties half
    None,   ///< as it is
};

/// The scale of one part's list for one person. Items of the history are placed on it, too; so may lie outside. What
/// has no score counts as the lowest. A list whose scores all are alike (to float32's rounding) gives 0 everywhere.
class ListScale {
public:
    /// `scores` of all items of the catalog.
    ListScale(ListScaling scaling, std::span<const float> scores, const History& history);

    [[nodiscard]] double of(float score) const;
    /// of(s) = (s - shift()) * factor(), but for Rank.
    [[nodiscard]] bool isLinear() const { return m_sorted.empty(); }
    [[nodiscard]] double shift() const { return m_shift; }
    [[nodiscard]] double factor() const { return m_factor; }
    /// What -shift() is, for a term.
    [[nodiscard]] const char* shiftLabel() const;

private:
    ListScaling m_scaling;
    float m_lowest = 0;
    double m_shift = 0, m_factor = 0;
    std::vector<float> m_sorted; ///< Rank: ascending
};

/// The scores of the items that are not in the history and have one, in order of the items; of all where nothing is
/// left.
[[nodiscard]] std::vector<float> listedScores(std::span<const float> scores, const History& history);

} // namespace orrery
