// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"
#include "core/pipeline/funnel.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// A recipe as it is written in a file. Errors: NotFound, Io, those of funnelFromJson() with the file.
[[nodiscard]] Result<FunnelRecipe> readFunnelRecipe(const std::string& file);

/// The models that a recipe names: those of the workspace by name, else algorithms by id or title with their usual
/// settings. A model of the workspace is there as it was stored where it learned from just `train`; all others only say
/// how they are trained. Errors: InvalidArgument for a name that is neither, those of the workspace.
[[nodiscard]] Result<std::vector<FunnelPart>> partsFor(const FunnelRecipe& recipe, const OpenedData& data,
                                                       const Dataset& train);

/// The funnel on `train`: models that are there stay, the others are trained. `stored`: its number in the workspace,
/// whose ranker is taken; without one a learnt ranker is trained. Errors: those of trainFunnel().
[[nodiscard]] Result<FunnelPtr> makeFunnel(const FunnelRecipe& recipe, std::optional<ModelId> stored,
                                           const OpenedData& data, const std::shared_ptr<const Dataset>& train,
                                           const JobContext& job);

} // namespace orrery::cli
