// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/point_grid.h"
#include "ui/map/map_camera.h"

#include <QColor>
#include <QImage>

#include <cstdint>
#include <memory>
#include <vector>

namespace orrery::ui {

/// How points look. The vectors are by slot of the grid: three bytes a point.
struct PointLooks {
    std::vector<QRgb> palette;         ///< at most 256 colours
    std::vector<std::uint8_t> colours; ///< places in the palette
    std::vector<std::uint8_t> sizes;   ///< 0, smallest, to 3
    std::vector<std::uint8_t> marks;   ///< 1: selected; empty: nothing is, and all have their colour
    QRgb ground = 0;
    QRgb grey = 0; ///< of what is not selected while something is
};

/// Draws points into pictures: discs where they can be told apart, and the density of what cannot.
class MapRaster {
public:
    MapRaster(std::shared_ptr<const PointGrid> grid, PointLooks looks);

    /// More points in view than this are drawn as density.
    static constexpr std::size_t mostDiscs = 100'000;

    /// Fills `image` (Format_RGB32) with what the camera shows; its size is the camera's times the pixel ratio. The
    /// buffer of the density is kept from picture to picture: one thread at a time.
    void paint(QImage& image, const MapCamera& camera, double pixelRatio = 1);
    [[nodiscard]] const PointLooks& looks() const { return m_looks; }
    void setLooks(PointLooks looks) { m_looks = std::move(looks); }
    [[nodiscard]] const PointGrid& grid() const { return *m_grid; }

private:
    struct Frame;
    void paintDiscs(const Frame& frame, std::size_t visible);
    void paintDensity(const Frame& frame);

    std::shared_ptr<const PointGrid> m_grid;
    PointLooks m_looks;
    std::vector<std::uint64_t> m_sums; ///< of a pixel: how many points, and their colours
};

} // namespace orrery::ui
