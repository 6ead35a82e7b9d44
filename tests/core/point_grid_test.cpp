// SPDX-License-Identifier: GPL-3.0-or-later
// Points of a map are found where they lie: always compared with looking at each.
#include "core/base/rng.h"
#include "core/projection/point_grid.h"

#include <QtTest>

#include <cmath>

using namespace orrery;

namespace {

std::vector<MapPoint> cloud(std::size_t count)
{
    Rng rng(3);
    std::vector<MapPoint> points;
    for (std::size_t i = 0; i < count; ++i) {
        const double spread = i % 3 == 0 ? 5 : .2; // some far out, most in a heap
        points.push_back({static_cast<float>(spread * rng.normal()), static_cast<float>(7 + spread * rng.normal())});
    }
    return points;
}

bool insideByDefinition(const std::vector<MapPoint>& polygon, MapPoint p)
{
    bool inside = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++)
        if ((polygon[i].y > p.y) != (polygon[j].y > p.y) &&
            p.x < (polygon[j].x - polygon[i].x) * (p.y - polygon[i].y) / (polygon[j].y - polygon[i].y) + polygon[i].x)
            inside = !inside;
    return inside;
}

} // namespace

class PointGridTest : public QObject {
    Q_OBJECT
private slots:
    void idsAndSlotsBelongTogether()
    {
        const auto points = cloud(5000);
        const PointGrid grid(points);
        QCOMPARE(grid.size(), points.size());
        for (std::uint32_t id = 0; id < points.size(); ++id) {
            QCOMPARE(grid.ids()[grid.slotOf(id)], id);
            QVERIFY(grid.point(id) == points[id]);
            QVERIFY(grid.bounds().holds(points[id]));
        }
    }

    void theNearestIsTheNearest()
    {
        const auto points = cloud(3000);
        const PointGrid grid(points);
        Rng rng(8);
        for (int n = 0; n < 500; ++n) {
            const MapPoint to{static_cast<float>(6 * rng.normal()), static_cast<float>(7 + 6 * rng.normal())};
            const float radius = static_cast<float>(rng.uniform());
            std::optional<std::uint32_t> expected;
            float least = radius * radius;
            for (std::uint32_t id = 0; id < points.size(); ++id) {
                const float x = points[id].x - to.x, y = points[id].y - to.y;
                if (x * x + y * y < least) {
                    least = x * x + y * y;
                    expected = id;
                }
            }
            QVERIFY(grid.nearest(to, radius) == expected);
        }
    }

    void rectanglesHoldWhatLiesInThem()
    {
        const auto points = cloud(3000);
        const PointGrid grid(points);
        const MapRect rect{-.3F, 6.8F, .5F, 9};
        std::vector<std::uint32_t> expected;
        for (std::uint32_t id = 0; id < points.size(); ++id)
            if (rect.holds(points[id]))
                expected.push_back(id);
        QVERIFY(!expected.empty());
        QVERIFY(grid.inside(rect) == expected);
        QVERIFY(grid.countNear(rect) >= expected.size());
        QCOMPARE(grid.countNear({-100, -100, 100, 100}), points.size());
        QCOMPARE(grid.countNear({100, 100, 200, 200}), std::size_t{0});
    }

    void polygonsHoldWhatLiesInThem()
    {
        const auto points = cloud(4000);
        const PointGrid grid(points);
        std::vector<MapPoint> star; // crosses itself
        for (int i = 0; i < 5; ++i)
            star.push_back({static_cast<float>(4 * std::sin(i * 4 * 3.14159 / 5)),
                            static_cast<float>(7 + 4 * std::cos(i * 4 * 3.14159 / 5))});
        std::vector<std::uint32_t> expected;
        for (std::uint32_t id = 0; id < points.size(); ++id)
            if (insideByDefinition(star, points[id]))
                expected.push_back(id);
        QVERIFY(expected.size() > 20 && expected.size() < points.size());
        QVERIFY(grid.inside(star) == expected);
        QVERIFY(grid.inside(std::vector<MapPoint>{{0, 0}, {1, 1}}).empty());
    }

    void nothingOneAndAllAtOnePlace()
    {
        const PointGrid none;
        QVERIFY(!none.nearest({0, 0}, 5));
        QVERIFY(none.inside({-1, -1, 1, 1}).empty());
        const PointGrid one(std::vector<MapPoint>{{2, 3}});
        QCOMPARE(one.nearest({2.5F, 3}, 1).value(), 0U);
        const PointGrid same(std::vector<MapPoint>(1000, {1, 1}));
        QCOMPARE(same.nearest({1, 1}, .1F).value(), 0U);
        QCOMPARE(same.inside({0, 0, 2, 2}).size(), std::size_t{1000});
    }
};

QTEST_GUILESS_MAIN(PointGridTest)
#include "point_grid_test.moc"
