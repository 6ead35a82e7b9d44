// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "app/cli/person_options.h"

namespace orrery::cli {

/// Terms that sum to the score, what would change it most, and the way through the stages.
class ExplainCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "explain"; }
    [[nodiscard]] std::string_view summary() const override { return "Say why an item is recommended, or why not"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_model;
    PersonOptions m_person;
    std::string m_item, m_below;
};

} // namespace orrery::cli
