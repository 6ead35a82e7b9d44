// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/event_notes.h"
#include "core/data/import/films.h"
#include "core/data/import/table_guess.h"

#include <algorithm>

#include <fmt/format.h>

// Any delimited file whose columns were given roles, or whose roles can be guessed.

namespace orrery::reading {

std::string tableFile(const FileSet& files)
{
    if (!files.chosen().empty())
        return files.chosen();
    std::vector<std::string> tables = files.names();
    std::erase_if(tables, [](const std::string& name) { return !looksLikeTable(name) || name.starts_with("."); });
    // Texts beside a table describe it.
    if (tables.size() > 1)
        std::erase_if(tables, [](const std::string& name) { return lowerCase(name).ends_with(".txt"); });
    return tables.size() == 1 ? tables[0] : "";
}

namespace {

constexpr std::size_t sampleBytes = 256 * 1024;

TablePreview guess(const FileSet& files, const std::string& name)
{
    const std::string sample = files.peek(name, sampleBytes);
    if (sample.find('\0') != std::string::npos && sample.find('\0') < 512)
        return {}; // no text
    return guessTable(sample, sample.size() < sampleBytes);
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = tableFile(files);
    const TablePreview preview = name.empty() ? TablePreview() : guess(files, name);
    const auto layout = eventLayoutOf(preview.layout);
    if (!layout)
        return std::nullopt;
    const auto& columns = preview.layout.columns;
    const std::string separator = preview.layout.separator == "\t" ? "tabs" : "'" + preview.layout.separator + "'";
    return Detection{"table", preview.layout.separator == "\t" ? "TSV" : "CSV",
                     fmt::format("{} has {} between {} {}; '{}' is the person and '{}' the item", name, separator,
                                 counted(columns.size(), "column"),
                                 preview.layout.header ? "with names" : "without names", columns[layout->person].header,
                                 columns[layout->item].header)};
}

// The first file says how the columns are called; a second one must agree.
Status takeHeader(BlockReader& reader, std::vector<std::string>& names, std::size_t columns)
{
    auto header = reader.header();
    if (!header)
        return tl::unexpected(header.error());
    if (!header->empty() && header->size() != columns)
        return error(Code::BadFile,
                     fmt::format("The first line names {}, not {}", counted(header->size(), "column"), columns),
                     "Choose the roles of the columns again");
    if (!names.empty() && *header != names)
        return error(Code::BadFile, "The first line is not that of the training file",
                     "Both files need the same columns");
    names = std::move(*header);
    return {};
}

void noteEvents(Assembly& assembly)
{
    const auto& events = assembly.events;
    if (assembly.feedback == Feedback::Implicit && events.notPositive > 0)
        assembly.report.note(fmt::format("{} a value of zero or less: it lowers the sum of its pair",
                                         counted(events.notPositive, "event has", "events have")));
}

Status read(Assembly& assembly, const FileSet& files)
{
    const std::string name = tableFile(files);
    if (name.empty())
        return error(Code::BadFile, fmt::format("'{}' holds several tables", files.source()),
                     "Choose one of its files");
    const TableLayout layout = assembly.request.layout ? *assembly.request.layout : guess(files, name).layout;
    const auto events = eventLayoutOf(layout);
    if (!events)
        return tl::unexpected(events.error());
    assembly.feedback = assembly.request.feedback.value_or(guessFeedback(layout));
    std::vector<std::string> names;
    const auto rows = readRatings(assembly, files, name, dialectOf(layout.separator), "events",
                                  [&](BlockReader& reader) -> Result<EventLayout> {
                                      if (layout.header)
                                          if (auto taken = takeHeader(reader, names, layout.columns.size()); !taken)
                                              return tl::unexpected(taken.error());
                                      return *events;
                                  });
    if (!rows)
        return rows;
    if (std::ranges::none_of(events->attributes, [](const AttributeField& field) { return field.name == "price"; }))
        addItemPrices(assembly);
    readNote(assembly, files);
    noteLayout(assembly.report, layout);
    noteEvents(assembly);
    return {};
}

} // namespace

Format table() { return {detect, read}; }

} // namespace orrery::reading

namespace orrery {

Result<TablePreview> previewTable(const std::filesystem::path& path, const TableHints& hints)
{
    if (!hints.separator.empty())
        if (const auto usable = reading::checkSeparator(hints.separator); !usable)
            return tl::unexpected(usable.error());
    const auto files = reading::FileSet::open(path);
    if (!files)
        return tl::unexpected(files.error());
    const std::string name = reading::tableFile(*files);
    if (name.empty())
        return error(Code::BadFile, fmt::format("'{}' does not hold exactly one table", files->source()),
                     "Choose one of its files");
    auto source = files->read(name);
    if (!source)
        return tl::unexpected(source.error());
    const auto sample = reading::readStart(**source, reading::sampleBytes);
    if (!sample)
        return tl::unexpected(sample.error());
    auto preview = reading::guessTable(*sample, sample->size() < reading::sampleBytes, hints);
    if (preview.layout.columns.empty())
        return error(Code::BadFile, fmt::format("'{}' is empty", name), "Choose a file with rows", name);
    return preview;
}

} // namespace orrery
