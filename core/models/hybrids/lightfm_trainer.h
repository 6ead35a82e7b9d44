// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/sparse_matrix.h"
#include "core/models/implicit/als_solver.h"

#include <vector>

namespace orrery {

enum class LightFmLoss {
    Warp,     ///< steps for pairs out of order by a margin of 1, weighted by ln of the estimated rank
    Pairs,    ///< -ln sigma(s_i - s_j): BPR
    Logistic, ///< -ln sigma(s_i) - sum over the drawn j of ln sigma(-s_j)
};

struct LightFmConfig {
    LightFmLoss loss = LightFmLoss::Warp;
    int factors = 32;
    int epochs = 30;
    float learningRate = .05F;
    float regularization = 1e-5F;
    int draws = 30; ///< Warp: most trials; Logistic: items that were not liked, for each liked one
};

/// A row of people or items is the sum of value * vector over its features, which the sparse matrices name.
struct LightFmInput {
    als::Cells liked;                 ///< [people x items]
    SparseMatrix people;              ///< [people x features of people]
    SparseMatrix items;               ///< [items x features of items]
    std::vector<std::uint32_t> drawn; ///< items that likes are compared with, ascending
};

/// Vectors and biases of features; zero for features that no step touched.
struct LightFmFactors {
    Matrix people;               ///< [features of people x factors]
    Matrix items;                ///< [features of items x factors]
    std::vector<float> itemBias; ///< one a feature of items
};

/// LightFM (Kula: Metadata Embeddings for User and Item Cold-start Recommendations, CBRecSys 2015): stochastic gradient
/// descent with a step size of each coordinate's own (Adagrad), over the liked cells in a shuffled order. On one
/// thread: features are shared by all rows, and what one step teaches them the next must know; so the bits are the same
/// on any number of threads. WARP searches for an item out of order among sums that are some hundred cells old; whether
/// it is one, and the step, go by what it is now. Reports "training loss" (mean a step). Errors: Numeric, Cancelled.
[[nodiscard]] Result<LightFmFactors> trainLightFm(const LightFmInput& input, const LightFmConfig& config,
                                                  const JobContext& job);

/// Row r: the sum of value * vector over its features.
[[nodiscard]] Matrix sumsOfFeatures(const SparseMatrix& rows, const Matrix& vectors);

} // namespace orrery
