// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/person_view.h"
#include "ui/lists/list_column.h"
#include "ui/session/workspace_session.h"

#include <vector>

namespace orrery::ui {

/// Turns what the engine worked out for one person into what the columns show: a pure translation.
/// The first of `models` is A; others show their difference to it, unless the history is edited: then every column
/// shows what the edits moved.
[[nodiscard]] std::vector<ColumnContent> columnsOf(const Dataset& dataset, const PersonView& view,
                                                   const std::vector<ModelEntry>& models, bool edited, Timestamp asOf,
                                                   std::size_t rows);

/// Two sentences: how much the lists share, and how many later choices each found among its first rows.
[[nodiscard]] QString inShort(const PersonView& view, const std::vector<ModelEntry>& models, std::size_t rows);

/// "already seen 12"
[[nodiscard]] QString droppedText(const RecommendationList& list);

} // namespace orrery::ui
