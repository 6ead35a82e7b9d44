// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/new_item.h"

#include "core/models/content/content_neighbours.h"
#include "core/models/hybrids/parts.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double unknownNumber = std::numeric_limits<double>::quiet_NaN();

const ItemRecord::Value* valueOf(const ItemRecord& record, std::string_view column)
{
    const auto found = std::ranges::find(record.values, column, &std::pair<std::string, ItemRecord::Value>::first);
    return found == record.values.end() ? nullptr : &found->second;
}

bool fits(const AttributeColumn& column, const ItemRecord::Value& value)
{
    return column.data.index() == value.index();
}

Status check(const Dataset& dataset, const ItemRecord& record)
{
    // The alternatives of a record's value stand in the order of those of a column.
    static_assert(std::is_same_v<std::variant_alternative_t<0, decltype(AttributeColumn::data)>, TextColumn> &&
                  std::is_same_v<std::variant_alternative_t<1, decltype(AttributeColumn::data)>, NumberColumn> &&
                  std::is_same_v<std::variant_alternative_t<2, decltype(AttributeColumn::data)>, TagColumn>);
    if (record.id.empty())
        return error(Code::InvalidArgument, "The new item has no id", "Give it one that no other item has");
    if (dataset.findItem(record.id))
        return error(Code::InvalidArgument, fmt::format("There is an item '{}' already", record.id),
                     "Give it an id that no other item has");
    for (const auto& [name, value] : record.values) {
        const auto column = std::ranges::find(dataset.items().columns(), name, &AttributeColumn::name);
        if (column == dataset.items().columns().end())
            return error(Code::InvalidArgument, fmt::format("The catalog has no column '{}'", name));
        if (!fits(*column, value))
            return error(Code::InvalidArgument, fmt::format("The value of '{}' is of another kind", name),
                         "Texts are texts, numbers numbers, tags tags");
    }
    return {};
}

/// A column of the same kind with this one value.
AttributeColumn columnOf(const AttributeColumn& like, const ItemRecord::Value* value)
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

double similarities(const std::vector<Neighbour>& from)
{
    double sum = 0;
    for (const Neighbour& neighbour : from)
        sum += static_cast<double>(neighbour.similarity);
    return sum;
}

} // namespace

Result<std::shared_ptr<const Dataset>> withItem(const Dataset& dataset, const ItemRecord& record)
{
    if (const auto valid = check(dataset, record); !valid)
        return tl::unexpected(valid.error());
    AttributeTable items;
    for (const AttributeColumn& column : dataset.items().columns())
        items.add(columnOf(column, valueOf(record, column.name)));
    Vocabulary ids;
    ids.add(record.id);
    DatasetParts parts = dataset.parts();
    parts.log = std::make_shared<const EventLog>();
    parts.personIds = std::make_shared<const Vocabulary>();
    parts.people = std::make_shared<const AttributeTable>();
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(ids));
    parts.items = std::make_shared<const AttributeTable>(std::move(items));
    auto both = appended(dataset, Dataset(std::move(parts)));
    if (!both)
        return tl::unexpected(both.error());
    return std::move(both->dataset);
}

std::optional<float> Placement::score(const Reader& reader) const
{
    if (from.empty())
        return std::nullopt;
    const double all = similarities(from);
    double sum = 0;
    for (const auto& [item, similarity] : from) {
        float own = 0;
        reader.score({&item, 1}, {&own, 1});
        sum += static_cast<double>(similarity) / all * static_cast<double>(own);
    }
    return static_cast<float>(sum);
}

Explanation Placement::explain(const Reader& reader) const
{
    Explanation why;
    const double all = similarities(from);
    for (const auto& [item, similarity] : from) {
        const double weight = static_cast<double>(similarity) / all;
        Term term{TermKind::Part, item, fmt::format("inherited (content alike {:.2f}) from", similarity), 0};
        term.inside = scaled(reader.explain(item).terms, weight);
        for (const Term& reason : term.inside)
            term.value += reason.value;
        why.score += term.value;
        why.terms.push_back(std::move(term));
    }
    return why;
}

Result<Placement> placeItem(const Dataset& dataset, ItemIndex item, const Model& model, std::size_t neighbours,
                            const JobContext& job)
{
    if (item.value >= dataset.itemCount())
        return error(Code::NotFound, "There is no such item in the catalog");
    const auto content = ContentNeighbours::of(dataset, job);
    if (!content)
        return tl::unexpected(content.error());
    auto allowed = usedItems(dataset.interactions());
    for (std::size_t other = model.itemCount(); other < allowed.size(); ++other)
        allowed[other] = 0; // newer than the model, too
    Placement placed{content->nearest(item, neighbours, allowed), {}, 0};
    const VectorSpace space = model.itemSpace();
    if (space.vectors.empty() || placed.from.empty())
        return placed;
    const double all = similarities(placed.from);
    std::vector<double> vector(space.vectors.cols, 0.0);
    double bias = 0;
    for (const Neighbour& neighbour : placed.from) {
        const double weight = static_cast<double>(neighbour.similarity) / all;
        const auto row = space.vectors.row(neighbour.item.value);
        for (std::size_t d = 0; d < vector.size(); ++d)
            vector[d] += weight * static_cast<double>(row[d]);
        bias += space.bias.empty() ? 0 : weight * static_cast<double>(space.bias[neighbour.item.value]);
    }
    std::ranges::transform(vector, std::back_inserter(placed.vector), [](double x) { return static_cast<float>(x); });
    placed.bias = static_cast<float>(bias);
    return placed;
}

} // namespace orrery
