// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/in_common.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double yearsPerDecade = 10;
constexpr auto yearColumn = "year";

using Values = std::vector<std::string>;

Values commonValues(const TextColumn& column, std::string_view, std::size_t a, std::size_t b)
{
    const auto& texts = column.values;
    const bool equal = std::max(a, b) < texts.size() && !texts[a].empty() && texts[a] == texts[b];
    return equal ? Values{texts[a]} : Values{};
}

Values commonValues(const NumberColumn& column, std::string_view name, std::size_t a, std::size_t b)
{
    if (std::max(a, b) >= column.values.size())
        return {};
    const double of = column.values[a], other = column.values[b];
    if (of == other) // false for NaN
        return {fmt::format("{}", of)};
    const double decade = std::floor(of / yearsPerDecade);
    if (name == yearColumn && decade == std::floor(other / yearsPerDecade))
        return {fmt::format("{}s", yearsPerDecade * decade)};
    return {};
}

Values commonValues(const TagColumn& column, std::string_view, std::size_t a, std::size_t b)
{
    Values shared;
    const auto others = column.row(b);
    for (const std::uint32_t tag : column.row(a))
        if (std::ranges::find(others, tag) != others.end())
            shared.emplace_back(column.vocabulary.name(tag));
    return shared;
}

std::vector<CommonAttribute> commonAttributes(const AttributeTable& table, std::size_t a, std::size_t b)
{
    std::vector<CommonAttribute> common;
    for (const AttributeColumn& column : table.columns()) {
        auto values = std::visit([&](const auto& data) { return commonValues(data, column.name, a, b); }, column.data);
        if (!values.empty())
            common.push_back({column.name, std::move(values)});
    }
    return common;
}

/// The cells of an item or a person: who or what stands in them, ascending, and how much.
template <class Index> struct Cells {
    std::span<const Index> of;
    std::span<const float> values;

    [[nodiscard]] std::size_t from(float least) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(values, [&](float value) { return value >= least; }));
    }
};

Cells<UserIndex> cellsOf(const Interactions& interactions, ItemIndex item)
{
    if (item.value >= interactions.items())
        return {};
    const auto column = interactions.column(item);
    return {column.users, column.values};
}

Cells<ItemIndex> cellsOf(const Interactions& interactions, UserIndex person)
{
    const auto row = interactions.row(person);
    return {row.items, row.values};
}

template <class Index> Overlap overlapOf(const Cells<Index>& a, const Cells<Index>& b, float least, std::size_t all)
{
    Overlap overlap{0, a.from(least), b.from(least), all};
    for (std::size_t i = 0, j = 0; i < a.of.size() && j < b.of.size();) {
        if (a.of[i] == b.of[j])
            overlap.both += a.values[i] >= least && b.values[j] >= least ? 1 : 0;
        const bool next = a.of[i] <= b.of[j], nextOther = b.of[j] <= a.of[i];
        i += next ? 1 : 0;
        j += nextOther ? 1 : 0;
    }
    return overlap;
}

std::size_t activePeople(const Interactions& interactions)
{
    const auto starts = interactions.starts();
    std::size_t active = 0;
    for (std::size_t user = 0; user < interactions.users(); ++user)
        active += starts[user] < starts[user + 1] ? 1 : 0;
    return active;
}

std::size_t usedItems(const Interactions& interactions)
{
    std::size_t used = 0;
    for (std::uint32_t item = 0; item < interactions.items(); ++item)
        used += interactions.column(ItemIndex{item}).users.empty() ? 0 : 1;
    return used;
}

template <class Index> std::vector<InCommon> commonWithEach(const Dataset& dataset, const AttributeTable& attributes,
                                                            std::size_t all, Index one, std::span<const Index> others)
{
    constexpr float any = -std::numeric_limits<float>::infinity();
    const Interactions& interactions = dataset.interactions();
    const auto own = cellsOf(interactions, one);
    std::vector<InCommon> out;
    out.reserve(others.size());
    for (const Index other : others) {
        const auto theirs = cellsOf(interactions, other);
        out.push_back({commonAttributes(attributes, one.value, other.value), overlapOf(own, theirs, any, all),
                       overlapOf(own, theirs, dataset.likedFrom(), all)});
    }
    return out;
}

} // namespace

double Overlap::lift() const
{
    if (first == 0 || second == 0)
        return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(both) * static_cast<double>(all) /
           (static_cast<double>(first) * static_cast<double>(second));
}

std::vector<InCommon> inCommon(const Dataset& dataset, ItemIndex item, std::span<const ItemIndex> others)
{
    return commonWithEach(dataset, dataset.items(), activePeople(dataset.interactions()), item, others);
}

std::vector<InCommon> inCommon(const Dataset& dataset, UserIndex person, std::span<const UserIndex> others)
{
    return commonWithEach(dataset, dataset.people(), usedItems(dataset.interactions()), person, others);
}

} // namespace orrery
