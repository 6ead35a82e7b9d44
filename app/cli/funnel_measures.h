// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// What the sources of a funnel bring, what its objectives trade for one another, what its ranker goes by, or how
/// good its chances are, counted on people whose later choices are known: the funnel is trained on what was before the
/// last tenth of the events.
enum class FunnelMeasure { Worth, Front, Features, Chances };

/// Errors: InvalidArgument (no funnel, no times), those of training.
[[nodiscard]] Result<Output> measureFunnel(const ModelChoice& choice, const OpenedData& data, FunnelMeasure what,
                                           std::size_t people, const Context& context);

} // namespace orrery::cli
