// SPDX-License-Identifier: GPL-3.0-or-later
// Trust in layouts against scikit-learn (fixtures/projection/recipe.py) and by hand.
#include "core/projection/projection_trust.h"
#include "tests/testing/tables.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

const std::string fixtures = ORRERY_FIXTURES "/projection/";

Layout layoutOfFixture()
{
    const auto rows = numbersOf(fixtures + "pca.csv");
    Layout layout;
    for (std::size_t row = 1; row < rows.size(); ++row)
        layout.push_back({static_cast<float>(rows[row][0]), static_cast<float>(rows[row][1])});
    return layout;
}

/// Six vectors on a line.
Matrix line()
{
    Matrix vectors(6, 1);
    for (std::size_t row = 0; row < 6; ++row)
        vectors.row(row)[0] = static_cast<float>(row * row);
    return vectors;
}

} // namespace

class ProjectionTrustTest : public QObject {
    Q_OBJECT
private slots:
    void trustworthinessIsThatOfScikitLearn()
    {
        const Matrix vectors = matrixOf(numbersOf(fixtures + "vectors.csv"));
        const Layout layout = layoutOfFixture();
        for (const auto& row : numbersOf(fixtures + "trust.csv")) {
            const auto k = static_cast<std::size_t>(row[0]);
            const auto trust = [&](SpaceMetric metric) {
                return trustworthiness(vectors.view(), metric, layout, k, 0, {}).value();
            };
            // Copies are equally near, and one place among 240 is 1e-5 of the sum.
            QVERIFY(std::abs(trust(SpaceMetric::Euclidean) - row[1]) < 1e-3);
            QVERIFY(std::abs(trust(SpaceMetric::Cosine) - row[2]) < 1e-3);
        }
    }

    void keptNeighboursAreThoseOfScikitLearn()
    {
        const Matrix vectors = matrixOf(numbersOf(fixtures + "vectors.csv"));
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Euclidean, 14, {}).value();
        const auto kept = keptNeighbours(graph, layoutOfFixture(), {}).value();
        const auto expected = numbersOf(fixtures + "kept.csv");
        std::size_t off = 0;
        for (std::size_t row = 0; row < kept.size(); ++row) {
            const double apart = std::abs(static_cast<double>(kept[row]) - expected[row][0]);
            QVERIFY(apart < 1. / 14 + 1e-6); // copies at the last place are chosen by their row here, either there
            off += apart > 1e-6;
        }
        QVERIFY2(off <= 12, qPrintable(QString::number(off)));
    }

    /// The map swaps the last two of 0, 1, 4, 9, 16, 25. k = 1: on it the neighbour of 16 is 25 (in truth 9, then 25),
    /// and that of 25 is 9 (in truth 16, then 9): both are second, one place beyond k.
    void byHand()
    {
        Layout layout{{0, 0}, {1, 0}, {4, 0}, {9, 0}, {25, 0}, {16, 0}};
        const auto graph = nearestNeighbours(line().view(), SpaceMetric::Euclidean, 1, {}).value();
        const auto kept = keptNeighbours(graph, layout, {}).value();
        QCOMPARE(kept, (std::vector<float>{1, 1, 1, 1, 0, 0}));
        const double trust = trustworthiness(line().view(), SpaceMetric::Euclidean, layout, 1, 0, {}).value();
        QCOMPARE(trust, 1 - 2. / (6 * 1 * (12 - 3 - 1)) * (1 + 1));
    }

    void aPerfectMapIsTrusted()
    {
        const Matrix vectors = vectorsAround(7, 3000, 2, .4);
        Layout layout;
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            layout.push_back({vectors.row(row)[0], vectors.row(row)[1]});
        const double trust = trustworthiness(vectors.view(), SpaceMetric::Euclidean, layout, 10, 200, {}).value();
        QVERIFY(trust > 1 - 1e-6); // distances of floats that round alike
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Euclidean, 10, {}).value();
        const auto kept = keptNeighbours(graph, layout, {}).value();
        QVERIFY(std::ranges::count(kept, 1.F) > 2990);
    }

    void chanceIsNot()
    {
        const Matrix vectors = vectorsAround(7, 1000, 8, .4);
        Rng rng(3);
        Layout layout(1000);
        for (MapPoint& at : layout)
            at = {static_cast<float>(rng.uniform()), static_cast<float>(rng.uniform())};
        const double trust = trustworthiness(vectors.view(), SpaceMetric::Cosine, layout, 10, 0, {}).value();
        QVERIFY(std::abs(trust - .5) < .02);
    }

    void sampleAndThreads()
    {
        const Matrix vectors = vectorsAround(7, 2000, 8, .4);
        const Layout layout(principalLike(vectors));
        const auto trust = [&](std::size_t sample, std::uint64_t seed, int threads) {
            return trustworthiness(vectors.view(), SpaceMetric::Cosine, layout, 10, sample, JobContext({seed, threads}))
                .value();
        };
        QCOMPARE(trust(300, 1, 1), trust(300, 1, 4));
        QVERIFY(std::abs(trust(500, 1, 0) - trust(0, 1, 0)) < .02);
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 10, {}).value();
        QCOMPARE(keptNeighbours(graph, layout, JobContext({1, 1})).value(),
                 keptNeighbours(graph, layout, JobContext({1, 4})).value());
    }

    void pointsAtOnePlaceAreFine()
    {
        const Matrix vectors = vectorsAround(3, 50, 4, .4);
        const Layout layout(50, {2, 2});
        QVERIFY(trustworthiness(vectors.view(), SpaceMetric::Cosine, layout, 5, 0, {}).has_value());
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 5, {}).value();
        QCOMPARE(keptNeighbours(graph, layout, {})->size(), std::size_t{50});
    }

    void badInputIsNamed()
    {
        const Layout layout(6);
        const auto trust = [&](std::size_t k, std::span<const MapPoint> of) {
            return trustworthiness(line().view(), SpaceMetric::Dot, of, k, 0, {}).error().code;
        };
        QCOMPARE(trust(3, layout), Code::InvalidArgument);
        QCOMPARE(trust(0, layout), Code::InvalidArgument);
        QCOMPARE(trust(1, std::span(layout).first(4)), Code::InvalidArgument);
        QCOMPARE(keptNeighbours({}, layout, {}).error().code, Code::InvalidArgument);
    }

    void aCancelIsHeard()
    {
        CancelToken token;
        token.cancel();
        const JobContext job({}, token);
        const Layout layout(6);
        QCOMPARE(trustworthiness(line().view(), SpaceMetric::Dot, layout, 1, 0, job).error().code, Code::Cancelled);
        const auto graph = nearestNeighbours(line().view(), SpaceMetric::Dot, 1, {}).value();
        QCOMPARE(keptNeighbours(graph, layout, job).error().code, Code::Cancelled);
    }

private:
    static Layout principalLike(const Matrix& vectors)
    {
        Layout layout;
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            layout.push_back({vectors.row(row)[0], vectors.row(row)[1]});
        return layout;
    }
};

QTEST_GUILESS_MAIN(ProjectionTrustTest)
#include "projection_trust_test.moc"
