// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/workspace_samples.h"

#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/models/catalogue.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery::testing {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

template <class T> std::shared_ptr<const T> shared(T value) { return std::make_shared<const T>(std::move(value)); }

Vocabulary names(std::initializer_list<std::string_view> ids)
{
    Vocabulary vocabulary;
    for (const auto id : ids)
        vocabulary.add(id);
    return vocabulary;
}

ImportReport clubReport()
{
    ImportReport report;
    report.format = "CSV";
    report.detection = "the header names a person, an item and a rating";
    report.files = {{"ratings.csv", "ratings", 9, 8, 1}, {"films.csv", "items", 4, 4, 0}};
    report.rejectedByKind = {{"not a number", 1}};
    report.rejected = {{"ratings.csv", 7, "ann,heat,five", "not a number", "rating 'five' is not a number"}};
    report.duplicates = 1;
    report.notes = {"1 film has no genre"};
    report.seconds = 0.012;
    return report;
}

void describe(std::string& out, const DatasetRow& row, const Imported& imported)
{
    const Dataset& dataset = *imported.dataset;
    out += fmt::format("dataset {} {} {} {} {} {} {} {} {} {}\n", row.id, row.name, row.hash, row.source, row.format,
                       row.note, row.people, row.items, row.events, row.importedAt);
    out += fmt::format(" {} {} {} {} {} {} {} {}\n", dataset.hash(), dataset.name(), dataset.ratingLow(),
                       dataset.ratingHigh(), dataset.from().source, dataset.from().detection, dataset.from().note,
                       imported.trainEvents.value_or(999));
    const ImportReport& report = imported.report;
    out += fmt::format(" {} {} {} {}\n", report.format, report.detection, report.duplicates, report.seconds);
    for (const auto& file : report.files)
        out += fmt::format(" {} {} {} {} {}\n", file.file, file.content, file.read, file.accepted, file.rejected);
    for (const auto& row2 : report.rejected)
        out += fmt::format(" {} {} {} {} {}\n", row2.file, row2.line, row2.raw, row2.kind, row2.reason);
    for (const auto& [kind, count] : report.rejectedByKind)
        out += fmt::format(" {} {}\n", kind, count);
    for (const auto& note : report.notes)
        out += note + "\n";
    if (imported.planted)
        out += fmt::format(" {}: {}\n", fmt::join(imported.planted->dimensions, ","),
                           fmt::join(imported.planted->values, " "));
}

void describe(std::string& out, const AttributeTable& derived, std::size_t items)
{
    for (const AttributeColumn& column : derived.columns()) {
        out += " derived " + column.name;
        for (std::size_t row = 0; row < items; ++row)
            out += fmt::format(" '{}'", derived.show(column.name, row));
        out += "\n";
    }
}

void describe(std::string& out, const ModelRow& row, const Recommender& recommender, std::size_t items)
{
    out += fmt::format("model {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", row.id, row.dataset, row.name,
                       row.algorithm, row.paramsJson, row.seed, row.trainedOn, row.trainHash, row.asOf, row.heldOut,
                       row.splitJson, row.seconds, row.build, row.createdAt, row.colour);
    std::vector<ItemIndex> all;
    for (std::uint32_t i = 0; i < items; ++i)
        all.push_back(ItemIndex{i});
    for (std::uint32_t person = 0; person < 2; ++person) {
        std::vector<float> scores(items);
        recommender.predict(queryFor({}, UserIndex{person}), all, scores);
        out += fmt::format(" {} {}\n", recommender.name(), fmt::join(scores, " "));
    }
}

void describe(std::string& out, const RunRow& run)
{
    const EvaluationReport& report = run.report;
    out += fmt::format("run {} {} {} {} {} {} {} {}\n", run.id, run.model, run.protocolHash, run.splitDescription,
                       run.protocolJson, run.createdAt, run.build, run.seed);
    out +=
        fmt::format(" {} {} {} {} {} {} {} {}\n", report.recommender, report.rankedPeople, report.peopleWithoutHistory,
                    report.ratings, report.ratingsFilled, report.protocolHash, report.splitDescription, report.seconds);
    for (std::size_t i = 0; i < report.people.size(); ++i)
        out += fmt::format(" {}:{}", report.people[i].value, report.testCounts.at(i));
    for (const MetricValue& value : report.values)
        out += fmt::format("\n {} {} {} {} {}", value.metric.id(), value.mean, value.interval.low, value.interval.high,
                           fmt::join(value.perPerson, " "));
    out += "\n";
}

void describe(std::string& out, const KeptLists& row, const BulkLists& lists)
{
    out += fmt::format("lists of {}: {} {} {} {} {} {}\n", row.model, row.datasetHash, row.modelHash, row.length,
                       row.people, row.madeAt, row.ofThisModel);
    for (std::size_t i = 0; i < lists.items.size(); ++i)
        out += fmt::format("{} {} ", lists.items[i].value, lists.scores[i]);
}

} // namespace

Imported filmClub()
{
    DatasetParts parts;
    parts.name = "Film club";
    parts.ratingLow = 0.5F;
    parts.ratingHigh = 5;
    parts.personIds = shared(names({"ann", "bob", "zoë"}));
    parts.itemIds = shared(names({"heat", "fargo", "alien", "up"}));
    EventLog log;
    const auto rate = [&](std::uint32_t user, std::uint32_t item, float value, Timestamp at) {
        log.append({UserIndex{user}, ItemIndex{item}, value, at, EventKind::Rating});
    };
    rate(0, 0, 5, 100);
    rate(0, 1, 3.5F, 200);
    rate(1, 0, 4, noTime);
    rate(1, 2, 1, 300);
    rate(2, 0, 2, 50);
    rate(2, 1, 4.5F, 60);
    rate(0, 0, 4, 400);
    log.append({UserIndex{2}, ItemIndex{3}, 1, 70, EventKind::View});
    parts.log = shared(std::move(log));
    AttributeTable items;
    items.add({"title", TextColumn{{"Heat (1995)", "Fargo, \"the\" film", "", "Oben"}}});
    items.add({"year", NumberColumn{{1995, 1996, unknown, 2009.5}}});
    items.add({"genres", TagColumn{names({"Crime", "Drama", "Comedy", "never used"}), {0, 2, 4, 4}, {0, 1, 2, 0}}});
    parts.items = shared(std::move(items));
    AttributeTable people;
    people.add({"age", NumberColumn{{24, 31, -unknown}}}); // a NaN of another sign, as 0/0 makes it
    people.add({"occupation", TagColumn{names({"student", "doctor"}), {0, 1, 2}, {0, 1}}});
    people.add({"debt", NumberColumn{{-0.0, HUGE_VAL}}});
    parts.people = shared(std::move(people));
    parts.from = {"club.zip", "CSV", "the header names a person, an item and a rating", "ratings are synthetic"};
    return {shared(Dataset(std::move(parts))), clubReport(), 6,
            shared(PlantedItems{{"mob", "space"}, {1, 0, 0.75F, 0, 0, 1, 0, -0.0F}})};
}

AttributeColumn clubClusters()
{
    return {"clusters", TagColumn{names({"guns, snow", "balloons"}), {0, 1, 2, 2, 3}, {0, 0, 1}}};
}

Imported manyEvents(std::size_t events, std::size_t people, std::size_t items)
{
    Rng rng(1);
    DatasetParts parts;
    parts.name = "Many";
    parts.ratingLow = 1;
    parts.ratingHigh = 5;
    Vocabulary personIds, itemIds;
    for (std::size_t i = 0; i < people; ++i)
        personIds.add(fmt::format("{}", i + 1));
    TextColumn titles;
    for (std::size_t i = 0; i < items; ++i) {
        itemIds.add(fmt::format("{}", i + 1));
        titles.values.push_back(fmt::format("Film {} ({})", i, 1950 + i % 70));
    }
    EventLog log;
    log.reserve(events, true);
    for (std::size_t i = 0; i < events; ++i)
        log.append({UserIndex{static_cast<std::uint32_t>(rng.below(people))},
                    ItemIndex{static_cast<std::uint32_t>(rng.below(items))}, static_cast<float>(1 + rng.below(5)),
                    static_cast<Timestamp>(1'000'000'000 + rng.below(100'000'000)), EventKind::Rating});
    AttributeTable table;
    table.add({"title", std::move(titles)});
    parts.personIds = shared(std::move(personIds));
    parts.itemIds = shared(std::move(itemIds));
    parts.log = shared(std::move(log));
    parts.items = shared(std::move(table));
    return {shared(Dataset(std::move(parts))), {}, {}};
}

ModelPtr trainedPopularity(const std::shared_ptr<const Dataset>& dataset)
{
    return train(*findAlgorithm("popularity"), {dataset}, {}, JobContext()).value();
}

ModelRow popularityRow(DatasetId dataset, const std::string& name)
{
    ModelRow row;
    row.dataset = dataset;
    row.name = name;
    row.algorithm = "popularity";
    row.paramsJson = R"({"count":"people","liked-from":4.0})";
    row.seed = 0xfedcba9876543210; // more than SQLite's integers hold as a positive number
    row.trainedOn = "all data";
    row.trainHash = "0123456789abcdef0123456789abcdef";
    row.seconds = 0.25;
    row.colour = 2;
    return row;
}

ImportedLists clubLists()
{
    ImportedLists lists;
    lists.name = "Ours";
    lists.byPerson = {{{ItemIndex{2}, 1, 0.75F}, {ItemIndex{3}, 2, 0.5F}},
                      {},
                      {{ItemIndex{1}, 1, std::numeric_limits<float>::quiet_NaN()}}};
    lists.rows = 5;
    lists.unknownPeople = 1;
    lists.unknownItems = 1;
    return lists;
}

RunRow clubRun(ModelId model, double ndcg)
{
    RunRow run;
    run.model = model;
    run.protocolHash = "00112233445566778899aabbccddeeff";
    run.splitDescription = "random, 20 %";
    run.protocolJson = R"({"relevant-from":4})";
    run.seed = 3;
    run.report.recommender = "Popular";
    run.report.people = {UserIndex{0}, UserIndex{2}};
    run.report.testCounts = {3, 1};
    run.report.rankedPeople = 1;
    run.report.seconds = 0.5;
    const auto choices = parseMetrics("ndcg@10,rmse").value();
    const auto none = std::numeric_limits<float>::quiet_NaN();
    run.report.values = {{choices[0], ndcg, {ndcg - 0.125, ndcg + 0.125}, {static_cast<float>(ndcg), none}},
                         {choices[1], unknown, {unknown, unknown}, {none, none}}};
    return run;
}

Result<std::string> contentOf(const Workspace& workspace)
{
    std::string out;
    const auto datasets = workspace.datasets();
    if (!datasets)
        return tl::unexpected(datasets.error());
    for (const DatasetRow& row : *datasets) {
        const auto loaded = workspace.loadDataset(row.id);
        const auto derived = workspace.derived(row.id);
        const auto models = workspace.models(row.id);
        if (!loaded || !derived || !models)
            return tl::unexpected(!loaded ? loaded.error() : !derived ? derived.error() : models.error());
        describe(out, row, *loaded);
        describe(out, *derived, row.items);
        for (const ModelRow& model : *models) {
            const auto recommender = workspace.loadRecommender(model.id);
            if (!recommender)
                return tl::unexpected(recommender.error());
            describe(out, model, **recommender, row.items);
        }
        const auto kept = workspace.keptLists(row.id);
        if (!kept)
            return tl::unexpected(kept.error());
        for (const KeptLists& lists : *kept) {
            const auto whole = workspace.loadLists(lists.model);
            if (!whole)
                return tl::unexpected(whole.error());
            describe(out, lists, *whole);
        }
        const auto runs = workspace.runs(row.id);
        if (!runs)
            return tl::unexpected(runs.error());
        for (const RunRow& run : *runs) {
            describe(out, run);
            const auto whole = workspace.run(run.id);
            if (!whole)
                return tl::unexpected(whole.error());
            describe(out, *whole);
        }
    }
    const auto note = workspace.note("a");
    if (!note)
        return tl::unexpected(note.error());
    return out + note->value_or("no note");
}

} // namespace orrery::testing
