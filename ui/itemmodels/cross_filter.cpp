// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/cross_filter.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery::ui {
namespace {

constexpr std::size_t mostRanges = 20, mostTags = 10;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* words) { return QCoreApplication::translate("CrossFilter", words); }

void countBins(Facet& facet)
{
    facet.all.assign(static_cast<std::size_t>(facet.bins.size()), 0);
    for (const std::uint32_t mask : facet.masks)
        for (std::uint32_t left = mask; left != 0; left &= left - 1)
            ++facet.all[static_cast<std::size_t>(std::countr_zero(left))];
}

Facet tagFacet(const QString& title, const TagColumn& column, std::size_t items)
{
    std::vector<std::size_t> counts(column.vocabulary.size());
    for (std::size_t item = 0; item < items; ++item)
        for (const std::uint32_t tag : column.row(item))
            ++counts[tag];
    std::vector<std::uint32_t> order(counts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t tag) { return counts[tag]; });
    order.resize(std::min(order.size(), mostTags));
    Facet facet{title, true, {}, std::vector<std::uint32_t>(items, 0), {}};
    std::vector<std::uint32_t> bitOf(counts.size(), 0);
    for (std::size_t bin = 0; bin < order.size(); ++bin) {
        facet.bins << text(std::string(column.vocabulary.name(order[bin])));
        bitOf[order[bin]] = 1U << bin;
    }
    for (std::size_t item = 0; item < items; ++item)
        for (const std::uint32_t tag : column.row(item))
            facet.masks[item] |= bitOf[tag];
    countBins(facet);
    return facet;
}

/// 1, 2 or 5 times a power of ten, so that at most so many steps span the width.
double niceStep(double width, std::size_t most)
{
    const double least = width / static_cast<double>(most);
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least)
            return factor * power;
    return 10 * power;
}

QString numberText(double value, double step)
{
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    return QString::number(value, 'f', decimals);
}

/// Equal ranges between round numbers that hold all but the outermost hundredths; what lies beyond is in the last.
Facet rangeFacet(const QString& title, const std::vector<double>& values)
{
    std::vector<double> known;
    std::ranges::copy_if(values, std::back_inserter(known), [](double value) { return std::isfinite(value); });
    Facet facet{title, false, {}, std::vector<std::uint32_t>(values.size(), 0), {}};
    if (known.empty())
        return facet;
    std::ranges::sort(known);
    const auto at = [&](double share) { return known[static_cast<std::size_t>(share * double(known.size() - 1))]; };
    const double low = at(.01), high = at(.99);
    if (!(high > low))
        return facet;
    const double step = niceStep(high - low, mostRanges - 1), first = std::floor(low / step) * step;
    const auto bins = static_cast<std::size_t>(std::floor((high - first) / step)) + 1;
    for (std::size_t bin = 0; bin < bins; ++bin)
        facet.bins << tr("%1 to %2")
                          .arg(numberText(first + double(bin) * step, step),
                               numberText(first + double(bin + 1) * step, step));
    for (std::size_t item = 0; item < values.size(); ++item)
        if (std::isfinite(values[item])) {
            const double place = std::floor((values[item] - first) / step + 1e-9);
            facet.masks[item] = 1U << static_cast<std::size_t>(std::clamp(place, 0.0, double(bins - 1)));
        }
    countBins(facet);
    return facet;
}

/// Counts span powers of ten: ranges of 1, 2, 5, 10, ...
Facet countFacet(const QString& title, const std::vector<std::uint32_t>& counts)
{
    std::vector<double> edges{0, 1};
    const double most = counts.empty() ? 0 : double(std::ranges::max(counts));
    for (double power = 1; edges.back() <= most && edges.size() < mostRanges; power *= 10)
        for (const double edge : {2 * power, 5 * power, 10 * power})
            if (edges.back() <= most)
                edges.push_back(edge);
    Facet facet{title, false, {}, std::vector<std::uint32_t>(counts.size(), 0), {}};
    for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin)
        facet.bins << (edges[bin + 1] - edges[bin] == 1
                           ? QString::number(edges[bin])
                           : tr("%1 to %2").arg(edges[bin]).arg(edges[bin + 1] - 1, 0, 'f', 0));
    for (std::size_t item = 0; item < counts.size(); ++item) {
        const auto above = std::ranges::upper_bound(edges, double(counts[item])) - edges.begin();
        facet.masks[item] = 1U << std::min<std::size_t>(static_cast<std::size_t>(above) - 1, edges.size() - 2);
    }
    countBins(facet);
    return facet;
}

void addColumns(std::vector<Facet>& facets, const AttributeTable& table, std::size_t items)
{
    for (const AttributeColumn& column : table.columns()) {
        if (const auto* tags = std::get_if<TagColumn>(&column.data))
            facets.push_back(tagFacet(columnTitle(column.name), *tags, items));
        if (const auto* number = std::get_if<NumberColumn>(&column.data)) {
            std::vector<double> values = number->values;
            values.resize(items, unknown);
            facets.push_back(rangeFacet(columnTitle(column.name), values));
        }
    }
}

} // namespace

std::vector<Facet> facetsOf(const Dataset& dataset, const AttributeTable& derived, const Tally& tally)
{
    std::vector<Facet> facets;
    addColumns(facets, derived, dataset.itemCount());
    addColumns(facets, dataset.items(), dataset.itemCount());
    const bool rated = dataset.feedback() == Feedback::Explicit;
    facets.push_back(countFacet(rated ? tr("Ratings") : tr("Popularity"), tally.counts));
    if (rated) {
        std::vector<double> means(tally.counts.size(), unknown);
        for (std::size_t item = 0; item < means.size(); ++item)
            if (tally.counts[item] > 0)
                means[item] = tally.sums[item] / tally.counts[item];
        facets.push_back(rangeFacet(tr("Mean rating"), means));
    }
    std::erase_if(facets, [](const Facet& facet) { return facet.bins.size() < 2; });
    return facets;
}

void CrossFilter::setFacets(std::vector<Facet> facets, std::size_t items)
{
    m_facets = std::move(facets);
    m_items = items;
    clear();
}

void CrossFilter::setBase(std::optional<std::vector<ItemIndex>> items) { m_base = std::move(items); }

void CrossFilter::setChosen(std::size_t facet, std::uint32_t bins) { m_chosen[facet] = bins; }

bool CrossFilter::narrows() const
{
    return m_base.has_value() || std::ranges::any_of(m_chosen, [](std::uint32_t bins) { return bins != 0; });
}

void CrossFilter::clear()
{
    m_base.reset();
    m_chosen.assign(m_facets.size(), 0);
}

template <class Visit> void CrossFilter::eachOfBase(Visit visit) const
{
    if (m_base)
        std::ranges::for_each(*m_base, visit);
    else
        for (std::uint32_t item = 0; item < m_items; ++item)
            visit(ItemIndex{item});
}

std::vector<ItemIndex> CrossFilter::passing() const
{
    std::vector<ItemIndex> items;
    eachOfBase([&](ItemIndex item) {
        for (std::size_t f = 0; f < m_facets.size(); ++f)
            if (m_chosen[f] != 0 && (m_facets[f].masks[item.value] & m_chosen[f]) == 0)
                return;
        items.push_back(item);
    });
    return items;
}

std::vector<std::vector<std::size_t>> CrossFilter::counts() const
{
    std::vector<std::vector<std::size_t>> counts;
    for (const Facet& facet : m_facets)
        counts.emplace_back(static_cast<std::size_t>(facet.bins.size()), 0);
    const auto count = [&](std::size_t f, std::uint32_t mask) {
        for (; mask != 0; mask &= mask - 1)
            ++counts[f][static_cast<std::size_t>(std::countr_zero(mask))];
    };
    eachOfBase([&](ItemIndex item) {
        std::size_t failing = 0, which = 0;
        for (std::size_t f = 0; f < m_facets.size(); ++f)
            if (m_chosen[f] != 0 && (m_facets[f].masks[item.value] & m_chosen[f]) == 0) {
                ++failing;
                which = f;
            }
        if (failing == 1)
            count(which, m_facets[which].masks[item.value]);
        for (std::size_t f = 0; failing == 0 && f < m_facets.size(); ++f)
            count(f, m_facets[f].masks[item.value]);
    });
    return counts;
}

} // namespace orrery::ui
