// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/data_options.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/split.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// What is held out, and how models are judged by it.
class EvaluationOptions {
public:
    void declare(CLI::App& app);
    /// One split, or one for each fold; the one that suits the data where nothing was said.
    /// Errors: InvalidArgument; those of makeSplit.
    [[nodiscard]] Result<std::vector<Split>> splits(const OpenedData& data, const Context& context) const;
    [[nodiscard]] Result<Protocol> protocol(const Dataset& dataset, const Context& context) const;

private:
    [[nodiscard]] Result<SplitPlan> plan(const OpenedData& data, const Context& context) const;

    CLI::App* m_app = nullptr;
    std::string m_split, m_cut, m_metrics;
    double m_testShare = 0.2;
    int m_folds = 0;
    float m_relevantFrom = 4;
    std::size_t m_rounds = 1000;
};

} // namespace orrery::cli
