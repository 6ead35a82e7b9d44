// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// By the model itself: its neighbours, or the nearest of its vectors.
class SimilarCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "similar"; }
    [[nodiscard]] std::string_view summary() const override { return "List the items most similar to one"; }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_models;
    std::string m_item, m_asOf;
    std::size_t m_count = 10;
};

} // namespace orrery::cli
