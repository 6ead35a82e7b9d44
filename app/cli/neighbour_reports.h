// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/asked_vectors.h"
#include "app/cli/command.h"
#include "core/projection/hubs.h"
#include "core/projection/misplaced.h"
#include "core/projection/region_labels.h"
#include "core/retrieval/in_common.h"
#include "core/retrieval/neighbour_comparison.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

// Only for the .cpp files of this folder.
namespace orrery::cli {

/// Neighbours of a row by a model's vectors, and what it has in common with each.
struct NeighbourList {
    std::string_view measure; ///< "cosine"
    std::string_view search;  ///< "exact"
    ItemIndex item;
    std::vector<Neighbour> near;
    std::vector<InCommon> common; ///< of each
};
[[nodiscard]] Output neighboursOutput(const AskedVectors& vectors, const ItemTerms& terms, const NeighbourList& list);

/// The same question, asked of two models.
struct ComparedModels {
    std::array<std::string, 2> names;
    std::size_t n = 0;
};
[[nodiscard]] Output comparisonOutput(const Dataset& dataset, const ComparedModels& models, ItemIndex item,
                                      const NeighbourComparison<ItemIndex>& compared);
[[nodiscard]] Output comparisonOutput(const Dataset& dataset, const ComparedModels& models, UserIndex person,
                                      const NeighbourComparison<UserIndex>& compared);

/// Hubs and orphans among the rows.
[[nodiscard]] Output hubsOutput(const AskedVectors& vectors, const Hubness& hubness);
/// Those that lie among others than their kind, which `tags` say.
[[nodiscard]] Output misplacedOutput(const AskedVectors& vectors, const TagColumn& tags, const Misplacement& found);

} // namespace orrery::cli
