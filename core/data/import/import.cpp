// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"

#include "core/data/import/event_notes.h"
#include "core/data/import/format.h"
#include "core/data/import/planted_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

using namespace reading;

struct Recognized {
    Detection detection;
    Format format;
};

bool isUtf16WithoutMark(std::string_view start)
{
    const std::string_view units = start.substr(0, 64);
    for (const std::size_t zeroAt : {1, 0}) {
        std::size_t fitting = 0;
        for (std::size_t i = 0; i + 1 < units.size(); i += 2)
            fitting += units[i + zeroAt] == '\0' && units[i + 1 - zeroAt] != '\0';
        if (fitting >= 4 && fitting == units.size() / 2)
            return true;
    }
    return false;
}

std::string archiveIn(const FileSet& files)
{
    for (const std::string& name : files.names())
        for (const std::string_view ending : {".zip", ".7z", ".rar", ".tar", ".tgz", ".xz", ".bz2", ".zst"})
            if (lowerCase(name).ends_with(ending))
                return name;
    return {};
}

tl::unexpected<Error> unknownLayout(const FileSet& files)
{
    if (const std::string inner = archiveIn(files); files.chosen().empty() && !inner.empty())
        return error(Code::BadFile,
                     fmt::format("'{}' holds no ratings but another archive, '{}'", files.source(), inner),
                     "Unpack it and choose what is inside");
    if (files.chosen().empty())
        return error(Code::BadFile, fmt::format("'{}' holds no ratings that are known", files.source()),
                     "It needs u.data, ratings.dat or ratings.csv, or one single table");
    const std::string start = files.peek(files.chosen());
    if (start.empty() || start == "\xEF\xBB\xBF")
        return error(Code::BadFile, fmt::format("'{}' is empty", files.source()),
                     "Choose a file with ratings or events");
    if (isUtf16WithoutMark(start))
        return error(Code::BadFile,
                     fmt::format("'{}' seems to be text in UTF-16 without a byte order mark", files.source()),
                     "Save it as UTF-8");
    if (start.find('\0') < 512)
        return error(Code::BadFile, fmt::format("'{}' is not a text file", files.source()),
                     "Choose a table, a MovieLens folder or its .zip");
    return error(Code::BadFile,
                 fmt::format("'{}' does not say which column is the person and which the item", files.source()),
                 "Choose the roles of its columns");
}

Result<Recognized> recognize(const FileSet& files)
{
    for (const Format& format : formats())
        if (auto detection = format.detect(files))
            return Recognized{std::move(*detection), format};
    return unknownLayout(files);
}

constexpr std::size_t mostLooked = 20; // an archive may hold as many as it likes

// A damaged file would look like an unknown one to a detector, which only peeks.
Status checkReadable(const FileSet& files)
{
    std::size_t looked = 0;
    for (const std::string& name : files.names())
        if (files.chosen().empty() ? looksLikeTable(name) && looked++ < mostLooked : name == files.chosen())
            if (const auto source = files.read(name); !source) { // its start is read when it is opened
                Error problem = source.error();
                if (problem.where.empty() && problem.message.find(name) == std::string::npos)
                    problem.where = name;
                return tl::unexpected(std::move(problem));
            }
    return {};
}

Result<Recognized> formatFor(const ImportRequest& request, const FileSet& files)
{
    if (request.layout)
        return Recognized{{"table", request.layout->separator == "\t" ? "TSV" : "CSV", "its columns were given roles"},
                          reading::table()};
    auto recognized = recognize(files);
    if (!recognized)
        if (auto readable = checkReadable(files); !readable)
            return tl::unexpected(readable.error());
    return recognized;
}

std::string datasetName(const Assembly& assembly, const FileSet& files, const Detection& detection)
{
    if (!assembly.request.name.empty())
        return assembly.request.name;
    if (!assembly.name.empty())
        return assembly.name;
    if (files.chosen().empty() || (detection.format != "table" && !files.folder().empty()))
        return files.folder();
    return std::filesystem::path(files.chosen()).stem().string();
}

DatasetParts partsOf(Assembly& assembly, const FileSet& files, const Detection& detection)
{
    DatasetParts parts;
    parts.name = datasetName(assembly, files, detection);
    parts.feedback = assembly.request.feedback.value_or(assembly.feedback.value_or(Feedback::Explicit));
    parts.ratingLow = assembly.scale ? assembly.scale->first : assembly.events.lowest;
    parts.ratingHigh = assembly.scale ? assembly.scale->second : assembly.events.highest;
    parts.log = std::make_shared<const EventLog>(assembly.events.take());
    parts.personIds = std::make_shared<const Vocabulary>(assembly.people.take());
    parts.itemIds = std::make_shared<const Vocabulary>(assembly.items.take());
    parts.people = std::make_shared<const AttributeTable>(assembly.aboutPeople.take());
    parts.items = std::make_shared<const AttributeTable>(assembly.aboutItems.take());
    parts.kindWeights = assembly.request.kindWeights.value_or(assembly.kindWeights.value_or(KindWeights()));
    parts.from = {files.source(), detection.title, detection.why, assembly.note};
    return parts;
}

Result<Imported> importNow(const ImportRequest& request, const JobContext& job)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto files = FileSet::open(request.path);
    if (!files)
        return tl::unexpected(files.error());
    const auto chosen = formatFor(request, *files);
    if (!chosen)
        return tl::unexpected(chosen.error());
    Assembly assembly(request, job);
    if (auto read = chosen->format.read(assembly, *files); !read)
        return tl::unexpected(read.error());
    auto planted = readPlanted(assembly, *files);
    if (!planted)
        return tl::unexpected(planted.error());
    noteWhatIsTold(assembly);
    if (auto goesOn = job.check(); !goesOn)
        return tl::unexpected(goesOn.error());
    Imported out;
    out.trainEvents = assembly.trainEvents;
    out.planted = std::move(*planted);
    out.report = assembly.report.take();
    out.dataset = std::make_shared<const Dataset>(partsOf(assembly, *files, chosen->detection));
    out.report.format = chosen->detection.title;
    out.report.detection = chosen->detection.why;
    out.report.duplicates = countDuplicates(*out.dataset);
    out.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    job.progress(1, "done");
    return out;
}

constexpr std::array<std::string_view, 3> dateOrderIds = {"year-first", "day-first", "month-first"}; // of DateOrder
constexpr std::array<std::pair<ColumnRole, std::string_view>, 18> roleIds = {{
    {ColumnRole::Ignore, "ignore"},
    {ColumnRole::Person, "person"},
    {ColumnRole::Item, "item"},
    {ColumnRole::Value, "value"},
    {ColumnRole::Time, "time"},
    {ColumnRole::Kind, "kind"},
    {ColumnRole::Device, "device"},
    {ColumnRole::Place, "place"},
    {ColumnRole::Session, "session"},
    {ColumnRole::Position, "position"},
    {ColumnRole::Price, "price"},
    {ColumnRole::ItemParent, "item-parent"},
    {ColumnRole::ItemTitle, "item-title"},
    {ColumnRole::ItemTags, "item-tags"},
    {ColumnRole::ItemText, "item-text"},
    {ColumnRole::ItemNumber, "item-number"},
    {ColumnRole::PersonTag, "person-tag"},
    {ColumnRole::PersonNumber, "person-number"},
}};

} // namespace

Result<Detection> detectFormat(const std::filesystem::path& path)
{
    const auto files = FileSet::open(path);
    if (!files)
        return tl::unexpected(files.error());
    ImportRequest request;
    request.path = path;
    return formatFor(request, *files).map([](const Recognized& found) { return found.detection; });
}

Result<Imported> import(const ImportRequest& request, const JobContext& job)
{
    try {
        return importNow(request, job);
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory for this dataset", "Import a part of it");
    }
}

std::string_view idOf(ColumnRole role)
{
    return std::ranges::find(roleIds, role, &std::pair<ColumnRole, std::string_view>::first)->second;
}

std::string columnRoleIds()
{
    std::vector<std::string_view> ids;
    std::ranges::transform(roleIds, std::back_inserter(ids), &std::pair<ColumnRole, std::string_view>::second);
    return fmt::format("{}", fmt::join(ids, ", "));
}

Result<ColumnRole> columnRoleFrom(std::string_view id)
{
    const auto found = std::ranges::find(roleIds, id, &std::pair<ColumnRole, std::string_view>::second);
    if (found == roleIds.end())
        return error(Code::InvalidArgument, fmt::format("There is no role '{}' for a column", id),
                     fmt::format("Roles are {}", columnRoleIds()));
    return found->first;
}

std::string_view idOf(DateOrder dates) { return dateOrderIds.at(static_cast<std::size_t>(dates)); }

Result<DateOrder> dateOrderFrom(std::string_view id)
{
    const auto found = std::ranges::find(dateOrderIds, id);
    if (found == dateOrderIds.end())
        return error(Code::InvalidArgument, fmt::format("There is no order of dates '{}'", id),
                     fmt::format("Orders are {}", fmt::join(dateOrderIds, ", ")));
    return static_cast<DateOrder>(found - dateOrderIds.begin());
}

} // namespace orrery
