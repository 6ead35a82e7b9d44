// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checked_rows.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

/// A row of table `metric`, with the values of each person.
struct MetricRecord {
    std::string id;
    double mean = 0, low = 0, high = 0;
    std::vector<float> perPerson;
};

/// A row of table `run`, with its metrics.
struct RunRecord {
    RunRow row;
    std::size_t people = 0;
    std::vector<MetricRecord> metrics;
};

constexpr const char* runColumns =
    "model, protocol_hash, split, protocol, created_at, build, seed, recommender, seconds, "
    "ranked_people, people_without_history, ratings, ratings_filled, people";

template <class Record, class Visit> void eachField(Record& record, Visit&& visit)
{
    visit(record.row.model);
    visit(record.row.protocolHash);
    visit(record.row.splitDescription);
    visit(record.row.protocolJson);
    visit(record.row.createdAt);
    visit(record.row.build);
    visit(record.row.seed);
    visit(record.row.report.recommender);
    visit(record.row.report.seconds);
    visit(record.row.report.rankedPeople);
    visit(record.row.report.peopleWithoutHistory);
    visit(record.row.report.ratings);
    visit(record.row.report.ratingsFilled);
    visit(record.people);
}

template <class Metric, class Visit> void eachMetricField(Metric& metric, Visit&& visit)
{
    visit(metric.id);
    visit(metric.mean);
    visit(metric.low);
    visit(metric.high);
}

// Two arrays of the report come first, then one for each metric; the order of writing is the order of reading.
template <class Record, class Visit> void eachArray(Record& record, Visit&& visit)
{
    visit("people", "uint32", record.row.report.people);
    visit("test counts", "uint32", record.row.report.testCounts);
    for (auto& metric : record.metrics)
        visit(metric.id, "float32", metric.perPerson);
}

void hashSummary(const RunRecord& record, Hasher& hasher)
{
    store::FieldHasher hash(hasher);
    eachField(record, hash);
    for (const auto& metric : record.metrics)
        eachMetricField(metric, hash);
}

// Of what is read without the arrays.
std::string summaryChecksumOf(const RunRecord& record)
{
    Hasher hasher;
    hashSummary(record, hasher);
    return hasher.hex();
}

// Of all of it.
std::string checksumOf(const RunRecord& record)
{
    Hasher hasher;
    hashSummary(record, hasher);
    eachArray(record, [&](std::string_view name, std::string_view type, const auto& values) {
        store::BlobStore::hash(hasher, name, type, std::as_bytes(std::span(values)));
    });
    return hasher.hex();
}

// ---- Writing ----

RunRecord recordOf(const RunRow& run)
{
    RunRecord record{run, run.report.people.size(), {}};
    if (run.createdAt.empty())
        record.row.createdAt = store::isoNow();
    if (run.build.empty())
        record.row.build = buildName();
    for (const MetricValue& value : run.report.values)
        record.metrics.push_back(
            {value.metric.id(), value.mean, value.interval.low, value.interval.high, value.perPerson});
    return record;
}

Status writeSummary(const OpenWorkspace& open, RunId run, const RunRecord& record)
{
    return open.database.prepare("UPDATE run SET summary = ? WHERE id = ?")
        .run(summaryChecksumOf(record), run)
        .status();
}

Status writeMetrics(const OpenWorkspace& open, RunId run, const RunRecord& record)
{
    auto insert =
        open.database.prepare("INSERT INTO metric (run, position, id, mean, low, high) VALUES (?, ?, ?, ?, ?, ?)");
    std::size_t position = 0;
    for (const auto& metric : record.metrics)
        insert.run(run, position++, metric.id, metric.mean, metric.low, metric.high);
    return insert.status();
}

Status writeArrays(const OpenWorkspace& open, RunId run, const RunRecord& record)
{
    Status done;
    eachArray(record, [&](std::string_view name, std::string_view type, const auto& values) {
        if (done)
            done = open.blobs().write(store::Owner::Run, run, name, type, std::as_bytes(std::span(values)));
    });
    return done;
}

Status requireModel(const OpenWorkspace& open, ModelId id)
{
    auto row = open.database.prepare("SELECT 1 FROM model WHERE id = ?");
    if (row.with(id).next() || !row.status())
        return row.status();
    return error(Code::NotFound, fmt::format("There is no model {} in this workspace", id),
                 "It may have been removed; look at the list of models");
}

// ---- Reading ----

Status readMetrics(const OpenWorkspace& open, RunRecord& record)
{
    auto rows = open.database.prepare("SELECT id, mean, low, high FROM metric WHERE run = ? ORDER BY position");
    rows.with(record.row.id);
    while (rows.next())
        eachMetricField(record.metrics.emplace_back(), store::FieldReader(rows, 0));
    return rows.status();
}

template <class T>
Status readArray(const OpenWorkspace& open, const store::StoredArray& array, std::string_view type, std::vector<T>& out)
{
    return open.blobs().values<T>(array, type).map([&](std::vector<T>&& values) { out = std::move(values); });
}

Status readArrays(const OpenWorkspace& open, RunRecord& record)
{
    const auto arrays = open.blobs().list(store::Owner::Run, record.row.id);
    if (!arrays)
        return tl::unexpected(arrays.error());
    if (arrays->size() != record.metrics.size() + 2)
        return open.damaged(fmt::format("run {}", record.row.id));
    Status done;
    std::size_t at = 0;
    eachArray(record, [&](std::string_view, std::string_view type, auto& values) {
        if (done)
            done = readArray(open, (*arrays)[at++], type, values);
    });
    return done;
}

void fillReport(RunRecord& record)
{
    EvaluationReport& report = record.row.report;
    report.protocolHash = record.row.protocolHash;
    report.splitDescription = record.row.splitDescription;
    for (auto& metric : record.metrics)
        if (const auto known = parseMetrics(metric.id); known && known->size() == 1)
            report.values.push_back(
                {known->front(), metric.mean, {metric.low, metric.high}, std::move(metric.perPerson)});
}

// What `runQuery` selects, without the arrays.
Result<RunRecord> readSummary(const OpenWorkspace& open, const sqlite::Statement& found)
{
    RunRecord record;
    eachField(record, store::FieldReader(found, 3));
    record.row.id = found.integer(0);
    if (const auto read = readMetrics(open, record); !read)
        return tl::unexpected(read.error());
    return record;
}

std::string runQuery(std::string_view which)
{
    return fmt::format("SELECT id, checksum, summary, {} FROM run WHERE {} ORDER BY id", runColumns, which);
}

Result<RunRow> readWhole(const OpenWorkspace& open, const sqlite::Statement& found)
{
    auto record = readSummary(open, found);
    if (!record)
        return tl::unexpected(record.error());
    if (const auto read = readArrays(open, *record); !read)
        return tl::unexpected(read.error());
    if (checksumOf(*record) != found.text(1) || record->people != record->row.report.people.size())
        return open.damaged(fmt::format("run {}", record->row.id));
    fillReport(*record);
    return std::move(record->row);
}

Result<RunRow> readWithoutPeople(const OpenWorkspace& open, const sqlite::Statement& found)
{
    if (found.text(2).empty()) { // stored by an older version, which had one checksum for all of it
        auto run = readWhole(open, found);
        if (run)
            run->report = run->report.withoutPeople();
        return run;
    }
    auto record = readSummary(open, found);
    if (!record)
        return tl::unexpected(record.error());
    if (summaryChecksumOf(*record) != found.text(2))
        return open.damaged(fmt::format("run {}", record->row.id));
    fillReport(*record);
    return std::move(record->row);
}

tl::unexpected<Error> noSuchRun(RunId id)
{
    return error(Code::NotFound, fmt::format("There is no run {} in this workspace", id),
                 "It may have been removed; look at the list of runs");
}

} // namespace

Result<RunId> Workspace::addRun(const RunRow& run)
{
    const RunRecord record = recordOf(run);
    return m_open->write([&]() -> Result<RunId> {
        if (const auto there = requireModel(*m_open, run.model); !there)
            return tl::unexpected(there.error());
        const auto id = store::insertRecord(*m_open, "run", runColumns, record);
        if (!id)
            return id;
        return writeSummary(*m_open, *id, record)
            .and_then([&] { return writeMetrics(*m_open, *id, record); })
            .and_then([&] { return writeArrays(*m_open, *id, record); })
            .and_then([&] { return m_open->seal("run"); })
            .map([&] { return *id; });
    });
}

Result<std::vector<RunRow>> Workspace::runs(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<std::vector<RunRow>> {
        if (const auto whole = m_open->checkSeal("model").and_then([&] { return m_open->checkSeal("run"); }); !whole)
            return tl::unexpected(whole.error());
        auto rows = m_open->database.prepare(runQuery("model IN (SELECT id FROM model WHERE dataset = ?)"));
        return store::readAll(std::move(rows.with(dataset)),
                              [&](const sqlite::Statement& found) { return readWithoutPeople(*m_open, found); });
    });
}

Result<RunRow> Workspace::run(RunId id) const
{
    return m_open->read([&]() -> Result<RunRow> {
        if (const auto whole = m_open->checkSeal("run"); !whole)
            return tl::unexpected(whole.error());
        auto row = m_open->database.prepare(runQuery("id = ?"));
        if (row.with(id).next())
            return readWhole(*m_open, row);
        if (!row.status())
            return tl::unexpected(row.status().error());
        return noSuchRun(id);
    });
}

Status Workspace::removeRun(RunId id)
{
    return m_open->write([&]() -> Status {
        auto remove = m_open->database.prepare("DELETE FROM run WHERE id = ?");
        if (!remove.run(id).status())
            return remove.status();
        if (m_open->database.changes() == 0)
            return noSuchRun(id);
        return m_open->seal("run");
    });
}

} // namespace orrery
