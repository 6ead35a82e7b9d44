// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/attribute_hash.h"
#include "core/store/attribute_store.h"
#include "core/store/checked_rows.h"

#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

/// A row of table `derived`.
struct DerivedRecord {
    struct {
        std::int64_t id = 0;
        DatasetId dataset = 0;
    } row;
    std::int64_t attribute = 0;
    std::string content; ///< hash of the column
};

constexpr const char* derivedColumns = "dataset, attribute, content";

template <class Record, class Visit> void eachField(Record& record, Visit&& visit)
{
    visit(record.row.dataset);
    visit(record.attribute);
    visit(record.content);
}

std::string checksumOf(const DerivedRecord& record)
{
    Hasher hasher;
    eachField(record, store::FieldHasher(hasher));
    return hasher.hex();
}

std::string contentOf(const AttributeColumn& column)
{
    Hasher hasher;
    hashColumn(hasher, column);
    return hasher.hex();
}

Status checkFits(const AttributeColumn& column, std::size_t items)
{
    if (store::fits(column, items))
        return {};
    return error(Code::InvalidArgument, fmt::format("'{}' speaks of items that are not there", column.name),
                 "Work it out again", column.name);
}

// Its values and its row here go with it.
Status removeNamed(const OpenWorkspace& open, DatasetId dataset, std::string_view name)
{
    return open.database
        .prepare("DELETE FROM attribute WHERE name = ? AND dataset = ? AND id IN (SELECT attribute FROM derived)")
        .run(name, dataset)
        .status();
}

Status write(const OpenWorkspace& open, DatasetId dataset, const AttributeColumn& column)
{
    // Behind all others of the dataset in a list of them.
    const auto position = open.database.integer("SELECT coalesce(max(position), -1) + 1 FROM attribute");
    if (!position)
        return tl::unexpected(position.error());
    const auto attribute =
        store::AttributeStore(open.database, dataset, "item").writeColumn(column, static_cast<std::size_t>(*position));
    if (!attribute)
        return tl::unexpected(attribute.error());
    const DerivedRecord record{{0, dataset}, *attribute, contentOf(column)};
    return store::insertRecord(open, "derived", derivedColumns, record).map([](auto) {});
}

Result<AttributeColumn> read(const OpenWorkspace& open, const DerivedRecord& record, std::size_t items)
{
    auto column = store::AttributeStore(open.database, record.row.dataset, "item").readColumn(record.attribute, items);
    if (column && contentOf(*column) != record.content)
        return open.damaged(fmt::format("the column '{}'", column->name));
    return column;
}

} // namespace

Status Workspace::setDerived(DatasetId dataset, const AttributeColumn& column)
{
    return m_open->write([&]() -> Status {
        const auto items = m_open->itemCount(dataset);
        if (!items)
            return tl::unexpected(items.error());
        return checkFits(column, *items)
            .and_then([&] { return removeNamed(*m_open, dataset, column.name); })
            .and_then([&] { return ::orrery::write(*m_open, dataset, column); })
            .and_then([&] { return m_open->seal("derived"); });
    });
}

Status Workspace::removeDerived(DatasetId dataset, const std::string& name)
{
    return m_open->write([&]() -> Status {
        const auto removed = removeNamed(*m_open, dataset, name);
        if (!removed)
            return removed;
        if (m_open->database.changes() == 0)
            return error(Code::NotFound, fmt::format("There is no column '{}' that was worked out", name),
                         "Columns that the dataset came with stay as they are");
        return m_open->seal("derived");
    });
}

Result<AttributeTable> Workspace::derived(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<AttributeTable> {
        const auto items = m_open->itemCount(dataset);
        const Status whole = m_open->checkSeal("derived");
        if (!items || !whole)
            return tl::unexpected(items ? whole.error() : items.error());
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM derived WHERE dataset = ? ORDER BY id", derivedColumns));
        auto columns = store::readAll(std::move(rows.with(dataset)), [&](const sqlite::Statement& found) {
            return store::checkedRecord<DerivedRecord>(*m_open, "derived", found)
                .and_then([&](const DerivedRecord& record) { return read(*m_open, record, *items); });
        });
        if (!columns)
            return tl::unexpected(columns.error());
        AttributeTable table;
        for (AttributeColumn& column : *columns)
            table.add(std::move(column));
        return table;
    });
}

} // namespace orrery
