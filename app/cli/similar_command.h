// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// Items like an item, or people like a person; by the model itself: its neighbours, or the nearest of its vectors.
class SimilarCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "similar"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "List the items most similar to one, or the people most similar to somebody";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<Output> itemsLike(const Dataset& dataset, const ReadyModel& model) const;
    [[nodiscard]] Result<Output> peopleLike(const Dataset& dataset, const ReadyModel& model, Timestamp asOf) const;

    DataOptions m_data;
    ModelOptions m_models;
    std::string m_item, m_person, m_asOf;
    std::size_t m_count = 10;
};

} // namespace orrery::cli
