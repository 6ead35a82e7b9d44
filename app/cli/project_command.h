// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

namespace orrery::cli {

/// The map of a model's items or people: where each lies, which regions there are, and how far the map may be believed.
class ProjectCommand final : public Command {
public:
    [[nodiscard]] std::string_view name() const override { return "project"; }
    [[nodiscard]] std::string_view summary() const override
    {
        return "Lay the items or the people of a model out on a map: alike ones lie together";
    }
    [[nodiscard]] std::string_view examples() const override;
    void declare(CLI::App& app) override;
    [[nodiscard]] Result<Output> run(const Context& context) override;

private:
    DataOptions m_data;
    ModelOptions m_models;
    std::string m_method = "umap";
    std::vector<std::string> m_settings;
    std::string m_asOf;
    std::size_t m_regions = 40;
    bool m_people = false;
    std::string m_clusters;
    bool m_keep = false;
};

} // namespace orrery::cli
