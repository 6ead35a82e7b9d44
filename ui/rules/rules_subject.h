// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/reranking/reranker.h"
#include "ui/session/workspace_session.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace orrery::ui {

/// Whose rules are edited: what it ranks without rules, and the rules that it has. Immutable; asked in jobs.
class RulesSubject {
public:
    virtual ~RulesSubject() = default;
    [[nodiscard]] virtual RuleSet rules() const = 0;
    [[nodiscard]] virtual Result<std::vector<Candidate>> candidates(const Query& query,
                                                                    const JobContext& job) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::vector<Candidate>>> candidates(std::span<const RuleRequest> requests,
                                                                                 const JobContext& job) const = 0;
    /// The recipe with other rules; none where no funnel can be made of it: an imported list.
    [[nodiscard]] virtual std::optional<FunnelRecipe> recipe(const RuleSet& rules) const = 0;
};

[[nodiscard]] std::shared_ptr<const RulesSubject> subjectOf(const ModelEntry& entry);

} // namespace orrery::ui
