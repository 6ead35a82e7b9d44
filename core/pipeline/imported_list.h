// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/recommender.h"

#include <filesystem>
#include <vector>

namespace orrery {

/// One row of somebody else's recommender: `person,item,rank[,score][,surface][,time]`.
struct ListedItem {
    ItemIndex item;
    std::uint32_t rank = 0; ///< from 1
    float score = 0;        ///< NaN when the file has none; then 1/rank orders it
};

struct ImportedLists {
    std::string name;
    std::vector<std::vector<ListedItem>> byPerson; ///< index is UserIndex; by rank, then file order; no item twice
    std::size_t rows = 0;
    std::size_t repeated = 0;      ///< rows left out because the person's list holds the item at a better place
    std::size_t unknownPeople = 0; ///< rows about people or items that the dataset does not have
    std::size_t unknownItems = 0;
};

/// Reads a CSV of lists against the dataset's ids. Header required: person,item,rank are needed, score, surface and
/// time may follow, in any order; surface and time are not used. Equal ranks and gaps are fine.
/// Errors: NotFound, Io, BadFile (also when no row is about this dataset), BadRow with the line, Cancelled.
[[nodiscard]] ORRERY_API Result<ImportedLists> readLists(const std::filesystem::path& file, const Dataset& dataset,
                                                         const JobContext& job);

/// A read-only recommender from such lists: answers stored people only; no what-if, no reasons, and it says why.
[[nodiscard]] ORRERY_API RecommenderPtr makeListRecommender(ImportedLists lists, std::size_t itemCount);

} // namespace orrery
