// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/sparse_matrix.h"
#include "core/data/interactions.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// What training a rating factorization finds, whatever the method:
///     rating = mean + personBias + itemBias + <person + implicit part, item>,
/// where the implicit part, of SVD++ alone, is the sum of the implicit vectors of the n rated items / sqrt(n).
/// Rows are zero where nothing is known of a person or an item.
struct RatingFactors {
    double mean = 0;
    Matrix people, items;                    ///< [people x factors], [items x factors]
    std::vector<float> personBias, itemBias; ///< one each; 0 where nothing is known
    Matrix implicit = {};                    ///< [items x factors], or empty
};

/// The ratings that training may see, [people x items]: all but those marked in `heldOut` (one flag a cell; empty:
/// none).
[[nodiscard]] SparseMatrix ratingsToLearn(const Interactions& interactions, std::span<const std::uint8_t> heldOut);

/// The mean of all values; 0 of none.
[[nodiscard]] double meanOf(const SparseMatrix& ratings);

/// For a model without biases, where rating = mean + <person, item> (the mean may be 0): says the same as differences
/// from the average person a, so that an empty history has an order of items. The mean becomes that of the ratings,
/// itemBias = old mean + <a, item> - new mean for every item with a rating, and each person with a rating person - a.
void centreOnAveragePerson(RatingFactors& factors, const SparseMatrix& ratings);

/// Whether all numbers are finite.
[[nodiscard]] bool isFinite(const RatingFactors& factors);

} // namespace orrery
