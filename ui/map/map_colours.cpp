// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_colours.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery::ui {
namespace {

constexpr std::size_t mostTags = 7, ranges = 6;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* words) { return QCoreApplication::translate("MapColours", words); }

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto part = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
    return {part(from.red(), to.red()), part(from.green(), to.green()), part(from.blue(), to.blue())};
}

QString shortNumber(double value)
{
    return std::abs(value) >= 100 || value == std::round(value) ? QString::number(std::round(value), 'f', 0)
                                                                : decimal(value, 2);
}

void add(ColouredItems& items, const QString& words, const QColor& colour, std::size_t count)
{
    items.palette.push_back(colour.rgb());
    items.legend.push_back({words, colour, count});
}

ColouredItems byTag(const TagColumn& column, std::size_t items, const Tokens& tokens)
{
    std::vector<std::size_t> counts(column.vocabulary.size());
    const auto firstOf = [&column](std::size_t item) {
        const auto tags = column.row(item);
        return tags.empty() ? column.vocabulary.size() : std::size_t{tags.front()};
    };
    for (std::size_t item = 0; item < items; ++item)
        if (const std::size_t tag = firstOf(item); tag < counts.size())
            ++counts[tag];
    std::vector<std::size_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t tag) { return counts[tag]; });
    order.resize(std::min(order.size(), mostTags));
    ColouredItems out;
    std::vector<std::uint8_t> colourOf(counts.size() + 1, static_cast<std::uint8_t>(order.size()));
    std::size_t named = 0;
    for (std::size_t place = 0; place < order.size(); ++place) {
        colourOf[order[place]] = static_cast<std::uint8_t>(place);
        named += counts[order[place]];
        add(out, text(std::string(column.vocabulary.name(static_cast<std::uint32_t>(order[place])))),
            tokens.series.at(place), counts[order[place]]);
    }
    add(out, tr("other"), tokens.disabled, items - named);
    for (std::size_t item = 0; item < items; ++item)
        out.colours.push_back(colourOf[firstOf(item)]);
    return out;
}

/// Ranges of about as many items each; the last colour is that of unknown values.
ColouredItems byNumber(const std::vector<double>& values, const Tokens& tokens)
{
    std::vector<double> known;
    std::ranges::copy_if(values, std::back_inserter(known), [](double value) { return std::isfinite(value); });
    std::ranges::sort(known);
    std::vector<double> bounds; // where each range begins
    for (std::size_t range = 0; range < ranges && !known.empty(); ++range)
        if (const double bound = known[range * known.size() / ranges]; bounds.empty() || bound > bounds.back())
            bounds.push_back(bound);
    std::vector<std::size_t> counts(bounds.size() + 1);
    ColouredItems out;
    for (const double value : values) {
        const auto above = static_cast<std::size_t>(std::ranges::upper_bound(bounds, value) - bounds.begin());
        const std::size_t colour = std::isfinite(value) ? std::max<std::size_t>(above, 1) - 1 : bounds.size();
        ++counts[colour];
        out.colours.push_back(static_cast<std::uint8_t>(colour));
    }
    for (std::size_t range = 0; range < bounds.size(); ++range) {
        const double share = bounds.size() > 1 ? double(range) / double(bounds.size() - 1) : 1;
        const QString words = range + 1 < bounds.size()
                                  ? tr("%1 to %2").arg(shortNumber(bounds[range]), shortNumber(bounds[range + 1]))
                                  : tr("%1 and more").arg(shortNumber(bounds[range]));
        add(out, words, mixed(mixed(tokens.surface, tokens.series[1], .35), tokens.series[3], share), counts[range]);
    }
    add(out, tr("unknown"), tokens.disabled, counts.back());
    if (counts.back() == 0)
        out.legend.pop_back();
    return out;
}

/// A column of either table.
template <class Column>
const Column* columnOf(const Dataset& dataset, const AttributeTable& derived, const std::string& name)
{
    for (const AttributeTable* table : {&derived, &dataset.items()})
        for (const AttributeColumn& column : table->columns())
            if (const auto* found = std::get_if<Column>(&column.data); found && column.name == name)
                return found;
    return nullptr;
}

std::vector<double> numbersOf(const NumberColumn& column, std::size_t items)
{
    std::vector<double> values = column.values;
    values.resize(items, unknown);
    return values;
}

std::vector<double> numbersOf(const Dataset& dataset, const Tally& tally, MapColouring::Kind kind,
                              std::span<const float> given)
{
    std::vector<double> values(dataset.itemCount(), unknown);
    const auto people = static_cast<double>(dataset.personCount());
    for (std::size_t item = 0; item < values.size(); ++item) {
        const double used = tally.counts[item];
        if (kind >= MapColouring::Kind::Kept)
            values[item] = item < given.size() ? static_cast<double>(given[item]) : unknown;
        else if (kind == MapColouring::Kind::Popularity)
            values[item] = used;
        else if (used > 0)
            values[item] = kind == MapColouring::Kind::Novelty ? std::log2(people / used) : tally.sums[item] / used;
    }
    return values;
}

} // namespace

std::vector<MapColouring> colouringsOf(const Dataset& dataset, const AttributeTable& derived)
{
    std::vector<MapColouring> all;
    for (const AttributeTable* table : {&dataset.items(), &derived})
        for (const AttributeColumn& column : table->columns())
            if (std::holds_alternative<TagColumn>(column.data))
                all.push_back({MapColouring::Kind::Tag, column.name, columnTitle(column.name)});
            else if (std::holds_alternative<NumberColumn>(column.data))
                all.push_back({MapColouring::Kind::Number, column.name, columnTitle(column.name)});
    std::stable_partition(all.begin(), all.end(),
                          [](const MapColouring& one) { return one.kind == MapColouring::Kind::Tag; });
    all.push_back({MapColouring::Kind::Popularity, {}, tr("Popularity")});
    if (dataset.feedback() == Feedback::Explicit)
        all.push_back({MapColouring::Kind::Mean, {}, tr("Mean rating")});
    all.push_back({MapColouring::Kind::Novelty, {}, tr("Novelty (bits)")});
    all.push_back({MapColouring::Kind::Kept, {}, tr("Neighbours kept")});
    all.push_back({MapColouring::Kind::Hubs, {}, tr("Neighbour of (hubs)")});
    all.push_back({MapColouring::Kind::Error, {}, tr("Held-out error")});
    all.push_back({MapColouring::Kind::Plain, {}, tr("One colour")});
    return all;
}

ColouredItems colouredItems(const Dataset& dataset, const AttributeTable& derived, const Tally& tally,
                            const MapColouring& by, const Tokens& tokens, std::span<const float> given)
{
    if (by.kind == MapColouring::Kind::Tag)
        if (const auto* tags = columnOf<TagColumn>(dataset, derived, by.column))
            return byTag(*tags, dataset.itemCount(), tokens);
    if (by.kind == MapColouring::Kind::Number)
        if (const auto* numbers = columnOf<NumberColumn>(dataset, derived, by.column))
            return byNumber(numbersOf(*numbers, dataset.itemCount()), tokens);
    if (by.kind == MapColouring::Kind::Plain || !by.column.empty()) {
        ColouredItems out;
        out.palette = {tokens.series[0].rgb()};
        out.colours.assign(dataset.itemCount(), 0);
        return out;
    }
    return byNumber(numbersOf(dataset, tally, by.kind, given), tokens);
}

std::vector<std::uint8_t> sizesByUse(const Tally& tally)
{
    std::vector<std::uint32_t> sorted;
    std::ranges::copy_if(tally.counts, std::back_inserter(sorted), [](std::uint32_t count) { return count > 0; });
    std::ranges::sort(sorted, std::greater{});
    const auto boundOf = [&sorted](double share) {
        return sorted.empty() ? 1 : sorted[static_cast<std::size_t>(share * double(sorted.size() - 1))];
    };
    const std::array bounds{boundOf(.34), boundOf(.1), boundOf(.01)};
    std::vector<std::uint8_t> sizes;
    for (const std::uint32_t count : tally.counts)
        sizes.push_back(static_cast<std::uint8_t>(
            std::ranges::count_if(bounds, [count](std::uint32_t bound) { return count >= bound; })));
    return sizes;
}

} // namespace orrery::ui
