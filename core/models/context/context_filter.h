// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Contextual pre-filtering (Adomavicius, Sankaranarayanan, Sen & Tuzhilin, TOIS 2005; Adomavicius & Tuzhilin:
/// Context-aware Recommender Systems, 2011): one model for each segment of the circumstances, trained on the events of
/// that segment alone, and one on all events. A query is answered by the model of its segment; by that of all where the
/// circumstances are not told or the segment has too few events. The history is read whole.
[[nodiscard]] Algorithm contextFilterAlgorithm();

} // namespace orrery
