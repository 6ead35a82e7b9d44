// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/segments.h"

#include "core/base/whole_file.h"
#include "core/base/words.h"
#include "core/data/csv_field.h"
#include "core/data/import/fields.h"
#include "core/data/import/records.h"
#include "core/data/import/report_builder.h"
#include "core/data/import/text_source.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostColumns = 100;
constexpr std::size_t mostTags = 1000; ///< of a cell: each is looked for among those before it
constexpr std::size_t peoplePerCheck = 4096, stepsPerCheck = 1 << 18;
constexpr char between = '|';
constexpr std::string_view form =
    "The first line names the columns: person,NAME,... ; tags of one cell are parted by |";

bool isPerson(std::string_view name) { return reading::lowerCase(reading::trimmed(name)) == "person"; }

// Wishes about it are parted by these.
bool canBeName(std::string_view name) { return !name.empty() && name.find_first_of(";=<>~") == std::string::npos; }
bool canBeTag(std::string_view tag) { return !tag.empty() && tag.find_first_of(";|") == std::string::npos; }

std::vector<std::string_view> tagsIn(std::string_view cell)
{
    std::vector<std::string_view> tags;
    while (!cell.empty()) {
        const auto end = std::min(cell.find(between), cell.size());
        if (const auto tag = reading::trimmed(cell.substr(0, end)); !tag.empty())
            tags.push_back(tag);
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return tags;
}

class SegmentReader {
public:
    SegmentReader(std::string file, const Dataset& dataset) : m_file(std::move(file)), m_dataset(dataset) {}
    [[nodiscard]] Status takeHeader(const std::vector<std::string>& header);
    [[nodiscard]] Status readBlock(reading::RecordCursor& cursor);
    [[nodiscard]] Result<ReadSegments> finish(const JobContext& job) &&;

private:
    struct Column {
        std::string name;
        Vocabulary vocabulary;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> tags; ///< person and tag, in the order of the file
    };
    [[nodiscard]] Result<TagColumn> byPerson(Column& column, const JobContext& job) const;
    [[nodiscard]] Status addRow(const reading::Record& record);
    [[nodiscard]] Status addTags(Column& column, std::string_view cell, UserIndex person, std::uint64_t line);
    [[nodiscard]] tl::unexpected<Error> badRow(std::uint64_t line, std::string what, std::string hint) const
    {
        return error(Code::BadRow, std::move(what), std::move(hint), fmt::format("{}, line {}", m_file, line));
    }

    std::string m_file;
    const Dataset& m_dataset;
    std::size_t m_person = 0;
    std::vector<Column> m_columns;
    std::vector<std::uint64_t> m_lines; ///< by person; 0: none yet
    ReadSegments m_read;
};

Status SegmentReader::takeHeader(const std::vector<std::string>& header)
{
    const auto person = std::ranges::find_if(header, isPerson);
    if (person == header.end())
        return error(Code::BadFile, header.empty() ? "The file is empty" : "The header has no column 'person'",
                     std::string(form), m_file);
    m_person = static_cast<std::size_t>(person - header.begin());
    if (header.size() < 2 || header.size() - 1 > mostColumns)
        return error(Code::BadFile, fmt::format("The header names {}", counted(header.size() - 1, "segment")),
                     fmt::format("Give between 1 and {}", mostColumns), m_file);
    std::set<std::string> names;
    m_lines.resize(m_dataset.personCount(), 0);
    for (std::size_t at = 0; at < header.size(); ++at) {
        const std::string name(reading::trimmed(header[at]));
        if (!names.insert(reading::lowerCase(name)).second)
            return error(Code::BadFile, fmt::format("The header names '{}' twice", name), "Give each its own name",
                         m_file);
        if (at == m_person)
            continue;
        if (!canBeName(name))
            return error(Code::BadFile, fmt::format("Column {} is named '{}'", at + 1, name),
                         "A name is not empty and has none of ; = < > ~ in it, which rules part conditions by", m_file);
        m_columns.push_back({name, {}, {}});
    }
    return {};
}

Status SegmentReader::readBlock(reading::RecordCursor& cursor)
{
    for (reading::Record record; cursor.next(record);)
        if (const auto added = addRow(record); !added)
            return added;
    return {};
}

Status SegmentReader::addRow(const reading::Record& record)
{
    const std::size_t fields = m_columns.size() + 1;
    if (record.problem != reading::RecordProblem::None)
        return badRow(
            record.line,
            reading::describe(reading::faultOf(record, fields).value_or(reading::Fault::TooFewFields), record, fields),
            {});
    if (record.fields.size() != fields)
        return badRow(record.line,
                      fmt::format("It has {}, the header {}", counted(record.fields.size(), "field"), fields),
                      "Put a name that holds a comma in quotes");
    const std::string_view id = record.fields[m_person];
    if (reading::trimmed(id).empty())
        return badRow(record.line, "It names no person", "Leave the row out");
    auto person = m_dataset.findPerson(id);
    if (!person)
        person = m_dataset.findPerson(reading::trimmed(id));
    if (!person) {
        m_read.firstUnknown = m_read.unknown++ == 0 ? record.line : m_read.firstUnknown;
        return {};
    }
    if (const auto before = std::exchange(m_lines[person->value], record.line); before > 0)
        return badRow(record.line, fmt::format("Person '{}' stands in line {} already", id, before),
                      "Write all tags of a person in one row, parted by |");
    ++m_read.rows;
    auto column = m_columns.begin();
    for (std::size_t at = 0; at < fields; ++at)
        if (at != m_person)
            if (const auto added = addTags(*column++, record.fields[at], *person, record.line); !added)
                return added;
    return {};
}

Status SegmentReader::addTags(Column& column, std::string_view cell, UserIndex person, std::uint64_t line)
{
    const std::size_t first = column.tags.size();
    for (const std::string_view tag : tagsIn(cell)) {
        if (column.tags.size() - first == mostTags)
            return badRow(line, fmt::format("A person has more than {} tags of {}", grouped(mostTags), column.name),
                          "Give those that are needed");
        if (!canBeTag(tag))
            return badRow(line, fmt::format("'{}' cannot be a tag of {}", reading::excerpt(tag), column.name),
                          "A tag has no ; in it, which rules part conditions by");
        const std::pair held(person.value, column.vocabulary.add(tag));
        if (std::find(column.tags.begin() + static_cast<std::ptrdiff_t>(first), column.tags.end(), held) ==
            column.tags.end())
            column.tags.push_back(held);
    }
    return {};
}

// Each person has one row, so that tags counted out in the order of the file keep that of their person.
Result<TagColumn> SegmentReader::byPerson(Column& column, const JobContext& job) const
{
    const auto aliveAt = [&job](std::size_t step) { return step % stepsPerCheck == 0 ? job.check() : Status(); };
    TagColumn tags{std::move(column.vocabulary), std::vector<std::uint32_t>(m_dataset.personCount() + 1, 0),
                   std::vector<std::uint32_t>(column.tags.size())};
    for (std::size_t i = 0; i < column.tags.size(); ++i) {
        if (const auto alive = aliveAt(i); !alive)
            return tl::unexpected(alive.error());
        ++tags.starts[column.tags[i].first + 1];
    }
    std::partial_sum(tags.starts.begin(), tags.starts.end(), tags.starts.begin());
    std::vector<std::uint32_t> next = tags.starts;
    for (std::size_t i = 0; i < column.tags.size(); ++i) {
        if (const auto alive = aliveAt(i); !alive)
            return tl::unexpected(alive.error());
        tags.tags[next[column.tags[i].first]++] = column.tags[i].second;
    }
    return tags;
}

Result<ReadSegments> SegmentReader::finish(const JobContext& job) &&
{
    if (m_read.rows == 0)
        return error(Code::BadFile,
                     m_read.unknown == 0
                         ? std::string("It has no rows")
                         : fmt::format("Nobody of its {} is in this dataset", counted(m_read.unknown, "row")),
                     "People are named by their ids, spelled as in the dataset", m_file);
    for (Column& column : m_columns) {
        auto tags = byPerson(column, job);
        if (!tags)
            return tl::unexpected(tags.error());
        m_read.table.add({std::move(column.name), std::move(*tags)});
    }
    return std::move(m_read);
}

/// A cell, or nothing where a tag could not be read again.
std::optional<std::string> cellOf(const TagColumn& column, std::size_t person)
{
    std::string cell;
    for (const std::uint32_t tag : column.row(person)) {
        const std::string_view name = column.vocabulary.name(tag);
        if (!canBeTag(name) || name != reading::trimmed(name))
            return std::nullopt;
        cell += cell.empty() ? "" : std::string(1, between);
        cell += name;
    }
    return cell;
}

Result<std::vector<const AttributeColumn*>> writable(const AttributeTable& segments)
{
    std::vector<const AttributeColumn*> columns;
    for (const AttributeColumn& column : segments.columns()) {
        if (!std::holds_alternative<TagColumn>(column.data))
            continue;
        if (!canBeName(column.name) || column.name != reading::trimmed(column.name) || isPerson(column.name))
            return error(Code::InvalidArgument, fmt::format("A segment named '{}' cannot be written", column.name),
                         "Give it another name");
        columns.push_back(&column);
    }
    if (columns.empty())
        return error(Code::InvalidArgument, "There is no segment to be written");
    return columns;
}

} // namespace

Result<ReadSegments> readSegments(const std::filesystem::path& file, const Dataset& dataset, const JobContext& job)
{
    auto source = reading::asText(reading::openFile(file));
    if (!source)
        return tl::unexpected(source.error());
    reading::BlockReader blocks(std::move(*source));
    const auto header = blocks.header();
    if (!header)
        return tl::unexpected(header.error());
    SegmentReader reader(file.filename().string(), dataset);
    if (const auto taken = reader.takeHeader(*header); !taken)
        return tl::unexpected(taken.error());
    std::uint64_t lines = blocks.headerLines();
    for (reading::Block block;;) {
        const auto more = blocks.next(block);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return std::move(reader).finish(job);
        reading::RecordCursor cursor(block.text(), blocks.dialect(), lines);
        if (const auto read = reader.readBlock(cursor); !read)
            return tl::unexpected(read.error());
        lines = cursor.lines();
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        job.progress(blocks.fraction(), fmt::format("{} lines", grouped(lines)));
    }
}

Status writeSegments(const AttributeTable& segments, const Dataset& dataset, const std::filesystem::path& file,
                     const JobContext& job)
{
    const auto columns = writable(segments);
    if (!columns)
        return tl::unexpected(columns.error());
    WholeFile out(file);
    std::string line = "person";
    for (const AttributeColumn* column : *columns) {
        line += ',';
        appendCsvField(line, column->name);
    }
    out.write(line + "\n");
    for (std::uint32_t person = 0; person < dataset.personCount(); ++person) {
        if (person % peoplePerCheck == 0)
            if (const auto go = job.check(); !go)
                return go;
        line.clear();
        appendCsvField(line, dataset.personIds().name(person));
        bool isInAny = false;
        for (const AttributeColumn* column : *columns) {
            const auto cell = cellOf(std::get<TagColumn>(column->data), person);
            if (!cell)
                return error(Code::InvalidArgument,
                             fmt::format("A tag of {} holds | or ; and cannot be written", column->name));
            isInAny = isInAny || !cell->empty();
            line += ',';
            appendCsvField(line, *cell);
        }
        if (isInAny)
            out.write(line + "\n");
    }
    return out.finish();
}

AttributeTable joinedSegments(const AttributeTable& segments, const AttributeTable& more)
{
    AttributeTable joined;
    for (const AttributeColumn& column : segments.columns())
        if (std::ranges::find(more.columns(), column.name, &AttributeColumn::name) == more.columns().end())
            joined.add(column);
    for (const AttributeColumn& column : more.columns())
        joined.add(column);
    return joined;
}

} // namespace orrery
