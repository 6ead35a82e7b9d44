// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/query.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// People who share something: a fact of theirs ("gender", "F"), a segment that they are in, or how much they have done
/// ("history", "5 to 9").
struct PeopleGroup {
    std::string name;
    std::string value;                 ///< empty: all others, of whom no fact of that name is told
    std::vector<std::uint32_t> people; ///< places in the order of adding, ascending; at least 2

    /// "gender F"; "gender: others".
    [[nodiscard]] ORRERY_API std::string words() const;
};

/// Puts people into groups: one for each value of a fact that has at most 12 of them, thirds of those that are numbers
/// and have more, one for all of whom a fact is not told, and one for each length of history (0, 1 to 4, 5 to 9, 10 to
/// 19, 20 to 49, 50 to 99, more). A group of one person is none. Facts of many values that are no numbers make no
/// groups.
class ORRERY_API PeopleGrouper {
public:
    static constexpr std::string_view byHistory = "history";

    void add(const Facts& facts, std::size_t history);
    /// By name, then in the order of values, others last; lengths of history come after all facts.
    [[nodiscard]] std::vector<PeopleGroup> groups() const;

private:
    using Values = std::map<std::string, std::vector<std::uint32_t>>; ///< who has it, ascending

    void addFact(const std::string& name, const Values& values, std::vector<PeopleGroup>& to) const;
    static void addThirds(const std::string& name, const Values& values, std::vector<PeopleGroup>& to);
    void addHistories(std::vector<PeopleGroup>& to) const;

    std::map<std::string, Values> m_facts;
    std::vector<std::size_t> m_histories;
};

/// What groups are by, each once: "gender", "history". Groups of one name stand together, as PeopleGrouper gives them.
[[nodiscard]] ORRERY_API std::vector<std::string> namesOf(const std::vector<PeopleGroup>& groups);

} // namespace orrery
