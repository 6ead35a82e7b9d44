// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/join_sources.h"

namespace orrery::reading {

/// A key with these fixes.
[[nodiscard]] std::string fixedKey(std::string_view key, const KeyFixes& fixes);
/// The product that a key is a variant of by the way it is written; the key itself where it is none.
[[nodiscard]] std::string_view productOf(std::string_view key, Variants how);

/// Keys of events and of a table that mean the same thing.
struct KeyGroups {
    Vocabulary names;                            ///< of the groups: ids of items or people
    std::vector<std::uint32_t> ofEvents;         ///< of each key of the events: its group
    std::vector<std::uint32_t> ofTable;          ///< of each key of the table
    std::vector<bool> inEvents, inTable;         ///< of each group
    std::uint64_t keys = 0;                      ///< with the fixes alone
    std::pair<std::string, std::string> example; ///< a variant and its product
};

/// `how` acts on items only. O(keys). Errors: Cancelled.
[[nodiscard]] Result<KeyGroups> groupsOf(const Vocabulary& eventKeys, const JoinSide& table, const KeyFixes& fixes,
                                         Variants how, const JobContext& job);

} // namespace orrery::reading
