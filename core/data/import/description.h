// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/format.h"

namespace orrery::reading {

/// What orrery.json beside an exported dataset says; the defaults are those of MovieLens.
struct Description {
    bool given = false;
    std::string name;
    Feedback feedback = Feedback::Explicit;
    std::optional<std::pair<float, float>> scale;
    std::optional<KindWeights> kindWeights;
    std::map<std::string, std::string> itemColumns, personColumns; ///< by name: "text", "number" or "tags"
};

/// Anything in it that makes no sense is passed over: the file comes from strangers.
[[nodiscard]] Description readDescription(const FileSet& files);

} // namespace orrery::reading
