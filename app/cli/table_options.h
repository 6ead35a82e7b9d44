// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/data/join.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// How data files are read: --columns, --separator, --header, --decimal, --dates, --feedback, --kind-weights,
/// --returns, --products-only, --bad-rows, --item-vectors, --vector-ids.
class TableOptions {
public:
    void declare(CLI::App& app);
    /// Errors: InvalidArgument for a column or role that is not there; NotFound, BadFile of the file itself.
    [[nodiscard]] Result<ImportRequest> request(const std::string& path, const std::string& testPath) const;
    /// Reads what `request` says, with the item vectors that were named beside it, of which the report gets a note.
    /// Errors: those of import() and withItemVectors().
    [[nodiscard]] Result<Imported> read(const ImportRequest& request, const JobContext& job) const;

    /// What these options say of joined tables: feedback, weights, bad rows, and returns (where `returns`).
    /// Errors: InvalidArgument, also for options of single tables that were given.
    [[nodiscard]] Status applyTo(JoinRequest& request, bool returns) const;
    /// The item vectors that were named, if any. Errors: those of withItemVectors().
    [[nodiscard]] Status addVectors(Imported& imported, const JobContext& job) const;

    /// Whether any of them was given.
    [[nodiscard]] bool any() const;

private:
    [[nodiscard]] bool saysLayout() const;
    [[nodiscard]] Result<TableLayout> layoutOf(const std::string& path) const;
    [[nodiscard]] Status applyBadRows(BadRows& badRows, std::size_t& limit) const;

    std::vector<std::string> m_columns;
    std::string m_separator;
    std::string m_header = "auto", m_decimal = "auto", m_dates = "auto";
    std::string m_feedback, m_kindWeights, m_returns = "net";
    bool m_productsOnly = false;
    std::string m_badRows = "skip";
    std::string m_vectors, m_vectorIds;
};

} // namespace orrery::cli
