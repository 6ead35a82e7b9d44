// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// A weighted sum of the parts' scores, each made comparable within its list (Burke: Hybrid Recommender Systems: Survey
/// and Experiments, 2002: "weighted"). Weights are given, or learnt on held-out entries by coordinate search for
/// NDCG@10 with parts trained on the rest; the parts are then trained again on all.
[[nodiscard]] Algorithm blendAlgorithm();

} // namespace orrery
