// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/simulation/event_world.h"
#include "core/simulation/generator.h"

namespace orrery::cli {

/// The shipped samples are made by it. Of ratings, 25 million rows need no more memory than a thousand.
class GenerateCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "generate"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Make a synthetic dataset from planted tastes: ratings, a shop or a newsroom";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] WorldPlan plan(const Context& context) const;
    [[nodiscard]] Result<Output> generateRatings(const Context& context) const;
    /// A shop or a newsroom. Errors: InvalidArgument for what only ratings have.
    [[nodiscard]] Result<Output> generateEvents(const Context& context) const;
    [[nodiscard]] Result<EventWorld> eventWorld(const Context& context) const;

    CLI::App* m_app = nullptr;
    WorldPlan m_plan;
    std::string m_world = "ratings";
    std::size_t m_visits = 0;
    std::string m_catalogue, m_output;
};

} // namespace orrery::cli
