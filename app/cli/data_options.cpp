// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/data_options.h"

#include "app/cli/console.h"
#include "core/base/words.h"
#include "core/data/segments.h"
#include "core/evaluation/split.h"
#include "core/store/places.h"

#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr auto dataGroup = "Data";

} // namespace

Result<std::shared_ptr<const Dataset>> OpenedData::known(Timestamp asOf) const
{
    auto known = dataset;
    if (trainEvents) {
        const auto split = predefinedSplit(dataset, *trainEvents);
        if (!split)
            return tl::unexpected(split.error());
        known = split->train;
    }
    return asOf == endOfTime ? known : known->before(asOf);
}

void DataOptions::declare(CLI::App& app)
{
    auto* data = app.add_option("--data", m_data, "A folder, one of its files, a .zip, or a table")
                     ->type_name("PATH")
                     ->group(dataGroup);
    auto* train = app.add_option("--train", m_train, "The training file of a split that came with the data")
                      ->type_name("FILE")
                      ->group(dataGroup)
                      ->excludes(data);
    app.add_option("--test", m_test, "The test file of such a split")
        ->type_name("FILE")
        ->group(dataGroup)
        ->needs(train);
    auto* workspace = app.add_option("--workspace", m_workspace, "A workspace file, instead of data files")
                          ->type_name("FILE")
                          ->group(dataGroup)
                          ->excludes(data)
                          ->excludes(train);
    app.add_option("--dataset", m_dataset, "Which dataset of the workspace, by name or number; the newest otherwise")
        ->type_name("NAME")
        ->group(dataGroup)
        ->needs(workspace);
    m_table.declare(app);
}

void DataOptions::declareOut(CLI::App& app)
{
    app.add_option("--out", m_out, "Make this workspace of the data files, and store there")
        ->type_name("FILE")
        ->group(dataGroup)
        ->excludes(app.get_option("--workspace"));
}

void DataOptions::declareSegments(CLI::App& app)
{
    app.add_option(
           "--segments", m_segments,
           "Segments of people, which rules see as facts of them: CSV with person and a column for each, beside "
           "those of the workspace; may be repeated")
        ->allow_extra_args(false)
        ->type_name("FILE")
        ->group(dataGroup);
}

bool DataOptions::named() const { return !m_data.empty() || !m_train.empty() || !m_workspace.empty(); }

Result<OpenedData> DataOptions::open(const Context& context) const
{
    auto data = m_workspace.empty() ? openFiles(context) : openStored();
    if (data)
        if (const auto added = addSegments(*data, context); !added)
            return tl::unexpected(added.error());
    return data;
}

// A file's segment takes the place of a stored one of its name.
Status DataOptions::addSegments(OpenedData& data, const Context& context) const
{
    for (const std::string& file : m_segments) {
        const auto read = readSegments(file, *data.dataset, context.job);
        if (!read)
            return tl::unexpected(read.error());
        if (read->unknown > 0)
            context.console.note(
                fmt::format("{} of {} left out: about people whom the dataset does not have, the first in line {}",
                            counted(read->unknown, "row"), file, read->firstUnknown));
        data.segments = std::make_shared<const AttributeTable>(joinedSegments(*data.segments, read->table));
    }
    return {};
}

Result<OpenedData> DataOptions::openStored() const
{
    auto workspace = Workspace::open(m_workspace);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto row = findDataset(*workspace, m_dataset);
    if (!row)
        return tl::unexpected(row.error());
    auto imported = workspace->loadDataset(row->id);
    if (!imported)
        return tl::unexpected(imported.error());
    OpenedData data{imported->dataset, imported->trainEvents, std::move(imported->report), std::move(*workspace),
                    row->id};
    data.planted = std::move(imported->planted);
    auto segments = data.workspace->derivedPeople(row->id);
    if (!segments)
        return tl::unexpected(segments.error());
    data.segments = std::make_shared<const AttributeTable>(std::move(*segments));
    return data;
}

Result<OpenedData> DataOptions::openFiles(const Context& context) const
{
    if (std::error_code failed; !m_out.empty() && std::filesystem::exists(m_out, failed))
        return error(Code::InvalidArgument, "There is a file of that name already",
                     "Use --workspace FILE for a workspace that is there, or give another name to --out", m_out);
    if (m_test.empty() != m_train.empty())
        return error(Code::InvalidArgument, "A training file needs a test file beside it",
                     "Add --test FILE, or use --data FILE for one file");
    std::string path = m_train.empty() ? m_data : m_train;
    if (path.empty()) {
        const auto sample = sampleFolder();
        if (!sample)
            return tl::unexpected(sample.error());
        path = (*sample / "films").string();
        context.console.note("No data was named, so this is about the shipped sample (--data PATH for your own).");
    }
    const auto request = m_table.request(path, m_test);
    if (!request)
        return tl::unexpected(request.error());
    auto imported = m_table.read(*request, context.job.part(0, 0.2));
    if (!imported)
        return tl::unexpected(imported.error());
    if (const auto rejected = imported->report.rejectedCount(); rejected > 0)
        context.console.note(
            fmt::format("{} could not be used; 'orrery-cli import' says which and why.", counted(rejected, "row")));
    OpenedData data{imported->dataset, imported->trainEvents, imported->report};
    data.planted = imported->planted;
    if (!m_out.empty())
        data.whole = std::move(*imported);
    return data;
}

Status DataOptions::makeWorkspace(OpenedData& data) const
{
    auto workspace = Workspace::create(m_out);
    if (!workspace)
        return tl::unexpected(workspace.error());
    data.workspace = std::move(*workspace);
    const auto id = data.workspace->addDataset(*data.whole);
    if (!id)
        return tl::unexpected(id.error());
    data.id = *id;
    return {};
}

Status DataOptions::store(OpenedData& data, const std::function<Status(Workspace&, DatasetId)>& write) const
{
    const bool isNew = !data.workspace;
    Status done;
    if (isNew)
        done = makeWorkspace(data);
    if (done)
        done = write(*data.workspace, data.id);
    if (!done && isNew && data.workspace) {
        data.workspace.reset();
        std::error_code failed;
        std::filesystem::remove(m_out, failed);
    }
    return done;
}

Result<DatasetRow> findDataset(const Workspace& workspace, const std::string& named)
{
    const auto rows = workspace.datasets();
    if (!rows)
        return tl::unexpected(rows.error());
    if (rows->empty())
        return error(Code::NotFound, "The workspace holds no dataset",
                     "Import one: orrery-cli import --workspace FILE PATH", workspace.file().filename().string());
    if (named.empty())
        return *std::ranges::max_element(*rows, {}, &DatasetRow::id);
    std::vector<std::string> names;
    for (const auto& row : *rows) {
        if (row.name == named || std::to_string(row.id) == named)
            return row;
        names.push_back(fmt::format("{} ({})", row.name, row.id));
    }
    return error(Code::NotFound, fmt::format("The workspace holds no dataset '{}'", named),
                 fmt::format("It holds {}", fmt::join(names, ", ")), workspace.file().filename().string());
}

} // namespace orrery::cli
