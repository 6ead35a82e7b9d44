// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// RP3beta (Paudel, Christoffel, Newell & Bernstein: Updatable, accurate, diverse, and scalable recommendations for
/// interactive applications, ACM TiiS 2016); with beta = 0, P3alpha (Cooper, Lee, Radinsky & Moslehi, WWW 2014).
/// A walk goes from an item i of the history to one of its people u and on to one of their items j:
/// W_ij = sum over u of (x_ui / sum of x_ui over people)^alpha * (x_uj / sum of x_uj over items)^alpha / n_j^beta, with
/// n_j the people of j. Of each i only the `neighbours` largest are kept. A history scores j with the sum of
/// x_i * W_ij: the first step of the published walk, from the person to i, is proportional to x_i.
/// Similar items: where the walk from the item most likely ends.
/// Errors of fit: InvalidArgument for negative weights, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm rp3betaAlgorithm();

} // namespace orrery
