// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import.h"

#include <array>
#include <optional>

namespace orrery {

/// What one of several table files is read as.
enum class TableUse {
    Ignore,
    Events,  ///< who did what with what; several of them are read one after the other
    Catalog, ///< about items; one at most
    People,  ///< about people; one at most
};

struct JoinTable {
    std::filesystem::path path;
    TableUse use = TableUse::Ignore;
    TableLayout layout;
    std::string why; ///< it is taken for that; in guesses
};

/// What may be wrong with the keys by which tables are joined; put right on both sides.
enum class KeyFix {
    Trim,         ///< blanks around it, also those that cannot be seen
    LeadingZeros, ///< "00123" is "123"
    PointZero,    ///< "123.0" is "123"
    IgnoreCase,   ///< "AB1" is "ab1"
};
inline constexpr std::array keyFixes = {KeyFix::Trim, KeyFix::LeadingZeros, KeyFix::PointZero, KeyFix::IgnoreCase};

struct KeyFixes {
    std::array<bool, keyFixes.size()> on{};

    [[nodiscard]] bool operator[](KeyFix fix) const { return on[static_cast<std::size_t>(fix)]; }
    [[nodiscard]] bool& operator[](KeyFix fix) { return on[static_cast<std::size_t>(fix)]; }
    bool operator==(const KeyFixes&) const = default;
};

/// Which items are variants of one product, and become one item: that of the product.
enum class Variants {
    Apart,           ///< none
    ByColumn,        ///< those of which the catalog names the same product (ColumnRole::ItemParent)
    TrailingLetters, ///< "85123A" and "85123B" are "85123"
    AfterDash,       ///< "SHIRT-RED" and "SHIRT-BLUE" are "SHIRT"
    AfterUnderscore,
    AfterDot,
    AfterSlash,
};

/// What is chosen once the tables are read; trying another choice costs no reading.
struct JoinOptions {
    KeyFixes itemFixes, personFixes;
    Variants variants = Variants::Apart;
    std::optional<Returns> returns;   ///< none: amounts below zero stay as they are
    std::vector<std::string> leftOut; ///< ids, as they are after the fixes, of what is no product
    bool operator==(const JoinOptions&) const = default;
};

/// What tables make together.
enum class Completeness {
    Dataset,
    Addition, ///< to a dataset that is there: they may tell of items or people alone
};

struct JoinRequest {
    std::vector<JoinTable> tables;
    Completeness completeness = Completeness::Dataset;
    JoinOptions options;
    std::optional<Feedback> feedback;       ///< else guessed
    std::optional<KindWeights> kindWeights; ///< else the defaults
    BadRows badRows = BadRows::Skip;
    std::size_t badRowLimit = 1000; ///< of StopAfter
    std::string name;               ///< of the dataset; else from the first file of events
};

/// How far the keys of events and of a table meet.
struct KeyMatch {
    std::uint64_t events = 0, eventsFound = 0; ///< those whose key is in the table
    std::uint64_t rows = 0, rowsUsed = 0;      ///< rows of the table of which there is an event
    bool operator==(const KeyMatch&) const = default;

    [[nodiscard]] double eventShare() const { return share(eventsFound, events); } ///< in [0, 1]
    [[nodiscard]] double rowShare() const { return share(rowsUsed, rows); }

private:
    static double share(std::uint64_t part, std::uint64_t whole)
    {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    }
};

struct UnmatchedKey {
    std::string key;         ///< as the files write it
    std::uint64_t count = 0; ///< events, or rows
};

/// How events and the catalog, or the people, fit together.
struct SideMatch {
    static constexpr std::size_t mostUnmatched = 20;

    bool given = false; ///< there is such a table
    KeyMatch match;
    std::array<KeyMatch, keyFixes.size()> withFix; ///< of each fix: with it beside those that are chosen
    std::vector<UnmatchedKey> unknown;             ///< most frequent keys of events that the table does not have
    std::vector<UnmatchedKey> unused;              ///< keys of the table that no event has
    std::uint64_t unknownKeys = 0, unusedKeys = 0; ///< how many there are of each
    std::uint64_t fallTogether = 0;                ///< keys of the table that the fixes make the same as another of it
};

struct VariantOffer {
    Variants how = Variants::Apart;
    std::uint64_t merged = 0;     ///< so many items less
    std::string variant, product; ///< an example
};

/// A code that may be no product.
struct NoProduct {
    std::string id, title;
    std::uint64_t events = 0;
    bool leftOut = false;
};

struct JoinReport {
    SideMatch items, people;
    std::vector<VariantOffer> variants; ///< those that would merge something
    std::vector<NoProduct> noProducts;  ///< the most frequent first, and what is left out
    std::uint64_t events = 0;
    std::uint64_t returns = 0;  ///< events with an amount below zero that can be taken off earlier ones
    std::uint64_t sessions = 0; ///< baskets or visits
    bool hasKinds = false;      ///< events tell their kind
};

/// Tables as they were read: keys as written, nothing joined yet. Immutable.
struct JoinSources;

/// Files that were named, or dropped, together.
struct FilesTogether {
    std::optional<std::filesystem::path> dataset; ///< one dataset of a known layout, or one single table: for import()
    std::vector<std::filesystem::path> tables;    ///< else several tables, to be joined
    std::optional<std::filesystem::path> recipe;  ///< a file with a recipe among them
};

/// Folders stand for the tables in them; a folder or file of a layout that comes in several files (MovieLens, MIND,
/// ...) is that dataset. Errors: NotFound, Io; BadFile where nothing of it is a table.
[[nodiscard]] ORRERY_API Result<FilesTogether> filesTogether(const std::vector<std::filesystem::path>& paths);

/// What each of these files seems to be: events hold a person and an item, a catalog holds the key of an item and
/// nobody, a table of people the key of a person and nothing else. Of the options those are on that single tables are
/// read with too. Files that cannot be read are an error. Errors: NotFound, BadFile, Io.
[[nodiscard]] ORRERY_API Result<JoinRequest> guessJoin(const std::vector<std::filesystem::path>& paths);
/// `table` with roles that make sense for another use.
[[nodiscard]] ORRERY_API JoinTable usedAs(TableUse use, const std::filesystem::path& path, const TablePreview& preview);
/// Whether this can be read: at least one table of events (of an addition any table), one catalog and one table of
/// people at most, each with its keys, all tables of events with the same columns. Errors: InvalidArgument, naming the
/// file and what it lacks.
[[nodiscard]] ORRERY_API Status checkJoin(const JoinRequest& request);

/// Reads all tables, once. Options do not matter yet. Errors: those of checkJoin; NotFound, BadFile, BadRow, Io,
/// Cancelled.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const JoinSources>> readTables(const JoinRequest& request,
                                                                               const JobContext& job);
/// O(keys). Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<JoinReport> matchOf(const JoinSources& sources, const JoinOptions& options,
                                                    const JobContext& job);
/// The dataset. Items of the catalog and people of their table are part of it, whether an event has them or not.
/// `request` is the one that was read, whatever its options, feedback, weights and name are now.
/// Errors: InvalidArgument (nothing is left), Cancelled.
[[nodiscard]] ORRERY_API Result<Imported> join(const JoinSources& sources, const JoinRequest& request,
                                               const JobContext& job);
/// All of it at once.
[[nodiscard]] ORRERY_API Result<Imported> import(const JoinRequest& request, const JobContext& job);

[[nodiscard]] ORRERY_API std::string_view idOf(TableUse use); ///< "events", "catalog", "people", "ignore"
[[nodiscard]] ORRERY_API std::string_view idOf(KeyFix fix);   ///< "trim", "leading-zeros", "point-zero", "ignore-case"
[[nodiscard]] ORRERY_API std::string_view idOf(Variants how); ///< "apart", "by-column", "trailing-letters", ...
[[nodiscard]] ORRERY_API Result<TableUse> tableUseFrom(std::string_view id);
[[nodiscard]] ORRERY_API Result<KeyFix> keyFixFrom(std::string_view id);
[[nodiscard]] ORRERY_API Result<Variants> variantsFrom(std::string_view id);

} // namespace orrery
