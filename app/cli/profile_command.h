// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"

namespace orrery::cli {

/// The numbers of the Data page.
class ProfileCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "profile"; }
    [[nodiscard]] std::string_view summary() const override { return "Count and chart what a dataset holds"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
};

} // namespace orrery::cli
