// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/export_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "core/base/words.h"
#include "core/data/export.h"
#include "core/pipeline/list_export.h"

#include <algorithm>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

std::vector<UserIndex> everybody(const Dataset& dataset)
{
    std::vector<UserIndex> people;
    for (std::uint32_t i = 0; i < dataset.personCount(); ++i)
        people.push_back(UserIndex{i});
    return people;
}

/// Those that the window keeps in the workspace, where they are what the model would answer now and long enough.
Result<std::optional<BulkLists>> currentLists(const OpenedData& data, const ReadyModel& model, std::size_t n,
                                              Timestamp asOf)
{
    if (!data.workspace || !model.choice.stored || data.trainEvents || !data.narrowed.empty())
        return std::optional<BulkLists>();
    const auto kept = data.workspace->keptLists(data.id);
    if (!kept)
        return tl::unexpected(kept.error());
    const auto found = std::ranges::find(*kept, model.choice.stored->id, &KeptLists::model);
    if (found == kept->end() || found->length < n || !found->current(*data.dataset, asOf))
        return std::optional<BulkLists>();
    return data.workspace->loadLists(found->model).map([](BulkLists lists) { return std::optional(std::move(lists)); });
}

} // namespace

std::string_view ExportCommand::examples() const
{
    return "orrery-cli export --workspace w.orrery --to folder\n"
           "orrery-cli export --workspace w.orrery --items items.csv\n"
           "orrery-cli export --data ml-latest-small --model implicit-als --lists lists.csv --n 10\n"
           "orrery-cli export --data ml-latest-small --model implicit-als --lists recs.redis --format redis";
}

void ExportCommand::declare(CLI::App& app)
{
    auto* folder = app.add_option("--to", m_folder, "Write the dataset to this new folder, in MovieLens CSV layout")
                       ->type_name("DIR");
    app.add_option("--lists", m_lists, "Write everybody's list to this file")->type_name("FILE")->excludes(folder);
    app.add_option(
           "--items", m_items,
           "Write the items with all that is known of them, and what was worked out (clusters), to this CSV file")
        ->type_name("FILE")
        ->excludes(folder);
    std::vector<std::string> formats;
    for (const ListFormat& format : listFormats())
        formats.emplace_back(format.id);
    app.add_option("--format", m_format,
                   "Of lists: csv (person,item,rank,score), jsonl (an object a person) or redis (for redis-cli --pipe)")
        ->capture_default_str()
        ->check(CLI::IsMember(formats));
    app.add_option("-n,--n", m_count, "How long each list is")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000).description(""));
    declareAsOf(app, m_asOf);
    m_model.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
    m_data.declareSegments(app);
}

Result<Output> ExportCommand::run(const Context& context)
{
    if ((m_folder.empty() ? 0 : 1) + (m_items.empty() ? 0 : 1) + (m_lists.empty() ? 0 : 1) != 1)
        return error(Code::InvalidArgument, "It was not said what to write",
                     "Use --to DIR for the dataset, --items FILE for its items, or --lists FILE for everybody's list");
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    if (!m_items.empty())
        return exportItems(*data, context);
    return m_lists.empty() ? exportData(*data, context) : exportLists(*data, context);
}

Result<Output> ExportCommand::exportItems(const OpenedData& data, const Context& context) const
{
    const auto derived = data.workspace ? data.workspace->derived(data.id) : Result<AttributeTable>(AttributeTable());
    if (!derived)
        return tl::unexpected(derived.error());
    if (const auto done = orrery::exportItems(*data.dataset, *derived, m_items, context.job); !done)
        return tl::unexpected(done.error());
    Json json = {{"dataset", datasetJson(*data.dataset)},
                 {"file", m_items},
                 {"items", data.dataset->itemCount()},
                 {"derived", Json::array()}};
    for (const AttributeColumn& column : derived->columns())
        json["derived"].push_back(column.name);
    return Output{dump(json), fmt::format("{} written to {}\n", counted(data.dataset->itemCount(), "item"), m_items)};
}

Result<Output> ExportCommand::exportData(const OpenedData& data, const Context& context) const
{
    if (const auto done = exportDataset(*data.dataset, m_folder, context.job); !done)
        return tl::unexpected(done.error());
    const Json json = {{"dataset", datasetJson(*data.dataset)}, {"folder", m_folder}};
    return Output{dump(json), fmt::format("{} with {} written to {}\n", data.dataset->name(),
                                          counted(data.dataset->log().size(), "event"), m_folder)};
}

Result<Output> ExportCommand::exportLists(const OpenedData& data, const Context& context) const
{
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    const auto ready = makeAllReady(m_model, data, *asOf, context.console, context.job.part(0.2, 0.8));
    if (!ready)
        return tl::unexpected(ready.error());
    const ReadyModel& model = ready->models.front();
    const auto format = listFormat(m_format);
    if (!format)
        return tl::unexpected(format.error());
    // Lists that are kept know nothing of segments of a file.
    const auto kept =
        m_data.namesSegments() ? Result<std::optional<BulkLists>>() : currentLists(data, model, m_count, *asOf);
    if (!kept)
        return tl::unexpected(kept.error());
    const JobContext job = context.job.part(0.8, 1);
    const auto written =
        *kept ? writeKeptLists(m_lists, **format, *ready->train, model.recommender->name(), **kept, m_count, job)
              : writeLists(m_lists, **format, *ready->train, *model.recommender, everybody(*ready->train), m_count,
                           *asOf, job);
    if (!written)
        return tl::unexpected(written.error());
    const Json json = {{"dataset", datasetJson(*data.dataset)},
                       {"model", model.choice.name},
                       {"file", m_lists},
                       {"format", m_format},
                       {"kept", kept->has_value()},
                       {"people", written->people},
                       {"rows", written->rows}};
    return Output{dump(json), fmt::format("{} for {} written to {}\n", counted(written->rows, "row"),
                                          counted(written->people, "person", "people"), m_lists)};
}

} // namespace orrery::cli
