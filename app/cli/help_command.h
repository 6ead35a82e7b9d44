// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <vector>

namespace orrery::cli {

/// "help recommend", "help models svd".
class HelpCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "help"; }
    [[nodiscard]] std::string_view summary() const override { return "Explain a command, or an algorithm"; }
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    CLI::App* m_app = nullptr;
    std::vector<std::string> m_topic;
};

} // namespace orrery::cli
