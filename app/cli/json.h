// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/data/dataset.h"
#include "core/params/param_set.h"
#include "core/pipeline/recommendation.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// Only for the .cpp files of this folder.
namespace orrery::cli {

/// Keys keep the order in which they were set.
using Json = nlohmann::ordered_json;

/// The document as printed; bytes that are not UTF-8 are replaced, numbers that are not finite are null.
[[nodiscard]] std::string dump(const Json& json);
/// A float as its shortest decimal: 4.1, not 4.099999904632568.
[[nodiscard]] Json number(float value);
/// "2022-01-01T00:00:00Z"; null for noTime and endOfTime.
[[nodiscard]] Json timeJson(Timestamp at);
[[nodiscard]] std::string isoTime(Timestamp at);
[[nodiscard]] Json valueJson(const ParamValue& value);
[[nodiscard]] Json paramsJson(const ParamSet& params);
[[nodiscard]] Json errorJson(const Error& error);

/// {"item": id, "title": title}
[[nodiscard]] Json itemJson(const Dataset& dataset, ItemIndex item);
/// name, hash, people, items, events, note
[[nodiscard]] Json datasetJson(const Dataset& dataset);
[[nodiscard]] Json trailJson(const std::vector<TrailStep>& trail);
/// "title" and "(id)", for a line of text.
[[nodiscard]] std::string itemText(const Dataset& dataset, ItemIndex item);

} // namespace orrery::cli
