// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/imported_list.h"

#include "core/base/words.h"
#include "core/data/import/fields.h"
#include "core/data/import/records.h"
#include "core/data/import/report_builder.h"
#include "core/data/import/text_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>

namespace orrery {
namespace {

struct Columns {
    std::size_t person = 0, item = 0, rank = 0;
    std::optional<std::size_t> score;
    std::size_t needed = 0; // fields that a row must have
};

// Made into text only for an error.
struct Place {
    const std::string& file;
    std::uint64_t line;
    [[nodiscard]] std::string text() const { return fmt::format("{}, line {}", file, line); }
};

std::optional<std::size_t> positionOf(const std::vector<std::string>& header, std::string_view name)
{
    for (std::size_t i = 0; i < header.size(); ++i)
        if (reading::lowerCase(reading::trimmed(header[i])) == name)
            return i;
    return std::nullopt;
}

Result<Columns> columnsOf(const std::vector<std::string>& header, const std::string& file)
{
    if (header.empty())
        return error(Code::BadFile, "The file is empty", "It should begin with person,item,rank", file);
    Columns columns;
    const std::array wanted = {std::pair{"person", &columns.person}, std::pair{"item", &columns.item},
                               std::pair{"rank", &columns.rank}};
    for (const auto& [name, to] : wanted) {
        const auto at = positionOf(header, name);
        if (!at)
            return error(Code::BadFile, fmt::format("The header has no column '{}'", name),
                         "The first line must name the columns: person,item,rank[,score][,surface][,time]", file);
        *to = *at;
        columns.needed = std::max(columns.needed, *at + 1);
    }
    columns.score = positionOf(header, "score");
    return columns;
}

Result<std::uint32_t> rankIn(std::string_view text, const Place& where)
{
    const auto digits = reading::trimmed(text);
    std::uint32_t rank = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
    if (failure == std::errc{} && end == digits.data() + digits.size() && rank > 0)
        return rank;
    return error(Code::BadRow, fmt::format("Rank '{}' is not a place", reading::excerpt(text)),
                 "Places are whole numbers from 1", where.text());
}

Result<float> scoreIn(std::string_view text, const Place& where)
{
    if (reading::trimmed(text).empty())
        return std::numeric_limits<float>::quiet_NaN();
    const auto score = reading::parseValue(text);
    if (!score.fault)
        return score.value;
    return error(Code::BadRow, fmt::format("Score '{}' is not a number", reading::excerpt(text)),
                 "Leave it empty where there is none", where.text());
}

class ListReader {
public:
    ListReader(const Columns& columns, std::string file, const Dataset& dataset)
        : m_columns(columns), m_file(std::move(file)), m_dataset(dataset)
    {
        m_lists.byPerson.resize(dataset.personCount());
    }
    [[nodiscard]] Status readBlock(reading::RecordCursor& cursor);
    [[nodiscard]] Result<ImportedLists> finish() &&;

private:
    [[nodiscard]] Status addRow(const reading::Record& record);

    Columns m_columns;
    std::string m_file;
    const Dataset& m_dataset;
    ImportedLists m_lists;
};

Status ListReader::readBlock(reading::RecordCursor& cursor)
{
    for (reading::Record record; cursor.next(record);)
        if (const auto added = addRow(record); !added)
            return added;
    return {};
}

Status ListReader::addRow(const reading::Record& record)
{
    const Place where{m_file, record.line};
    if (record.problem != reading::RecordProblem::None || record.fields.size() < m_columns.needed) {
        const auto fault = reading::faultOf(record, m_columns.needed).value_or(reading::Fault::TooFewFields);
        return error(Code::BadRow, reading::describe(fault, record, m_columns.needed), {}, where.text());
    }
    const auto rank = rankIn(record.fields[m_columns.rank], where);
    const bool scored = m_columns.score && *m_columns.score < record.fields.size();
    const auto score = scoreIn(scored ? record.fields[*m_columns.score] : std::string_view{}, where);
    if (!rank || !score)
        return tl::unexpected(rank ? score.error() : rank.error());
    ++m_lists.rows;
    const auto person = m_dataset.findPerson(record.fields[m_columns.person]);
    const auto item = m_dataset.findItem(record.fields[m_columns.item]);
    m_lists.unknownPeople += person ? 0 : 1;
    m_lists.unknownItems += item ? 0 : 1;
    if (person && item)
        m_lists.byPerson[person->value].push_back({*item, *rank, *score});
    return {};
}

// Stable, so equal ranks keep the order of the file; of an item listed twice the better place stays.
Result<ImportedLists> ListReader::finish() &&
{
    if (std::ranges::all_of(m_lists.byPerson, &std::vector<ListedItem>::empty))
        return error(Code::BadFile, "None of its rows is about a person and an item of this dataset",
                     "The ids must be spelled as in the dataset", m_file);
    std::unordered_set<ItemIndex> held;
    for (auto& list : m_lists.byPerson) {
        std::ranges::stable_sort(list, {}, &ListedItem::rank);
        held.clear();
        const auto again = [&](const ListedItem& listed) { return !held.insert(listed.item).second; };
        m_lists.repeated += std::erase_if(list, again);
    }
    return std::move(m_lists);
}

Status readBlocks(reading::BlockReader& blocks, ListReader& lists, const JobContext& job)
{
    std::uint64_t lines = blocks.headerLines();
    for (reading::Block block;;) {
        const auto more = blocks.next(block);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return {};
        reading::RecordCursor cursor(block.text(), blocks.dialect(), lines);
        if (const auto read = lists.readBlock(cursor); !read)
            return read;
        lines = cursor.lines();
        if (const auto alive = job.check(); !alive)
            return alive;
        job.progress(blocks.fraction(), fmt::format("{} lines", grouped(lines)));
    }
}

} // namespace

Result<ImportedLists> readLists(const std::filesystem::path& file, const Dataset& dataset, const JobContext& job)
{
    auto source = reading::asText(reading::openFile(file));
    if (!source)
        return tl::unexpected(source.error());
    const std::string name = file.filename().string();
    reading::BlockReader blocks(std::move(*source));
    const auto header = blocks.header();
    if (!header)
        return tl::unexpected(header.error());
    const auto columns = columnsOf(*header, name);
    if (!columns)
        return tl::unexpected(columns.error());
    ListReader reader(*columns, name, dataset);
    if (const auto read = readBlocks(blocks, reader, job); !read)
        return tl::unexpected(read.error());
    auto lists = std::move(reader).finish();
    if (lists)
        lists->name = file.stem().string();
    return lists;
}

} // namespace orrery
