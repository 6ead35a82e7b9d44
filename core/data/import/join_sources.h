// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/join.h"

namespace orrery {

/// A catalog, or a table of people.
struct JoinSide {
    std::string file;                   ///< "" where there is none
    Vocabulary keys;                    ///< as written
    std::vector<std::uint32_t> rows;    ///< of each key
    AttributeTable about;               ///< row r tells of key r
    std::vector<std::uint32_t> parents; ///< of each key: an index into parentKeys, or noParent; may be shorter
    Vocabulary parentKeys;

    static constexpr std::uint32_t noParent = 0xFFFFFFFF;
    [[nodiscard]] bool given() const { return !file.empty(); }
};

struct JoinSources {
    EventLog log;                                        ///< users and items are indices of the keys below
    Vocabulary items, people;                            ///< keys of the events, as written
    std::vector<std::uint64_t> itemEvents, personEvents; ///< of each key
    AttributeTable toldOfItems, toldOfPeople;            ///< by the events; row r tells of key r
    JoinSide catalog, persons;
    std::vector<std::string> eventFiles;
    Feedback feedback = Feedback::Implicit; ///< as the first table of events looks
    std::uint64_t returns = 0;              ///< see JoinReport
    std::uint32_t sessions = 0;
    ImportReport report;
    double seconds = 0;
};

namespace reading {

/// Whether an event is a sale, or goods given back: of unknown kind, or a purchase.
[[nodiscard]] inline bool isSale(EventKind kind) { return kind == EventKind::Rating || kind == EventKind::Purchase; }

} // namespace reading
} // namespace orrery
