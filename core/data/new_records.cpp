// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/new_records.h"

#include "core/data/import/fields.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr double unknownNumber = std::numeric_limits<double>::quiet_NaN();

const RecordValue* valueOf(const RecordValues& values, std::string_view column)
{
    const auto found = std::ranges::find(values, column, &RecordValues::value_type::first);
    return found == values.end() ? nullptr : &found->second;
}

Status checkValues(const AttributeTable& table, const RecordValues& values)
{
    // The alternatives of a record's value stand in the order of those of a column.
    static_assert(std::is_same_v<std::variant_alternative_t<0, decltype(AttributeColumn::data)>, TextColumn> &&
                  std::is_same_v<std::variant_alternative_t<1, decltype(AttributeColumn::data)>, NumberColumn> &&
                  std::is_same_v<std::variant_alternative_t<2, decltype(AttributeColumn::data)>, TagColumn>);
    for (const auto& [name, value] : values) {
        const auto column = std::ranges::find(table.columns(), name, &AttributeColumn::name);
        if (column == table.columns().end())
            return error(Code::InvalidArgument, fmt::format("There is no column '{}'", name));
        if (column->data.index() != value.index())
            return error(Code::InvalidArgument, fmt::format("The value of '{}' is of another kind", name),
                         "Texts are texts, numbers numbers, tags tags");
    }
    return {};
}

Status checkId(const Vocabulary& ids, const std::string& id, std::string_view what)
{
    if (id.empty())
        return error(Code::InvalidArgument, fmt::format("The new {} has no id", what),
                     fmt::format("Give it one that no other {} has", what));
    if (ids.find(id))
        return error(Code::InvalidArgument, fmt::format("There is a {} '{}' already", what, id),
                     fmt::format("Give it an id that no other {} has", what));
    return {};
}

/// A column of the same kind with this one value.
AttributeColumn columnOf(const AttributeColumn& like, const RecordValue* value)
{
    AttributeColumn out{like.name, TextColumn{}};
    if (std::holds_alternative<TextColumn>(like.data))
        out.data = TextColumn{{value ? std::get<std::string>(*value) : std::string()}};
    else if (std::holds_alternative<NumberColumn>(like.data))
        out.data = NumberColumn{{value ? std::get<double>(*value) : unknownNumber}};
    else {
        TagColumn tags;
        for (const std::string& tag : value ? std::get<std::vector<std::string>>(*value) : std::vector<std::string>{})
            tags.tags.push_back(tags.vocabulary.add(tag));
        tags.starts.push_back(static_cast<std::uint32_t>(tags.tags.size()));
        out.data = std::move(tags);
    }
    return out;
}

std::shared_ptr<const AttributeTable> rowOf(const RecordValues& values, const AttributeTable& like)
{
    AttributeTable row;
    for (const AttributeColumn& column : like.columns())
        row.add(columnOf(column, valueOf(values, column.name)));
    return std::make_shared<const AttributeTable>(std::move(row));
}

/// A dataset of that sort, without anything in it.
DatasetParts emptyLike(const Dataset& whole)
{
    DatasetParts parts = whole.parts();
    parts.log = std::make_shared<const EventLog>();
    parts.personIds = parts.itemIds = std::make_shared<const Vocabulary>();
    parts.people = parts.items = std::make_shared<const AttributeTable>();
    return parts;
}

std::shared_ptr<const Vocabulary> only(const std::string& id)
{
    Vocabulary ids;
    ids.add(id);
    return std::make_shared<const Vocabulary>(std::move(ids));
}

/// Rating where events do not tell.
EventKind strongestKind(const Dataset& whole)
{
    EventKind best = EventKind::Rating;
    float most = 0;
    for (const EventKind kind : whole.log().kinds())
        if (const float weight = whole.kindWeights()[kind]; weight > most) {
            best = kind;
            most = weight;
        }
    return best;
}

EventLog logOf(const PersonRecord& record, const Dataset& whole, Vocabulary& itemIds)
{
    const std::size_t count = record.choices.size();
    std::vector<ItemIndex> items;
    std::vector<float> values;
    for (const PersonRecord::Choice& choice : record.choices) {
        items.push_back(ItemIndex{itemIds.add(whole.itemIds().name(choice.item.value))});
        values.push_back(choice.value);
    }
    std::vector<Timestamp> times(whole.log().hasTimes() ? count : 0, record.at);
    std::vector<EventKind> kinds(whole.log().kinds().empty() ? 0 : count, strongestKind(whole));
    return EventLog::fromColumns(std::vector<UserIndex>(count, UserIndex{0}), std::move(items), std::move(values),
                                 std::move(times), std::move(kinds));
}

/// A table that tells of items or people, and not who did what.
bool isAboutOneSide(const JoinRequest& request)
{
    return std::ranges::none_of(request.tables, [](const JoinTable& table) { return table.use == TableUse::Events; }) &&
           std::ranges::any_of(request.tables, [](const JoinTable& table) { return table.use != TableUse::Ignore; });
}

/// Nothing where no recipe is to be followed.
Result<std::optional<JoinRequest>> asRecipesSay(const FilesTogether& files, const std::optional<ImportRecipe>& usual)
{
    const auto follow = [&](const ImportRecipe& recipe) {
        return applied(recipe, files.tables, Completeness::Addition);
    };
    if (files.recipe)
        return readRecipe(*files.recipe).and_then(follow).map([](JoinRequest r) {
            return std::optional(std::move(r));
        });
    auto asUsual = usual ? std::optional(follow(*usual)) : std::nullopt;
    return asUsual && *asUsual ? std::optional(std::move(**asUsual)) : std::nullopt;
}

Result<Imported> importOne(const std::filesystem::path& path, const Dataset& whole, const JobContext& job)
{
    ImportRequest request;
    request.path = path;
    if (const auto detected = detectFormat(path); detected && detected->format == "table")
        request.feedback = whole.feedback();
    return import(request, job);
}

} // namespace

Result<RecordValue> recordValueFrom(const AttributeTable& table, const std::string& column, std::string_view typed)
{
    const auto found = std::ranges::find(table.columns(), column, &AttributeColumn::name);
    if (found == table.columns().end()) {
        std::vector<std::string_view> names;
        std::ranges::transform(table.columns(), std::back_inserter(names), &AttributeColumn::name);
        return error(Code::InvalidArgument, fmt::format("There is no column '{}'", column),
                     fmt::format("Columns are {}", fmt::join(names, ", ")));
    }
    typed = reading::trimmed(typed);
    if (std::holds_alternative<TextColumn>(found->data))
        return std::string(typed);
    if (std::holds_alternative<NumberColumn>(found->data)) {
        const auto number = reading::parseDouble(typed);
        return number ? Result<RecordValue>(*number)
                      : error(Code::InvalidArgument, fmt::format("'{}' is a number, not '{}'", column, typed),
                              "Type it like 12.5");
    }
    std::vector<std::string> tags;
    for (std::size_t begin = 0; begin <= typed.size();) {
        const std::size_t end = std::min(typed.find(',', begin), typed.size());
        if (const auto tag = reading::trimmed(typed.substr(begin, end - begin)); !tag.empty())
            tags.emplace_back(tag);
        begin = end + 1;
    }
    return tags;
}

Result<std::shared_ptr<const Dataset>> alone(const ItemRecord& record, const Dataset& whole)
{
    if (auto fine = checkId(whole.itemIds(), record.id, "item"); !fine)
        return tl::unexpected(fine.error());
    if (auto fine = checkValues(whole.items(), record.values); !fine)
        return tl::unexpected(fine.error());
    DatasetParts parts = emptyLike(whole);
    parts.itemIds = only(record.id);
    parts.items = rowOf(record.values, whole.items());
    return std::make_shared<const Dataset>(std::move(parts));
}

Result<std::shared_ptr<const Dataset>> alone(const PersonRecord& record, const Dataset& whole)
{
    if (auto fine = checkId(whole.personIds(), record.id, "person"); !fine)
        return tl::unexpected(fine.error());
    if (auto fine = checkValues(whole.people(), record.values); !fine)
        return tl::unexpected(fine.error());
    for (const PersonRecord::Choice& choice : record.choices)
        if (choice.item.value >= whole.itemCount())
            return error(Code::InvalidArgument, "The new person chose an item that is not in the catalog");
    Vocabulary items;
    DatasetParts parts = emptyLike(whole);
    parts.log = std::make_shared<const EventLog>(logOf(record, whole, items));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(items));
    parts.personIds = only(record.id);
    parts.people = rowOf(record.values, whole.people());
    return std::make_shared<const Dataset>(std::move(parts));
}

Result<std::shared_ptr<const Dataset>> withItem(const Dataset& dataset, const ItemRecord& record)
{
    return alone(record, dataset)
        .and_then([&](const auto& item) { return appended(dataset, *item); })
        .map([](Appended both) { return std::move(both.dataset); });
}

Imported importedByHand(const Dataset& alone, const std::string& name)
{
    DatasetParts parts = alone.parts();
    parts.from = {fmt::format("'{}', written by hand", name), "by hand", {}, {}};
    Imported imported;
    imported.dataset = std::make_shared<const Dataset>(std::move(parts));
    return imported;
}

Result<Imported> readMore(const std::vector<std::filesystem::path>& paths, const Dataset& whole,
                          const std::optional<ImportRecipe>& usual, const JobContext& job)
{
    auto files = filesTogether(paths);
    if (!files)
        return tl::unexpected(files.error());
    if (files->dataset) {
        const auto detected = detectFormat(*files->dataset);
        if (detected && detected->format != "table")
            return importOne(*files->dataset, whole, job);
        files->tables = {*files->dataset};
    }
    auto request = asRecipesSay(*files, usual);
    if (!request)
        return tl::unexpected(request.error());
    if (!*request) {
        auto guessed = guessJoin(files->tables);
        if (files->dataset && !(guessed && isAboutOneSide(*guessed)))
            return importOne(*files->dataset, whole, job);
        if (!guessed)
            return tl::unexpected(guessed.error());
        *request = std::move(*guessed);
    }
    (*request)->completeness = Completeness::Addition;
    (*request)->feedback = whole.feedback();
    return import(**request, job);
}

} // namespace orrery
