// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// Published protocols on the data at hand, and what training costs on this machine.
class BenchmarkCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "benchmark"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Measure accuracy by published protocols, or training against its estimates";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<std::vector<ModelChoice>> models(const Dataset& dataset) const;

    DataOptions m_data;
    ModelOptions m_models;
    std::string m_what, m_protocol;
    int m_repeat = 1;
};

} // namespace orrery::cli
