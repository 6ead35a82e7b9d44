// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <memory>
#include <optional>

namespace orrery {

/// Which interactions take part, as published protocols say it: "ratings above 3.5, people with at least 5".
struct DatasetFilter {
    std::optional<float> keepFrom; ///< smaller values are left out
    bool asImplicit = false;       ///< what is left counts 1, whatever its value
    std::size_t leastOfPerson = 0; ///< people with fewer interactions are left out (after keepFrom), once
    std::size_t leastOfItem = 0;   ///< then items with fewer, once

    [[nodiscard]] bool any() const
    {
        return keepFrom.has_value() || asImplicit || leastOfPerson > 1 || leastOfItem > 1;
    }
};

/// The same catalog and people with fewer interactions; the note says what was left out.
/// Errors: InvalidArgument when nothing is left.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> filtered(const std::shared_ptr<const Dataset>& dataset,
                                                                         const DatasetFilter& filter);

/// The same for the events of two files, of which the first `trainEvents` are training's; counts these anew.
/// Errors: also InvalidArgument for leastOfPerson and leastOfItem, which are about all of a person's events together.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>>
filteredEvents(const std::shared_ptr<const Dataset>& dataset, const DatasetFilter& filter, std::size_t& trainEvents);

} // namespace orrery
