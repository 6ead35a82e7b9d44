// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/axes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

template <class IsFarther>
std::vector<AxisPlace> farthest(std::span<const float> values, std::size_t n, IsFarther isFarther)
{
    std::vector<std::uint32_t> rows(values.size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::erase_if(rows, [&](std::uint32_t row) { return std::isnan(values[row]); });
    const auto last = rows.begin() + static_cast<std::ptrdiff_t>(std::min(n, rows.size()));
    std::partial_sort(rows.begin(), last, rows.end(), [&](std::uint32_t a, std::uint32_t b) {
        return values[a] != values[b] ? isFarther(values[a], values[b]) : a < b;
    });
    std::vector<AxisPlace> places;
    std::transform(rows.begin(), last, std::back_inserter(places), [&](std::uint32_t row) {
        return AxisPlace{row, values[row]};
    });
    return places;
}

Result<std::vector<double>> meanOf(MatrixView vectors, std::span<const std::uint32_t> rows)
{
    if (rows.empty())
        return error(Code::InvalidArgument, "An end of the axis has no items", "Choose items for both ends");
    std::vector<double> mean(vectors.cols, 0);
    for (const std::uint32_t row : rows) {
        if (row >= vectors.rows)
            return error(Code::InvalidArgument, fmt::format("There is no row {}", row));
        for (std::size_t d = 0; d < vectors.cols; ++d)
            mean[d] += static_cast<double>(vectors.row(row)[d]) / static_cast<double>(rows.size());
    }
    return mean;
}

double dot(std::span<const double> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < b.size(); ++d)
        sum += a[d] * static_cast<double>(b[d]);
    return sum;
}

struct Moments {
    double count = 0, sum = 0, squares = 0;

    void add(double value)
    {
        ++count;
        sum += value;
        squares += value * value;
    }
    [[nodiscard]] double mean() const { return sum / count; }
    /// Times count.
    [[nodiscard]] double spread() const { return squares - sum * sum / count; }
    /// Whether it is more than what rounding makes of none.
    [[nodiscard]] bool varies() const { return count > 1 && spread() > 1e-12 * squares; }
};

/// The middle of the values, so that the sums of squares lose nothing to it.
double middleOf(std::span<const float> values)
{
    Moments known;
    for (const float value : values)
        if (!std::isnan(value))
            known.add(static_cast<double>(value));
    return known.count > 0 ? known.mean() : 0;
}

void correlateNumber(std::span<const float> values, const std::string& name, const NumberColumn& column,
                     std::size_t fewest, std::vector<AxisCorrelation>& out)
{
    const std::size_t rows = std::min(values.size(), column.values.size());
    const double middle = middleOf(values);
    double numberMiddle = 0, known = 0;
    for (std::size_t row = 0; row < rows; ++row)
        if (std::isfinite(column.values[row]) && !std::isnan(values[row])) {
            numberMiddle += column.values[row];
            ++known;
        }
    numberMiddle = known > 0 ? numberMiddle / known : 0;
    Moments axis, number;
    double products = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!std::isfinite(column.values[row]) || std::isnan(values[row]))
            continue;
        const double x = static_cast<double>(values[row]) - middle, y = column.values[row] - numberMiddle;
        axis.add(x);
        number.add(y);
        products += x * y;
    }
    if (known < static_cast<double>(fewest) || !axis.varies() || !number.varies())
        return;
    const double r = (products - axis.sum * number.sum / known) / std::sqrt(axis.spread() * number.spread());
    out.push_back({name, {}, r, static_cast<std::size_t>(known), 0});
}

void correlateTags(std::span<const float> values, const std::string& name, const TagColumn& column, std::size_t fewest,
                   std::vector<AxisCorrelation>& out)
{
    const double middle = middleOf(values);
    Moments all;
    std::vector<Moments> with(column.vocabulary.size());
    std::vector<std::uint32_t> held;
    for (std::size_t row = 0; row < values.size(); ++row) {
        held.assign(column.row(row).begin(), column.row(row).end());
        if (held.empty() || std::isnan(values[row]))
            continue;
        std::ranges::sort(held);
        held.erase(std::unique(held.begin(), held.end()), held.end());
        const double x = static_cast<double>(values[row]) - middle;
        all.add(x);
        for (const std::uint32_t tag : held)
            with[tag].add(x);
    }
    if (!all.varies())
        return;
    for (std::uint32_t tag = 0; tag < with.size(); ++tag) {
        const double n = with[tag].count, without = all.count - n;
        if (n < std::max(1.0, static_cast<double>(fewest)) || without < std::max(1.0, static_cast<double>(fewest)))
            continue;
        const double apart = with[tag].mean() - (all.sum - with[tag].sum) / without;
        const double r = apart * std::sqrt(n * without / all.count / all.spread());
        out.push_back({name, std::string(column.vocabulary.name(tag)), r, static_cast<std::size_t>(all.count),
                       static_cast<std::size_t>(n)});
    }
}

} // namespace

Result<std::vector<float>> valuesOfFactor(MatrixView vectors, std::size_t factor)
{
    if (factor >= vectors.cols)
        return error(Code::InvalidArgument, fmt::format("There is no factor {} of {}", factor + 1, vectors.cols));
    std::vector<float> values(vectors.rows);
    for (std::size_t row = 0; row < vectors.rows; ++row)
        values[row] = vectors.row(row)[factor];
    return values;
}

AxisEnds endsOf(std::span<const float> values, std::size_t n)
{
    return {farthest(values, n, std::greater<>()), farthest(values, n, std::less<>())};
}

Result<Axis> axisBetween(MatrixView vectors, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to)
{
    const auto start = meanOf(vectors, from), end = meanOf(vectors, to);
    if (!start || !end)
        return tl::unexpected(start ? end.error() : start.error());
    std::vector<double> direction(vectors.cols);
    double square = 0, middle = 0;
    for (std::size_t d = 0; d < vectors.cols; ++d) {
        direction[d] = (*end)[d] - (*start)[d];
        square += direction[d] * direction[d];
        middle += direction[d] * ((*end)[d] + (*start)[d]) / 2;
    }
    if (!(square > 0))
        return error(Code::InvalidArgument, "Both ends of the axis have the same middle", "Choose other items");
    Axis axis{std::vector<float>(vectors.cols), std::vector<float>(vectors.rows)};
    std::ranges::transform(direction, axis.direction.begin(),
                           [&](double value) { return static_cast<float>(value / std::sqrt(square)); });
    for (std::size_t row = 0; row < vectors.rows; ++row)
        axis.values[row] = static_cast<float>((dot(direction, vectors.row(row)) - middle) * 2 / square);
    return axis;
}

std::vector<AxisCorrelation> correlate(std::span<const float> values, const AttributeTable& items,
                                       std::size_t fewestItems)
{
    std::vector<AxisCorrelation> found;
    for (const AttributeColumn& column : items.columns())
        if (const auto* number = std::get_if<NumberColumn>(&column.data))
            correlateNumber(values, column.name, *number, fewestItems, found);
        else if (const auto* tags = std::get_if<TagColumn>(&column.data))
            correlateTags(values, column.name, *tags, fewestItems, found);
    std::ranges::stable_sort(
        found, [](const AxisCorrelation& a, const AxisCorrelation& b) { return std::abs(a.r) > std::abs(b.r); });
    return found;
}

} // namespace orrery
