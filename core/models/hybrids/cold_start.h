// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// For whoever asks, by how much is known of them: sources from the most general (popular) over people alike and what
/// goes with recent entries to the personal one, each gated by its own evidence (source_gates.h). The score is the sum
/// over the sources of share * (score of the source in standard deviations of its list). Gates are soft and rise with
/// the evidence; they are learnt on questions of all lengths of history from the end of the training data, with parts
/// trained on what came before; the parts are then trained again on all. Reader::sources() gives the shares.
[[nodiscard]] Algorithm coldStartAlgorithm();

} // namespace orrery
