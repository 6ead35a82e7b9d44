// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/data/import.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace orrery {

/// A dataset with the events of another at its end.
struct Appended {
    std::shared_ptr<const Dataset> dataset;
    std::size_t events = 0, newPeople = 0, newItems = 0;
    std::vector<std::string>
        leftOut; ///< columns of `more` that `whole` has with another type, or vectors of another length
};

/// People and items are the same where their ids are; new ones follow the known ones, so that indices stay what they
/// were. What `more` tells of an item or person replaces what was known, the rest stays. Sessions of `more` are others
/// than those of `whole`. Name, kind of feedback and weights are those of `whole`; the scale holds both.
/// O(events and attributes of both).
/// Errors: InvalidArgument where one has ratings and the other strengths, or there is no room for so many events or
/// words.
[[nodiscard]] ORRERY_API Result<Appended> appended(const Dataset& whole, const Dataset& more);

/// The same of all that was read: files and notes of both reports, and a note of what was added. Planted truth is gone
/// where items are new. A new item without events, of which nothing tells since when it is there (CatalogField::Added),
/// is there since the newest event. Errors: as above; InvalidArgument of a dataset that came with its own split.
struct AppendedImport {
    Imported imported;
    Appended added;
    std::string note; ///< "1,204 events of june.csv added: 3 new people, 1 new item"
};
[[nodiscard]] ORRERY_API Result<AppendedImport> appended(const Imported& whole, const Imported& more);

} // namespace orrery
