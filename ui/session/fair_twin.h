// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"
#include "ui/session/workspace_session.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery::ui {

/// Whether what answers for an entry may have learned from events at or after `cut`: the entry itself or, of a funnel,
/// any model of its recipe, or its ranker, of which it is not told. Imported lists may always have.
[[nodiscard]] bool mayHaveSeen(const ModelEntry& entry, const std::vector<ModelEntry>& all, Timestamp cut);

/// What training its like takes on this machine, in seconds by the algorithms' estimates; a learnt ranker's own
/// training is not in it. None where it cannot be trained here: imported lists, algorithms that this build lacks.
[[nodiscard]] std::optional<double> twinSeconds(const ModelEntry& entry, const DatasetShape& shape);

/// The same recommender, had it been trained on `train` alone: itself where it was, or where nothing can be trained; a
/// funnel's models and ranker are trained too. `parts`: all models that funnels may name; `segments` of people, which
/// its rules see. Errors: those of train() and trainFunnel().
[[nodiscard]] Result<RecommenderPtr> fairTwin(const ModelEntry& entry, const std::vector<FunnelPart>& parts,
                                              const std::shared_ptr<const Dataset>& train, const JobContext& job,
                                              const std::shared_ptr<const AttributeTable>& segments);

} // namespace orrery::ui
