// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <filesystem>

namespace orrery {

/// Writes a dataset as a folder in MovieLens CSV layout: ratings.csv, movies.csv and people.csv, and where there is
/// something to say tags.csv, links.csv, plots.csv and note.txt. orrery.json beside them holds what the layout has no
/// place for (name, scale, kind of feedback, types of further columns), so that importing the folder gives the same
/// dataset with the same hash (a tag that holds "|" gets "/" instead; columns named alike get a "2").
/// `folder` must be new or empty; its parents are made. It appears whole or not at all.
/// Errors: InvalidArgument (something is there), Io, Cancelled.
[[nodiscard]] ORRERY_API Status exportDataset(const Dataset& dataset, const std::filesystem::path& folder,
                                              const JobContext& job);

/// Writes the items as one CSV table: id, and a column for each attribute of the dataset and of `derived`, which is
/// what was worked out beside it; tags of an item are parted by "|". Columns named alike get a "2". A file that is
/// there is replaced; otherwise it appears whole or not at all. Errors: Io, Cancelled.
[[nodiscard]] ORRERY_API Status exportItems(const Dataset& dataset, const AttributeTable& derived,
                                            const std::filesystem::path& file, const JobContext& job);

} // namespace orrery
