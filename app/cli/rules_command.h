// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "core/evaluation/rule_preview.h"

namespace orrery::cli {

/// What a change of rules does and costs, counted on a sample of people; kinds of rules; rules that do nothing, undo
/// each other or empty lists.
class RulesCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "rules"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Count what a change of rules does and costs; list the kinds of rules";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_model;
    std::string m_rules, m_before;
    bool m_kinds = false, m_usual = false;
    std::size_t m_people = 1000, m_length = 10;
};

} // namespace orrery::cli
