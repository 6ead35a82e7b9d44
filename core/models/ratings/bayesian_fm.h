// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Bayesian factorization machine (Rendle, ICDM 2010; Freudenthaler et al. 2011): the average of many samples of a
/// factorization with side information, see bayesian_fm_sampler.h. A person is folded in under each sample: given the
/// items of that sample, the posterior mean of the person's own weight and vector is a ridge regression around what the
/// features of the person (facts, what was rated) predict, so that a score is linear in the ratings and each entry of a
/// history has its exact share. Where circumstances are features, those of each entry and of the query move the vectors
/// of their items.
[[nodiscard]] Algorithm bayesianFmAlgorithm();

} // namespace orrery
