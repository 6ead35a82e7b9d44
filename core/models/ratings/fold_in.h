// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/ratings/rated_history.h"
#include "core/models/ratings/rating_factors.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace orrery {

/// How whoever asks is folded in; part of the settings of every rating factorization.
struct FoldInConfig {
    bool tuneFoldIn = true;  ///< choose foldInReg on ratings held back
    float foldInReg = 20;    ///< ridge of a person's vector
    float foldInBiasReg = 5; ///< ridge of a person's bias
};

/// How strongly a person is held to "like everybody" at fold-in; > 0 in sum.
struct Ridge {
    double vector = 20;
    std::optional<double> bias = 5; ///< empty: the model knows no bias of people
    double perRating = 0;           ///< added to both for each rating of the history (Zhou et al., AAIM 2008)
};

/// What a history says about a person: rating = mean + bias + itemBias + <vector, item>.
struct PersonFit {
    std::vector<float> vector; ///< with the implicit part, where the model has one
    float bias = 0;
};

/// A person from a history, with the items fixed: the minimum over (p, b) of
///     sum of (e_j - b - <p, q_j>)^2 + ridge.vector |p|^2 + ridge.bias b^2,   e_j = rating_j - mean - itemBias_j - <z,
///     q_j>,
/// where z is the sum of the implicit vectors y_j of the n entries / sqrt(n), if the model has them; the person is p +
/// z. The answer is linear in the ratings: <p + z, q_i> = sum over the history of s_ij e_j + <y_j, q_i> / sqrt(n),
/// where s_ij is how alike items i and j are in the eyes of this person. These summands are the explanation (as Hu,
/// Koren & Volinsky, ICDM 2008, section 5, do it for implicit feedback). Looks at factors that it does not own: must
/// not outlive them. Histories must hold known items only (ratedHistory).
class FoldIn {
public:
    FoldIn(const RatingFactors& factors, Ridge ridge) : m_factors(factors), m_ridge(ridge) {}

    /// Zero for an empty history. O(n m min(n, m)) for n entries and m = factors + 1.
    [[nodiscard]] PersonFit fit(const History& history) const;
    /// What each entry adds to <p + z, q_item>: one value an entry, by a computation of its own (not from fit()).
    [[nodiscard]] std::vector<double> contributions(const History& history, ItemIndex item) const;
    /// mean + bias + itemBias + <vector, item>.
    [[nodiscard]] float score(const PersonFit& person, ItemIndex item) const;

private:
    struct Algebra;
    const RatingFactors& m_factors;
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

/// `ridge` with the vector ridge, of 1, 2, 5 ... 500, whose fold-in of the ratings left predicts the ratings held back
/// best (least squared error); unchanged unless that is better by more than one standard error over the people, for a
/// ridge chosen by chance costs more than a usual one. Errors: Cancelled.
[[nodiscard]] Result<Ridge> tunedRidge(const Interactions& interactions, const HeldBack& held,
                                       const RatingFactors& factors, const Ridge& ridge, const JobContext& job);

} // namespace orrery
