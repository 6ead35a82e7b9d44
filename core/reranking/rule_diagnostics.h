// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/reranking/reranker.h"

#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Something wrong with a set of rules, found on a sample of people.
struct RuleFinding {
    enum class Kind {
        Dead,    ///< without it everybody's list is the same
        Undoes,  ///< two rules: each changes lists as long as the other stands, both together hardly any
        Empties, ///< it leaves fewer than k items, where there were k before
    };
    Kind kind = Kind::Dead;
    std::size_t rule = 0;
    std::size_t other = 0;  ///< of Undoes: the later of the two
    std::size_t people = 0; ///< of the sample; of Dead those for whom it held
    std::string text;       ///< "'in stock' changes nobody's list: the catalog does not tell what is in stock"
};

/// What each rule does to the lists of a sample.
struct RuleReport {
    struct Row {
        std::size_t held = 0;    ///< people for whom it acted
        std::size_t changed = 0; ///< people whose first k items, in their order, are others without it
    };
    std::vector<Row> rules;            ///< by rule; of rules that are off all 0
    std::vector<RuleFinding> findings; ///< dead rules, then pairs, then those that empty; by rule
};

/// Runs the set without each rule, and without each two that change lists of the same people. Two rules undo each other
/// when of those whose list changes without the one or the other at most a tenth changes without both. ExposureRule,
/// which acts on all people at once, is passed over. O((1 + rules + pairs) people), on the job's threads; a sample of
/// 100 people is usual. Errors: Cancelled, InvalidArgument.
[[nodiscard]] ORRERY_API Result<RuleReport> diagnose(const Reranker& reranker,
                                                     std::shared_ptr<const RuleCatalog> catalog,
                                                     std::span<const std::vector<Candidate>> candidates,
                                                     std::span<const RuleRequest> requests, std::size_t k,
                                                     const JobContext& job);

} // namespace orrery
