// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::uint32_t none = DensityMap::none;
constexpr std::size_t pointsPerCheck = 1 << 20;

/// Sums of `reach` values to either side, along one line; outside there is nothing.
void blurLine(std::uint64_t* line, std::size_t length, std::size_t step, std::size_t reach,
              std::vector<std::uint64_t>& scratch)
{
    scratch.resize(length);
    for (std::size_t i = 0; i < length; ++i)
        scratch[i] = line[i * step];
    std::uint64_t sum = std::accumulate(scratch.begin(), scratch.begin() + std::min(reach, length), std::uint64_t{0});
    for (std::size_t i = 0; i < length; ++i) {
        sum += i + reach < length ? scratch[i + reach] : 0;
        line[i * step] = sum;
        sum -= i >= reach ? scratch[i - reach] : 0;
    }
}

void blur(std::vector<std::uint64_t>& cells, std::size_t columns, std::size_t rows, std::size_t reach)
{
    std::vector<std::uint64_t> scratch;
    for (int pass = 0; pass < 3 && reach > 0; ++pass) {
        for (std::size_t row = 0; row < rows; ++row)
            blurLine(&cells[row * columns], columns, 1, reach, scratch);
        for (std::size_t column = 0; column < columns; ++column)
            blurLine(&cells[column], rows, columns, reach, scratch);
    }
}

/// A local maximum of the blurred counts, as it is found.
struct Summit {
    std::size_t cell = 0;
    std::uint64_t height = 0, saddle = 0;
    std::uint32_t parent = 0;
};

/// Lets the water down from the highest cell: each cell joins the basin of its highest neighbour, and where two basins
/// meet the lower summit joins the other.
class Watershed {
public:
    Watershed(const std::vector<std::uint64_t>& cells, std::size_t columns)
        : m_cells(cells), m_columns(columns), m_basins(cells.size(), none)
    {
        for (const std::uint32_t cell : highestFirst())
            uncover(cell);
    }

    [[nodiscard]] const std::vector<Summit>& summits() const { return m_summits; } ///< highest first
    [[nodiscard]] const std::vector<std::uint32_t>& basins() const { return m_basins; }

private:
    [[nodiscard]] bool isHigher(std::size_t a, std::size_t b) const
    {
        return m_cells[a] != m_cells[b] ? m_cells[a] > m_cells[b] : a < b;
    }

    [[nodiscard]] std::vector<std::uint32_t> highestFirst() const
    {
        std::vector<std::uint32_t> order;
        for (std::uint32_t cell = 0; cell < m_cells.size(); ++cell)
            if (m_cells[cell] > 0)
                order.push_back(cell);
        std::ranges::sort(order, [this](std::size_t a, std::size_t b) { return isHigher(a, b); });
        return order;
    }

    /// The neighbours of a cell that are uncovered by now.
    [[nodiscard]] std::size_t uncoveredAround(std::size_t cell, std::array<std::size_t, 8>& found) const
    {
        const std::size_t row = cell / m_columns, column = cell % m_columns, rows = m_cells.size() / m_columns;
        std::size_t count = 0;
        for (std::size_t y = row > 0 ? row - 1 : 0; y <= std::min(row + 1, rows - 1); ++y)
            for (std::size_t x = column > 0 ? column - 1 : 0; x <= std::min(column + 1, m_columns - 1); ++x)
                if (const std::size_t other = y * m_columns + x; m_basins[other] != none)
                    found[count++] = other;
        return count;
    }

    void uncover(std::uint32_t cell)
    {
        std::array<std::size_t, 8> around{};
        const std::size_t count = uncoveredAround(cell, around);
        if (count == 0) {
            const auto summit = static_cast<std::uint32_t>(m_summits.size());
            m_summits.push_back({cell, m_cells[cell], 0, summit});
            m_islands.push_back(summit);
            m_basins[cell] = summit;
            return;
        }
        std::size_t highest = around[0];
        for (std::size_t i = 1; i < count; ++i)
            highest = isHigher(around[i], highest) ? around[i] : highest;
        m_basins[cell] = m_basins[highest];
        for (std::size_t i = 0; i < count; ++i)
            meet(m_basins[cell], m_basins[around[i]], m_cells[cell]);
    }

    void meet(std::uint32_t a, std::uint32_t b, std::uint64_t saddle)
    {
        if (islandOf(a) == islandOf(b))
            return;
        if (islandOf(a) > islandOf(b)) // the later, lower one joins
            std::swap(a, b);
        const std::uint32_t lower = islandOf(b);
        m_summits[lower].saddle = saddle;
        m_summits[lower].parent = a;
        m_islands[lower] = islandOf(a);
    }

    std::uint32_t islandOf(std::uint32_t summit)
    {
        while (m_islands[summit] != summit)
            summit = m_islands[summit] = m_islands[m_islands[summit]];
        return summit;
    }

    const std::vector<std::uint64_t>& m_cells;
    std::size_t m_columns;
    std::vector<Summit> m_summits;
    std::vector<std::uint32_t> m_basins, m_islands; ///< m_islands: union-find over summits, the highest is the root
};

/// Of whole numbers that were blurred with this reach.
struct PoissonScale {
    double perPoint = 1; ///< what one point adds up to
    double cells = 1;    ///< how many cells one blurred value is the mean of, as far as its variance goes

    explicit PoissonScale(int reach)
    {
        const double width = 2 * reach + 1, variance = (width * width - 1) / 4; // of three boxes, along one axis
        perPoint = std::pow(width, 6);
        cells = std::max(1.0, 4 * std::numbers::pi * variance); // a Gaussian's: 1 / sum of its squared weights
    }
    [[nodiscard]] double height(std::uint64_t value) const { return static_cast<double>(value) / perPoint; }
    [[nodiscard]] double errors(const Summit& summit) const
    {
        return 2 * std::sqrt(cells) * (std::sqrt(height(summit.height)) - std::sqrt(height(summit.saddle)));
    }
};

/// Indices of the summits that stand out, most prominent first; of equal ones the higher.
std::vector<std::uint32_t> prominent(const std::vector<Summit>& summits, const PoissonScale& scale, double fewest)
{
    std::vector<double> errors;
    errors.reserve(summits.size());
    for (const Summit& summit : summits)
        errors.push_back(scale.errors(summit));
    std::vector<std::uint32_t> order;
    for (std::uint32_t summit = 0; summit < summits.size(); ++summit)
        if (errors[summit] >= fewest)
            order.push_back(summit);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return errors[a] > errors[b]; });
    return order;
}

Status checkConfig(const DensityConfig& config)
{
    if (config.cells < 8 || config.cells > 2048)
        return error(Code::InvalidArgument, fmt::format("A density of {} cells cannot be made", config.cells),
                     "Take 8 to 2048 cells");
    if (config.blur < 0 || config.blur > 8)
        return error(Code::InvalidArgument, fmt::format("A blur of {} cells cannot be made", config.blur),
                     "Take 0 to 8 cells");
    return {};
}

} // namespace

Result<DensityMap> DensityMap::build(std::span<const MapPoint> points, const DensityConfig& config,
                                     const JobContext& job)
{
    if (auto fine = checkConfig(config); !fine)
        return tl::unexpected(fine.error());
    DensityMap map;
    map.frame(points, config.cells, 3 * static_cast<std::size_t>(config.blur));
    auto counts = map.count(points, job);
    if (!counts)
        return tl::unexpected(counts.error());
    auto blurred = *counts;
    blur(blurred, map.m_columns, map.m_rows, static_cast<std::size_t>(config.blur));
    map.findPeaks(blurred, config);
    for (std::size_t cell = 0; cell < blurred.size(); ++cell)
        if (map.m_basins[cell] != none)
            map.m_peaks[map.m_basins[cell]].points += static_cast<std::uint32_t>((*counts)[cell]);
    return map;
}

// With a margin as wide as the blurs reach, so that they lose nothing.
void DensityMap::frame(std::span<const MapPoint> points, std::size_t cells, std::size_t margin)
{
    if (points.empty())
        return;
    MapPoint low = points[0], high = points[0];
    for (const MapPoint point : points) {
        low = {std::min(low.x, point.x), std::min(low.y, point.y)};
        high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    const float width = high.x - low.x, height = high.y - low.y, longer = std::max(width, height);
    m_cellSize = longer > 0 ? longer / static_cast<float>(cells) : 1;
    const auto along = [&](float side) {
        return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(side / m_cellSize)), 1, cells) + 2 * margin;
    };
    m_columns = along(width);
    m_rows = along(height);
    const float edge = static_cast<float>(margin) * m_cellSize;
    m_corner = {low.x - edge, low.y - edge};
}

std::size_t DensityMap::cellOf(MapPoint point) const
{
    const auto along = [this](float distance, std::size_t cells) {
        const auto last = static_cast<float>(cells - 1);
        return static_cast<std::size_t>(std::clamp(distance / m_cellSize, 0.F, last));
    };
    return along(point.y - m_corner.y, m_rows) * m_columns + along(point.x - m_corner.x, m_columns);
}

Result<std::vector<std::uint64_t>> DensityMap::count(std::span<const MapPoint> points, const JobContext& job) const
{
    std::vector<std::uint64_t> counts(m_columns * m_rows, 0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i % pointsPerCheck == 0)
            if (auto go = job.check(); !go)
                return tl::unexpected(go.error());
        ++counts[cellOf(points[i])];
    }
    return counts;
}

void DensityMap::findPeaks(const std::vector<std::uint64_t>& blurred, const DensityConfig& config)
{
    const Watershed water(blurred, m_columns);
    const auto& summits = water.summits();
    const PoissonScale scale(config.blur);
    const auto kept = prominent(summits, scale, config.fewestErrors);
    std::vector<std::uint32_t> peakOf(summits.size(), none);
    for (std::uint32_t peak = 0; peak < kept.size(); ++peak)
        peakOf[kept[peak]] = peak;
    const auto resolve = [&](std::uint32_t summit) {
        while (peakOf[summit] == none && summits[summit].parent != summit)
            summit = summits[summit].parent;
        return peakOf[summit];
    };
    for (const std::uint32_t index : kept) {
        const Summit& summit = summits[index];
        const std::size_t below = summit.cell / m_columns;
        const auto column = static_cast<float>(summit.cell % m_columns), row = static_cast<float>(below);
        m_peaks.push_back({{m_corner.x + (column + .5F) * m_cellSize, m_corner.y + (row + .5F) * m_cellSize},
                           static_cast<float>(scale.height(summit.height)),
                           static_cast<float>(scale.errors(summit)),
                           resolve(summit.parent),
                           0});
    }
    std::vector<std::uint32_t> resolved(summits.size());
    for (std::uint32_t summit = 0; summit < summits.size(); ++summit)
        resolved[summit] = resolve(summit);
    m_density.resize(blurred.size());
    m_basins.resize(blurred.size());
    for (std::size_t cell = 0; cell < blurred.size(); ++cell) {
        m_density[cell] = static_cast<float>(scale.height(blurred[cell]));
        m_basins[cell] = water.basins()[cell] == none ? none : resolved[water.basins()[cell]];
    }
}

std::uint32_t DensityMap::regionOf(std::uint32_t peak, std::size_t regions) const
{
    if (peak == none)
        return none;
    while (peak >= regions && m_peaks[peak].parent != peak)
        peak = m_peaks[peak].parent;
    return peak < regions ? peak : none;
}

std::vector<std::uint32_t> DensityMap::regionsOfPeaks(std::size_t regions) const
{
    std::vector<std::uint32_t> found(m_peaks.size());
    for (std::uint32_t peak = 0; peak < m_peaks.size(); ++peak)
        found[peak] = regionOf(peak, regions);
    return found;
}

std::vector<std::uint32_t> DensityMap::regionsOf(std::span<const MapPoint> points, std::size_t regions) const
{
    const auto region = regionsOfPeaks(regions);
    std::vector<std::uint32_t> found(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::uint32_t basin = basinOf(points[i]);
        found[i] = basin == none ? none : region[basin];
    }
    return found;
}

} // namespace orrery
