// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/recommender.h"

#include <filesystem>
#include <span>

namespace orrery {

/// What writeLists wrote.
struct WrittenLists {
    std::size_t people = 0; ///< with at least one row
    std::size_t rows = 0;
};

/// Writes the top-n list of each person as CSV with the header person,item,rank,score, so that readLists gives the same
/// lists back. People are known up to `asOf`. The file appears whole or not at all; one that is there is replaced.
/// Errors: Io, Cancelled.
[[nodiscard]] ORRERY_API Result<WrittenLists> writeLists(const std::filesystem::path& file, const Dataset& dataset,
                                                         const Recommender& recommender,
                                                         std::span<const UserIndex> people, std::size_t n,
                                                         Timestamp asOf, const JobContext& job);

} // namespace orrery
