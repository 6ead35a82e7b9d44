// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "core/retrieval/hnsw_index.h"

namespace orrery::cli {

/// Nearest items or people by a model's vectors, exactly or by an index, and what the index trades for its speed; what
/// is similar under two models; which items or people are everyone's neighbour, and
/// which lie among others than their kind.
class NeighboursCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "neighbours"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "List the nearest items or people by a model's vectors, compare them with another model's, find hubs "
               "and misplaced ones";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Status check() const;
    /// The row of the vectors that --item or --person asks about.
    [[nodiscard]] Result<ItemIndex> askedRow(const Dataset& dataset) const;
    [[nodiscard]] Result<Output> list(const AskedModels& asked, const JobContext& job) const;
    [[nodiscard]] Result<Output> listUnderTwo(const AskedModels& asked) const;
    [[nodiscard]] Result<Output> hubs(const AskedModels& asked, const JobContext& job) const;
    [[nodiscard]] Result<Output> misplaced(const AskedModels& asked, const JobContext& job) const;
    [[nodiscard]] Result<Output> measureIndex(const AskedModels& asked, const JobContext& job) const;

    DataOptions m_data;
    ModelOptions m_models;
    HnswConfig m_config;
    std::string m_item, m_person, m_search = "exact", m_asOf;
    std::size_t m_count = 10;
    bool m_compare = false, m_hubs = false, m_misplaced = false, m_people = false;
};

} // namespace orrery::cli
