// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "app/cli/person_options.h"
#include "core/pipeline/funnel.h"

namespace orrery::cli {

/// One question's way through a funnel, and recipes: written, and kept in a workspace.
class FunnelCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "funnel"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Show a funnel at work: sources, merge, ranker, rules; write and keep recipes";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<Output> usual() const;
    [[nodiscard]] Result<Output> keep(OpenedData& data, const ReadyModel& ready, const Funnel& funnel) const;

    DataOptions m_data;
    ModelOptions m_model;
    PersonOptions m_person;
    std::vector<std::string> m_usual;
    std::string m_ranker, m_save, m_merge;
    std::size_t m_items = 10, m_people = 1000;
    bool m_worth = false, m_front = false, m_features = false, m_chances = false;
};

} // namespace orrery::cli
