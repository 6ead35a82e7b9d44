// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"
#include "app/cli/join_options.h"
#include "app/cli/json.h"

namespace orrery::cli {

/// Without a workspace it only reads and reports.
class ImportCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "import"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Read data, say what was accepted and refused, and store it in a workspace";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    [[nodiscard]] Result<Output> importLists(const Context& context) const;
    [[nodiscard]] Result<Output> importData(const Context& context);
    [[nodiscard]] Result<Output> importJoin(const std::vector<std::filesystem::path>& files,
                                            const Context& context) const;
    [[nodiscard]] Result<Output> finish(const Imported& imported, const Json& json, std::string text,
                                        const JobContext& job) const;
    /// The dataset that is added to.
    struct Target {
        Workspace workspace;
        DatasetRow row;
        Imported whole;
    };
    [[nodiscard]] Result<Target> target() const;
    [[nodiscard]] Result<Output> appendAsUsual(const JobContext& job) const;
    [[nodiscard]] Result<Output> append(Target& to, const Imported& more, const JobContext& job) const;
    [[nodiscard]] Result<std::optional<DatasetId>> store(const Imported& imported) const;

    std::vector<std::string> m_paths;
    std::string m_train, m_test, m_workspace, m_name, m_lists, m_dataset;
    bool m_append = false, m_refresh = false;
    TableOptions m_table;
    JoinFlags m_join;
};

} // namespace orrery::cli
