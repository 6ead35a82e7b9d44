// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/models/implicit/implicit_als.h"
#include "core/models/model.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery::testing {

using Dense = std::vector<std::vector<double>>;

[[nodiscard]] double product(std::span<const float> a, std::span<const double> b);
/// (Y^T C Y + lambda I)^-1 by Gauss-Jordan, over all items; c_i = 1 + weight[i]: the independent computation.
[[nodiscard]] Dense personInverse(MatrixView items, std::span<const double> weights, double lambda);
/// Infinite where the sizes differ.
[[nodiscard]] double largestDifference(std::span<const float> a, std::span<const float> b);

/// Of implicit ALS: "factors=3", ...
[[nodiscard]] ParamSet alsSettings(std::vector<std::string> assignments);
/// Throws what went wrong.
[[nodiscard]] ModelPtr fittedAls(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> assignments,
                                 const JobContext& job = {});

/// Four people, five films, ratings from 1 to 5.
[[nodiscard]] std::shared_ptr<const Dataset> fiveFilms();

} // namespace orrery::testing
