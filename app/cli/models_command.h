// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace orrery::cli {

/// The catalogue, one algorithm of it, or what a workspace holds.
class ModelsCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "models"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "List the algorithms and what can be set, and the models of a workspace";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    std::string m_id, m_workspace, m_dataset;
};

} // namespace orrery::cli
