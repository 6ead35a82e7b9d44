// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/pipeline/person_view.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// Who is asked about, and what of them may be known: --person or --history, --with, --without, --as-of, --context.
class PersonOptions {
public:
    void declare(CLI::App& app);
    /// Errors: NotFound for a person or item that the dataset does not have; InvalidArgument.
    [[nodiscard]] Result<PersonQuestion> question(const Dataset& dataset) const;

private:
    std::string m_person, m_asOf;
    std::vector<std::string> m_history, m_with, m_without, m_context;
};

/// Declares --as-of alone, for commands that are about no one person.
void declareAsOf(CLI::App& app, std::string& asOf);
/// "2022-01-01", "2022-01-01T08:00" or seconds since 1970; endOfTime where empty. Errors: InvalidArgument.
[[nodiscard]] Result<Timestamp> momentFrom(const std::string& text);
/// Errors: NotFound.
[[nodiscard]] Result<ItemIndex> requireItem(const Dataset& dataset, const std::string& id);
[[nodiscard]] Result<UserIndex> requirePerson(const Dataset& dataset, const std::string& id);

} // namespace orrery::cli
