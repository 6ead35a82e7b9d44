// SPDX-License-Identifier: GPL-3.0-or-later
// Hubs and orphans by hand, and in the known case: many dimensions make hubs.
#include "core/projection/hubs.h"
#include "tests/testing/model_fixtures.h"
#include "tests/testing/tables.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace orrery;
using namespace orrery::testing;

namespace {

Hubness hubsIn(MatrixView vectors, std::size_t k, SpaceMetric metric = SpaceMetric::Euclidean)
{
    return hubnessOf(nearestNeighbours(vectors, metric, k, {}).value(), {}).value();
}

/// One in the middle and the others around it, each nearest to the middle.
Matrix star(std::size_t arms)
{
    Matrix vectors(arms + 1, arms);
    for (std::size_t arm = 0; arm < arms; ++arm)
        vectors.row(arm + 1)[arm] = 1;
    return vectors;
}

Matrix normal(std::size_t rows, std::size_t length)
{
    Rng rng(7);
    Matrix vectors(rows, length);
    for (float& value : vectors.all())
        value = static_cast<float>(rng.normal());
    return vectors;
}

} // namespace

class HubsTest : public QObject {
    Q_OBJECT
private slots:
    void theMiddleOfAStarIsItsHub()
    {
        // N_1: the middle 9; it has the first arm, of all equally near ones, so 1; the others 0. Mean 1, deviations
        // 8, 0 and 8 times -1: variance (64 + 8) / 10, third moment (512 - 8) / 10.
        const Hubness hubness = hubsIn(star(9).view(), 1);
        QVERIFY(hubness.occurrences == (std::vector<std::uint32_t>{9, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
        QVERIFY(std::abs(hubness.deviation - std::sqrt(7.2)) < 1e-12);
        QVERIFY(std::abs(hubness.skewness - 50.4 / (7.2 * std::sqrt(7.2))) < 1e-12);
        QVERIFY(hubness.hubs == std::vector<std::uint32_t>{0}); // above 1 + 2 sqrt(7.2) = 6.4
        QVERIFY(hubness.orphans == (std::vector<std::uint32_t>{2, 3, 4, 5, 6, 7, 8, 9}));
    }

    void hubsGoByOccurrencesThenByRow()
    {
        NeighbourGraph graph{1, {}, std::vector<float>(60)};
        for (std::uint32_t row = 0; row < 60; ++row)
            graph.others.push_back(row < 20 ? 41 : row < 40 ? 50 : 7);
        const Hubness tied = hubnessOf(graph, {}).value();
        QVERIFY(tied.hubs == (std::vector<std::uint32_t>{7, 41, 50}));
        QCOMPARE(tied.orphans.size(), std::size_t{57});
        graph.others[0] = 50;
        const Hubness moved = hubnessOf(graph, {}).value();
        QVERIFY(moved.hubs == (std::vector<std::uint32_t>{50, 7, 41}));
        QCOMPARE(moved.occurrences[50], 21U);
    }

    void aRingHasNeither()
    {
        Matrix ring(12, 2);
        for (std::size_t row = 0; row < 12; ++row) {
            ring.row(row)[0] = static_cast<float>(std::cos(.5235987755982988 * static_cast<double>(row)));
            ring.row(row)[1] = static_cast<float>(std::sin(.5235987755982988 * static_cast<double>(row)));
        }
        const Hubness hubness = hubsIn(ring.view(), 2);
        QVERIFY(hubness.occurrences == std::vector<std::uint32_t>(12, 2));
        QCOMPARE(hubness.skewness, 0.);
        QVERIFY(hubness.hubs.empty() && hubness.orphans.empty());
    }

    void manyDimensionsMakeHubs()
    {
        // As in figure 1 of the paper: N_5 of normal vectors is hardly skewed with 3 dimensions, strongly with 100.
        const double few = hubsIn(normal(2000, 3).view(), 5).skewness,
                     many = hubsIn(normal(2000, 100).view(), 5).skewness;
        QVERIFY2(few < .5, qPrintable(QString::number(few)));
        QVERIFY2(many > 2, qPrintable(QString::number(many)));
    }

    void occurrencesAddUp()
    {
        const Hubness hubness = hubsIn(normal(5000, 8).view(), 10, SpaceMetric::Cosine); // by the index
        QCOMPARE(std::accumulate(hubness.occurrences.begin(), hubness.occurrences.end(), 0U), 50'000U);
    }

    void threadsChangeNothing()
    {
        const auto model = fitted(*findAlgorithm("implicit-als"), randomDataset(300, 5000, 20'000, Feedback::Implicit));
        const ItemMap map = mappedItems(model);
        const auto one = hubsOf(map, 10, JobContext({1, 1})).value(),
                   four = hubsOf(map, 10, JobContext({1, 4})).value();
        QVERIFY(one.occurrences == four.occurrences);
        QCOMPARE(one.skewness, four.skewness);
        QVERIFY(one.hubs == four.hubs && one.orphans == four.orphans);
        QCOMPARE(one.occurrences.size(), map.items.size());
    }

    void littleIsFine()
    {
        QVERIFY(hubsIn(Matrix(1, 3).view(), 5).occurrences.empty());
        QCOMPARE(hubsIn(Matrix(3, 3).view(), 5).count, std::size_t{2});
        QCOMPARE(hubsOf(ItemMap(), 0, {}).error().code, Code::InvalidArgument);
    }

    void aCancelIsHeard()
    {
        CancelToken token;
        const auto graph = nearestNeighbours(star(4).view(), SpaceMetric::Euclidean, 2, {}).value();
        token.cancel();
        QCOMPARE(hubnessOf(graph, JobContext({}, token)).error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(HubsTest)
#include "hubs_test.moc"
