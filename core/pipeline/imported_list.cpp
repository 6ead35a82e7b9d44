// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/imported_list.h"

#include "core/base/words.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();

// One record of RFC 4180: quoted fields may hold commas, doubled quotes and line ends.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : m_text(text)
    {
        if (m_text.starts_with("\xEF\xBB\xBF"))
            m_at = 3;
    }
    /// False at the end. Blank lines are passed over.
    bool next(std::vector<std::string>& fields)
    {
        while (m_at < m_text.size() && (m_text[m_at] == '\n' || m_text[m_at] == '\r'))
            m_nextLine += m_text[m_at++] == '\n' ? 1 : 0;
        if (m_at >= m_text.size())
            return false;
        m_line = m_nextLine;
        fields.clear();
        do
            fields.push_back(field());
        while (m_at < m_text.size() && m_text[m_at++] == ',');
        ++m_nextLine;
        return true;
    }
    [[nodiscard]] std::uint64_t line() const { return m_line; }
    [[nodiscard]] double fraction() const { return static_cast<double>(m_at) / static_cast<double>(m_text.size()); }

private:
    // Stops at the comma or line end that follows; a carriage return before the line end is dropped.
    std::string field()
    {
        std::string out;
        bool quoted = false;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                if (quoted && m_at + 1 < m_text.size() && m_text[m_at + 1] == '"')
                    out += m_text[m_at++];
                else
                    quoted = !quoted;
                continue;
            }
            if (!quoted && (c == ',' || c == '\n'))
                break;
            m_nextLine += c == '\n' ? 1 : 0;
            out += c;
        }
        if (out.ends_with('\r'))
            out.pop_back();
        return out;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::uint64_t m_line = 0;
    std::uint64_t m_nextLine = 1;
};

struct Columns {
    std::size_t person = 0, item = 0, rank = 0;
    std::optional<std::size_t> score;
    std::size_t needed = 0; // fields that a row must have
};

std::optional<std::size_t> positionOf(const std::vector<std::string>& header, std::string_view name)
{
    const auto found = std::ranges::find(header, name);
    return found == header.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - header.begin()));
}

Result<Columns> columnsOf(const std::vector<std::string>& header, const std::string& file)
{
    Columns columns;
    for (const auto& [name, to] :
         {std::pair{"person", &columns.person}, {"item", &columns.item}, {"rank", &columns.rank}}) {
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

template <class T> std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Result<ListedItem> listedItem(const Columns& columns, const std::vector<std::string>& fields, const std::string& where)
{
    if (fields.size() < columns.needed)
        return error(
            Code::BadRow,
            fmt::format("Only {}, where the header names at least {}", counted(fields.size(), "field"), columns.needed),
            {}, where);
    ListedItem listed{{}, 0, none};
    const auto rank = number<std::uint32_t>(fields[columns.rank]);
    if (!rank || *rank == 0)
        return error(Code::BadRow, fmt::format("Rank '{}' is not a place", fields[columns.rank]),
                     "Places are whole numbers from 1", where);
    listed.rank = *rank;
    if (columns.score && *columns.score < fields.size() && !fields[*columns.score].empty()) {
        const auto score = number<float>(fields[*columns.score]);
        if (!score || !std::isfinite(*score))
            return error(Code::BadRow, fmt::format("Score '{}' is not a number", fields[*columns.score]),
                         "Leave it empty where there is none", where);
        listed.score = *score;
    }
    return listed;
}

// Stable, so equal ranks keep the order of the file; of an item listed twice the better place stays.
void arrange(ImportedLists& lists)
{
    std::unordered_set<ItemIndex> held;
    for (auto& list : lists.byPerson) {
        std::ranges::stable_sort(list, {}, &ListedItem::rank);
        held.clear();
        lists.repeated +=
            std::erase_if(list, [&](const ListedItem& listed) { return !held.insert(listed.item).second; });
    }
}

Result<std::string> textOf(const std::filesystem::path& file)
{
    std::error_code failure;
    if (!std::filesystem::is_regular_file(file, failure))
        return error(Code::NotFound, "There is no such file", "Choose a CSV file of lists", file.string());
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad() || !in)
        return error(Code::Io, "The file cannot be read", "Check that you may read it", file.string());
    return text;
}

Status readRows(CsvReader& csv, const Columns& columns, const std::string& name, const Dataset& dataset,
                const JobContext& job, ImportedLists& lists)
{
    std::vector<std::string> fields;
    while (csv.next(fields)) {
        const auto listed = listedItem(columns, fields, fmt::format("{}, line {}", name, csv.line()));
        if (!listed)
            return tl::unexpected(listed.error());
        ++lists.rows;
        const auto person = dataset.findPerson(fields[columns.person]);
        const auto item = dataset.findItem(fields[columns.item]);
        lists.unknownPeople += person ? 0 : 1;
        lists.unknownItems += item ? 0 : 1;
        if (person && item)
            lists.byPerson[person->value].push_back({*item, listed->rank, listed->score});
        if (lists.rows % 65'536 != 0)
            continue;
        if (const auto alive = job.check(); !alive)
            return alive;
        job.progress(csv.fraction(), fmt::format("{} rows", grouped(lists.rows)));
    }
    return {};
}

} // namespace

Result<ImportedLists> readLists(const std::filesystem::path& file, const Dataset& dataset, const JobContext& job)
{
    const auto text = textOf(file);
    if (!text)
        return tl::unexpected(text.error());
    const std::string name = file.filename().string();
    CsvReader csv(*text);
    std::vector<std::string> header;
    if (!csv.next(header))
        return error(Code::BadFile, "The file is empty", "It should begin with person,item,rank", name);
    const auto columns = columnsOf(header, name);
    if (!columns)
        return tl::unexpected(columns.error());
    ImportedLists lists;
    lists.name = file.stem().string();
    lists.byPerson.resize(dataset.personCount());
    if (const auto read = readRows(csv, *columns, name, dataset, job, lists); !read)
        return tl::unexpected(read.error());
    if (std::ranges::all_of(lists.byPerson, &std::vector<ListedItem>::empty))
        return error(
            Code::BadFile,
            "None of its rows is about a person and an item of this dataset",
            "The ids must be spelled as in the dataset", name);
    arrange(lists);
    return lists;
}

} // namespace orrery
