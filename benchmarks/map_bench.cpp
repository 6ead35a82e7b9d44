// SPDX-License-Identifier: GPL-3.0-or-later
// How long a frame of the shown map takes: moved and zoomed, with labels and a hovered point. One JSON line a case.
//
//     map_bench [frames]      (QT_QPA_PLATFORM=offscreen)
#include "core/base/rng.h"
#include "ui/map/map_view.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Heaps of different sizes, as the map of a catalog has them.
std::vector<MapPoint> heaps(std::size_t count)
{
    Rng rng(1);
    std::vector<MapPoint> centres;
    for (int i = 0; i < 60; ++i)
        centres.push_back({static_cast<float>(10 * rng.uniform()), static_cast<float>(7 * rng.uniform())});
    std::vector<MapPoint> points;
    points.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const MapPoint centre = centres[static_cast<std::size_t>(std::pow(rng.uniform(), 1.5) * 60)];
        points.push_back(
            {centre.x + static_cast<float>(.35 * rng.normal()), centre.y + static_cast<float>(.35 * rng.normal())});
    }
    return points;
}

PointLooks looksOf(const PointGrid& grid)
{
    const Tokens& tokens = Tokens::light();
    PointLooks looks;
    for (const QColor& colour : tokens.series)
        looks.palette.push_back(colour.rgb());
    for (const std::uint32_t id : grid.ids()) {
        looks.colours.push_back(static_cast<std::uint8_t>(id % 8));
        looks.sizes.push_back(static_cast<std::uint8_t>(id % 4));
    }
    looks.ground = tokens.surface.rgb();
    looks.grey = tokens.strongLine.rgb();
    return looks;
}

struct Times {
    std::vector<double> ms;
    void print(const char* what, std::size_t points)
    {
        std::ranges::sort(ms);
        std::printf("{\"points\": %zu, \"what\": \"%s\", \"median\": %.2f, \"p95\": %.2f, \"worst\": %.2f}\n", points,
                    what, ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back());
        std::fflush(stdout);
    }
};

template <class Step> Times timed(int frames, const Step& step)
{
    Times times;
    for (int frame = 0; frame < frames; ++frame) {
        QElapsedTimer timer;
        timer.start();
        step(frame);
        times.ms.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return times;
}

void measure(std::size_t count, int frames)
{
    const auto points = heaps(count);
    const auto grid = std::make_shared<const PointGrid>(points);
    MapView view;
    view.resize(1600, 1000);
    view.setPoints(grid, looksOf(*grid), [](std::uint32_t id) { return QStringLiteral("Point %1").arg(id); });
    std::vector<MapLabel> labels;
    for (std::uint32_t i = 0; i < 200; ++i)
        labels.push_back(
            {points[i * (count / 200)], QStringLiteral("a region %1").arg(i), static_cast<float>(i), true});
    view.setLabels(labels);
    view.show();
    view.setHovered(5);
    QApplication::processEvents();
    timed(frames, [&](int frame) {
        view.setCamera(view.camera().moved({frame % 2 == 0 ? 7.0 : -7.0, 3}));
        view.repaint();
    }).print("move", count);
    // The small map in the corner is made between two frames, when it is first to be seen.
    const MapCamera before = view.camera();
    view.setCamera(before.zoomed(2, {700, 400}));
    view.repaint();
    QApplication::processEvents();
    view.setCamera(before);
    timed(frames, [&](int frame) {
        view.setCamera(view.camera().zoomed(frame % 20 < 10 ? 1.25 : .8, {700, 400}));
        view.repaint();
    }).print("zoom", count);
    view.showAll();
    timed(frames, [&](int frame) {
        view.setHovered(static_cast<std::uint32_t>(frame));
        view.repaint();
    }).print("hover, painted", count);
    timed(200, [&](int frame) {
        (void)grid->nearest(view.camera().toMap({20.0 + frame * 7, 500}), static_cast<float>(10 / view.camera().scale));
    }).print("pick", count);
    std::vector<MapPoint> lasso;
    for (int i = 0; i < 200; ++i)
        lasso.push_back(view.camera().toMap({800 + 700 * std::cos(i * .0314), 500 + 450 * std::sin(i * .0314)}));
    timed(20, [&](int) { (void)grid->inside(lasso); }).print("lasso", count);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const Theme theme(application);
    const int frames = argc > 1 ? std::atoi(argv[1]) : 60;
    for (const std::size_t count : {std::size_t{60'000}, std::size_t{1'000'000}, std::size_t{4'000'000}})
        measure(count, frames);
}
