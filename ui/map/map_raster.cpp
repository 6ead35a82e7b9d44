// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_raster.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int subpixels = 4; ///< places within a pixel, each way, that a disc may have
constexpr std::size_t discSizes = 4;
constexpr std::array<double, discSizes> sizeFactors{.8, 1, 1.35, 1.8};
constexpr double discAlpha = .85;

constexpr int lanes = 8, channels = 4; ///< pixels that are mixed at once, and bytes of each

/// Coverage of the pixels around a disc whose centre lies at a fraction of a pixel.
struct Disc {
    int side = 0;                        ///< pixels each way
    int reach = 0;                       ///< from the first pixel to the one with the centre
    int stride = 0;                      ///< pixels of a row of `coverage`: a multiple of `lanes`, 0 beyond `side`
    std::vector<std::uint16_t> coverage; ///< side * stride * channels, 0 to 255, the same for each channel of a pixel
};

Disc discOf(double radius, double atX, double atY)
{
    constexpr int samples = 4;
    Disc disc;
    disc.reach = static_cast<int>(std::ceil(radius));
    disc.side = 2 * disc.reach + 1;
    disc.stride = (disc.side + lanes - 1) / lanes * lanes;
    disc.coverage.assign(static_cast<std::size_t>(disc.side * disc.stride * channels), 0);
    for (int y = 0; y < disc.side; ++y)
        for (int x = 0; x < disc.side; ++x) {
            int inside = 0;
            for (int down = 0; down < samples; ++down)
                for (int along = 0; along < samples; ++along) {
                    const double dx = x + (along + .5) / samples - disc.reach - atX;
                    const double dy = y + (down + .5) / samples - disc.reach - atY;
                    inside += dx * dx + dy * dy <= radius * radius ? 1 : 0;
                }
            const double covered = double(inside) / (samples * samples);
            std::fill_n(disc.coverage.begin() + (y * disc.stride + x) * channels, channels,
                        static_cast<std::uint16_t>(std::lround(255 * discAlpha * covered)));
        }
    return disc;
}

using Discs = std::array<Disc, discSizes * subpixels * subpixels>;

Discs discsOf(double radius)
{
    Discs discs;
    for (std::size_t size = 0; size < discSizes; ++size)
        for (int y = 0; y < subpixels; ++y)
            for (int x = 0; x < subpixels; ++x)
                discs[(size * subpixels + static_cast<std::size_t>(y)) * subpixels + static_cast<std::size_t>(x)] =
                    discOf(radius * sizeFactors.at(size), (x + .5) / subpixels, (y + .5) / subpixels);
    return discs;
}

/// Two channels at a time: red with blue, and green.
QRgb mixed(QRgb under, QRgb over, unsigned share)
{
    const unsigned rest = 256 - share;
    const unsigned redBlue = ((over & 0xFF00FF) * share + (under & 0xFF00FF) * rest) >> 8;
    const unsigned green = ((over & 0x00FF00) * share + (under & 0x00FF00) * rest) >> 8;
    return 0xFF000000U | (redBlue & 0xFF00FF) | (green & 0x00FF00);
}

// A pixel's sums in one word: 16 bits each for the count and the sums of red, green and blue in 32 steps. Beyond 2,000
// points a pixel is as dense as can be seen.
constexpr std::uint64_t mostCounted = 2000;

std::uint64_t packed(QRgb colour)
{
    const auto steps = [](int channel) { return static_cast<std::uint64_t>(channel >> 3); };
    return std::uint64_t{1} << 48 | steps(qRed(colour)) << 32 | steps(qGreen(colour)) << 16 | steps(qBlue(colour));
}

/// How much of a pixel's ground the colour of so many points covers.
std::array<std::uint16_t, mostCounted + 1> coverByCount(double pointsAPixel)
{
    std::array<std::uint16_t, mostCounted + 1> cover{};
    const double full = std::log1p(std::max(4.0, 12 * pointsAPixel));
    for (std::size_t n = 1; n <= mostCounted; ++n)
        cover[n] = static_cast<std::uint16_t>(
            std::lround(256 * std::min(1.0, .28 + .72 * std::log1p(static_cast<double>(n)) / full)));
    return cover;
}

/// The channels of one colour, as often as there are lanes.
using LanesOfColour = std::array<std::uint16_t, lanes * channels>;

LanesOfColour lanesOf(QRgb colour)
{
    LanesOfColour out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out.at(i) = static_cast<std::uint8_t>((0xFF000000U | colour) >> 8 * (i % channels));
    return out;
}

std::uint8_t mixedByte(std::uint8_t under, std::uint16_t over, std::uint16_t share)
{
    return static_cast<std::uint8_t>(static_cast<std::uint16_t>(over * share + under * (256 - share)) >> 8);
}

/// All lanes in one go: a loop whose length the compiler knows.
void mixLanes(std::uint8_t* row, const LanesOfColour& colour, const std::uint16_t* coverage)
{
    for (int i = 0; i < lanes * channels; ++i)
        row[i] = mixedByte(row[i], colour[i], coverage[i]);
}

/// 2^32 / n, rounded up: a product with it instead of a division by a count, exact for sums of colours (below 2^19).
std::array<std::uint64_t, mostCounted + 1> inverses()
{
    std::array<std::uint64_t, mostCounted + 1> out{};
    for (std::size_t n = 1; n <= mostCounted; ++n)
        out.at(n) = ((std::uint64_t{1} << 32) + n - 1) / n;
    return out;
}

} // namespace

struct MapRaster::Frame {
    QRgb* pixels = nullptr;
    int width = 0, height = 0;
    qsizetype stride = 0; ///< pixels
    MapRect shown;        ///< with a margin for discs that reach in
    double scale = 1;     ///< pixels of the picture a unit
    double left = 0, top = 0;

    /// Mixes the colour into the pixels of the disc whose corner is at (fromX, fromY); it may reach over the edges.
    void mix(const Disc& disc, int fromX, int fromY, const LanesOfColour& colour) const
    {
        const int lastY = std::min(disc.side, height - fromY);
        const int firstX = std::max(0, -fromX), lastX = std::min(disc.side, width - fromX);
        const bool isInside = fromX >= 0 && fromX + disc.stride <= width;
        for (int y = std::max(0, -fromY); y < lastY; ++y) {
            auto* row = reinterpret_cast<std::uint8_t*>(pixels + (fromY + y) * stride + fromX);
            const std::uint16_t* coverage = disc.coverage.data() + y * disc.stride * channels;
            if (isInside)
                for (int x = 0; x < disc.stride * channels; x += lanes * channels)
                    mixLanes(row + x, colour, coverage + x);
            else
                for (int x = firstX * channels; x < lastX * channels; ++x)
                    row[x] = mixedByte(row[x], colour[static_cast<std::size_t>(x % channels)], coverage[x]);
        }
    }
    [[nodiscard]] double xOf(MapPoint point) const { return static_cast<double>(point.x) * scale - left; }
    [[nodiscard]] double yOf(MapPoint point) const { return static_cast<double>(point.y) * scale - top; }
};

MapRaster::MapRaster(std::shared_ptr<const PointGrid> grid, PointLooks looks)
    : m_grid(std::move(grid)), m_looks(std::move(looks))
{
}

void MapRaster::paint(QImage& image, const MapCamera& camera, double pixelRatio)
{
    image.fill(m_looks.ground);
    Frame frame;
    frame.pixels = reinterpret_cast<QRgb*>(image.bits());
    frame.width = image.width();
    frame.height = image.height();
    frame.stride = image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    frame.scale = camera.scale * pixelRatio;
    frame.left = camera.x * frame.scale - image.width() / 2.0;
    frame.top = camera.y * frame.scale - image.height() / 2.0;
    frame.shown = camera.shown(8);
    const std::size_t visible = m_grid->countNear(frame.shown);
    if (visible > mostDiscs)
        paintDensity(frame);
    else
        paintDiscs(frame, visible);
}

void MapRaster::paintDiscs(const Frame& frame, std::size_t visible)
{
    // Few points are large, many leave room for each other.
    const double area = static_cast<double>(frame.width) * frame.height / static_cast<double>(visible + 1);
    const Discs discs = discsOf(std::clamp(.16 * std::sqrt(area), 1.3, 4.5));
    std::vector<LanesOfColour> colours;
    std::ranges::transform(m_looks.palette, std::back_inserter(colours), lanesOf);
    const LanesOfColour grey = lanesOf(m_looks.grey);
    const auto drawAll = [&](bool marked) {
        m_grid->visit(frame.shown, [&](std::size_t first, std::size_t last) {
            for (std::size_t slot = first; slot < last; ++slot) {
                const bool isMarked = m_looks.marks.empty() || m_looks.marks[slot] != 0;
                if (isMarked != marked)
                    continue;
                const double atX = frame.xOf(m_grid->points()[slot]), atY = frame.yOf(m_grid->points()[slot]);
                const double x = std::floor(atX), y = std::floor(atY);
                const auto subX = static_cast<std::size_t>((atX - x) * subpixels);
                const auto subY = static_cast<std::size_t>((atY - y) * subpixels);
                const Disc& disc = discs[(m_looks.sizes[slot] * std::size_t{subpixels} + subY) * subpixels + subX];
                const LanesOfColour& colour = marked ? colours[m_looks.colours[slot]] : grey;
                frame.mix(disc, static_cast<int>(x) - disc.reach, static_cast<int>(y) - disc.reach, colour);
            }
        });
    };
    if (!m_looks.marks.empty())
        drawAll(false);
    drawAll(true);
}

void MapRaster::paintDensity(const Frame& frame)
{
    m_sums.assign(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height), 0);
    std::array<std::uint64_t, 256> colours{};
    for (std::size_t c = 0; c < m_looks.palette.size(); ++c)
        colours.at(c) = packed(m_looks.palette[c]);
    const std::uint64_t grey = packed(m_looks.grey);
    const auto scale = static_cast<float>(frame.scale);
    const auto left = static_cast<float>(frame.left), top = static_cast<float>(frame.top);
    m_grid->visit(frame.shown, [&](std::size_t first, std::size_t last) {
        for (std::size_t slot = first; slot < last; ++slot) {
            const MapPoint point = m_grid->points()[slot];
            const auto x = static_cast<unsigned>(static_cast<int>(std::floor(point.x * scale - left)));
            const auto y = static_cast<unsigned>(static_cast<int>(std::floor(point.y * scale - top)));
            if (x >= static_cast<unsigned>(frame.width) || y >= static_cast<unsigned>(frame.height))
                continue;
            std::uint64_t& sum = m_sums[std::size_t{y} * static_cast<std::size_t>(frame.width) + x];
            const bool plain = m_looks.marks.empty() || m_looks.marks[slot] != 0;
            if (sum >> 48 < mostCounted)
                sum += plain ? colours[m_looks.colours[slot]] : grey;
        }
    });
    const double pixels = static_cast<double>(frame.width) * frame.height;
    const auto cover = coverByCount(static_cast<double>(m_grid->countNear(frame.shown)) / pixels);
    static const auto inverseOf = inverses();
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x) {
            const std::uint64_t sum = m_sums[static_cast<std::size_t>(y) * static_cast<std::size_t>(frame.width) +
                                             static_cast<std::size_t>(x)];
            if (sum == 0)
                continue;
            const auto count = static_cast<unsigned>(sum >> 48);
            const auto mean = [count, inverse = inverseOf[count]](std::uint64_t channel) {
                return static_cast<int>(((channel & 0xFFFF) * 8 + 4 * count) * inverse >> 32);
            };
            QRgb& pixel = frame.pixels[y * frame.stride + x];
            pixel = mixed(pixel, qRgb(mean(sum >> 32), mean(sum >> 16), mean(sum)), cover[count]);
        }
}

} // namespace orrery::ui
