// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "core/retrieval/hnsw_index.h"

namespace orrery::cli {

/// Nearest items by a model's vectors, exactly or by an index, and what the index trades for its speed.
class NeighboursCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "neighbours"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "List the nearest items by a model's vectors, or measure an index of them";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<Output> list(const Dataset& dataset, const ReadyModel& model, const JobContext& job) const;
    [[nodiscard]] Result<Output> compare(const Dataset& dataset, const ReadyModel& model, const JobContext& job) const;

    DataOptions m_data;
    ModelOptions m_models;
    HnswConfig m_config;
    std::string m_item, m_search = "exact", m_asOf;
    std::size_t m_count = 10;
    bool m_compare = false;
};

} // namespace orrery::cli
