// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// The shelves of a shop's page as a visitor sees them: for somebody known or a guest, after a visit that is told.
class ShelvesCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "shelves"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "List the shelves of a shop's page as a visitor sees them";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_models;
    std::string m_person, m_item, m_page = "home", m_asOf;
    std::vector<std::string> m_viewed, m_skipped, m_cart, m_bought;
    std::size_t m_count = 12;
};

} // namespace orrery::cli
