// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace orrery::cli {

/// For the build; pages come from the declarations.
class ManCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "man"; }
    [[nodiscard]] std::string_view summary() const override { return "Write the manual pages"; }
    [[nodiscard]] bool hidden() const override { return true; }
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    CLI::App* m_app = nullptr;
    std::string m_folder;
};

} // namespace orrery::cli
