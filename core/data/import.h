// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/data/planted.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// What to do with a line that cannot be used.
enum class BadRows {
    Stop,      ///< at the first
    Skip,      ///< all of them, counted and reported
    StopAfter, ///< once there are more than `badRowLimit`
};

/// What a column of a table file is.
enum class ColumnRole {
    Ignore,
    Person,
    Item,
    Value,
    Time,
    Kind,
    Device,
    Place,
    Session,    ///< a visit, basket or invoice
    Position,   ///< place in the list where the item was shown
    Price,      ///< of one unit, when it happened
    ItemParent, ///< of a catalog: the product that the item is a variant of
    ItemTitle,
    ItemTags,
    ItemText,
    ItemNumber,
    PersonTag,
    PersonNumber
};

/// How dates are written: 2026-05-31; 31/05/2026 or 31.5.26; 5/31/2026.
enum class DateOrder { YearFirst, DayFirst, MonthFirst };

struct ColumnGuess {
    std::string header; ///< or "column 3"
    ColumnRole role = ColumnRole::Ignore;
    std::string why;           ///< "header says 'rating'; 100 of 100 values are numbers from 0.5 to 5"
    bool decimalComma = false; ///< "3,5" is three and a half, and "3.5" is refused
    DateOrder dates = DateOrder::YearFirst;
};

/// How a delimited file is to be read; guessed by previewTable, changed by the person.
struct TableLayout {
    std::string separator = ","; ///< "," "\t" ";" "|" "::"
    bool header = true;
    std::vector<ColumnGuess> columns;
};

/// What a person says about a table; what is left out is guessed.
struct TableHints {
    std::string separator;      ///< one character, or "::"
    std::optional<bool> header; ///< whether the first line names the columns
    /// Whether numbers have decimal commas. Guessed only where a comma does not part the columns, all numbers of the
    /// column have one or none, and one of them cannot be in thousands ("4,5", "0,125").
    std::optional<bool> decimalComma;
    /// Guessed where every date of the column makes sense one way only, else as the lines follow one another.
    std::optional<DateOrder> dates;
};

struct TablePreview {
    TableLayout layout;
    bool looksLikeHeader = true;                ///< the guess about the first line, whatever was said
    std::vector<std::vector<std::string>> rows; ///< the first 100, header not among them
};

/// What becomes of goods that were given back.
enum class Returns {
    Net,  ///< taken off the same person's earlier purchases of the item, as far as there are any
    Drop, ///< passed over and counted
};

struct ImportRequest {
    std::filesystem::path path;             ///< a folder, one of its files, a .zip, or a table (.gz allowed)
    std::filesystem::path testPath;         ///< with it: a predefined split, `path` is the training file
    std::optional<TableLayout> layout;      ///< reads `path` as a table with these roles
    std::optional<Feedback> feedback;       ///< else guessed: implicit without a value column
    std::optional<KindWeights> kindWeights; ///< else what the files say, or the defaults
    Returns returns = Returns::Net;         ///< of invoices
    bool productsOnly = false;              ///< without lines for postage, discounts, fees and the like
    BadRows badRows = BadRows::Skip;
    std::size_t badRowLimit = 1000; ///< of StopAfter
    std::string name;               ///< of the dataset; else from the path
};

/// A line that was refused.
struct RejectedRow {
    std::string file;
    std::uint64_t line = 0; ///< from 1
    std::string raw;        ///< at most 200 bytes, invalid UTF-8 replaced
    std::string kind;       ///< "too few fields", "not a number", ...: rows are counted by it
    std::string reason;     ///< with the offending value
};

struct FileReport {
    std::string file;
    std::string content;    ///< "ratings", "items", "people", "tags", "links"
    std::uint64_t read = 0; ///< lines with content, header not counted
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
};

struct ORRERY_API ImportReport {
    std::string format;
    std::string detection; ///< why it was read as that
    std::vector<FileReport> files;
    std::vector<std::pair<std::string, std::uint64_t>> rejectedByKind; ///< by kind, most frequent first
    std::vector<RejectedRow> rejected;                                 ///< the first 1,000, in file and line order
    std::uint64_t duplicates = 0;   ///< events folded into another of the same pair when derived
    std::vector<std::string> notes; ///< "34 films have no genre", "no times: splits by time are not possible"
    double seconds = 0;
    std::string recipe; ///< of a join: how to do it again with other files, as JSON (ImportRecipe); else empty

    [[nodiscard]] std::uint64_t read() const;
    [[nodiscard]] std::uint64_t accepted() const;
    [[nodiscard]] std::uint64_t rejectedCount() const;
};

struct Imported {
    std::shared_ptr<const Dataset> dataset;
    ImportReport report;
    std::optional<std::size_t> trainEvents; ///< of a predefined split: the first so many events are the training file's
    std::shared_ptr<const PlantedItems> planted = nullptr; ///< of a generated world: truth_items.csv; else null
};

struct Detection {
    std::string format; ///< "movielens-100k", "movielens-1m", "movielens-csv", "table", ...
    std::string title;  ///< "MovieLens 100K"
    std::string why;
};

/// What a path holds. Errors: NotFound, BadFile in plain words.
[[nodiscard]] ORRERY_API Result<Detection> detectFormat(const std::filesystem::path& path);
/// The first 100 rows of a delimited file and guessed roles. Errors: NotFound, BadFile, InvalidArgument for a separator
/// that cannot be one.
[[nodiscard]] ORRERY_API Result<TablePreview> previewTable(const std::filesystem::path& path,
                                                           const TableHints& hints = {});
/// Reads it whole or not at all: an error never leaves half a dataset. Errors: NotFound, BadFile, BadRow, Io,
/// Cancelled.
[[nodiscard]] ORRERY_API Result<Imported> import(const ImportRequest& request, const JobContext& job);

[[nodiscard]] ORRERY_API std::string_view idOf(ColumnRole role); ///< "person", "item-title", ...
[[nodiscard]] ORRERY_API std::string columnRoleIds();            ///< all of them: "ignore, person, ..."
[[nodiscard]] ORRERY_API Result<ColumnRole> columnRoleFrom(std::string_view id);
[[nodiscard]] ORRERY_API std::string_view idOf(DateOrder dates); ///< "year-first", "day-first", "month-first"
[[nodiscard]] ORRERY_API Result<DateOrder> dateOrderFrom(std::string_view id);

} // namespace orrery
