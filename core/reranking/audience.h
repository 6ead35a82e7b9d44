// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/models/query.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct Wish;

/// The segments that a person is in: columns of tags, row r is person r.
[[nodiscard]] ORRERY_API Facts factsIn(const AttributeTable& segments, UserIndex user);

/// What rules can ask of people, and how many it is true of: facts of the dataset and segments beside it, found once.
/// Immutable, safe to ask from many threads.
class ORRERY_API Audience {
public:
    struct Value {
        std::string text;
        std::vector<std::uint32_t> people; ///< who have it, ascending
    };
    struct Known {
        std::string name;
        bool isSegment = false;
        bool isNumber = false; ///< all its values are
        /// Of numbers: the lowest, those that a quarter, half and three quarters of the people are not above, the
        /// highest; each once, as texts.
        std::vector<std::string> marks;
        std::vector<Value> values; ///< those of most people first, of equals in their order
    };

    /// `segments` as RuleCatalog::withSegments() takes them. Memory: 4 bytes a fact of a person, and each value once.
    /// Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const Audience>>
    open(const Dataset& dataset, const std::shared_ptr<const AttributeTable>& segments, const JobContext& job);

    [[nodiscard]] std::size_t people() const { return m_people; }             ///< of the dataset
    [[nodiscard]] const std::vector<Known>& known() const { return m_known; } ///< segments first
    [[nodiscard]] const Known* find(std::string_view name) const;             ///< without regard to case; or null

    /// How many people an audience (When::audience) is: all where it is empty. Errors: InvalidArgument for what is not
    /// understood, for a name that nothing is known by (lists those there are), and for one of values (=, !=) that
    /// nobody has (lists the most frequent).
    [[nodiscard]] Result<std::size_t> count(std::string_view audience) const;

    /// A way to go on from what is typed: of the condition that it ends with, a name, a relation or a value.
    struct Suggestion {
        std::string text;  ///< all of what is typed, with it
        std::string title; ///< it alone: "gender", ">=", "F"
        std::string note;  ///< "7 values", "12 to 65", "23 people"
    };
    [[nodiscard]] std::vector<Suggestion> suggest(std::string_view typed, std::size_t most) const;

private:
    [[nodiscard]] Result<std::vector<char>> peopleOf(const Wish& wish) const; ///< by person; of IsNot, who has it
    [[nodiscard]] std::string names() const;
    [[nodiscard]] const Known* nameIn(std::string_view clause) const;
    void suggestNames(const std::string& before, std::string_view part, std::vector<Suggestion>& to) const;
    static void suggestRest(const std::string& before, const Known& known, std::string_view rest,
                            std::vector<Suggestion>& to);
    static void suggestValues(const std::string& before, const Known& known, std::string_view part,
                              std::vector<Suggestion>& to);
    void take(std::map<std::string, std::map<std::string, std::vector<std::uint32_t>>> facts, bool areSegments);

    std::size_t m_people = 0;
    std::vector<Known> m_known;
};

} // namespace orrery
