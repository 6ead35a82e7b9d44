// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/append.h"

#include "core/base/words.h"
#include "core/data/catalog_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostEvents = std::numeric_limits<std::uint32_t>::max() - 1;

/// The names of both, and where those of the second are among them.
struct JoinedNames {
    Vocabulary names;
    std::vector<std::uint32_t> placeOf;
};

JoinedNames joined(const Vocabulary& whole, const Vocabulary& more)
{
    JoinedNames out{whole, {}};
    out.placeOf.reserve(more.size());
    for (std::uint32_t i = 0; i < more.size(); ++i)
        out.placeOf.push_back(out.names.add(more.name(i)));
    return out;
}

template <class Index> std::vector<Index> joinedIndices(std::span<const Index> whole, std::span<const Index> more,
                                                        const std::vector<std::uint32_t>& placeOf)
{
    std::vector<Index> out(whole.begin(), whole.end());
    out.reserve(whole.size() + more.size());
    for (const Index index : more)
        out.push_back(Index{placeOf[index.value]});
    return out;
}

/// One after the other; nothing where neither has the column.
template <class T> std::vector<T> joinedColumn(const EventLog& whole, const EventLog& more, std::span<const T> first,
                                               std::span<const T> second, T nothing)
{
    std::vector<T> out;
    if (first.empty() && second.empty())
        return out;
    out.reserve(whole.size() + more.size());
    out.assign(first.begin(), first.end());
    out.resize(whole.size(), nothing);
    out.insert(out.end(), second.begin(), second.end());
    out.resize(whole.size() + more.size(), nothing);
    return out;
}

std::vector<std::uint32_t> joinedSessions(const EventLog& whole, const EventLog& more)
{
    std::vector<std::uint32_t> later(more.sessions().begin(), more.sessions().end());
    for (std::uint32_t& session : later)
        session += session == noSession ? 0 : whole.sessionCount();
    return joinedColumn(whole, more, whole.sessions(), std::span<const std::uint32_t>(later), noSession);
}

Result<ContextColumn> joinedContext(const EventLog& whole, const EventLog& more, EventContext context)
{
    const ContextColumn& first = whole.context(context);
    const ContextColumn& second = more.context(context);
    if (second.empty() && first.empty())
        return ContextColumn();
    const Vocabulary none;
    const auto words = joined(first.empty() ? none : *first.words, second.empty() ? none : *second.words);
    if (words.names.size() > ContextColumn::untold)
        return error(Code::InvalidArgument,
                     fmt::format("Together there are more than {} different words for the {}",
                                 grouped(ContextColumn::untold), nameOf(context)),
                     "Leave that column out");
    std::vector<std::uint16_t> later;
    for (const std::uint16_t code : second.events)
        later.push_back(code == ContextColumn::untold ? code : static_cast<std::uint16_t>(words.placeOf[code]));
    return ContextColumn{std::make_shared<const Vocabulary>(words.names),
                         joinedColumn(whole, more, std::span<const std::uint16_t>(first.events),
                                      std::span<const std::uint16_t>(later), ContextColumn::untold)};
}

Result<EventLog> joinedLog(const EventLog& whole, const EventLog& more, const JoinedNames& people,
                           const JoinedNames& items)
{
    ContextColumns contexts;
    for (const EventContext context : eventContexts) {
        auto column = joinedContext(whole, more, context);
        if (!column)
            return tl::unexpected(column.error());
        contexts[static_cast<std::size_t>(context)] = std::move(*column);
    }
    return EventLog::fromColumns(
        joinedIndices(whole.users(), more.users(), people.placeOf),
        joinedIndices(whole.items(), more.items(), items.placeOf),
        joinedColumn(whole, more, whole.values(), more.values(), 1.F),
        joinedColumn(whole, more, whole.times(), more.times(), noTime),
        joinedColumn(whole, more, whole.kinds(), more.kinds(), EventKind::Rating), std::move(contexts),
        {joinedSessions(whole, more), joinedColumn(whole, more, whole.positions(), more.positions(), std::uint16_t{0}),
         joinedColumn(whole, more, whole.prices(), more.prices(), noPrice)});
}

void merge(TextColumn& into, const TextColumn& more, const std::vector<std::uint32_t>& placeOf, std::size_t rows)
{
    into.values.resize(rows);
    for (std::size_t row = 0; row < more.values.size(); ++row)
        if (!more.values[row].empty())
            into.values[placeOf[row]] = more.values[row];
}

void merge(NumberColumn& into, const NumberColumn& more, const std::vector<std::uint32_t>& placeOf, std::size_t rows)
{
    into.values.resize(rows, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t row = 0; row < more.values.size(); ++row)
        if (!std::isnan(more.values[row]))
            into.values[placeOf[row]] = more.values[row];
}

void merge(TagColumn& into, const TagColumn& more, const std::vector<std::uint32_t>& placeOf, std::size_t rows)
{
    constexpr auto none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> newer(rows, none); // row of `more` that replaces this one
    for (std::uint32_t row = 0; row + 1 < more.starts.size(); ++row)
        if (!more.row(row).empty())
            newer[placeOf[row]] = row;
    TagColumn out;
    out.vocabulary = into.vocabulary;
    std::vector<std::uint32_t> tags;
    for (std::uint32_t tag = 0; tag < more.vocabulary.size(); ++tag)
        tags.push_back(out.vocabulary.add(more.vocabulary.name(tag)));
    for (std::size_t row = 0; row < rows; ++row) {
        if (newer[row] == none)
            std::ranges::copy(into.row(row), std::back_inserter(out.tags));
        else
            std::ranges::transform(more.row(newer[row]), std::back_inserter(out.tags),
                                   [&](std::uint32_t tag) { return tags[tag]; });
        out.starts.push_back(static_cast<std::uint32_t>(out.tags.size()));
    }
    into = std::move(out);
}

// Nothing known yet, of the same type.
AttributeColumn emptyLike(const AttributeColumn& column)
{
    AttributeColumn out{column.name, {}};
    std::visit([&]<class Data>(const Data&) { out.data = Data{}; }, column.data);
    return out;
}

AttributeTable joinedTable(const AttributeTable& whole, const AttributeTable& more,
                           const std::vector<std::uint32_t>& placeOf, std::size_t rows,
                           std::vector<std::string>& leftOut)
{
    std::vector<AttributeColumn> columns(whole.columns().begin(), whole.columns().end());
    for (const AttributeColumn& column : more.columns()) {
        auto known = std::ranges::find(columns, column.name, &AttributeColumn::name);
        if (known == columns.end())
            known = columns.insert(columns.end(), emptyLike(column));
        if (known->data.index() != column.data.index()) {
            leftOut.push_back(column.name);
            continue;
        }
        std::visit([&]<class Data>(const Data& data) { merge(std::get<Data>(known->data), data, placeOf, rows); },
                   column.data);
    }
    AttributeTable table;
    for (AttributeColumn& column : columns)
        table.add(std::move(column));
    return table;
}

// A vector of zeros is one that is not known: it replaces none.
void merge(VectorColumn& into, const VectorColumn& more, const std::vector<std::uint32_t>& placeOf)
{
    for (std::size_t row = 0; row < more.values.size() / more.length; ++row) {
        const auto vector = std::span(more.values).subspan(row * more.length, more.length);
        if (std::ranges::any_of(vector, [](float value) { return value != 0; }))
            std::ranges::copy(vector, into.values.begin() + static_cast<std::ptrdiff_t>(placeOf[row] * into.length));
    }
}

void joinVectors(AttributeTable& into, const AttributeTable& whole, const AttributeTable& more,
                 const std::vector<std::uint32_t>& placeOf, std::size_t rows, std::vector<std::string>& leftOut)
{
    std::vector<VectorColumn> columns(whole.vectors().begin(), whole.vectors().end());
    for (const VectorColumn& column : more.vectors())
        if (std::ranges::find(columns, column.name, &VectorColumn::name) == columns.end())
            columns.push_back({column.name, column.length, {}});
    for (VectorColumn& column : columns) {
        column.values.resize(rows * column.length, 0.F);
        const auto same = std::ranges::find(more.vectors(), column.name, &VectorColumn::name);
        if (same != more.vectors().end() && same->length == column.length)
            merge(column, *same, placeOf);
        else if (same != more.vectors().end())
            leftOut.push_back(column.name);
        into.set(std::move(column));
    }
}

Timestamp newestOf(const EventLog& log)
{
    Timestamp newest = noTime;
    for (const Timestamp at : log.times())
        newest = at != noTime && (newest == noTime || at > newest) ? at : newest;
    return newest;
}

bool isTold(const AttributeColumn& column, std::size_t row)
{
    const auto* text = std::get_if<TextColumn>(&column.data);
    const auto* number = std::get_if<NumberColumn>(&column.data);
    return text ? row < text->values.size() && !text->values[row].empty()
                : number && row < number->values.size() && !std::isnan(number->values[row]);
}

void tellArrival(AttributeColumn& column, std::size_t row, std::size_t rows, Timestamp at)
{
    if (auto* text = std::get_if<TextColumn>(&column.data)) {
        text->values.resize(rows);
        text->values[row] = dateText(at);
    } else if (auto* number = std::get_if<NumberColumn>(&column.data)) {
        number->values.resize(rows, std::numeric_limits<double>::quiet_NaN());
        number->values[row] = static_cast<double>(at);
    }
}

// Items from `first` on without events arrive with the newest event. Catalogs that go by years are left alone.
std::shared_ptr<const Dataset> withArrivals(std::shared_ptr<const Dataset> dataset, std::size_t first)
{
    const Timestamp now = newestOf(dataset->log());
    const std::size_t rows = dataset->itemCount();
    std::vector<bool> isUsed(rows);
    for (const ItemIndex item : dataset->log().items())
        isUsed[item.value] = true;
    const AttributeTable& items = dataset->items();
    const AttributeColumn* known = CatalogColumns(items)[CatalogField::Added];
    AttributeColumn added = known ? *known : AttributeColumn{std::string(nameOf(CatalogField::Added)), NumberColumn{}};
    bool changed = false;
    for (std::size_t row = first; row < rows && now != noTime && added.name != "year"; ++row)
        if (!isUsed[row] && !isTold(added, row)) {
            tellArrival(added, row, rows, now);
            changed = true;
        }
    if (!changed)
        return dataset;
    AttributeTable told;
    for (const AttributeColumn& column : items.columns())
        told.add(&column == known ? added : column);
    if (!known)
        told.add(std::move(added));
    for (const VectorColumn& column : items.vectors())
        told.set(column);
    DatasetParts parts = dataset->parts();
    parts.items = std::make_shared<const AttributeTable>(std::move(told));
    return std::make_shared<const Dataset>(std::move(parts));
}

Status checkAppendable(const Dataset& whole, const Dataset& more)
{
    if (more.log().size() > 0 && whole.feedback() != more.feedback())
        return error(Code::InvalidArgument,
                     whole.feedback() == Feedback::Explicit ? "The new events are no ratings, and those there are"
                                                            : "The new events are ratings, and those there are not",
                     "Say with --feedback how values are meant");
    if (more.log().size() > mostEvents - whole.log().size())
        return error(Code::InvalidArgument, "Together there would be more than 4,294,967,294 events");
    return {};
}

} // namespace

Result<Appended> appended(const Dataset& whole, const Dataset& more)
{
    if (const auto fine = checkAppendable(whole, more); !fine)
        return tl::unexpected(fine.error());
    const auto people = joined(whole.personIds(), more.personIds());
    const auto items = joined(whole.itemIds(), more.itemIds());
    auto log = joinedLog(whole.log(), more.log(), people, items);
    if (!log)
        return tl::unexpected(log.error());
    Appended out{
        {}, more.log().size(), people.names.size() - whole.personCount(), items.names.size() - whole.itemCount(), {}};
    DatasetParts parts = whole.parts();
    parts.log = std::make_shared<const EventLog>(std::move(*log));
    parts.people = std::make_shared<const AttributeTable>(
        joinedTable(whole.people(), more.people(), people.placeOf, people.names.size(), out.leftOut));
    AttributeTable catalog = joinedTable(whole.items(), more.items(), items.placeOf, items.names.size(), out.leftOut);
    joinVectors(catalog, whole.items(), more.items(), items.placeOf, items.names.size(), out.leftOut);
    parts.items = std::make_shared<const AttributeTable>(std::move(catalog));
    parts.personIds = std::make_shared<const Vocabulary>(people.names);
    parts.itemIds = std::make_shared<const Vocabulary>(items.names);
    if (more.log().size() > 0) {
        parts.ratingLow = std::min(whole.ratingLow(), more.ratingLow());
        parts.ratingHigh = std::max(whole.ratingHigh(), more.ratingHigh());
    }
    out.dataset = std::make_shared<const Dataset>(std::move(parts));
    return out;
}

Result<AppendedImport> appended(const Imported& whole, const Imported& more)
{
    if (whole.trainEvents)
        return error(Code::InvalidArgument, "A dataset that came with its own split cannot be added to",
                     "Import the whole as a new dataset", whole.dataset->name());
    auto with = appended(*whole.dataset, *more.dataset);
    if (!with)
        return tl::unexpected(with.error());
    with->dataset = withArrivals(std::move(with->dataset), whole.dataset->itemCount());
    AppendedImport out{whole, std::move(*with), {}};
    const std::string people = counted(out.added.newPeople, "new person", "new people");
    const std::string items = counted(out.added.newItems, "new item");
    const std::string& source = more.dataset->from().source;
    out.note = out.added.events > 0
                   ? fmt::format("{} of {} added: {}, {}", counted(out.added.events, "event"), source, people, items)
                   : fmt::format("{} and {} of {} added; what it tells of the others counts from now on", people, items,
                                 source);
    out.imported.dataset = out.added.dataset;
    if (out.added.newItems > 0)
        out.imported.planted = nullptr; // nothing is known of the new ones
    ImportReport& report = out.imported.report;
    report.files.insert(report.files.end(), more.report.files.begin(), more.report.files.end());
    report.notes.push_back(out.note);
    for (const std::string& column : out.added.leftOut)
        report.notes.push_back(fmt::format("'{}' was left out: there it is of another type or length", column));
    report.duplicates = out.added.dataset->interactions().merged();
    return out;
}

} // namespace orrery
