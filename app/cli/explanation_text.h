// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json.h"
#include "app/cli/model_options.h"
#include "app/cli/person_options.h"
#include "core/models/explanation.h"

#include <memory>
#include <string>
#include <vector>

namespace orrery::cli {

/// Terms as they lie in the explanation: kind, label (of a history item: its title), item, value, what is inside.
[[nodiscard]] Json termsJson(const Dataset& dataset, const Explanation& explanation);
/// Largest first, with their sum.
[[nodiscard]] std::string termsText(const Dataset& dataset, const Explanation& explanation);

/// One person, asked of several models.
struct AskedPerson {
    std::shared_ptr<const Dataset> dataset; ///< the whole, or the training file's part
    PersonQuestion question;
    std::vector<ReadyModel> models;
    PersonView view; ///< lists are `depth` long
};
[[nodiscard]] Result<AskedPerson> askPerson(const OpenedData& data, const ModelOptions& models,
                                            const PersonOptions& person, std::size_t depth, const Context& context);

} // namespace orrery::cli
