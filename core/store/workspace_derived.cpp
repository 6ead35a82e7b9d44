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

/// Whose columns: "item" or "person", as AttributeStore has it.
constexpr std::string_view items = "item", people = "person";

Result<std::size_t> rowsOf(const OpenWorkspace& open, DatasetId dataset, std::string_view of)
{
    return of == items ? open.itemCount(dataset) : open.personCount(dataset);
}

// A column of items that is passed off as one of people has another.
std::string contentOf(const AttributeColumn& column, std::string_view of)
{
    Hasher hasher;
    if (of != items)
        hasher.text(of);
    hashColumn(hasher, column);
    return hasher.hex();
}

Status checkFits(const AttributeColumn& column, std::size_t rows, std::string_view of)
{
    if (store::fits(column, rows))
        return {};
    return error(Code::InvalidArgument,
                 fmt::format("'{}' speaks of {} that are not there", column.name, of == items ? "items" : "people"),
                 "Work it out again", column.name);
}

// Its values and its row here go with it.
Status removeNamed(const OpenWorkspace& open, DatasetId dataset, std::string_view name, std::string_view of)
{
    return open.database
        .prepare("DELETE FROM attribute WHERE name = ? AND dataset = ? AND of = ? AND id IN (SELECT attribute FROM "
                 "derived)")
        .run(name, dataset, of)
        .status();
}

Status write(const OpenWorkspace& open, DatasetId dataset, const AttributeColumn& column, std::string_view of)
{
    // Behind all others of the dataset in a list of them.
    const auto position = open.database.integer("SELECT coalesce(max(position), -1) + 1 FROM attribute");
    if (!position)
        return tl::unexpected(position.error());
    const auto attribute =
        store::AttributeStore(open.database, dataset, of).writeColumn(column, static_cast<std::size_t>(*position));
    if (!attribute)
        return tl::unexpected(attribute.error());
    const DerivedRecord record{{0, dataset}, *attribute, contentOf(column, of)};
    return store::insertRecord(open, "derived", derivedColumns, record).map([](auto) {});
}

Result<AttributeColumn> read(const OpenWorkspace& open, const DerivedRecord& record, std::size_t rows,
                             std::string_view of)
{
    auto column = store::AttributeStore(open.database, record.row.dataset, of).readColumn(record.attribute, rows);
    if (column && contentOf(*column, of) != record.content)
        return open.damaged(fmt::format("the column '{}'", column->name));
    return column;
}

Status set(const OpenWorkspace& open, DatasetId dataset, const AttributeColumn& column, std::string_view of)
{
    return open.write([&]() -> Status {
        const auto rows = rowsOf(open, dataset, of);
        if (!rows)
            return tl::unexpected(rows.error());
        return checkFits(column, *rows, of)
            .and_then([&] { return removeNamed(open, dataset, column.name, of); })
            .and_then([&] { return write(open, dataset, column, of); })
            .and_then([&] { return open.seal("derived"); });
    });
}

Status remove(const OpenWorkspace& open, DatasetId dataset, const std::string& name, std::string_view of)
{
    return open.write([&]() -> Status {
        const auto removed = removeNamed(open, dataset, name, of);
        if (!removed)
            return removed;
        if (open.database.changes() == 0)
            return error(Code::NotFound, fmt::format("There is no column '{}' that was worked out", name),
                         "Columns that the dataset came with stay as they are");
        return open.seal("derived");
    });
}

// A row whose column is gone is everybody's, so that it is noticed.
Result<AttributeTable> readAllOf(const OpenWorkspace& open, DatasetId dataset, std::string_view of)
{
    return open.read([&]() -> Result<AttributeTable> {
        const auto count = rowsOf(open, dataset, of);
        const Status whole = open.checkSeal("derived");
        if (!count || !whole)
            return tl::unexpected(count ? whole.error() : count.error());
        auto found = open.database.prepare(
            fmt::format("SELECT id, checksum, {} FROM derived WHERE dataset = ? AND coalesce((SELECT of FROM attribute "
                        "WHERE attribute.id = derived.attribute), ?) = ? ORDER BY id",
                        derivedColumns));
        auto columns = store::readAll(std::move(found.with(dataset, of, of)), [&](const sqlite::Statement& row) {
            return store::checkedRecord<DerivedRecord>(open, "derived", row).and_then([&](const DerivedRecord& record) {
                return read(open, record, *count, of);
            });
        });
        if (!columns)
            return tl::unexpected(columns.error());
        AttributeTable table;
        for (AttributeColumn& column : *columns)
            table.add(std::move(column));
        return table;
    });
}

} // namespace

Status Workspace::setDerived(DatasetId dataset, const AttributeColumn& column)
{
    return set(*m_open, dataset, column, items);
}

Status Workspace::removeDerived(DatasetId dataset, const std::string& name)
{
    return remove(*m_open, dataset, name, items);
}

Result<AttributeTable> Workspace::derived(DatasetId dataset) const { return readAllOf(*m_open, dataset, items); }

Status Workspace::setDerivedPeople(DatasetId dataset, const AttributeColumn& column)
{
    return set(*m_open, dataset, column, people);
}

Status Workspace::removeDerivedPeople(DatasetId dataset, const std::string& name)
{
    return remove(*m_open, dataset, name, people);
}

Result<AttributeTable> Workspace::derivedPeople(DatasetId dataset) const { return readAllOf(*m_open, dataset, people); }

} // namespace orrery
