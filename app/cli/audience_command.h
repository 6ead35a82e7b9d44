// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"
#include "core/pipeline/item_audience.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// Who gets an item: at which place, in which groups, and what share of what is shown it has; who would get one that is
/// only described.
class AudienceCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "audience"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Tell who gets an item: at which place, in which groups, and how that compares with what was chosen";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_models;
    [[nodiscard]] Result<Output> landing(const Dataset& dataset, const ReadyModel& model, Timestamp asOf,
                                         const ListSample& sample, const JobContext& job) const;
    std::string m_item, m_asOf;
    std::vector<std::string> m_new; ///< column=value of an item that is not in the catalog
    std::size_t m_people = 2000, m_length = 100;
};

} // namespace orrery::cli
