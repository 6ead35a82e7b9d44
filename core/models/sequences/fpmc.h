// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Factorized personalized Markov chains (Rendle, Freudenthaler & Schmidt-Thieme: Factorizing Personalized Markov
/// Chains for Next-basket Recommendation, WWW 2010):
///     score(i) = bias_i + <x, items_i> + mean over the last basket of <next_i, last_l>
/// where x is the person, folded in from the whole history by the convex loss of pairs with the items fixed
/// (RankingFoldIn). Vectors of items are [items_i, next_i], of a person [x, mean of last_l]: their product, and the
/// bias, is the score.
[[nodiscard]] Algorithm fpmcAlgorithm();

} // namespace orrery
