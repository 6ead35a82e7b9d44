// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/projection/point_grid.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace orrery {

struct DensityConfig {
    std::size_t cells = 256; ///< along the longer side of the layout, 8 to 2048; cells are square
    int blur = 2;            ///< reach of one of the three box blurs, in cells, 0 to 8: together nearly a Gaussian
    double fewestErrors = 5; ///< a peak of less prominence is taken for chance and belongs to its neighbour
};

/// A place where points are dense, and how much it stands out.
struct DensityPeak {
    MapPoint at;      ///< the middle of its densest cell
    float height = 0; ///< points a cell, blurred
    /// How far one must go down to reach a higher peak; in standard errors of Poisson counts, for which the square root
    /// of a density is the even scale. Where nothing leads to a higher one, all the way to zero.
    float prominence = 0;
    std::uint32_t parent = 0; ///< the neighbour that it touches first on the way down; itself where there is none
    std::uint32_t points = 0; ///< that climb to this peak
};

/// How dense the points of a layout lie, the peaks of that, and the basin of each: the cells from which the steepest
/// way up leads to it (watershed; Vincent & Soille, IEEE TPAMI 1991). Peaks form a tree by prominence (as the
/// persistence of Edelsbrunner et al. 2002 does), so that any number of regions can be asked for: a map that is looked
/// at closely asks for more. Counts and blurs are whole numbers, so the same points make the same peaks everywhere.
/// Immutable, safe to ask from many threads.
class ORRERY_API DensityMap {
public:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// Points must be finite. O(points + cells log cells). Errors: InvalidArgument for a config out of range,
    /// Cancelled.
    [[nodiscard]] static Result<DensityMap> build(std::span<const MapPoint> points, const DensityConfig& config,
                                                  const JobContext& job);

    [[nodiscard]] std::span<const DensityPeak> peaks() const { return m_peaks; } ///< most prominent first
    /// The peak that a point of the layout climbs to; none where all there is too little to be one.
    [[nodiscard]] std::uint32_t basinOf(MapPoint point) const { return m_basins[cellOf(point)]; }
    /// Where a peak belongs when only the `regions` most prominent are kept; none where it touches none of them.
    [[nodiscard]] std::uint32_t regionOf(std::uint32_t peak, std::size_t regions) const;
    /// Of each point. O(points).
    [[nodiscard]] std::vector<std::uint32_t> regionsOf(std::span<const MapPoint> points, std::size_t regions) const;
    /// Of each peak.
    [[nodiscard]] std::vector<std::uint32_t> regionsOfPeaks(std::size_t regions) const;

    /// Cells of the grid; the layout lies within, with a margin for what is blurred over its edges.
    [[nodiscard]] std::size_t columns() const { return m_columns; }
    [[nodiscard]] std::size_t rows() const { return m_rows; }
    [[nodiscard]] float cellSize() const { return m_cellSize; }
    [[nodiscard]] std::span<const float> density() const { return m_density; } ///< points a cell, row by row

private:
    void frame(std::span<const MapPoint> points, std::size_t cells, std::size_t margin);
    [[nodiscard]] Result<std::vector<std::uint64_t>> count(std::span<const MapPoint> points,
                                                           const JobContext& job) const;
    void findPeaks(const std::vector<std::uint64_t>& blurred, const DensityConfig& config);
    [[nodiscard]] std::size_t cellOf(MapPoint point) const;

    std::vector<DensityPeak> m_peaks;
    std::vector<float> m_density;
    std::vector<std::uint32_t> m_basins; ///< of each cell
    std::size_t m_columns = 1, m_rows = 1;
    MapPoint m_corner;
    float m_cellSize = 1;
};

} // namespace orrery
