// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/data_options.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/split.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// A split with the plan that makes it again.
struct PlannedSplit {
    SplitPlan plan;
    Split split;
};

/// What is held out, and how models are judged by it.
class EvaluationOptions {
public:
    void declare(CLI::App& app);
    /// Leaves out what is not to take part. Errors: those of filtered().
    [[nodiscard]] Status narrow(OpenedData& data) const;
    /// One split, or one for each fold; the one that suits the data where nothing was said.
    /// Errors: InvalidArgument; those of makeSplit.
    [[nodiscard]] Result<std::vector<PlannedSplit>> splits(const OpenedData& data, const Context& context) const;
    [[nodiscard]] Result<Protocol> protocol(const Dataset& dataset, const Context& context) const;

private:
    void declareFilter(CLI::App& app);
    [[nodiscard]] Result<std::vector<PlannedSplit>> splitAs(const OpenedData& data, const Context& context) const;
    [[nodiscard]] Status addCandidates(Split& split, const Context& context) const;
    [[nodiscard]] Result<SplitPlan> plan(const OpenedData& data, const Context& context) const;

    CLI::App* m_app = nullptr;
    std::string m_split, m_cut, m_metrics, m_candidates, m_candidatesOut;
    double m_knownShare = 0.8;
    float m_keepFrom = 0;
    bool m_asImplicit = false;
    std::size_t m_leastOfPerson = 0, m_leastOfItem = 0;
    double m_testShare = 0.2;
    int m_folds = 0;
    float m_relevantFrom = 4;
    std::size_t m_rounds = 1000;
};

} // namespace orrery::cli
