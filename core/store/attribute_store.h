// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/attribute_table.h"
#include "core/store/sqlite.h"

#include <cstdint>
#include <string_view>

namespace orrery::store {

/// Whether a column of tags points at tags that it has, and whether any column has at most `rows` rows.
[[nodiscard]] bool fits(const AttributeColumn& column, std::size_t rows);

/// The ids and attributes of a dataset's items or people as rows: `of` is "item" or "person", which is also the name of
/// the table that holds the ids. To be used within a transaction.
class AttributeStore {
public:
    AttributeStore(const sqlite::Database& database, std::int64_t dataset, std::string_view of)
        : m_database(database), m_dataset(dataset), m_of(of)
    {
    }

    [[nodiscard]] Status writeIds(const Vocabulary& ids) const;
    [[nodiscard]] Status writeTable(const AttributeTable& table) const;
    /// Errors: Corrupt for gaps or ids that occur twice.
    [[nodiscard]] Result<Vocabulary> readIds() const;
    /// Without derived columns. Columns have at most `rows` rows. Errors: Corrupt.
    [[nodiscard]] Result<AttributeTable> readTable(std::size_t rows) const;
    /// One column by itself, under a new id.
    [[nodiscard]] Result<std::int64_t> writeColumn(const AttributeColumn& column, std::size_t position) const;
    /// Of at most `rows` rows. Errors: Corrupt, also where there is none of that id.
    [[nodiscard]] Result<AttributeColumn> readColumn(std::int64_t id, std::size_t rows) const;

private:
    /// `found` stands on id, name, type and number of rows.
    [[nodiscard]] Result<AttributeColumn> readFound(const sqlite::Statement& found, std::size_t rows) const;
    [[nodiscard]] Status writeValues(std::int64_t id, const TextColumn& column) const;
    [[nodiscard]] Status writeValues(std::int64_t id, const NumberColumn& column) const;
    [[nodiscard]] Status writeValues(std::int64_t id, const TagColumn& column) const;
    [[nodiscard]] Status readValues(std::int64_t id, std::size_t rows, TextColumn& column) const;
    [[nodiscard]] Status readValues(std::int64_t id, std::size_t rows, NumberColumn& column) const;
    [[nodiscard]] Status readValues(std::int64_t id, std::size_t rows, TagColumn& column) const;
    [[nodiscard]] Status readTags(std::int64_t id, TagColumn& column) const;
    [[nodiscard]] sqlite::Statement insertValue() const;
    [[nodiscard]] sqlite::Statement valuesOf(std::int64_t id) const;
    [[nodiscard]] tl::unexpected<Error> damaged(std::string_view what) const;

    const sqlite::Database& m_database;
    std::int64_t m_dataset;
    std::string_view m_of;
};

} // namespace orrery::store
