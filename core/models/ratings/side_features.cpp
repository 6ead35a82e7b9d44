// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/side_features.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <variant>

namespace orrery {
namespace {

constexpr std::size_t leastShared = 2; // what is true of one alone says no more than who it is
constexpr std::size_t ranges = 12;

/// Rows by value, collected for one kind of feature.
using Rows = std::vector<std::pair<std::uint32_t, float>>;

void append(SideFeatures& features, std::uint32_t group, const Rows& rows)
{
    for (const auto& [row, value] : rows) {
        features.rows.push_back(row);
        features.values.push_back(value);
    }
    features.starts.push_back(features.rows.size());
    features.groups.push_back(group);
}

void addTags(SideFeatures& features, const TagColumn& column, std::size_t rows)
{
    std::vector<Rows> byTag(column.vocabulary.size());
    for (std::uint32_t row = 0; row < rows; ++row) {
        const auto tags = column.row(row);
        const auto share =
            static_cast<float>(1 / std::sqrt(static_cast<double>(std::max<std::size_t>(1, tags.size()))));
        for (const std::uint32_t tag : tags)
            byTag[tag].emplace_back(row, share);
    }
    const auto group = static_cast<std::uint32_t>(features.groupCount());
    for (const Rows& tagged : byTag)
        if (tagged.size() >= leastShared)
            append(features, group, tagged);
}

/// Ranges that hold about as many rows each.
void addNumbers(SideFeatures& features, const NumberColumn& column)
{
    std::vector<double> sorted;
    std::ranges::copy_if(column.values, std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
    if (sorted.size() < leastShared * ranges)
        return;
    std::ranges::sort(sorted);
    std::vector<double> bounds;
    for (std::size_t r = 1; r < ranges; ++r)
        bounds.push_back(sorted[r * sorted.size() / ranges]);
    std::vector<Rows> byRange(ranges);
    for (std::uint32_t row = 0; row < column.values.size(); ++row)
        if (const double value = column.values[row]; std::isfinite(value))
            byRange[static_cast<std::size_t>(std::ranges::upper_bound(bounds, value) - bounds.begin())].emplace_back(
                row, 1.F);
    const auto group = static_cast<std::uint32_t>(features.groupCount());
    for (const Rows& inRange : byRange)
        if (inRange.size() >= leastShared)
            append(features, group, inRange);
}

} // namespace

SideFeatures personFeatures(const Dataset& dataset, std::vector<Fact>& names)
{
    SideFeatures features;
    if (dataset.people().columns().empty())
        return features;
    std::map<std::string, std::map<std::string, Rows>> byFact;
    for (std::uint32_t user = 0; user < dataset.personCount(); ++user)
        for (const Fact& fact : factsOf(dataset, UserIndex{user}))
            byFact[fact.name][fact.value].emplace_back(user, 1.F);
    for (const auto& [name, values] : byFact) {
        const auto group = static_cast<std::uint32_t>(features.groupCount());
        for (const auto& [value, rows] : values)
            if (rows.size() >= leastShared) {
                append(features, group, rows);
                names.push_back({name, value});
            }
    }
    return features;
}

SideFeatures itemFeatures(const Dataset& dataset)
{
    SideFeatures features;
    for (const AttributeColumn& column : dataset.items().columns()) {
        if (const auto* tags = std::get_if<TagColumn>(&column.data))
            addTags(features, *tags, dataset.itemCount());
        else if (const auto* numbers = std::get_if<NumberColumn>(&column.data))
            addNumbers(features, *numbers);
    }
    return features;
}

void addPartners(SideFeatures& features, std::span<const std::uint64_t> starts, std::span<const std::uint32_t> partners,
                 std::size_t others)
{
    std::vector<std::uint64_t> next(others + 1, 0);
    for (const std::uint32_t partner : partners)
        ++next[partner + 1];
    const std::uint64_t first = features.rows.size();
    for (std::size_t o = 0; o < others; ++o)
        next[o + 1] += next[o];
    const auto group = static_cast<std::uint32_t>(features.groupCount());
    for (std::size_t o = 0; o < others; ++o) {
        features.starts.push_back(first + next[o + 1]);
        features.groups.push_back(group);
    }
    features.rows.resize(first + partners.size());
    features.values.resize(first + partners.size());
    for (std::uint32_t row = 0; row + 1 < starts.size(); ++row) {
        const auto size = static_cast<double>(starts[row + 1] - starts[row]);
        for (auto cell = starts[row]; cell < starts[row + 1]; ++cell) {
            const auto to = first + next[partners[cell]]++;
            features.rows[to] = row;
            features.values[to] = static_cast<float>(1 / std::sqrt(size));
        }
    }
}

} // namespace orrery
