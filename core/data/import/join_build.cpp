// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/import/attribute_builder.h"
#include "core/data/import/event_reader.h"
#include "core/data/import/join_keys.h"
#include "core/data/import/returns.h"
#include "core/data/import_recipe.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

using namespace reading;

constexpr std::uint32_t nobody = 0xFFFFFFFF; // a group that is not part of the dataset
constexpr std::size_t rowsBetweenChecks = 64 * 1024;

/// Groups of keys and the indices that they get, by first appearance.
struct Members {
    explicit Members(KeyGroups found) : groups(std::move(found)), index(groups.names.size(), nobody) {}

    std::uint32_t indexOf(std::uint32_t group)
    {
        if (index[group] == nobody) {
            index[group] = ids.add(groups.names.name(group));
            ofIndex.push_back(group);
        }
        return index[group];
    }

    KeyGroups groups;
    std::vector<std::uint32_t> index;   // of each group
    std::vector<std::uint32_t> ofIndex; // its group
    Vocabulary ids;
};

// Adds what one table tells of some keys to what is known of the members; what is known already stays.
class Teller {
public:
    Teller(AttributeBuilder& about, std::map<std::string, std::size_t, std::less<>>& types)
        : m_about(about), m_types(types)
    {
    }

    /// `order`: pairs of a row and its member, in the order in which they are heard.
    Status add(const AttributeTable& table, std::span<const std::pair<std::uint32_t, std::uint32_t>> order,
               const JobContext& job, std::vector<std::string>& passedOver)
    {
        for (const AttributeColumn& column : table.columns()) {
            if (auto goesOn = job.check(); !goesOn)
                return goesOn;
            if (m_types.try_emplace(column.name, column.data.index()).first->second != column.data.index())
                passedOver.push_back(column.name);
            else
                addColumn(column, order);
        }
        return {};
    }

private:
    void addColumn(const AttributeColumn& column, std::span<const std::pair<std::uint32_t, std::uint32_t>> order)
    {
        for (const auto& [row, member] : order)
            if (!m_about.has(column.name, member))
                addCell(column, row, member);
    }

    void addCell(const AttributeColumn& column, std::uint32_t row, std::uint32_t member)
    {
        if (const auto* text = std::get_if<TextColumn>(&column.data)) {
            if (row < text->values.size() && !text->values[row].empty())
                m_about.setText(column.name, member, text->values[row]);
        } else if (const auto* number = std::get_if<NumberColumn>(&column.data)) {
            if (row < number->values.size() && !std::isnan(number->values[row]))
                m_about.setNumber(column.name, member, number->values[row]);
        } else {
            const auto& tags = std::get<TagColumn>(column.data);
            for (const std::uint32_t tag : tags.row(row))
                m_about.addTag(column.name, member, tags.vocabulary.name(tag));
        }
    }

    AttributeBuilder& m_about;
    std::map<std::string, std::size_t, std::less<>>& m_types;
};

class Joiner {
public:
    Joiner(const JoinSources& sources, const JoinRequest& request, const JobContext& job)
        : m_sources(sources), m_request(request), m_options(request.options), m_job(job)
    {
        m_out.report = sources.report;
    }

    Result<Imported> run()
    {
        if (auto named = nameMembers(); !named)
            return tl::unexpected(named.error());
        if (auto kept = keepEvents(); !kept)
            return tl::unexpected(kept.error());
        DatasetParts parts;
        parts.feedback = feedback();
        auto log = makeLog(parts);
        if (!log)
            return tl::unexpected(log.error());
        addTableMembers();
        if (auto told = tellAll(parts, *log); !told)
            return tl::unexpected(told.error());
        noteJoin();
        name(parts);
        parts.log = std::make_shared<const EventLog>(std::move(*log));
        parts.itemIds = std::make_shared<const Vocabulary>(std::move(m_items->ids));
        parts.personIds = std::make_shared<const Vocabulary>(std::move(m_people->ids));
        parts.kindWeights = m_request.kindWeights.value_or(KindWeights());
        m_out.dataset = std::make_shared<const Dataset>(std::move(parts));
        finishReport();
        return std::move(m_out);
    }

private:
    Status nameMembers()
    {
        auto items = groupsOf(m_sources.items, m_sources.catalog, m_options.itemFixes, m_options.variants, m_job);
        if (!items)
            return tl::unexpected(items.error());
        auto people = groupsOf(m_sources.people, m_sources.persons, m_options.personFixes, Variants::Apart, m_job);
        if (!people)
            return tl::unexpected(people.error());
        m_items.emplace(std::move(*items));
        m_people.emplace(std::move(*people));
        m_leftOut.resize(m_items->groups.names.size());
        for (const std::string& id : m_options.leftOut)
            if (const auto group = m_items->groups.names.find(id))
                m_leftOut[*group] = true;
        return {};
    }

    std::uint32_t itemGroup(std::size_t event) const
    {
        return m_items->groups.ofEvents[m_sources.log.items()[event].value];
    }
    std::uint32_t personGroup(std::size_t event) const
    {
        return m_people->groups.ofEvents[m_sources.log.users()[event].value];
    }

    // Which events stay, and what is left of their amounts.
    Status keepEvents()
    {
        const EventLog& log = m_sources.log;
        m_values.assign(log.values().begin(), log.values().end());
        if (auto netted = netReturns(); !netted)
            return netted;
        std::uint64_t amountless = 0;
        for (std::size_t e = 0; e < log.size(); ++e) {
            if (e % rowsBetweenChecks == 0)
                if (auto goesOn = m_job.check(); !goesOn)
                    return goesOn;
            if (m_leftOut[itemGroup(e)])
                ++m_leftOutEvents;
            else if (!nets() || !isNettable(e) || m_values[e] > 0)
                m_kept.push_back(static_cast<std::uint32_t>(e));
            else if (log.values()[e] == 0)
                ++amountless;
        }
        if (amountless > 0)
            m_out.report.notes.push_back(counted(amountless, "event of no amount was", "events of no amount were") +
                                         " left out");
        if (m_kept.empty() && !m_sources.eventFiles.empty())
            return error(Code::InvalidArgument, "No event is left", "Leave out fewer codes, or keep what came back");
        return {};
    }

    Feedback feedback() const { return m_request.feedback.value_or(m_sources.feedback); }
    // A rating of zero or less is an opinion, no goods given back.
    bool nets() const { return m_options.returns && feedback() == Feedback::Implicit; }
    bool isNettable(std::size_t event) const { return isSale(m_sources.log.kindOf(event)); }

    Status netReturns()
    {
        if (!nets() || m_sources.returns == 0)
            return {};
        const EventLog& log = m_sources.log;
        std::vector<std::size_t> sold;
        std::vector<SaleLine> lines;
        for (std::size_t e = 0; e < log.size(); ++e)
            if (isNettable(e)) {
                sold.push_back(e);
                lines.push_back({UserIndex{personGroup(e)}, ItemIndex{itemGroup(e)}, log.values()[e],
                                 log.hasTimes() ? log.times()[e] : noTime});
            }
        if (*m_options.returns == Returns::Drop) {
            for (const std::size_t e : sold)
                m_values[e] = std::max(m_values[e], 0.F);
            m_out.report.notes.push_back(counted(m_sources.returns, "return was", "returns were") + " passed over");
            return m_job.check();
        }
        const NettedSales sales = netted(lines);
        for (std::size_t i = 0; i < sold.size(); ++i)
            m_values[sold[i]] = sales.quantities[i];
        m_out.report.notes.push_back(
            fmt::format("{} taken off earlier events of the same person and item, {} at least in part not, as not so "
                        "much was there; of {} nothing is left, of {} less",
                        counted(sales.matched, "return was", "returns were"), grouped(sales.returns - sales.matched),
                        counted(sales.gone, "event"), counted(sales.shortened, "event")));
        return m_job.check();
    }

    Result<EventLog> makeLog(DatasetParts& parts)
    {
        const EventLog& log = m_sources.log;
        std::vector<UserIndex> users;
        std::vector<ItemIndex> items;
        std::vector<float> values;
        std::vector<Timestamp> times;
        std::vector<EventKind> kinds;
        for (const std::uint32_t e : m_kept) {
            users.push_back(UserIndex{m_people->indexOf(personGroup(e))});
            items.push_back(ItemIndex{m_items->indexOf(itemGroup(e))});
            values.push_back(m_values[e]);
            if (log.hasTimes())
                times.push_back(log.times()[e]);
            if (!log.kinds().empty())
                kinds.push_back(log.kinds()[e]);
        }
        if (const auto [lowest, highest] = std::ranges::minmax_element(values); lowest != values.end()) {
            parts.ratingLow = *lowest;
            parts.ratingHigh = *highest;
        }
        EventLog out = EventLog::fromColumns(std::move(users), std::move(items), std::move(values), std::move(times),
                                             std::move(kinds));
        out.takeDetails(log, m_kept);
        if (auto goesOn = m_job.check(); !goesOn)
            return tl::unexpected(goesOn.error());
        return out;
    }

    // Items of the catalog that nobody has chosen, and people without events, come after the others.
    void addTableMembers()
    {
        for (const std::uint32_t group : m_items->groups.ofTable)
            if (!m_leftOut[group])
                (void)m_items->indexOf(group);
        for (const std::uint32_t group : m_people->groups.ofTable)
            (void)m_people->indexOf(group);
    }

    using Order = std::vector<std::pair<std::uint32_t, std::uint32_t>>; // row, member

    // A row that is the product itself is heard before its variants.
    static Order orderOf(const std::vector<std::uint32_t>& groupOf, const Vocabulary& keys, const Members& members,
                         const KeyFixes& fixes)
    {
        Order first, later;
        for (std::uint32_t row = 0; row < groupOf.size(); ++row) {
            const std::uint32_t member = members.index[groupOf[row]];
            if (member == nobody)
                continue;
            const bool itself = fixedKey(keys.name(row), fixes) == members.ids.name(member);
            (itself ? first : later).emplace_back(row, member);
        }
        first.insert(first.end(), later.begin(), later.end());
        return first;
    }

    Result<std::shared_ptr<const AttributeTable>> told(const Members& members, const JoinSide& side,
                                                       const AttributeTable& byEvents, const Vocabulary& eventKeys,
                                                       const KeyFixes& fixes, const EventLog* prices)
    {
        AttributeBuilder about;
        std::map<std::string, std::size_t, std::less<>> types;
        Teller teller(about, types);
        std::vector<std::string> passedOver;
        const Order rows = orderOf(members.groups.ofTable, side.keys, members, fixes);
        if (auto added = teller.add(side.about, rows, m_job, passedOver); !added)
            return tl::unexpected(added.error());
        const Order events = orderOf(members.groups.ofEvents, eventKeys, members, fixes);
        if (auto added = teller.add(byEvents, events, m_job, passedOver); !added)
            return tl::unexpected(added.error());
        if (prices && !types.contains("price"))
            addItemPrices(about, prices->items(), prices->prices(), members.ids.size());
        for (const std::string& column : passedOver)
            m_out.report.notes.push_back(
                fmt::format("'{}' of the events is left out: in '{}' it is of another type", column, side.file));
        return std::make_shared<const AttributeTable>(about.take());
    }

    Status tellAll(DatasetParts& parts, const EventLog& log)
    {
        auto items =
            told(*m_items, m_sources.catalog, m_sources.toldOfItems, m_sources.items, m_options.itemFixes, &log);
        if (!items)
            return tl::unexpected(items.error());
        auto people = told(*m_people, m_sources.persons, m_sources.toldOfPeople, m_sources.people,
                           m_options.personFixes, nullptr);
        if (!people)
            return tl::unexpected(people.error());
        parts.items = std::move(*items);
        parts.people = std::move(*people);
        return {};
    }

    void noteSide(const JoinSide& side, const Members& members, std::span<const std::uint64_t> events,
                  std::string_view rowWord)
    {
        if (!side.given())
            return;
        KeyMatch match;
        for (std::size_t key = 0; key < events.size(); ++key) {
            match.events += events[key];
            match.eventsFound += members.groups.inTable[members.groups.ofEvents[key]] ? events[key] : 0;
        }
        std::uint64_t again = 0;
        for (std::size_t key = 0; key < side.rows.size(); ++key) {
            match.rows += side.rows[key];
            match.rowsUsed += members.groups.inEvents[members.groups.ofTable[key]] ? side.rows[key] : 0;
            again += side.rows[key] - 1;
        }
        if (match.events > 0)
            m_out.report.notes.push_back(
                fmt::format("{} of {} are about {} of '{}' ({:.1f} %); of its {} {} in an event ({:.1f} %)",
                            grouped(match.eventsFound), counted(match.events, "event"), rowWord, side.file,
                            100 * match.eventShare(), counted(match.rows, "row"), counted(match.rowsUsed, "is", "are"),
                            100 * match.rowShare()));
        if (again > 0)
            m_out.report.notes.push_back(fmt::format("{} of '{}' {} the key of an earlier one, which counts",
                                                     counted(again, "row"), side.file,
                                                     again == 1 ? "repeats" : "repeat"));
    }

    static std::string fixText(const KeyFixes& fixes)
    {
        std::vector<std::string_view> names;
        for (const KeyFix fix : keyFixes)
            if (fixes[fix])
                names.push_back(idOf(fix));
        return fmt::format("{}", fmt::join(names, ", "));
    }

    void noteJoin()
    {
        auto& notes = m_out.report.notes;
        noteSide(m_sources.catalog, *m_items, m_sources.itemEvents, "items");
        noteSide(m_sources.persons, *m_people, m_sources.personEvents, "people");
        if (m_sources.catalog.given() && m_options.itemFixes != KeyFixes())
            notes.push_back("Keys of items were put right: " + fixText(m_options.itemFixes));
        if (m_sources.persons.given() && m_options.personFixes != KeyFixes())
            notes.push_back("Keys of people were put right: " + fixText(m_options.personFixes));
        const std::uint64_t merged = m_items->groups.keys - m_items->groups.names.size();
        if (merged > 0)
            notes.push_back(fmt::format("{} rolled up to products ({}): {} is {}",
                                        counted(merged, "variant was", "variants were"), idOf(m_options.variants),
                                        m_items->groups.example.first, m_items->groups.example.second));
        if (!m_options.leftOut.empty())
            notes.push_back(fmt::format("{} left out as no products ({})",
                                        counted(m_leftOutEvents, "event was", "events were"),
                                        fmt::join(m_options.leftOut, ", ")));
    }

    void name(DatasetParts& parts) const
    {
        const auto& files = m_sources.eventFiles;
        const auto stem = [](const std::string& file) {
            const std::string plain = file.ends_with(".gz") ? file.substr(0, file.size() - 3) : file;
            return std::filesystem::path(plain).stem().string();
        };
        std::vector<std::string> all = files, how;
        if (!files.empty())
            how.push_back(fmt::format("{} who did what", counted(files.size(), "table tells", "tables tell")));
        for (const auto& [side, what] :
             {std::pair(&m_sources.catalog, "of items"), std::pair(&m_sources.persons, "of people")})
            if (side->given()) {
                all.push_back(side->file);
                how.push_back(fmt::format("{} {}", side->file, what));
            }
        parts.name = m_request.name.empty() ? stem(all.front()) : m_request.name;
        constexpr std::size_t mostNamed = 4;
        parts.from = {all.size() > mostNamed ? counted(all.size(), "file") : fmt::format("{}", fmt::join(all, " + ")),
                      all.size() > 1 ? "joined tables" : "CSV",
                      fmt::format("{}", fmt::join(how, ", ")),
                      {}};
    }

    void finishReport()
    {
        m_out.report.format = m_out.dataset->from().format;
        m_out.report.detection = m_out.dataset->from().detection;
        m_out.report.duplicates = countDuplicates(*m_out.dataset);
        m_out.report.seconds = m_sources.seconds;
        m_out.report.recipe = toJson(recipeOf(m_request));
    }

    const JoinSources& m_sources;
    const JoinRequest& m_request;
    const JoinOptions& m_options;
    const JobContext& m_job;
    Imported m_out;
    std::optional<Members> m_items, m_people;
    std::vector<bool> m_leftOut; // by group of items
    std::vector<float> m_values; // of each event that was read
    std::vector<std::uint32_t> m_kept;
    std::uint64_t m_leftOutEvents = 0;
};

} // namespace

Result<Imported> join(const JoinSources& sources, const JoinRequest& request, const JobContext& job)
{
    try {
        return Joiner(sources, request, job).run();
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory for this dataset", "Import a part of it");
    }
}

Result<Imported> import(const JoinRequest& request, const JobContext& job)
{
    const auto sources = readTables(request, job.part(0, 0.8));
    if (!sources)
        return tl::unexpected(sources.error());
    return join(**sources, request, job.part(0.8, 1));
}

} // namespace orrery
