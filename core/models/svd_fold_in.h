// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/rated_history.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// How strongly a person is held to "like everybody" at fold-in; both > 0.
struct Ridge {
    double vector = 20;
    double bias = 5;
};

/// What a history says about a person: rating = mean + bias + itemBias + <vector, item>.
struct PersonFit {
    std::vector<float> vector;
    float bias = 0;
};

/// A person from a history, with the items fixed: the minimum over (p, b) of
///     sum of (e_j - b - <p, q_j>)^2 + ridge.vector |p|^2 + ridge.bias b^2,   e_j = rating_j - mean - itemBias_j.
/// The answer is linear in the ratings: <p, q_i> = sum over the history of s_ij e_j, where s_ij is how alike items i
/// and j are in the eyes of this person. These summands are the explanation (as Hu, Koren & Volinsky, ICDM 2008,
/// section 5, do it for implicit feedback).
/// Looks at memory that it does not own: must not outlive it. Histories must hold known items only (ratedHistory).
class FoldIn {
public:
    /// `items`: [items x factors].
    FoldIn(MatrixView items, std::span<const float> itemBias, double mean, Ridge ridge)
        : m_items(items), m_itemBias(itemBias), m_mean(mean), m_ridge(ridge)
    {
    }

    /// Zero for an empty history. O(n m min(n, m)) for n entries and m = factors + 1.
    [[nodiscard]] PersonFit fit(const History& history) const;
    /// What each entry adds to <p, q_item>: one value an entry, by a computation of its own (not from fit()).
    [[nodiscard]] std::vector<double> contributions(const History& history, ItemIndex item) const;
    /// mean + bias + itemBias + <vector, item>.
    [[nodiscard]] float score(const PersonFit& person, ItemIndex item) const;

private:
    struct Algebra;
    MatrixView m_items;
    std::span<const float> m_itemBias;
    double m_mean;
    Ridge m_ridge;
};

/// Ratings of some people that training does not see, to choose the ridge by.
struct HeldBack {
    std::vector<std::uint8_t> cells; ///< one flag a cell of the interactions; empty: nothing was held back
    std::vector<UserIndex> people;
};

/// With fewer, nothing is held back.
inline constexpr std::size_t leastRatingsToTune = 1000;

/// A tenth of the ratings of up to 64 people with 10 or more; nothing where that would leave too little (under 1,000
/// ratings in all) or be too few to choose by.
[[nodiscard]] HeldBack holdBack(const Interactions& interactions, const JobContext& job);

/// The vector ridge, of 1, 2, 5 ... 500, whose fold-in of the ratings left predicts the ratings held back best (least
/// squared error; the larger of equals). Errors: Cancelled.
[[nodiscard]] Result<double> tunedRidge(const Interactions& interactions, const HeldBack& held, MatrixView items,
                                        std::span<const float> itemBias, double mean, double biasRidge,
                                        const JobContext& job);

} // namespace orrery
