// SPDX-License-Identifier: GPL-3.0-or-later
// Graphs of neighbours against scikit-learn (fixtures/projection/recipe.py) and against looking at every pair.
#include "core/projection/neighbour_graph.h"
#include "core/retrieval/vector_search.h"
#include "tests/testing/tables.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr SpaceMetric metrics[] = {SpaceMetric::Cosine, SpaceMetric::Dot, SpaceMetric::Euclidean};

} // namespace

class NeighbourGraphTest : public QObject {
    Q_OBJECT
private slots:
    void isWhatScikitLearnFinds()
    {
        const std::string fixtures = ORRERY_FIXTURES "/projection/";
        const Matrix vectors = matrixOf(numbersOf(fixtures + "vectors.csv"));
        const auto expected = numbersOf(fixtures + "neighbours.csv");
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Euclidean, 14, {}).value();
        QCOMPARE(graph.rows(), expected.size());
        for (std::size_t row = 0; row < graph.rows(); ++row)
            for (std::size_t i = 0; i < 14; ++i) {
                const double distance = static_cast<double>(graph.distancesOf(row)[i]);
                QVERIFY(std::abs(distance - expected[row][14 + i]) < 1e-5);
                // Copies are equally near: the lower row comes first here, either there.
                const bool tied = (i > 0 && expected[row][13 + i] == expected[row][14 + i]) ||
                                  (i < 13 && expected[row][15 + i] == expected[row][14 + i]) || i == 13;
                QVERIFY(tied || graph.othersOf(row)[i] == static_cast<std::uint32_t>(expected[row][i]));
            }
    }

    void manyRowsFindMostOfTheirNeighbours()
    {
        const Matrix vectors = vectorsAround(30, 6000, 16, .5);
        for (const SpaceMetric metric : metrics) {
            const auto graph = nearestNeighbours(vectors.view(), metric, 15, {}).value();
            const ExactSearch exact(vectors.view(), metric);
            std::ptrdiff_t found = 0;
            for (std::uint32_t row = 0; row < 6000; row += 30) {
                const auto truth = exact.nearest(vectors.row(row), 15, {}, row).value();
                for (const Near& near : truth)
                    found += std::ranges::count(graph.othersOf(row), near.row);
                QVERIFY(std::ranges::is_sorted(graph.distancesOf(row)));
                QVERIFY(graph.distancesOf(row)[0] >= 0);
                QCOMPARE(std::ranges::count(graph.othersOf(row), row), std::ptrdiff_t{0});
            }
            QVERIFY2(found >= 200 * 15 * 95 / 100, qPrintable(QString::number(found)));
        }
    }

    void threadsChangeNothing()
    {
        for (const std::size_t rows : {1000, 5000}) {
            const Matrix vectors = vectorsAround(30, rows, 8, .5);
            const auto one = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 10, JobContext({1, 1})).value();
            const auto four = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 10, JobContext({1, 4})).value();
            QVERIFY(one.others == four.others);
            QVERIFY(one.distances == four.distances);
        }
    }

    void littleIsFine()
    {
        for (const SpaceMetric metric : metrics) {
            QCOMPARE(nearestNeighbours(Matrix(0, 3).view(), metric, 5, {})->rows(), std::size_t{0});
            QCOMPARE(nearestNeighbours(Matrix(1, 3).view(), metric, 5, {})->count, std::size_t{0});
            const auto three = nearestNeighbours(Matrix(3, 2).view(), metric, 5, {}).value();
            QCOMPARE(three.count, std::size_t{2});
            QCOMPARE(three.othersOf(1)[0], 0U);
            QCOMPARE(three.othersOf(1)[1], 2U);
            // Nothing is near a vector of zeros by its direction, not even another.
            QCOMPARE(three.distancesOf(0)[0], metric == SpaceMetric::Cosine ? 1.F : 0.F);
        }
    }

    void fewerAreTheNearest()
    {
        const Matrix vectors = vectorsAround(3, 50, 4, .5);
        const auto ten = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 10, {}).value();
        const auto four = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 4, {}).value();
        QVERIFY(nearestOf(ten, 4).others == four.others);
        QVERIFY(nearestOf(ten, 4).distances == four.distances);
    }

    void aCancelIsHeard()
    {
        CancelToken token;
        token.cancel();
        for (const std::size_t rows : {100, 5000})
            QCOMPARE(
                nearestNeighbours(vectorsAround(3, rows, 4, .5).view(), SpaceMetric::Cosine, 5, JobContext({}, token))
                    .error()
                    .code,
                Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(NeighbourGraphTest)
#include "neighbour_graph_test.moc"
