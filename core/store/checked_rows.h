// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/open_workspace.h"
#include "core/store/row_fields.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace orrery::store {

// Rows of a table with the columns id, checksum and those of a record. Beside the record stand eachField(record, visit)
// (see row_fields.h) and checksumOf(record); its `row.id` is the id.

/// The record on which `found` stands: SELECT id, checksum, <columns>. Errors: Corrupt.
template <class Record> [[nodiscard]] Result<Record> checkedRecord(const OpenWorkspace& open, std::string_view table,
                                                                   const sqlite::Statement& found)
{
    Record record;
    eachField(record, FieldReader(found, 2));
    record.row.id = found.integer(0);
    if (checksumOf(record) != found.text(1))
        return open.damaged(fmt::format("the entry of {} {}", table, record.row.id));
    return record;
}

/// The record of that id. Errors: Corrupt, and what `missing()` says where there is none.
template <class Record, class Missing>
[[nodiscard]] Result<Record> findRecord(const OpenWorkspace& open, std::string_view table, std::string_view columns,
                                        std::int64_t id, const Missing& missing)
{
    auto rows = open.database.prepare(fmt::format("SELECT id, checksum, {} FROM {} WHERE id = ?", columns, table));
    if (rows.with(id).next())
        return checkedRecord<Record>(open, table, rows);
    if (!rows.status())
        return tl::unexpected(rows.status().error());
    return tl::unexpected<Error>(missing());
}

/// What `read` makes of each row of `found`, in their order, up to its first error.
template <class Read> [[nodiscard]] auto readAll(sqlite::Statement found, const Read& read)
{
    using Row = typename decltype(read(found))::value_type;
    std::vector<Row> all;
    while (found.next()) {
        auto row = read(found);
        if (!row)
            return Result<std::vector<Row>>(tl::unexpected(row.error()));
        all.push_back(std::move(*row));
    }
    return found.status().map([&] { return std::move(all); });
}

/// Writes the record with its checksum, under a new id.
template <class Record> [[nodiscard]] Result<std::int64_t>
insertRecord(const OpenWorkspace& open, std::string_view table, std::string_view columns, const Record& record)
{
    std::string places = "?"; // the checksum's
    eachField(record, [&](const auto&) { places += ", ?"; });
    auto insert =
        open.database.prepare(fmt::format("INSERT INTO {} ({}, checksum) VALUES ({})", table, columns, places));
    FieldBinder bind(insert);
    eachField(record, bind);
    const std::string checksum = checksumOf(record);
    bind(checksum);
    return insert.finish().status().map([&] { return open.database.lastId(); });
}

/// Writes the record with its checksum in place of the one of that id.
template <class Record> [[nodiscard]] Status updateRecord(const OpenWorkspace& open, std::string_view table,
                                                          std::string_view columns, std::int64_t id,
                                                          const Record& record)
{
    std::string places = "?"; // the checksum's
    eachField(record, [&](const auto&) { places += ", ?"; });
    auto update = open.database.prepare(
        fmt::format("UPDATE {} SET ({}, checksum) = ({}) WHERE id = {}", table, columns, places, id));
    FieldBinder bind(update);
    eachField(record, bind);
    const std::string checksum = checksumOf(record);
    bind(checksum);
    return update.finish().status();
}

} // namespace orrery::store
