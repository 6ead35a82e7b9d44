// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json.h"
#include "app/cli/model_options.h"
#include "core/projection/item_map.h"

#include <memory>
#include <string>

namespace orrery::cli {

/// Whose vectors a command looks at: the items of a model, or its people, who then stand where items were.
struct AskedVectors {
    std::string model; ///< its name
    bool ofPeople = false;
    std::shared_ptr<const Dataset> data;        ///< what was opened
    std::shared_ptr<const Dataset> rows, train; ///< of which items are rows: all, and what was trained on
    ItemMap map;                                ///< without points
};
/// Of the first model. Errors: Unsupported of a model without such vectors, Cancelled.
[[nodiscard]] Result<AskedVectors> askedVectors(const AskedModels& asked, bool ofPeople, const JobContext& job);
/// "dataset", "model" and "of", with which the answers of such commands begin.
[[nodiscard]] Json vectorsJson(const AskedVectors& vectors);

} // namespace orrery::cli
