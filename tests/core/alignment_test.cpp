// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/projection/alignment.h"

#include <QtTest>

#include <cmath>
#include <numbers>

using namespace orrery;

namespace {

Layout scattered(std::size_t n, std::uint64_t seed)
{
    Rng rng(seed);
    Layout layout(n);
    for (MapPoint& point : layout)
        point = {static_cast<float>(3 * rng.normal()), static_cast<float>(rng.normal())};
    return layout;
}

Layout turned(const Layout& layout, double angle, bool mirrored)
{
    Layout out;
    for (const MapPoint& point : layout) {
        const double x = double(point.x), y = mirrored ? -double(point.y) : double(point.y);
        out.push_back({static_cast<float>(std::cos(angle) * x - std::sin(angle) * y + 7),
                       static_cast<float>(std::sin(angle) * x + std::cos(angle) * y - 2)});
    }
    return out;
}

double distance(const MapPoint& a, const MapPoint& b) { return std::hypot(double(a.x - b.x), double(a.y - b.y)); }

double squaresBetween(const Layout& layout, const Layout& reference, const SamePoints& same)
{
    double sum = 0;
    for (const auto& [row, twin] : same)
        sum += std::pow(distance(layout[row], reference[twin]), 2);
    return sum;
}

ItemMap mapOf(std::vector<ItemIndex> items, std::size_t catalog)
{
    ItemMap map;
    map.points.assign(catalog, ItemMap::noPoint);
    for (std::uint32_t point = 0; point < items.size(); ++point)
        map.points[items[point].value] = point;
    map.items = std::move(items);
    return map;
}

} // namespace

class AlignmentTest : public QObject {
    Q_OBJECT
private slots:
    void aTurnedAndMirroredLayoutComesBack()
    {
        const Layout reference = scattered(50, 1);
        SamePoints same;
        for (std::uint32_t i = 0; i < 50; ++i)
            same.emplace_back(i, i);
        for (const bool mirrored : {false, true})
            for (int step = 0; step < 8; ++step) {
                const Layout found = aligned(turned(reference, step * std::numbers::pi / 4, mirrored), reference, same);
                for (std::size_t i = 0; i < 50; ++i)
                    QVERIFY(distance(found[i], reference[i]) < 1e-4);
            }
    }

    /// No other turn is nearer, and distances within the layout stay.
    void theTurnIsTheBest()
    {
        const Layout layout = scattered(40, 2), reference = scattered(30, 3);
        SamePoints same;
        for (std::uint32_t i = 0; i < 20; ++i)
            same.emplace_back(2 * i, i);
        const Layout found = aligned(layout, reference, same);
        for (std::size_t i = 1; i < layout.size(); ++i)
            QVERIFY(std::abs(distance(found[i], found[0]) - distance(layout[i], layout[0])) < 1e-4);
        const double best = squaresBetween(found, reference, same);
        for (const bool mirrored : {false, true})
            for (int step = 0; step < 360; ++step) {
                Layout other = turned(layout, step * std::numbers::pi / 180, mirrored);
                double x = 0, y = 0;
                for (const auto& [row, twin] : same) {
                    x += double(reference[twin].x - other[row].x) / 20;
                    y += double(reference[twin].y - other[row].y) / 20;
                }
                for (MapPoint& point : other)
                    point = {point.x + static_cast<float>(x), point.y + static_cast<float>(y)};
                QVERIFY(squaresBetween(other, reference, same) > best - 1e-3);
            }
        QCOMPARE(aligned(layout, reference, {{0, 0}}).front(), layout.front());
    }

    void aMapBeginsWhereTheOtherIs()
    {
        ItemMap shown = mapOf({ItemIndex{0}, ItemIndex{2}, ItemIndex{3}}, 6);
        shown = placed(std::move(shown), {{0, 0}, {10, 0}, {10, 20}});
        const ItemMap other = mapOf({ItemIndex{3}, ItemIndex{4}, ItemIndex{0}, ItemIndex{5}}, 6);
        const Layout start = startLike(shown, other);
        QCOMPARE(start[0], (MapPoint{10, 20}));
        QCOMPARE(start[2], (MapPoint{0, 0}));
        QVERIFY(distance(start[1], {5, 10}) < 2);
        QVERIFY(distance(start[1], start[3]) > 0);
        QCOMPARE(sharedPoints(shown, other), (SamePoints{{0, 2}, {2, 0}}));
        QCOMPARE(layoutOf(shown)[1], (MapPoint{10, 0}));
    }
};

QTEST_APPLESS_MAIN(AlignmentTest)
#include "alignment_test.moc"
