// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/evaluation_options.h"
#include "app/cli/model_options.h"
#include "app/cli/run_keeper.h"

namespace orrery::cli {

/// The leaderboard of the Scores page.
class EvaluateCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "evaluate"; }
    [[nodiscard]] std::string_view summary() const override { return "Judge models by data that was held out"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    /// Nothing where nothing is to be stored.
    [[nodiscard]] Result<std::vector<KeptRuns>> keep(OpenedData& data, const std::vector<Judged>& judged,
                                                     const std::vector<PlannedSplit>& splits, const Protocol& protocol,
                                                     const Context& context) const;

    DataOptions m_data;
    ModelOptions m_models;
    EvaluationOptions m_evaluation;
    std::vector<std::string> m_by;
    bool m_noStore = false;
};

} // namespace orrery::cli
