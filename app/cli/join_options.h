// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"
#include "app/cli/json.h"
#include "core/data/import_recipe.h"

namespace orrery::cli {

/// How several tables are joined: --catalog, --people, --fix-items, --fix-people, --variants, --leave-out, --recipe,
/// --save-recipe.
class JoinFlags {
public:
    void declare(CLI::App& app);
    /// Whether a table was named here.
    [[nodiscard]] bool names() const { return !m_catalog.empty() || !m_people.empty(); }
    /// The tables that are to be joined, a recipe among them taken as --recipe; none where `paths` are one dataset.
    /// Errors: those of filesTogether(), InvalidArgument for options that need several tables.
    [[nodiscard]] Result<std::vector<std::filesystem::path>> filesOf(const std::vector<std::string>& paths);
    /// Errors: InvalidArgument; those of guessJoin() and applied().
    [[nodiscard]] Result<JoinRequest> request(const std::vector<std::filesystem::path>& files,
                                              const TableOptions& table, Completeness completeness) const;
    /// Where --save-recipe says. Errors: Io.
    [[nodiscard]] Status save(const ImportRecipe& recipe) const;

    /// Whether any of them was given.
    [[nodiscard]] bool any() const;

private:
    [[nodiscard]] Result<JoinRequest> asRecipeSays(const std::vector<std::filesystem::path>& files,
                                                   const TableOptions& table, Completeness completeness) const;
    [[nodiscard]] Status applyUses(JoinRequest& request) const;
    [[nodiscard]] Status applyOptions(JoinOptions& options) const;

    std::string m_catalog, m_people, m_variants, m_recipe, m_saveRecipe;
    std::vector<std::string> m_fixItems, m_fixPeople, m_leaveOut;
};

[[nodiscard]] Json tablesJson(const JoinRequest& request);
[[nodiscard]] Json matchJson(const JoinReport& report);
/// What each file is taken for.
[[nodiscard]] std::string tablesText(const JoinRequest& request);
/// How the keys meet, what each fix would give, and what else is offered.
[[nodiscard]] std::string matchText(const JoinReport& report);

} // namespace orrery::cli
