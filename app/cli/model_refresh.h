// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json.h"
#include "core/store/freshness.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery::cli {

/// What became of a stored model that was to be brought up to date.
struct ModelRefresh {
    ModelRow row;                     ///< as it is now
    std::optional<std::size_t> newer; ///< events that it had not seen; none: not known
    bool done = false;
    std::string why; ///< of one that was left as it is
};

/// Brings models of a dataset up to date, each stored as soon as it is trained: `wanted`, or all where that is empty.
/// Those that know all or cannot be refreshed stay as they are. Errors: those of refreshed() and of the workspace; what
/// was stored before stays.
[[nodiscard]] Result<std::vector<ModelRefresh>> refreshModels(Workspace& workspace, DatasetId id,
                                                              std::span<const ModelId> wanted,
                                                              const std::shared_ptr<const Dataset>& dataset,
                                                              const JobContext& job);

[[nodiscard]] Json refreshJson(const std::vector<ModelRefresh>& models);
/// A line each.
[[nodiscard]] std::string refreshText(const std::vector<ModelRefresh>& models);

} // namespace orrery::cli
