// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/import_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/model_refresh.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/data/new_records.h"
#include "core/store/report_json.h"

#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t shownRows = 10;

std::string rejectedText(const ImportReport& report)
{
    if (report.rejected.empty())
        return {};
    std::string out = "\nRefused:\n";
    for (const auto& [kind, count] : report.rejectedByKind)
        out += fmt::format("  {}: {}\n", kind, grouped(count));
    for (std::size_t i = 0; i < std::min(shownRows, report.rejected.size()); ++i) {
        const auto& row = report.rejected[i];
        out += fmt::format("  {}, line {}: {}\n    {}\n", row.file, row.line, row.reason, row.raw);
    }
    if (report.rejectedCount() > shownRows)
        out += fmt::format("  ... and {} more (--json has the first 1,000)\n",
                           grouped(report.rejectedCount() - shownRows));
    return out;
}

std::string reportText(const ImportReport& report)
{
    std::string out = fmt::format("{}: {}\n\n", report.format, report.detection);
    TextTable files({"file", "content", "rows", "accepted", "rejected"});
    for (const auto& file : report.files)
        files.add({file.file, file.content, grouped(file.read), grouped(file.accepted), grouped(file.rejected)});
    out += files.text() + rejectedText(report);
    if (report.duplicates > 0)
        out += fmt::format("\n{} of a pair that has another\n", counted(report.duplicates, "event is", "events are"));
    for (const auto& note : report.notes)
        out += fmt::format("\nNote: {}\n", note);
    return out;
}

std::string summaryOf(const Dataset& dataset, const ImportReport& report)
{
    return fmt::format("\n{}: {}, {}, {}; read in {:.2f} s\n", dataset.name(),
                       counted(dataset.personCount(), "person", "people"), counted(dataset.itemCount(), "item"),
                       counted(dataset.log().size(), "event"), report.seconds);
}

/// A table of items, or of people, without who did what.
bool tellsOfOneSide(const std::filesystem::path& path)
{
    const auto detected = detectFormat(path);
    const bool isTable = !detected || detected->format == "table";
    const auto guessed = isTable ? guessJoin({path}) : tl::unexpected(Error{});
    return guessed &&
           (guessed->tables.front().use == TableUse::Catalog || guessed->tables.front().use == TableUse::People);
}

} // namespace

std::string_view ImportCommand::examples() const
{
    return "orrery-cli import ml-latest-small.zip --workspace w.orrery\n"
           "orrery-cli import --train u1.base --test u1.test --workspace w.orrery\n"
           "orrery-cli import orders.csv --columns person=customer,item=sku,value=quantity,time=date --bad-rows stop\n"
           "orrery-cli import events.csv --kind-weights view=1,cart=3,purchase=5 --workspace w.orrery\n"
           "orrery-cli import ml-latest-small --item-vectors sentences.npy --vector-ids movie_ids.txt --workspace "
           "w.orrery\n"
           "orrery-cli import june.csv --append --refresh --workspace w.orrery\n"
           "orrery-cli import new-books.csv --append --refresh --workspace w.orrery\n"
           "orrery-cli import orders-05.csv catalog.csv --fix-items trim,leading-zeros --leave-out POST --save-recipe "
           "shop.json --workspace w.orrery\n"
           "orrery-cli import orders-06.csv catalog.csv --recipe shop.json --append --workspace w.orrery\n"
           "orrery-cli import --lists-from theirs.csv --workspace w.orrery --name \"Their lists\"";
}

void ImportCommand::declare(CLI::App& app)
{
    auto* path = app.add_option("path", m_paths,
                                "A folder, one of its files, a .zip, or a table; several tables are joined by the keys "
                                "of items and people")
                     ->type_name("PATH");
    auto* train = app.add_option("--train", m_train, "The training file of a split that came with the data")
                      ->type_name("FILE")
                      ->excludes(path);
    auto* test = app.add_option("--test", m_test, "The test file of such a split")->type_name("FILE")->needs(train);
    train->needs(test);
    auto* workspace = app.add_option("--workspace", m_workspace,
                                     "Store it in this file, which is made where missing; without it, only the report "
                                     "is made")
                          ->type_name("FILE");
    app.add_option("--name", m_name, "What to call it; otherwise as its file")->type_name("TEXT");
    app.add_option("--lists-from", m_lists, "Lists of another recommender as a model: CSV with person,item,rank")
        ->type_name("FILE")
        ->needs(workspace)
        ->excludes(path)
        ->excludes(train);
    app.add_flag("--append", m_append,
                 "Add the events, items or people to a dataset of the workspace instead: people and items are known by "
                 "their ids, new ones follow, and models stay as they were trained")
        ->needs(workspace)
        ->excludes(train);
    app.add_flag("--refresh", m_refresh, "Then bring the models of that dataset up to date, as train --refresh does")
        ->needs("--append");
    app.add_option("--dataset", m_dataset, "The dataset that such lists are about, or to add to; the newest otherwise")
        ->type_name("NAME")
        ->needs(workspace);
    m_table.declare(app);
    m_join.declare(app);
}

Result<Output> ImportCommand::run(const Context& context)
{
    return m_lists.empty() ? importData(context) : importLists(context);
}

Result<Output> ImportCommand::importData(const Context& context)
{
    if (m_paths.empty() && m_train.empty() && !m_join.names())
        return error(Code::InvalidArgument, "Nothing to import was named",
                     "For example: orrery-cli import ratings.csv");
    if (m_append && !m_join.any() && !m_table.any())
        return appendAsUsual(context.job);
    if (m_train.empty()) {
        const auto files = m_join.filesOf(m_paths);
        if (!files)
            return tl::unexpected(files.error());
        if (!files->empty())
            return importJoin(*files, context);
        if (m_append && tellsOfOneSide(m_paths.front()))
            return importJoin({m_paths.front()}, context);
    }
    auto request = m_table.request(m_train.empty() ? m_paths.front() : m_train, m_test);
    if (!request)
        return tl::unexpected(request.error());
    request->name = m_name;
    const auto imported = m_table.read(*request, context.job);
    if (!imported)
        return tl::unexpected(imported.error());
    return finish(*imported, Json::object(), {}, context.job);
}

Result<Output> ImportCommand::importJoin(const std::vector<std::filesystem::path>& files, const Context& context) const
{
    auto request = m_join.request(files, m_table, m_append ? Completeness::Addition : Completeness::Dataset);
    if (!request)
        return tl::unexpected(request.error());
    request->name = m_name;
    const auto sources = readTables(*request, context.job.part(0, 0.7));
    if (!sources)
        return tl::unexpected(sources.error());
    const auto match = matchOf(**sources, request->options, context.job);
    if (!match)
        return tl::unexpected(match.error());
    auto imported = join(**sources, *request, context.job.part(0.7, 0.8));
    if (!imported)
        return tl::unexpected(imported.error());
    if (auto with = m_table.addVectors(*imported, context.job.part(0.8, 1)); !with)
        return tl::unexpected(with.error());
    auto out = finish(*imported, {{"tables", tablesJson(*request)}, {"match", matchJson(*match)}},
                      tablesText(*request) + matchText(*match), context.job);
    if (!out)
        return out;
    if (auto saved = m_join.save(recipeOf(*request)); !saved)
        return tl::unexpected(saved.error());
    return out;
}

Result<Output> ImportCommand::finish(const Imported& imported, const Json& json, std::string text,
                                     const JobContext& job) const
{
    if (m_append) {
        auto to = target();
        return to ? append(*to, imported, job) : tl::unexpected(to.error());
    }
    const auto id = store(imported);
    if (!id)
        return tl::unexpected(id.error());
    Json whole;
    whole["dataset"] = datasetJson(*imported.dataset);
    if (*id) {
        whole["dataset"]["id"] = **id;
        whole["workspace"] = m_workspace;
    }
    whole.update(json);
    whole["report"] = Json::parse(store::toJson(imported.report));
    text += reportText(imported.report) + summaryOf(*imported.dataset, imported.report);
    if (*id)
        text += fmt::format("Stored in {} as dataset {}\n", m_workspace, **id);
    return Output{dump(whole), text};
}

Result<ImportCommand::Target> ImportCommand::target() const
{
    auto workspace = Workspace::open(m_workspace);
    if (!workspace)
        return tl::unexpected(workspace.error());
    auto row = findDataset(*workspace, m_dataset);
    if (!row)
        return tl::unexpected(row.error());
    auto whole = workspace->loadDataset(row->id);
    if (!whole)
        return tl::unexpected(whole.error());
    return Target{std::move(*workspace), std::move(*row), std::move(*whole)};
}

// Nothing was said of how the files are to be read: as those of the dataset were, where they fit.
Result<Output> ImportCommand::appendAsUsual(const JobContext& job) const
{
    auto to = target();
    if (!to)
        return tl::unexpected(to.error());
    const auto json = to->workspace.importRecipe(to->row.id);
    const auto recipe = json && !json->empty() ? recipeFromJson(*json) : tl::unexpected(Error{});
    const auto more = readMore({m_paths.begin(), m_paths.end()}, *to->whole.dataset,
                               recipe ? std::optional(*recipe) : std::nullopt, job.part(0, 0.6));
    if (!more)
        return tl::unexpected(more.error());
    return append(*to, *more, job.part(0.6, 1));
}

Result<Output> ImportCommand::append(Target& to, const Imported& more, const JobContext& job) const
{
    auto& [workspace, row, whole] = to;
    const auto with = appended(whole, more);
    if (!with)
        return tl::unexpected(with.error());
    if (const auto stored = workspace.updateDataset(row.id, with->imported); !stored)
        return tl::unexpected(stored.error());
    const auto refreshedModels = m_refresh ? refreshModels(workspace, row.id, {}, with->imported.dataset, job)
                                           : Result<std::vector<ModelRefresh>>(std::vector<ModelRefresh>());
    if (!refreshedModels)
        return tl::unexpected(refreshedModels.error());
    const Dataset& dataset = *with->imported.dataset;
    Json json;
    json["dataset"] = datasetJson(dataset);
    json["dataset"]["id"] = row.id;
    json["workspace"] = m_workspace;
    json["added"] = {
        {"events", with->added.events}, {"people", with->added.newPeople}, {"items", with->added.newItems}};
    json["report"] = Json::parse(store::toJson(more.report));
    if (m_refresh)
        json["refreshed"] = refreshJson(*refreshedModels);
    return Output{dump(json), fmt::format("{}{}\n{}: {}\nStored in {} as dataset {}\n{}", reportText(more.report),
                                          with->note, row.name, counted(dataset.log().size(), "event"), m_workspace,
                                          row.id, refreshText(*refreshedModels))};
}

Result<std::optional<DatasetId>> ImportCommand::store(const Imported& imported) const
{
    if (m_workspace.empty())
        return std::optional<DatasetId>();
    auto workspace = Workspace::openOrCreate(m_workspace);
    if (!workspace)
        return tl::unexpected(workspace.error());
    return workspace->addDataset(imported).map([](DatasetId id) { return std::optional(id); });
}

Result<Output> ImportCommand::importLists(const Context& context) const
{
    auto workspace = Workspace::open(m_workspace);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto row = findDataset(*workspace, m_dataset);
    if (!row)
        return tl::unexpected(row.error());
    const auto imported = workspace->loadDataset(row->id);
    if (!imported)
        return tl::unexpected(imported.error());
    auto lists = readLists(m_lists, *imported->dataset, context.job);
    if (!lists)
        return tl::unexpected(lists.error());
    ModelRow model;
    model.dataset = row->id;
    model.name = m_name.empty() ? std::filesystem::path(m_lists).stem().string() : m_name;
    model.trainedOn = "lists computed elsewhere";
    lists->name = model.name;
    const auto id = workspace->addLists(model, *lists);
    if (!id)
        return tl::unexpected(id.error());
    const Json json = {{"model", *id},
                       {"name", model.name},
                       {"rows", lists->rows},
                       {"repeated", lists->repeated},
                       {"unknownPeople", lists->unknownPeople},
                       {"unknownItems", lists->unknownItems}};
    return Output{dump(json), fmt::format("{}: {} read, {} about unknown people, {} about unknown items\nStored in {} "
                                          "as model {}\n",
                                          model.name, counted(lists->rows, "row"), grouped(lists->unknownPeople),
                                          grouped(lists->unknownItems), m_workspace, *id)};
}

} // namespace orrery::cli
