// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/workspace.h"

#include <filesystem>
#include <memory>

namespace orrery::testing {

/// Four films and three people with every kind of attribute, odd values among them, planted truth, and an import
/// report.
[[nodiscard]] Imported filmClub();
/// A column that was worked out of its films; one of them is in no cluster.
[[nodiscard]] AttributeColumn clubClusters();
/// `events` seeded events of `people` on `items`, with times.
[[nodiscard]] Imported manyEvents(std::size_t events, std::size_t people, std::size_t items);
/// A popularity model of the dataset, and how it is stored.
[[nodiscard]] ModelPtr trainedPopularity(const std::shared_ptr<const Dataset>& dataset);
[[nodiscard]] ModelRow popularityRow(DatasetId dataset, const std::string& name);
/// Two lists for filmClub(), one score absent.
[[nodiscard]] ImportedLists clubLists();
/// A run of `model` with a ranking metric, one that does not apply, and values of two people.
[[nodiscard]] RunRow clubRun(ModelId model, double ndcg);

/// Everything a workspace holds, as one text: two workspaces with the same content give the same.
/// Errors: the first that anything gave.
[[nodiscard]] Result<std::string> contentOf(const Workspace& workspace);

} // namespace orrery::testing
