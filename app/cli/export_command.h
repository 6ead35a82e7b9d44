// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// Data and lists can be imported again.
class ExportCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "export"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Write a dataset, its items, or the lists of a model, as files";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<Output> exportData(const OpenedData& data, const Context& context) const;
    [[nodiscard]] Result<Output> exportItems(const OpenedData& data, const Context& context) const;
    [[nodiscard]] Result<Output> exportLists(const OpenedData& data, const Context& context) const;

    DataOptions m_data;
    ModelOptions m_model;
    std::string m_folder, m_items, m_lists, m_format = "csv", m_asOf;
    std::size_t m_count = 10;
};

} // namespace orrery::cli
