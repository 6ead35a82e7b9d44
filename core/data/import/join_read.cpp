// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/import/event_notes.h"
#include "core/data/import/format.h"
#include "core/data/import/join_sources.h"
#include "core/data/import/table_guess.h"

#include <algorithm>
#include <chrono>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

using namespace reading;

std::string fileOf(const JoinTable& table) { return table.path.filename().string(); }

ColumnRole keyOf(TableUse use) { return use == TableUse::People ? ColumnRole::Person : ColumnRole::Item; }

// Columns that are used, by name: what a second table of events must have as well.
std::vector<std::pair<std::string, ColumnRole>> usedColumns(const TableLayout& layout)
{
    std::vector<std::pair<std::string, ColumnRole>> out;
    for (const ColumnGuess& column : layout.columns)
        if (column.role != ColumnRole::Ignore)
            out.emplace_back(foldedName(column.header), column.role);
    std::ranges::sort(out);
    return out;
}

Status checkSameColumns(const JoinTable& first, const JoinTable& other)
{
    const auto wanted = usedColumns(first.layout), there = usedColumns(other.layout);
    if (wanted == there)
        return {};
    std::vector<std::string> missing;
    for (const ColumnGuess& column : first.layout.columns)
        if (column.role != ColumnRole::Ignore &&
            std::ranges::find(there, std::pair(foldedName(column.header), column.role)) == there.end())
            missing.push_back(fmt::format("'{}' ({})", column.header, idOf(column.role)));
    return error(
        Code::InvalidArgument,
        missing.empty()
            ? fmt::format("'{}' uses columns that '{}' does not have", fileOf(other), fileOf(first))
            : fmt::format("'{}' has no {} as '{}' has", fileOf(other), fmt::join(missing, ", "), fileOf(first)),
        "Tables of events are read one after the other, so they need the same columns in the same roles",
        fileOf(other));
}

Status checkKeys(const JoinTable& table)
{
    if (auto usable = checkSeparator(table.layout.separator); !usable)
        return usable;
    if (table.use == TableUse::Events) {
        auto layout = eventLayoutOf(table.layout);
        if (layout)
            return {};
        Error problem = layout.error();
        problem.where = fileOf(table);
        return tl::unexpected(std::move(problem));
    }
    const ColumnRole key = keyOf(table.use);
    const auto keys = std::ranges::count(table.layout.columns, key, &ColumnGuess::role);
    if (keys == 1)
        return {};
    return error(Code::InvalidArgument,
                 keys == 0 ? fmt::format("No column of '{}' is the {}", fileOf(table), idOf(key))
                           : fmt::format("Several columns of '{}' are the {}", fileOf(table), idOf(key)),
                 "Choose the one by which it is joined with the events", fileOf(table));
}

std::string pathError(const JoinTable& table)
{
    return fmt::format("'{}' does not hold exactly one table", fileOf(table));
}

// A file whose first line has changed since it was looked at would be read into the wrong columns.
Status checkHeader(const std::vector<std::string>& names, const TableLayout& layout)
{
    if (names.size() != layout.columns.size())
        return error(
            Code::BadFile,
            fmt::format("The first line names {}, not {}", counted(names.size(), "column"), layout.columns.size()),
            "Look at the file again");
    for (std::size_t c = 0; c < names.size(); ++c)
        if (const std::string name = toUtf8(trimmed(names[c]));
            !name.empty() && foldedName(name) != foldedName(layout.columns[c].header))
            return error(Code::BadFile,
                         fmt::format("Column {} is '{}', not '{}'", c + 1, name, layout.columns[c].header),
                         "Look at the file again");
    return {};
}

class TableReader {
public:
    TableReader(const JoinRequest& request, const JobContext& job)
        : m_request(request), m_asked(askedOf(request)), m_assembly(m_asked, job)
    {
    }

    Result<std::shared_ptr<const JoinSources>> run()
    {
        const auto begin = std::chrono::steady_clock::now();
        for (const TableUse use : {TableUse::Events, TableUse::Catalog, TableUse::People})
            for (const JoinTable& table : m_request.tables)
                if (table.use == use)
                    if (auto done = read(table); !done)
                        return tl::unexpected(done.error());
        takeEvents();
        m_out->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        return m_out;
    }

private:
    static ImportRequest askedOf(const JoinRequest& request)
    {
        ImportRequest asked;
        asked.badRows = request.badRows;
        asked.badRowLimit = request.badRowLimit;
        return asked;
    }

    Status read(const JoinTable& table)
    {
        const auto files = FileSet::open(table.path);
        if (!files)
            return tl::unexpected(files.error());
        const std::string name = tableFile(*files);
        if (name.empty())
            return error(Code::BadFile, pathError(table), "Choose one of its files", fileOf(table));
        if (table.use == TableUse::Events)
            return readEventTable(table, *files, name);
        JoinSide& side = table.use == TableUse::Catalog ? m_out->catalog : m_out->persons;
        return readSide(table, *files, name, side);
    }

    Status readEventTable(const JoinTable& table, const FileSet& files, const std::string& name)
    {
        auto layout = eventLayoutOf(table.layout);
        if (!layout)
            return tl::unexpected(layout.error());
        layout->trimIds = false;
        if (m_out->eventFiles.empty()) {
            m_out->feedback = guessFeedback(table.layout);
            noteLayout(m_assembly.report, table.layout);
        }
        m_out->eventFiles.push_back(fileOf(table));
        return readRatings(m_assembly, files, name, dialectOf(table.layout.separator), "events",
                           [&](BlockReader& reader) -> Result<EventLayout> {
                               if (table.layout.header) {
                                   const auto header = reader.header();
                                   if (!header)
                                       return tl::unexpected(header.error());
                                   if (auto same = checkHeader(*header, table.layout); !same)
                                       return tl::unexpected(same.error());
                               }
                               return *layout;
                           });
    }

    Status readSide(const JoinTable& table, const FileSet& files, const std::string& name, JoinSide& side)
    {
        side.file = fileOf(table);
        const auto& columns = table.layout.columns;
        const auto place = [&](ColumnRole role) {
            return static_cast<std::size_t>(std::ranges::find(columns, role, &ColumnGuess::role) - columns.begin());
        };
        const std::size_t key = place(keyOf(table.use)), parent = place(ColumnRole::ItemParent);
        AttributeBuilder about;
        std::vector<AttributeField> told = attributesOf(table.layout);
        std::erase_if(told, [&](const AttributeField& field) {
            return isAboutPerson(field.role) != (table.use == TableUse::People);
        });
        const OnRecord onRecord = [&](const Record& record) -> std::optional<Refusal> {
            const std::string_view id = trimmed(record.fields[key]);
            if (id.empty())
                return table.use == TableUse::Catalog ? Refusal{Fault::EmptyItem, "the item has no id"}
                                                      : Refusal{Fault::EmptyPerson, "the person has no id"};
            addRow(side, record, key, parent, told, about);
            return std::nullopt;
        };
        const OnHeader onHeader = [&](const auto& names) { return checkHeader(names, table.layout); };
        const auto rows = readRecords(m_assembly, files, name, table.use == TableUse::Catalog ? "items" : "people",
                                      dialectOf(table.layout.separator), columns.size(), onRecord,
                                      table.layout.header ? onHeader : OnHeader());
        if (!rows)
            return rows;
        noteLayout(m_assembly.report, table.layout);
        side.about = about.take();
        return m_assembly.report.requireSome();
    }

    static bool isAboutPerson(ColumnRole role)
    {
        return role == ColumnRole::PersonTag || role == ColumnRole::PersonNumber;
    }

    static void addRow(JoinSide& side, const Record& record, std::size_t key, std::size_t parent,
                       const std::vector<AttributeField>& told, AttributeBuilder& about)
    {
        const std::uint32_t row = side.keys.add(toUtf8(record.fields[key]));
        side.rows.resize(side.keys.size());
        if (++side.rows[row] > 1)
            return; // the first one tells
        if (parent < record.fields.size() && !trimmed(record.fields[parent]).empty()) {
            side.parents.resize(row + 1, JoinSide::noParent);
            side.parents[row] = side.parentKeys.add(toUtf8(record.fields[parent]));
        }
        for (const AttributeField& field : told)
            if (const auto text = trimmed(record.fields[field.column]); !text.empty())
                addAttribute(about, field, row, toUtf8(text));
    }

    void takeEvents()
    {
        if (!m_out->eventFiles.empty())
            noteWhatIsTold(m_assembly);
        JoinSources& out = *m_out;
        out.log = m_assembly.events.take();
        out.items = m_assembly.items.take();
        out.people = m_assembly.people.take();
        out.toldOfItems = m_assembly.aboutItems.take();
        out.toldOfPeople = m_assembly.aboutPeople.take();
        out.report = m_assembly.report.take();
        out.itemEvents.resize(out.items.size());
        out.personEvents.resize(out.people.size());
        for (std::size_t e = 0; e < out.log.size(); ++e) {
            ++out.itemEvents[out.log.items()[e].value];
            ++out.personEvents[out.log.users()[e].value];
            out.returns += out.log.values()[e] < 0 && isSale(out.log.kindOf(e));
        }
        out.sessions = out.log.sessionCount();
    }

    const JoinRequest& m_request;
    ImportRequest m_asked;
    Assembly m_assembly;
    std::shared_ptr<JoinSources> m_out = std::make_shared<JoinSources>();
};

} // namespace

Status checkJoin(const JoinRequest& request)
{
    const JoinTable* first = nullptr;
    for (const TableUse use : {TableUse::Catalog, TableUse::People})
        if (std::ranges::count(request.tables, use, &JoinTable::use) > 1)
            return error(Code::InvalidArgument,
                         use == TableUse::Catalog ? "Several tables are the catalog" : "Several tables are the people",
                         "Choose one of them, and leave the others out");
    for (const JoinTable& table : request.tables) {
        if (table.use == TableUse::Ignore)
            continue;
        if (auto fine = checkKeys(table); !fine)
            return fine;
        if (table.use != TableUse::Events)
            continue;
        if (first)
            if (auto same = checkSameColumns(*first, table); !same)
                return same;
        first = first ? first : &table;
    }
    const bool some = std::ranges::any_of(request.tables, [](const auto& t) { return t.use != TableUse::Ignore; });
    if (!first && !(some && request.completeness == Completeness::Addition))
        return error(Code::InvalidArgument, "None of the files tells who did what with what",
                     "One of them needs a column with the person and one with the item");
    return {};
}

Result<std::shared_ptr<const JoinSources>> readTables(const JoinRequest& request, const JobContext& job)
{
    if (auto fine = checkJoin(request); !fine)
        return tl::unexpected(fine.error());
    try {
        return TableReader(request, job).run();
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory for these tables", "Import a part of them");
    }
}

} // namespace orrery
