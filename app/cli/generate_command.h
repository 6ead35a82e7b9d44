// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/simulation/generator.h"

namespace orrery::cli {

/// The shipped sample is made by it; 25 million rows need no more memory than a thousand.
class GenerateCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "generate"; }
    [[nodiscard]] std::string_view summary() const override { return "Make a synthetic dataset from planted tastes"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] WorldPlan plan(const Context& context) const;

    CLI::App* m_app = nullptr;
    WorldPlan m_plan;
    std::string m_catalogue, m_output;
};

} // namespace orrery::cli
