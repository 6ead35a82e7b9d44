// SPDX-License-Identifier: GPL-3.0-or-later
// What a dimension of vectors stands for.
#include "core/projection/axes.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Matrix squareOfPoints()
{
    Matrix vectors(4, 2);
    const float values[] = {0, 0, 2, 0, 0, 2, 3, 4};
    std::ranges::copy(values, vectors.all().begin());
    return vectors;
}

/// Row r has the r-th list of tags.
AttributeColumn genres(const std::vector<std::vector<const char*>>& rows)
{
    TagColumn column;
    for (const auto& row : rows) {
        for (const char* tag : row)
            column.tags.push_back(column.vocabulary.add(tag));
        column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
    }
    return {"genres", std::move(column)};
}

bool isNear(double a, double b) { return std::abs(a - b) < 1e-6; } // values are floats

} // namespace

class AxesTest : public QObject {
    Q_OBJECT
private slots:
    void itemsAreRankedAlongAFactor()
    {
        const Matrix vectors = squareOfPoints();
        const auto values = valuesOfFactor(vectors.view(), 1).value();
        QCOMPARE(values, (std::vector<float>{0, 0, 2, 4}));
        const AxisEnds ends = endsOf(values, 3);
        QVERIFY((ends.highest == std::vector<AxisPlace>{{3, 4}, {2, 2}, {0, 0}}));
        QVERIFY((ends.lowest == std::vector<AxisPlace>{{0, 0}, {1, 0}, {2, 2}})); // of equal ones the lower row
        QCOMPARE(endsOf(values, 9).highest.size(), std::size_t{4});
        QVERIFY(!valuesOfFactor(vectors.view(), 2));
    }

    /// Middles (0, 1) and (2.5, 2): the difference is (2.5, 1), its square 7.25, the product with their middle
    /// (1.25, 1.5) is 4.625. Place of (x, y): (2.5 x + y - 4.625) 2 / 7.25.
    void anAxisRunsFromOneMiddleToTheOther()
    {
        const Matrix vectors = squareOfPoints();
        const Axis axis =
            axisBetween(vectors.view(), std::vector<std::uint32_t>{0, 2}, std::vector<std::uint32_t>{1, 3}).value();
        QVERIFY(isNear(static_cast<double>(axis.direction[0]), 2.5 / std::sqrt(7.25)));
        QVERIFY(isNear(static_cast<double>(axis.direction[1]), 1 / std::sqrt(7.25)));
        const double expected[] = {-4.625, .375, -2.625, 6.875};
        double from = 0, to = 0;
        for (std::size_t row = 0; row < 4; ++row) {
            QVERIFY(isNear(static_cast<double>(axis.values[row]), expected[row] * 2 / 7.25));
            (row % 2 == 0 ? from : to) += static_cast<double>(axis.values[row]) / 2;
        }
        QVERIFY(isNear(from, -1));
        QVERIFY(isNear(to, 1));
    }

    void anAxisNeedsTwoDifferentEnds()
    {
        const Matrix vectors = squareOfPoints();
        const std::vector<std::uint32_t> a{0, 3}, empty, outside{4};
        QVERIFY(!axisBetween(vectors.view(), a, empty));
        QVERIFY(!axisBetween(vectors.view(), a, a));
        QVERIFY(!axisBetween(vectors.view(), outside, a));
    }

    /// Values 1 2 3 4 5 6. "Crime" has 4, 5 and 6 of the five with genres (2 has none): with 5, without 2; all have
    /// mean 3.8 and squares 74.8 - 5 * 3.8^2 = 14.8 of 79... worked out: 1 3 4 5 6, sum 19, squares 87,
    /// spread 87 - 72.2 = 14.8; r = (5 - 2) sqrt(3 * 2 / 5 / 14.8). "Drama": 1 and 6 have it: 3.5 - 4 = -.5, the same
    /// root. Years 10 20 ? 20 10 40 against 1 2 4 5 6: products 1*10 + 2*20 + 4*20 + 5*10 + 6*40 = 420, sums 18 and
    /// 100, spreads 82 - 64.8 = 17.2 and 2600 - 2000 = 600; r = (420 - 360) / sqrt(17.2 * 600).
    void attributesAreCorrelated()
    {
        AttributeTable items;
        items.add(genres({{"Drama"}, {}, {"War"}, {"Crime"}, {"Crime", "Crime"}, {"Crime", "Drama"}}));
        items.add({"year", NumberColumn{{10, 20, unknown, 20, 10, 40}}});
        items.add({"same", NumberColumn{{7, 7, 7, 7, 7, 7}}});
        const std::vector<float> values{1, 2, 3, 4, 5, 6};
        const auto found = correlate(values, items, 2);
        QCOMPARE(found.size(), std::size_t{3}); // "War" is of one item, "same" never varies
        const double root = std::sqrt(3 * 2 / 5.0 / 14.8);
        QCOMPARE(found[0].tag, std::string("Crime"));
        QVERIFY(isNear(found[0].r, 3 * root));
        QCOMPARE(found[0].items, std::size_t{5});
        QCOMPARE(found[0].withTag, std::size_t{3});
        QCOMPARE(found[1].column, std::string("year"));
        QVERIFY(isNear(found[1].r, 60 / std::sqrt(17.2 * 600)));
        QCOMPARE(found[1].items, std::size_t{5});
        QCOMPARE(found[2].tag, std::string("Drama"));
        QVERIFY(isNear(found[2].r, -.5 * root));
    }

    void whatGoesAlongExactlyHasAnRofOne()
    {
        AttributeTable items;
        items.add({"up", NumberColumn{{1001, 1002, 1003}}});
        items.add({"down", NumberColumn{{3, 2, 1, 99}}}); // longer than the values
        const auto found = correlate(std::vector<float>{1e4F, 2e4F, 3e4F}, items, 1);
        QVERIFY(isNear(found[0].r, 1));
        QVERIFY(isNear(found[1].r, -1));
        QCOMPARE(found[1].items, std::size_t{3});
        QVERIFY(correlate({}, items, 1).empty());
        QVERIFY(correlate(std::vector<float>{5, 5, 5}, items, 1).empty());
    }
};

QTEST_APPLESS_MAIN(AxesTest)
#include "axes_test.moc"
