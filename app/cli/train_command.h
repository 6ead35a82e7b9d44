// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// As the Recipes page does it.
class TrainCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "train"; }
    [[nodiscard]] std::string_view summary() const override { return "Train a model and store it in a workspace"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    /// As stored: with its number, and a name that was free.
    [[nodiscard]] Result<ModelRow> keep(OpenedData& data, ModelRow row, const ReadyModel& model) const;

    [[nodiscard]] Result<Output> refresh(OpenedData& data, const JobContext& job) const;

    std::string m_name, m_asOf;
    bool m_refresh = false;
    DataOptions m_data;
    ModelOptions m_model;
};

} // namespace orrery::cli
