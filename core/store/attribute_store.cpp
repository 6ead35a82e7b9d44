// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/attribute_store.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace orrery::store {
namespace {

std::string_view typeOf(const AttributeColumn& column)
{
    switch (column.data.index()) {
    case 0: return "text";
    case 1: return "number";
    default: return "tags";
    }
}

std::size_t rowsOf(const TextColumn& column) { return column.values.size(); }

std::size_t rowsOf(const NumberColumn& column) { return column.values.size(); }

std::size_t rowsOf(const TagColumn& column) { return column.starts.size() - 1; }

bool isConsistent(const TextColumn&) { return true; }

bool isConsistent(const NumberColumn&) { return true; }

bool isConsistent(const TagColumn& column)
{
    return !column.starts.empty() && column.starts.front() == 0 && std::ranges::is_sorted(column.starts) &&
           column.starts.back() == column.tags.size() &&
           std::ranges::all_of(column.tags, [&](auto tag) { return tag < column.vocabulary.size(); });
}

} // namespace

bool fits(const AttributeColumn& column, std::size_t rows)
{
    return std::visit([rows](const auto& data) { return isConsistent(data) && rowsOf(data) <= rows; }, column.data);
}

Status AttributeStore::writeIds(const Vocabulary& ids) const
{
    auto insert = m_database.prepare(fmt::format("INSERT INTO {0} (dataset, {0}, id) VALUES (?, ?, ?)", m_of));
    for (std::uint32_t i = 0; i < ids.size(); ++i)
        insert.run(m_dataset, i, ids.name(i));
    return insert.status();
}

Result<Vocabulary> AttributeStore::readIds() const
{
    Vocabulary ids;
    auto rows = m_database.prepare(fmt::format("SELECT {0}, id FROM {0} WHERE dataset = ? ORDER BY {0}", m_of));
    rows.with(m_dataset);
    while (rows.next())
        if (rows.integer(0) != ids.size() || ids.add(rows.text(1)) != rows.integer(0))
            return damaged("ids");
    return rows.status().map([&] { return std::move(ids); });
}

Status AttributeStore::writeTable(const AttributeTable& table) const
{
    std::size_t position = 0;
    for (const auto& column : table.columns())
        if (const auto written = writeColumn(column, position++); !written)
            return tl::unexpected(written.error());
    return {};
}

Result<std::int64_t> AttributeStore::writeColumn(const AttributeColumn& column, std::size_t position) const
{
    const std::size_t rows = std::visit([](const auto& data) { return rowsOf(data); }, column.data);
    const Status inserted =
        m_database.prepare("INSERT INTO attribute (dataset, of, position, name, type, rows) VALUES (?, ?, ?, ?, ?, ?)")
            .run(m_dataset, m_of, position, column.name, typeOf(column), rows)
            .status();
    if (!inserted)
        return tl::unexpected(inserted.error());
    const std::int64_t id = m_database.lastId();
    return std::visit([&](const auto& data) { return writeValues(id, data); }, column.data).map([id] { return id; });
}

sqlite::Statement AttributeStore::insertValue() const
{
    return m_database.prepare("INSERT INTO attribute_value (attribute, row, position, value) VALUES (?, ?, ?, ?)");
}

Status AttributeStore::writeValues(std::int64_t id, const TextColumn& column) const
{
    auto insert = insertValue();
    for (std::size_t row = 0; row < column.values.size(); ++row)
        if (!column.values[row].empty())
            insert.run(id, row, 0, column.values[row]);
    return insert.status();
}

Status AttributeStore::writeValues(std::int64_t id, const NumberColumn& column) const
{
    auto insert = insertValue();
    for (std::size_t row = 0; row < column.values.size(); ++row)
        if (const sqlite::Exact value{column.values[row]}; !value.isUnknown())
            insert.run(id, row, 0, value);
    return insert.status();
}

Status AttributeStore::writeValues(std::int64_t id, const TagColumn& column) const
{
    auto tag = m_database.prepare("INSERT INTO tag (attribute, position, name) VALUES (?, ?, ?)");
    for (std::uint32_t i = 0; i < column.vocabulary.size(); ++i)
        tag.run(id, i, column.vocabulary.name(i));
    if (!tag.status())
        return tag.status();
    auto insert = insertValue();
    for (std::size_t row = 0; row < rowsOf(column); ++row)
        for (std::uint32_t at = column.starts[row]; at < column.starts[row + 1]; ++at)
            insert.run(id, row, at - column.starts[row], column.vocabulary.name(column.tags[at]));
    return insert.status();
}

Result<AttributeTable> AttributeStore::readTable(std::size_t rows) const
{
    AttributeTable table;
    auto columns = m_database.prepare("SELECT id, name, type, rows FROM attribute WHERE dataset = ? AND of = ? AND id "
                                      "NOT IN (SELECT attribute FROM derived) ORDER BY position");
    columns.with(m_dataset, m_of);
    while (columns.next()) {
        auto column = readFound(columns, rows);
        if (!column)
            return tl::unexpected(column.error());
        table.add(std::move(*column));
    }
    return columns.status().map([&] { return std::move(table); });
}

Result<AttributeColumn> AttributeStore::readColumn(std::int64_t id, std::size_t rows) const
{
    auto found =
        m_database.prepare("SELECT id, name, type, rows FROM attribute WHERE id = ? AND dataset = ? AND of = ?");
    if (found.with(id, m_dataset, m_of).next())
        return readFound(found, rows);
    return found.status() ? damaged("attributes") : tl::unexpected(found.status().error());
}

Result<AttributeColumn> AttributeStore::readFound(const sqlite::Statement& found, std::size_t rows) const
{
    const std::string_view type = found.text(2);
    const auto length = static_cast<std::uint64_t>(found.integer(3));
    if (length > rows)
        return damaged("attributes");
    AttributeColumn column{std::string(found.text(1)), TextColumn{}};
    if (type == "number")
        column.data = NumberColumn{};
    else if (type == "tags")
        column.data = TagColumn{};
    else if (type != "text")
        return damaged("attributes");
    return std::visit([&](auto& data) { return readValues(found.integer(0), length, data); }, column.data).map([&] {
        return std::move(column);
    });
}

sqlite::Statement AttributeStore::valuesOf(std::int64_t id) const
{
    auto rows = m_database.prepare("SELECT row, value FROM attribute_value WHERE attribute = ? ORDER BY row, position");
    rows.with(id);
    return rows;
}

Status AttributeStore::readValues(std::int64_t id, std::size_t rows, TextColumn& column) const
{
    column.values.resize(rows);
    auto values = valuesOf(id);
    while (values.next()) {
        const auto row = static_cast<std::uint64_t>(values.integer(0));
        if (row >= rows)
            return damaged("attributes");
        column.values[row] = values.text(1);
    }
    return values.status();
}

Status AttributeStore::readValues(std::int64_t id, std::size_t rows, NumberColumn& column) const
{
    column.values.assign(rows, std::numeric_limits<double>::quiet_NaN());
    auto values = valuesOf(id);
    while (values.next()) {
        const auto row = static_cast<std::uint64_t>(values.integer(0));
        if (row >= rows)
            return damaged("attributes");
        column.values[row] = values.exact(1);
    }
    return values.status();
}

Status AttributeStore::readTags(std::int64_t id, TagColumn& column) const
{
    auto tags = m_database.prepare("SELECT position, name FROM tag WHERE attribute = ? ORDER BY position");
    tags.with(id);
    while (tags.next())
        if (column.vocabulary.add(tags.text(1)) != tags.integer(0))
            return damaged("tags");
    return tags.status();
}

Status AttributeStore::readValues(std::int64_t id, std::size_t rows, TagColumn& column) const
{
    if (const auto known = readTags(id, column); !known)
        return known;
    column.starts.assign(1, 0);
    auto values = valuesOf(id);
    while (values.next()) {
        const auto row = static_cast<std::uint64_t>(values.integer(0));
        const auto tag = column.vocabulary.find(values.text(1));
        if (row >= rows || row + 1 < column.starts.size() || !tag)
            return damaged("tags");
        column.starts.resize(row + 1, static_cast<std::uint32_t>(column.tags.size()));
        column.tags.push_back(*tag);
    }
    column.starts.resize(rows + 1, static_cast<std::uint32_t>(column.tags.size()));
    return values.status();
}

tl::unexpected<Error> AttributeStore::damaged(std::string_view what) const
{
    return error(Code::Corrupt,
                 fmt::format("The workspace is damaged: its {} {} are not as they were stored", m_of, what),
                 "Open a copy of it from a backup");
}

} // namespace orrery::store
