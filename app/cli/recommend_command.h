// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "app/cli/person_options.h"

namespace orrery::cli {

/// The lists of the person lens, one for each model.
class RecommendCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "recommend"; }
    [[nodiscard]] std::string_view summary() const override { return "Recommend items to a person or a guest"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_models;
    PersonOptions m_person;
    std::size_t m_count = 10;
    bool m_explain = false;
};

} // namespace orrery::cli
