// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/data/dataset.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace orrery {

/// Segments that people were put in elsewhere, or beside the dataset.
struct ReadSegments {
    AttributeTable table;           ///< columns of tags, row r is person r of the dataset
    std::size_t rows = 0;           ///< about people of the dataset
    std::size_t unknown = 0;        ///< rows about others, which are left out
    std::uint64_t firstUnknown = 0; ///< the line of the first of them
};

/// Reads a CSV with a header: `person`, in any place, and a column for each segment; tags of one cell are parted by
/// "|", an empty one is none. Errors: NotFound, Io, BadFile (no person column; a name that is empty, comes twice or
/// cannot be asked for; more than 100 columns; nobody of it is in the dataset), BadRow with the line (fields are
/// missing or too many, no person, a person for a second time, a tag that cannot be asked for, more than 1,000 tags in
/// a cell), Cancelled.
[[nodiscard]] ORRERY_API Result<ReadSegments> readSegments(const std::filesystem::path& file, const Dataset& dataset,
                                                           const JobContext& job);

/// Writes all that are columns of tags, a row for each person who is in any; what readSegments() reads. Errors:
/// InvalidArgument (no such column, or one that could not be read again), Io, Cancelled.
[[nodiscard]] ORRERY_API Status writeSegments(const AttributeTable& segments, const Dataset& dataset,
                                              const std::filesystem::path& file, const JobContext& job);

/// Both; a column of `more` takes the place of one of the same name.
[[nodiscard]] ORRERY_API AttributeTable joinedSegments(const AttributeTable& segments, const AttributeTable& more);

} // namespace orrery
