// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/artifact.h"
#include "core/store/open_workspace.h"
#include "core/store/workspace.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::store {

/// A row of table `model`.
struct ModelRecord {
    ModelRow row;
    std::string content;           ///< hash of its arrays
    std::optional<Timestamp> upTo; ///< where the events are known
};

/// The record of a row that is to be stored; when and by which build is filled in where it is not told.
[[nodiscard]] ModelRecord recordOf(const ModelRow& row, std::string content);
[[nodiscard]] ModelRow rowOf(ModelRecord record);

/// Errors: NotFound, Corrupt.
[[nodiscard]] Result<ModelRecord> readRecord(const OpenWorkspace& open, ModelId id);
/// All of a dataset, oldest first. Errors: Corrupt.
[[nodiscard]] Result<std::vector<ModelRecord>> recordsOf(const OpenWorkspace& open, DatasetId dataset);
[[nodiscard]] Status changeRow(const OpenWorkspace& open, const ModelRecord& record);

/// What a model consists of: its arrays, beside which are those of everybody's lists, which come and go.
inline constexpr std::string_view listsPrefix = "lists/";
[[nodiscard]] std::string_view nameOf(Artifact::Type type);
/// Errors: Corrupt.
[[nodiscard]] Result<Artifact> readArtifact(const OpenWorkspace& open, const ModelRecord& record);
/// Adds a row with its arrays.
[[nodiscard]] Result<ModelId> addArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact);
/// Puts them in the place of those of row.id, whose name and colour stay.
[[nodiscard]] Status replaceArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact);
/// Those of everybody's lists, or all others.
[[nodiscard]] Status removeArrays(const OpenWorkspace& open, ModelId id, bool lists);

} // namespace orrery::store
