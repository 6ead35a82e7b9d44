// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/attribute_store.h"
#include "core/store/checked_rows.h"
#include "core/store/planted_store.h"
#include "core/store/report_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

/// A row of table `dataset`.
struct DatasetRecord {
    DatasetRow row;
    std::string feedback, detection;
    sqlite::Exact ratingLow, ratingHigh;
    std::optional<std::size_t> trainEvents;
};

constexpr const char* datasetColumns =
    "name, hash, source, format, detection, note, feedback, rating_low, rating_high, "
    "people, items, events, train_events, imported_at";

template <class Record, class Visit> void eachField(Record& record, Visit&& visit)
{
    visit(record.row.name);
    visit(record.row.hash);
    visit(record.row.source);
    visit(record.row.format);
    visit(record.detection);
    visit(record.row.note);
    visit(record.feedback);
    visit(record.ratingLow);
    visit(record.ratingHigh);
    visit(record.row.people);
    visit(record.row.items);
    visit(record.row.events);
    visit(record.trainEvents);
    visit(record.row.importedAt);
}

DatasetRow rowOf(DatasetRecord record) { return std::move(record.row); }

std::string checksumOf(const DatasetRecord& record)
{
    Hasher hasher;
    eachField(record, store::FieldHasher(hasher));
    return hasher.hex();
}

DatasetRecord recordOf(const Imported& imported)
{
    const Dataset& dataset = *imported.dataset;
    DatasetRecord record;
    record.row = {0,
                  dataset.name(),
                  dataset.hash(),
                  dataset.from().source,
                  dataset.from().format,
                  dataset.from().note,
                  dataset.personCount(),
                  dataset.itemCount(),
                  dataset.log().size(),
                  store::isoNow()};
    record.feedback = dataset.feedback() == Feedback::Explicit ? "explicit" : "implicit";
    record.detection = dataset.from().detection;
    record.ratingLow = {static_cast<double>(dataset.ratingLow())};
    record.ratingHigh = {static_cast<double>(dataset.ratingHigh())};
    record.trainEvents = imported.trainEvents;
    return record;
}

bool isConsistent(const ContextColumn& column)
{
    const auto isWord = [&](std::uint16_t code) {
        return code == ContextColumn::untold || code < column.words->size();
    };
    return column.empty() || (column.words && std::ranges::all_of(column.events, isWord));
}

bool isKnown(EventKind kind) { return static_cast<std::size_t>(kind) < eventKindCount; }

bool withinCatalog(const Dataset& dataset)
{
    const auto& log = dataset.log();
    return std::ranges::all_of(log.users(), [&](UserIndex user) { return user.value < dataset.personCount(); }) &&
           std::ranges::all_of(log.items(), [&](ItemIndex item) { return item.value < dataset.itemCount(); }) &&
           std::ranges::all_of(log.kinds(), isKnown) &&
           std::ranges::all_of(eventContexts, [&](EventContext context) { return isConsistent(log.context(context)); });
}

bool isConsistent(const AttributeTable& table, std::size_t rows)
{
    const auto fits = [rows](const VectorColumn& column) {
        return column.length > 0 && column.values.size() == rows * column.length;
    };
    return std::ranges::all_of(table.vectors(), fits) &&
           std::ranges::all_of(table.columns(), [rows](const auto& column) { return store::fits(column, rows); });
}

bool fits(const PlantedItems& planted, std::size_t items)
{
    return !planted.dimensions.empty() && planted.values.size() == items * planted.dimensions.size();
}

Status checkStorable(const Imported& imported)
{
    const Dataset& dataset = *imported.dataset;
    if (withinCatalog(dataset) && (!imported.planted || fits(*imported.planted, dataset.itemCount())) &&
        isConsistent(dataset.items(), dataset.itemCount()) && isConsistent(dataset.people(), dataset.personCount()) &&
        dataset.people().vectors().empty())
        return {};
    return error(Code::InvalidArgument, "The dataset speaks of people or items that it does not list",
                 "Import it again", dataset.name());
}

std::string textNameOf(EventContext context) { return std::string(nameOf(context)) + " words"; }
std::string endsNameOf(EventContext context) { return std::string(nameOf(context)) + " ends"; }

/// One after the other, and where each ends.
struct Words {
    std::string text;
    std::vector<std::uint32_t> ends;
};

Words wordsOf(const Vocabulary& vocabulary)
{
    Words words;
    for (std::uint32_t word = 0; word < vocabulary.size(); ++word) {
        words.text += vocabulary.name(word);
        words.ends.push_back(static_cast<std::uint32_t>(words.text.size()));
    }
    return words;
}

// Shops' columns, and what kinds of events count.
constexpr std::string_view sessionName = "session", positionName = "position", priceName = "price",
                           weightsName = "kind weights";

Status writeEvents(const store::BlobStore& blobs, DatasetId id, const EventLog& log)
{
    using store::Owner;
    Status done = blobs.write(Owner::Dataset, id, "user", "uint32", std::as_bytes(log.users()));
    const auto then = [&](std::string_view name, std::string_view type, std::span<const std::byte> bytes) {
        if (done)
            done = blobs.write(Owner::Dataset, id, name, type, bytes);
    };
    then("item", "uint32", std::as_bytes(log.items()));
    then("value", "float32", std::as_bytes(log.values()));
    if (log.hasTimes())
        then("time", "int64", std::as_bytes(log.times()));
    if (!log.kinds().empty())
        then("kind", "uint8", std::as_bytes(log.kinds()));
    for (const EventContext context : eventContexts) {
        if (log.context(context).empty())
            continue;
        const Words words = wordsOf(*log.context(context).words);
        then(nameOf(context), "uint16", std::as_bytes(std::span(log.context(context).events)));
        then(textNameOf(context), "text", std::as_bytes(std::span(words.text)));
        then(endsNameOf(context), "uint32", std::as_bytes(std::span(words.ends)));
    }
    if (!log.sessions().empty())
        then(sessionName, "uint32", std::as_bytes(log.sessions()));
    if (!log.positions().empty())
        then(positionName, "uint16", std::as_bytes(log.positions()));
    if (!log.prices().empty())
        then(priceName, "float32", std::as_bytes(log.prices()));
    return done;
}

Status writeWeights(const store::BlobStore& blobs, DatasetId id, const KindWeights& weights)
{
    return blobs.write(store::Owner::Dataset, id, weightsName, "float32", std::as_bytes(std::span(weights.of)));
}

/// Datasets of before there were weights have none stored: all kinds count 1, as they did when their models learned.
Result<KindWeights> readWeights(const OpenWorkspace& open, DatasetId id)
{
    const auto arrays = open.blobs().list(store::Owner::Dataset, id);
    if (!arrays)
        return tl::unexpected(arrays.error());
    const auto found = std::ranges::find(*arrays, weightsName, &store::StoredArray::name);
    if (found == arrays->end())
        return KindWeights::equal();
    const auto values = open.blobs().values<float>(*found, "float32");
    if (!values)
        return tl::unexpected(values.error());
    const auto fits = [](float weight) { return std::isfinite(weight) && weight >= 0; };
    if (values->size() > eventKindCount || !std::ranges::all_of(*values, fits))
        return open.damaged("the weights of kinds of events");
    KindWeights weights;
    std::ranges::copy(*values, weights.of.begin());
    return weights;
}

/// One event column of `events` values; an absent one is empty.
template <class T> Result<std::vector<T>> readColumn(const OpenWorkspace& open,
                                                     const std::vector<store::StoredArray>& arrays,
                                                     std::string_view name, std::string_view type, std::size_t events)
{
    const auto found = std::ranges::find(arrays, name, &store::StoredArray::name);
    if (found == arrays.end())
        return std::vector<T>();
    if (found->bytes != events * sizeof(T))
        return open.damaged(fmt::format("the events' {}", name));
    return open.blobs().values<T>(*found, type);
}

/// None where the ends are not those of different words.
std::optional<Vocabulary> vocabularyOf(std::string_view text, std::span<const std::uint32_t> ends)
{
    Vocabulary vocabulary;
    std::size_t begin = 0;
    for (const std::uint32_t end : ends) {
        if (end <= begin || end > text.size() ||
            vocabulary.add(text.substr(begin, end - begin)) + 1 != vocabulary.size())
            return std::nullopt;
        begin = end;
    }
    return begin == text.size() && vocabulary.size() == ends.size() ? std::optional(std::move(vocabulary))
                                                                    : std::nullopt;
}

/// Empty where it is not stored.
Result<ContextColumn> readContext(const OpenWorkspace& open, const std::vector<store::StoredArray>& arrays,
                                  EventContext context, std::size_t events)
{
    auto codes = readColumn<std::uint16_t>(open, arrays, nameOf(context), "uint16", events);
    if (!codes || codes->empty())
        return std::move(codes).map([](auto&&) { return ContextColumn(); });
    const auto text = std::ranges::find(arrays, textNameOf(context), &store::StoredArray::name);
    const auto ends = std::ranges::find(arrays, endsNameOf(context), &store::StoredArray::name);
    if (text == arrays.end() || ends == arrays.end())
        return open.damaged(fmt::format("the words of the events' {}", nameOf(context)));
    const auto letters = open.blobs().values<char>(*text, "text");
    const auto places = open.blobs().values<std::uint32_t>(*ends, "uint32");
    if (!letters || !places)
        return tl::unexpected(letters ? places.error() : letters.error());
    auto words = vocabularyOf({letters->data(), letters->size()}, *places);
    if (!words)
        return open.damaged(fmt::format("the words of the events' {}", nameOf(context)));
    return ContextColumn{std::make_shared<const Vocabulary>(std::move(*words)), std::move(*codes)};
}

Result<ShopColumns> readShop(const OpenWorkspace& open, const std::vector<store::StoredArray>& arrays,
                             std::size_t events)
{
    auto sessions = readColumn<std::uint32_t>(open, arrays, sessionName, "uint32", events);
    auto positions = readColumn<std::uint16_t>(open, arrays, positionName, "uint16", events);
    auto prices = readColumn<float>(open, arrays, priceName, "float32", events);
    for (const Error* failed : {sessions ? nullptr : &sessions.error(), positions ? nullptr : &positions.error(),
                                prices ? nullptr : &prices.error()})
        if (failed)
            return tl::unexpected(*failed);
    if (!std::ranges::all_of(*sessions, [=](std::uint32_t code) { return code < events || code == noSession; }))
        return open.damaged("the events' sessions");
    return ShopColumns{std::move(*sessions), std::move(*positions), std::move(*prices)};
}

Result<std::shared_ptr<const EventLog>> readEvents(const OpenWorkspace& open, DatasetId id, std::size_t events)
{
    const auto arrays = open.blobs().list(store::Owner::Dataset, id);
    if (!arrays)
        return tl::unexpected(arrays.error());
    auto users = readColumn<UserIndex>(open, *arrays, "user", "uint32", events);
    auto items = readColumn<ItemIndex>(open, *arrays, "item", "uint32", events);
    auto values = readColumn<float>(open, *arrays, "value", "float32", events);
    auto times = readColumn<Timestamp>(open, *arrays, "time", "int64", events);
    auto kinds = readColumn<EventKind>(open, *arrays, "kind", "uint8", events);
    for (const Error* failed :
         {users ? nullptr : &users.error(), items ? nullptr : &items.error(), values ? nullptr : &values.error(),
          times ? nullptr : &times.error(), kinds ? nullptr : &kinds.error()})
        if (failed)
            return tl::unexpected(*failed);
    if (users->size() != events || items->size() != events || values->size() != events)
        return open.damaged("the list of events");
    ContextColumns contexts;
    for (const EventContext context : eventContexts) {
        auto column = readContext(open, *arrays, context, events);
        if (!column)
            return tl::unexpected(column.error());
        contexts[static_cast<std::size_t>(context)] = std::move(*column);
    }
    auto shop = readShop(open, *arrays, events);
    if (!shop)
        return tl::unexpected(shop.error());
    if (!std::ranges::all_of(*kinds, isKnown))
        return open.damaged("the events' kinds");
    return std::make_shared<const EventLog>(
        EventLog::fromColumns(std::move(*users), std::move(*items), std::move(*values), std::move(*times),
                              std::move(*kinds), std::move(contexts), std::move(*shop)));
}

// Before the name of a column of item vectors.
constexpr std::string_view vectorsPrefix = "item vectors: ";

Status writeVectors(const store::BlobStore& blobs, DatasetId id, const AttributeTable& items)
{
    Status done;
    for (const VectorColumn& column : items.vectors())
        if (done)
            done = blobs.write(store::Owner::Dataset, id, std::string(vectorsPrefix) + column.name, "float32",
                               std::as_bytes(std::span(column.values)));
    return done;
}

/// Adds the stored columns of vectors to `table`, which has `rows` rows.
Result<AttributeTable> withVectors(const OpenWorkspace& open, DatasetId id, std::size_t rows,
                                   Result<AttributeTable> table)
{
    const auto arrays = open.blobs().list(store::Owner::Dataset, id);
    if (!table || !arrays)
        return table ? tl::unexpected(arrays.error()) : std::move(table);
    for (const store::StoredArray& array : *arrays) {
        if (!array.name.starts_with(vectorsPrefix))
            continue;
        auto values = open.blobs().values<float>(array, "float32");
        if (!values)
            return tl::unexpected(values.error());
        if (rows == 0 || values->empty() || values->size() % rows != 0 ||
            !std::ranges::all_of(*values, [](float value) { return std::isfinite(value); }))
            return open.damaged("the item vectors");
        table->set({array.name.substr(vectorsPrefix.size()), values->size() / rows, std::move(*values)});
    }
    return table;
}

template <class T> Result<std::shared_ptr<const T>> shared(Result<T> result)
{
    return std::move(result).map([](T&& value) { return std::make_shared<const T>(std::move(value)); });
}

/// Runs `read` and keeps what it gives; false once something failed.
template <class T> bool keep(Status& status, std::shared_ptr<const T>& into, Result<std::shared_ptr<const T>> result)
{
    if (result)
        into = std::move(*result);
    else
        status = tl::unexpected(result.error());
    return result.has_value();
}

Result<DatasetParts> readParts(const OpenWorkspace& open, const DatasetRecord& record)
{
    const DatasetRow& row = record.row;
    const store::AttributeStore people(open.database, row.id, "person");
    const store::AttributeStore items(open.database, row.id, "item");
    DatasetParts parts;
    parts.name = row.name;
    parts.feedback = record.feedback == "implicit" ? Feedback::Implicit : Feedback::Explicit;
    parts.ratingLow = static_cast<float>(record.ratingLow.value);
    parts.ratingHigh = static_cast<float>(record.ratingHigh.value);
    parts.from = {row.source, row.format, record.detection, row.note};
    Status status;
    const auto weights = readWeights(open, row.id);
    if (!weights)
        return tl::unexpected(weights.error());
    parts.kindWeights = *weights;
    const bool all =
        keep(status, parts.personIds, shared(people.readIds())) &&
        keep(status, parts.itemIds, shared(items.readIds())) &&
        keep(status, parts.people, shared(people.readTable(row.people))) &&
        keep(status, parts.items, shared(withVectors(open, row.id, row.items, items.readTable(row.items)))) &&
        keep(status, parts.log, readEvents(open, row.id, row.events));
    if (!all)
        return tl::unexpected(status.error());
    return parts;
}

Result<DatasetRecord> readRecord(const OpenWorkspace& open, DatasetId id)
{
    return store::findRecord<DatasetRecord>(open, "dataset", datasetColumns, id,
                                            [&] { return open.requireDataset(id).error(); });
}

std::string reportChecksum(DatasetId id, std::string_view json)
{
    return Hasher().number(static_cast<std::uint64_t>(id)).text(json).hex();
}

Status writeReport(const OpenWorkspace& open, DatasetId id, const ImportReport& report)
{
    const std::string json = store::toJson(report);
    return open.database.prepare("INSERT INTO import_report (dataset, report, checksum) VALUES (?, ?, ?)")
        .run(id, json, reportChecksum(id, json))
        .status();
}

Result<ImportReport> readReport(const OpenWorkspace& open, DatasetId id)
{
    auto row = open.database.prepare("SELECT report, checksum FROM import_report WHERE dataset = ?");
    if (row.with(id).next() && reportChecksum(id, row.text(0)) == row.text(1))
        return store::reportFromJson(row.text(0));
    if (!row.status())
        return tl::unexpected(row.status().error());
    return open.damaged("the import report");
}

Status writeContents(const OpenWorkspace& open, DatasetId id, const Imported& imported)
{
    const Dataset& dataset = *imported.dataset;
    const store::AttributeStore people(open.database, id, "person");
    const store::AttributeStore items(open.database, id, "item");
    return writeReport(open, id, imported.report)
        .and_then([&] { return people.writeIds(dataset.personIds()); })
        .and_then([&] { return people.writeTable(dataset.people()); })
        .and_then([&] { return items.writeIds(dataset.itemIds()); })
        .and_then([&] { return items.writeTable(dataset.items()); })
        .and_then([&] { return writeVectors(open.blobs(), id, dataset.items()); })
        .and_then([&] { return writeEvents(open.blobs(), id, dataset.log()); })
        .and_then([&] { return writeWeights(open.blobs(), id, dataset.parts().kindWeights); })
        .and_then([&] { return imported.planted ? store::writePlanted(open, id, *imported.planted) : Status(); })
        .and_then([&] { return open.seal("dataset"); });
}

// All but derived columns.
Status removeContents(const OpenWorkspace& open, DatasetId id)
{
    for (const char* rows : {"import_report WHERE dataset = ?", "person WHERE dataset = ?", "item WHERE dataset = ?",
                             "attribute WHERE dataset = ? AND id NOT IN (SELECT attribute FROM derived)",
                             "planted WHERE id = ?", "array WHERE dataset = ?"})
        if (const auto done = open.database.prepare(fmt::format("DELETE FROM {}", rows)).run(id).status(); !done)
            return done;
    return open.seal("planted");
}

} // namespace

Result<std::size_t> store::OpenWorkspace::itemCount(DatasetId id) const
{
    return readRecord(*this, id).map([](const DatasetRecord& record) { return record.row.items; });
}

Result<std::size_t> store::OpenWorkspace::personCount(DatasetId id) const
{
    return readRecord(*this, id).map([](const DatasetRecord& record) { return record.row.people; });
}

Result<DatasetId> Workspace::addDataset(const Imported& imported)
{
    if (const auto storable = checkStorable(imported); !storable)
        return tl::unexpected(storable.error());
    const DatasetRecord record = recordOf(imported);
    return m_open->write([&]() -> Result<DatasetId> {
        const auto id = store::insertRecord(*m_open, "dataset", datasetColumns, record);
        if (id)
            if (const auto written = writeContents(*m_open, *id, imported); !written)
                return tl::unexpected(written.error());
        return id;
    });
}

Result<std::vector<DatasetRow>> Workspace::datasets() const
{
    return m_open->read([&]() -> Result<std::vector<DatasetRow>> {
        if (const auto whole = m_open->checkSeal("dataset"); !whole)
            return tl::unexpected(whole.error());
        return store::readAll(
            m_open->database.prepare(fmt::format("SELECT id, checksum, {} FROM dataset ORDER BY id", datasetColumns)),
            [&](const sqlite::Statement& found) {
                return store::checkedRecord<DatasetRecord>(*m_open, "dataset", found).map(&rowOf);
            });
    });
}

Result<std::string> Workspace::importRecipe(DatasetId id) const
{
    return m_open->read([&]() -> Result<std::string> {
        const auto record = readRecord(*m_open, id);
        if (!record)
            return tl::unexpected(record.error());
        return readReport(*m_open, id).map([](ImportReport report) { return std::move(report.recipe); });
    });
}

Result<Imported> Workspace::loadDataset(DatasetId id) const
{
    return m_open->read([&]() -> Result<Imported> {
        const auto record = readRecord(*m_open, id);
        if (!record)
            return tl::unexpected(record.error());
        auto parts = readParts(*m_open, *record);
        auto report = readReport(*m_open, id);
        if (!parts || !report)
            return tl::unexpected(parts ? report.error() : parts.error());
        auto planted = store::readPlanted(*m_open, id, record->row.items);
        if (!planted)
            return tl::unexpected(planted.error());
        Imported loaded{std::make_shared<const Dataset>(std::move(*parts)), std::move(*report), record->trainEvents,
                        std::move(*planted)};
        const Dataset& dataset = *loaded.dataset;
        if (dataset.hash() != record->row.hash || !checkStorable(loaded) ||
            dataset.personCount() != record->row.people || dataset.itemCount() != record->row.items)
            return m_open->damaged(fmt::format("the dataset '{}'", record->row.name));
        return loaded;
    });
}

Status Workspace::updateDataset(DatasetId id, const Imported& imported)
{
    if (const auto storable = checkStorable(imported); !storable)
        return storable;
    return m_open->write([&]() -> Status {
        const auto before = readRecord(*m_open, id);
        if (!before)
            return tl::unexpected(before.error());
        DatasetRecord record = recordOf(imported);
        if (record.row.people < before->row.people || record.row.items < before->row.items)
            return error(Code::InvalidArgument, "The dataset would lose people or items that its models know",
                         "Store it as another dataset", before->row.name);
        record.row.importedAt = before->row.importedAt;
        return removeContents(*m_open, id)
            .and_then([&] { return store::updateRecord(*m_open, "dataset", datasetColumns, id, record); })
            .and_then([&] { return writeContents(*m_open, id, imported); });
    });
}

Status Workspace::removeDataset(DatasetId id)
{
    return m_open->write([&]() -> Status {
        Status done = m_open->requireDataset(id).and_then(
            [&] { return m_open->database.prepare("DELETE FROM dataset WHERE id = ?").run(id).status(); });
        for (const auto* table : {"dataset", "derived", "planted", "model", "run", "kept_lists"})
            done = done.and_then([&] { return m_open->seal(table); });
        return done;
    });
}

} // namespace orrery
