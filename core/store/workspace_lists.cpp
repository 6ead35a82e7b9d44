// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checked_rows.h"
#include "core/store/model_records.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace orrery {

using store::ModelRecord;
using store::OpenWorkspace;
using store::readRecord;

namespace {

/// A row of table `kept_lists`.
struct ListsRecord {
    struct Row : KeptLists {
        std::int64_t id = 0;
    } row;
    std::string content; ///< hash of the arrays
};

constexpr const char* listsColumns =
    "model, dataset_hash, model_hash, as_of, length, people, events, seconds, made_at, content";
constexpr std::string_view listedItems = "lists/items", listedScores = "lists/scores";

template <class Record, class Visit> void eachListsField(Record& record, Visit&& visit)
{
    visit(record.row.model);
    visit(record.row.datasetHash);
    visit(record.row.modelHash);
    visit(record.row.asOf);
    visit(record.row.length);
    visit(record.row.people);
    visit(record.row.events);
    visit(record.row.seconds);
    visit(record.row.madeAt);
    visit(record.content);
}
template <class Visit> void eachField(ListsRecord& record, Visit&& visit) { eachListsField(record, visit); }
template <class Visit> void eachField(const ListsRecord& record, Visit&& visit) { eachListsField(record, visit); }

std::string checksumOf(const ListsRecord& record)
{
    Hasher hasher;
    eachField(record, store::FieldHasher(hasher));
    return hasher.hex();
}

std::string contentOf(const BulkLists& lists)
{
    Hasher hasher;
    store::BlobStore::hash(hasher, listedItems, "uint32", std::as_bytes(std::span(lists.items)));
    store::BlobStore::hash(hasher, listedScores, "float32", std::as_bytes(std::span(lists.scores)));
    return hasher.hex();
}

// As many lists as people, of the length that the row says. No product that a crafted row could make wrap around.
bool isAsSaid(const BulkLists& lists, const KeptLists& row)
{
    const std::size_t people = lists.n > 0 ? lists.items.size() / lists.n : 0;
    return lists.n == row.length && people == row.people && lists.items.size() == people * lists.n &&
           lists.scores.size() == lists.items.size();
}

Result<BulkLists> readKept(const OpenWorkspace& open, const ListsRecord& record, std::size_t items)
{
    const auto arrays = open.blobs().list(store::Owner::Model, record.row.model);
    if (!arrays)
        return tl::unexpected(arrays.error());
    BulkLists lists;
    lists.n = record.row.length;
    for (const auto& array : *arrays) {
        if (array.name == listedItems) {
            auto values = open.blobs().values<ItemIndex>(array, "uint32");
            if (!values)
                return tl::unexpected(values.error());
            lists.items = std::move(*values);
        } else if (array.name == listedScores) {
            auto values = open.blobs().values<float>(array, "float32");
            if (!values)
                return tl::unexpected(values.error());
            lists.scores = std::move(*values);
        }
    }
    const auto known = [items](ItemIndex item) { return item.value < items || item == ItemIndex::none(); };
    if (contentOf(lists) != record.content || !isAsSaid(lists, record.row) || !std::ranges::all_of(lists.items, known))
        return open.damaged("everybody's lists");
    return lists;
}

} // namespace

Status Workspace::keepLists(const KeptLists& row, const BulkLists& lists)
{
    if (!isAsSaid(lists, row))
        return error(Code::InvalidArgument, "The lists are not of the people and the length that they say",
                     "Make them again");
    ListsRecord record{{row, 0}, contentOf(lists)};
    if (record.row.madeAt.empty())
        record.row.madeAt = store::isoNow();
    return m_open->write([&]() -> Status {
        const auto model = readRecord(*m_open, row.model);
        if (!model)
            return tl::unexpected(model.error());
        record.row.modelHash = model->content;
        const auto write = [&](std::string_view name, std::string_view type, std::span<const std::byte> bytes) {
            return m_open->blobs().write(store::Owner::Model, row.model, name, type, bytes);
        };
        return store::removeArrays(*m_open, row.model, true)
            .and_then([&] {
                return m_open->database.prepare("DELETE FROM kept_lists WHERE model = ?").run(row.model).status();
            })
            .and_then([&] { return write(listedItems, "uint32", std::as_bytes(std::span(lists.items))); })
            .and_then([&] { return write(listedScores, "float32", std::as_bytes(std::span(lists.scores))); })
            .and_then([&] { return store::insertRecord(*m_open, "kept_lists", listsColumns, record).map([](auto) {}); })
            .and_then([&] { return m_open->seal("kept_lists"); });
    });
}

Result<std::vector<KeptLists>> Workspace::keptLists(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<std::vector<KeptLists>> {
        if (const auto whole = m_open->checkSeal("kept_lists"); !whole)
            return tl::unexpected(whole.error());
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM kept_lists WHERE model IN (SELECT id FROM model WHERE dataset = "
                        "?) ORDER BY model",
                        listsColumns));
        return store::readAll(std::move(rows.with(dataset)), [&](const sqlite::Statement& found) {
            return store::checkedRecord<ListsRecord>(*m_open, "kept_lists", found)
                .and_then([&](const ListsRecord& record) {
                    return readRecord(*m_open, record.row.model).map([&](const ModelRecord& model) {
                        KeptLists row = record.row;
                        row.ofThisModel = row.modelHash == model.content;
                        return row;
                    });
                });
        });
    });
}

Result<BulkLists> Workspace::loadLists(ModelId model) const
{
    return m_open->read([&]() -> Result<BulkLists> {
        const auto of = readRecord(*m_open, model);
        if (!of)
            return tl::unexpected(of.error());
        const auto items = m_open->itemCount(of->row.dataset);
        if (!items)
            return tl::unexpected(items.error());
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM kept_lists WHERE model = ?", listsColumns));
        if (rows.with(model).next())
            return store::checkedRecord<ListsRecord>(*m_open, "kept_lists", rows)
                .and_then([&](const ListsRecord& record) { return readKept(*m_open, record, *items); });
        if (!rows.status())
            return tl::unexpected(rows.status().error());
        return error(Code::NotFound, fmt::format("No lists of '{}' are kept", of->row.name), "Make them first");
    });
}

} // namespace orrery
