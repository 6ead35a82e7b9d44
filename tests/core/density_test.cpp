// SPDX-License-Identifier: GPL-3.0-or-later
// Heaps of points are found as peaks, their hills as regions.
#include "core/base/rng.h"
#include "core/projection/density.h"

#include <QtTest>

#include <cmath>
#include <set>

using namespace orrery;

namespace {

constexpr std::uint32_t none = DensityMap::none;

void heap(std::vector<MapPoint>& points, Rng& rng, MapPoint middle, double spread, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        points.push_back({middle.x + static_cast<float>(spread * rng.normal()),
                          middle.y + static_cast<float>(spread * rng.normal())});
}

/// Two heaps that touch, of 4000 and 2000 points, and one of 1000 far from both, in this order.
std::vector<MapPoint> threeHeaps()
{
    Rng rng(5);
    std::vector<MapPoint> points;
    heap(points, rng, {0, 0}, 1, 4000);
    heap(points, rng, {4, 0}, 1, 2000);
    heap(points, rng, {20, 12}, 1, 1000);
    return points;
}

DensityMap mapOf(const std::vector<MapPoint>& points, const DensityConfig& config = {128, 2, 8})
{
    return DensityMap::build(points, config, {}).value();
}

double distance(MapPoint a, MapPoint b)
{
    return std::hypot(static_cast<double>(a.x) - static_cast<double>(b.x),
                      static_cast<double>(a.y) - static_cast<double>(b.y));
}

} // namespace

class DensityTest : public QObject {
    Q_OBJECT
private slots:
    void eachHeapIsAPeak()
    {
        const auto points = threeHeaps();
        const DensityMap map = mapOf(points);
        QCOMPARE(map.peaks().size(), std::size_t{3});
        const MapPoint middles[] = {{0, 0}, {20, 12}, {4, 0}};
        for (std::size_t peak = 0; peak < 3; ++peak)
            QVERIFY(distance(map.peaks()[peak].at, middles[peak]) < .8); // a standard deviation is 1
        for (std::size_t peak = 1; peak < 3; ++peak)
            QVERIFY(map.peaks()[peak].prominence <= map.peaks()[peak - 1].prominence);
        // The far one reaches its own root, the near one the other's.
        QCOMPARE(map.peaks()[0].parent, 0U);
        QCOMPARE(map.peaks()[1].parent, 1U);
        QCOMPARE(map.peaks()[2].parent, 0U);
    }

    void pointsBelongToTheirHeap()
    {
        const auto points = threeHeaps();
        const DensityMap map = mapOf(points);
        const auto region = map.regionsOf(points, 3);
        std::size_t right = 0;
        for (std::size_t i = 0; i < points.size(); ++i)
            right += region[i] == (i < 4000 ? 0U : i < 6000 ? 2U : 1U) ? 1 : 0;
        // Of heaps 4 standard deviations apart 2.3 % of each lie beyond the middle.
        QVERIFY(right > points.size() * 95 / 100);
        std::size_t counted = 0;
        for (const DensityPeak& peak : map.peaks())
            counted += peak.points;
        QCOMPARE(counted, points.size() - static_cast<std::size_t>(std::ranges::count(region, none)));
    }

    void fewerRegionsJoinWhatTouches()
    {
        const auto points = threeHeaps();
        const DensityMap map = mapOf(points);
        QCOMPARE(map.regionOf(2, 2), 0U);
        QCOMPARE(map.regionOf(1, 1), none); // touches nothing
        QCOMPARE(map.regionsOfPeaks(3), (std::vector<std::uint32_t>{0, 1, 2}));
        QCOMPARE(map.regionOf(none, 3), none);
        QCOMPARE(map.regionsOf(points, 0), std::vector<std::uint32_t>(points.size(), none));
    }

    /// Without a blur and with one row of cells the tree of peaks can be read off: 9 1 4 2 6 (at least 1 where drawn).
    void prominenceIsWorkedByHand()
    {
        std::vector<MapPoint> points;
        const int heights[] = {9, 1, 4, 2, 6, 0, 3, 0};
        for (int cell = 0; cell < 8; ++cell)
            for (int n = 0; n < heights[cell]; ++n)
                points.push_back({static_cast<float>(cell) + .5F, 0});
        points.push_back({0, 0});
        points.push_back({8, 0}); // the frame is [0, 8]: these count in the first and the last cell
        const DensityMap map = mapOf(points, {8, 0, 0});
        QCOMPARE(map.columns(), std::size_t{8});
        QCOMPARE(map.rows(), std::size_t{1});
        // Heights 10 1 4 2 6 0 3 1; one cell: 2 (sqrt(height) - sqrt(saddle)).
        const double expected[] = {2 * std::sqrt(10.0), 2 * std::sqrt(3.0), 2 * (std::sqrt(6.0) - 1),
                                   2 * (2 - std::sqrt(2.0))};
        const float at[] = {.5F, 6.5F, 4.5F, 2.5F};
        const std::uint32_t parents[] = {0, 1, 0, 2}, counts[] = {10 + 1, 3 + 1, 6 + 2, 4};
        QCOMPARE(map.peaks().size(), std::size_t{4});
        for (std::size_t peak = 0; peak < 4; ++peak) {
            QCOMPARE(map.peaks()[peak].at.x, at[peak]);
            QVERIFY(std::abs(static_cast<double>(map.peaks()[peak].prominence) - expected[peak]) < 1e-5);
            QCOMPARE(map.peaks()[peak].parent, parents[peak]);
            QCOMPARE(map.peaks()[peak].points, counts[peak]);
        }
        QCOMPARE(map.regionOf(3, 3), 2U);
        QCOMPARE(map.regionOf(3, 2), 0U);
    }

    void chanceMakesNoPeaks()
    {
        Rng rng(2);
        std::vector<MapPoint> points;
        for (int i = 0; i < 20'000; ++i)
            points.push_back({static_cast<float>(rng.uniform()), static_cast<float>(rng.uniform())});
        // Everywhere alike: without a bound hundreds of bumps, with it the one root.
        QVERIFY(mapOf(points, {128, 2, 0}).peaks().size() > 50);
        QCOMPARE(mapOf(points).peaks().size(), std::size_t{1});
        QVERIFY(DensityMap::build(std::vector<MapPoint>{{0, 0}, {5, 5}}, {}, {}).value().peaks().empty());
    }

    void theBlurKeepsAllPoints()
    {
        Rng rng(4);
        std::vector<MapPoint> points;
        heap(points, rng, {0, 0}, 1, 5000);
        const DensityMap map = mapOf(points, {200, 4, 5});
        double sum = 0;
        for (const float value : map.density())
            sum += static_cast<double>(value);
        QVERIFY(std::abs(sum - 5000) < .01); // a cell is rounded to one part in 10^7
    }

    void oddLayoutsAreFine()
    {
        const DensityMap empty = mapOf({});
        QVERIFY(empty.peaks().empty());
        QCOMPARE(empty.basinOf({1, 1}), none);
        const DensityMap same = mapOf(std::vector<MapPoint>(100, MapPoint{3, 3}));
        QCOMPARE(same.peaks().size(), std::size_t{1});
        QCOMPARE(same.basinOf({3, 3}), 0U);
        QVERIFY(!DensityMap::build({}, {4, 2, 5}, {}));
        QVERIFY(!DensityMap::build({}, {256, 9, 5}, {}));
        const CancelToken token;
        token.cancel();
        const auto points = threeHeaps();
        const auto stopped = DensityMap::build(points, {}, JobContext({}, token));
        QVERIFY(!stopped && stopped.error().code == Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(DensityTest)
#include "density_test.moc"
