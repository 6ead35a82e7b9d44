// SPDX-License-Identifier: GPL-3.0-or-later
// The affinities of t-SNE against scikit-learn (fixtures/projection/recipe.py), its gradient against the sum over all
// pairs, and its layouts.
#include "core/projection/cauchy_field.h"
#include "core/projection/projection_trust.h"
#include "core/projection/tsne.h"
#include "tests/testing/projection_fixture.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>

using namespace orrery;
using namespace orrery::testing;

namespace {

const ProjectionMethod& tsne() { return **requireProjection("tsne"); }

ParamSet iterations(int count) { return only("iterations", count); }

Layout placesAround(std::size_t rows, double deviation)
{
    Rng rng(5);
    Layout layout(rows);
    for (MapPoint& at : layout)
        at = {static_cast<float>(deviation * rng.normal()), static_cast<float>(3 + deviation * rng.normal())};
    return layout;
}

/// One place's repulsion: x and y are sums of q^2 times the way.
struct Pushed {
    double sum = 0, x = 0, y = 0;
};

std::vector<Pushed> pushedByAll(const Layout& layout)
{
    std::vector<Pushed> all(layout.size());
    for (std::size_t i = 0; i < layout.size(); ++i)
        for (std::size_t j = 0; j < layout.size(); ++j) {
            if (i == j)
                continue;
            const double dx = double(layout[i].x) - double(layout[j].x), dy = double(layout[i].y) - double(layout[j].y);
            const double q = 1 / (1 + dx * dx + dy * dy);
            all[i].sum += q;
            all[i].x += q * q * dx;
            all[i].y += q * q * dy;
        }
    return all;
}

double between(MapPoint a, MapPoint b) { return std::hypot(double(a.x) - double(b.x), double(a.y) - double(b.y)); }

/// Share of rows whose nearest on the map is of their centre.
double besideTheirOwn(const Layout& layout, std::size_t centres)
{
    std::size_t own = 0;
    for (std::size_t row = 0; row < layout.size(); ++row) {
        std::size_t nearest = row == 0 ? 1 : 0;
        for (std::size_t other = 0; other < layout.size(); ++other)
            if (other != row && between(layout[row], layout[other]) < between(layout[row], layout[nearest]))
                nearest = other;
        own += nearest % centres == row % centres;
    }
    return static_cast<double>(own) / static_cast<double>(layout.size());
}

/// How far rows of a centre lie from their middle, by how far the nearest two middles are apart.
double widthOfClumps(const Layout& layout, std::size_t centres)
{
    std::vector<MapPoint> middles(centres);
    const auto each = static_cast<float>(layout.size() / centres);
    for (std::size_t row = 0; row < layout.size(); ++row) {
        middles[row % centres].x += layout[row].x / each;
        middles[row % centres].y += layout[row].y / each;
    }
    double width = 0, apart = 1e9;
    for (std::size_t row = 0; row < layout.size(); ++row)
        width += between(layout[row], middles[row % centres]) / static_cast<double>(layout.size());
    for (std::size_t a = 0; a < centres; ++a)
        for (std::size_t b = 0; b < a; ++b)
            apart = std::min(apart, between(middles[a], middles[b]));
    return width / apart;
}

class Curve : public JobObserver {
public:
    void measured(std::string_view series, double step, double value) override
    {
        if (series == "divergence")
            values[static_cast<int>(step)] = value;
    }
    std::map<int, double> values;
};

} // namespace

class TsneTest : public QObject {
    Q_OBJECT
private slots:
    void affinitiesAreThoseOfScikitLearn()
    {
        const auto found = tsneAffinities(graphOfFixture(), SpaceMetric::Euclidean, 4, {}).value();
        const auto expected = numbersOf(projectionFixtures + "affinities.csv");
        QCOMPARE(found.others.size(), expected.size());
        std::size_t edge = 0;
        double sum = 0;
        for (std::size_t row = 0; row < found.rows(); ++row)
            for (; edge < found.starts[row + 1]; ++edge) {
                QCOMPARE(row, static_cast<std::size_t>(expected[edge][0]));
                QCOMPARE(found.others[edge], static_cast<std::uint32_t>(expected[edge][1]));
                // Both bandwidths are found within 1e-5 of the entropy, which moves far neighbours by some 1e-4.
                const double p = static_cast<double>(found.weights[edge]), wanted = expected[edge][2];
                QVERIFY2(std::abs(p - wanted) < 1e-3 * wanted + 1e-9, qPrintable(QString("%1 %2").arg(p).arg(wanted)));
                sum += p;
            }
        QVERIFY(std::abs(sum - 1) < 1e-5);
    }

    /// A square is half of what it is between vectors of length 1, which the bandwidth takes up.
    void cosineIsTheGaussianOfVectorsOfLengthOne()
    {
        const Matrix vectors = vectorsAround(4, 60, 6, .5);
        Matrix units = vectors;
        for (std::size_t row = 0; row < units.rows(); ++row) {
            double square = 0;
            for (const float value : units.row(row))
                square += double(value) * double(value);
            for (float& value : units.row(row))
                value = static_cast<float>(double(value) / std::sqrt(square));
        }
        const auto affinities = [](const Matrix& of, SpaceMetric metric) {
            return tsneAffinities(nearestNeighbours(of.view(), metric, 15, {}).value(), metric, 5, {}).value();
        };
        const auto cosine = affinities(vectors, SpaceMetric::Cosine),
                   euclidean = affinities(units, SpaceMetric::Euclidean);
        QVERIFY(cosine.others == euclidean.others);
        for (std::size_t edge = 0; edge < cosine.weights.size(); ++edge)
            QVERIFY(std::abs(cosine.weights[edge] - euclidean.weights[edge]) < 1e-3F * euclidean.weights[edge]);
    }

    /// At the beginning, when they are thrown apart, and at the end.
    void repulsionsAreThoseOfAllPairs_data()
    {
        QTest::addColumn<double>("deviation");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("tiny") << 1e-4 << 1e-5;
        QTest::newRow("small") << 1. << 1e-3;
        QTest::newRow("wide") << 25. << 1e-2;
    }
    void repulsionsAreThoseOfAllPairs()
    {
        QFETCH(double, deviation);
        QFETCH(double, tolerance);
        const Layout layout = placesAround(3000, deviation);
        const auto expected = pushedByAll(layout);
        CauchyField field;
        std::vector<Repulsion> found;
        QVERIFY(field.find(layout, found, {}));
        double apart = 0, size = 0, sum = 0, wantedSum = 0;
        for (std::size_t i = 0; i < layout.size(); ++i) {
            apart += std::pow(double(found[i].x) - expected[i].x, 2) + std::pow(double(found[i].y) - expected[i].y, 2);
            size += std::pow(expected[i].x, 2) + std::pow(expected[i].y, 2);
            sum += double(found[i].sum);
            wantedSum += expected[i].sum;
        }
        QVERIFY(std::sqrt(apart / size) < tolerance);
        QVERIFY(std::abs(sum / wantedSum - 1) < tolerance);
    }

    void theSlopeIsThatOfTheDivergence()
    {
        const auto affinities = tsneAffinities(graphOfFixture(), SpaceMetric::Euclidean, 4, {}).value();
        const Layout layout = placesAround(240, 8);
        const auto pushed = pushedByAll(layout);
        double total = 0, divergence = 0;
        for (const Pushed& one : pushed)
            total += one.sum;
        const auto found = tsneSlope(affinities, layout, {}).value();
        double apart = 0, size = 0;
        for (std::size_t row = 0; row < layout.size(); ++row) {
            double x = -pushed[row].x / total, y = -pushed[row].y / total;
            for (std::size_t edge = affinities.starts[row]; edge < affinities.starts[row + 1]; ++edge) {
                const MapPoint other = layout[affinities.others[edge]];
                const double dx = double(layout[row].x) - double(other.x), dy = double(layout[row].y) - double(other.y);
                const double p = double(affinities.weights[edge]), q = 1 / (1 + dx * dx + dy * dy);
                x += p * q * dx;
                y += p * q * dy;
                divergence += p * std::log(p / (q / total));
            }
            apart += std::pow(x - double(found.gradient[row].x), 2) + std::pow(y - double(found.gradient[row].y), 2);
            size += x * x + y * y;
        }
        QVERIFY(std::sqrt(apart / size) < .01);
        QVERIFY(std::abs(found.divergence - divergence) < 1e-3 * divergence);
    }

    void theDivergenceFalls()
    {
        const Matrix vectors = vectorsAround(12, 600, 24, .4);
        Curve curve;
        QVERIFY(project(tsne(), {vectors.view()}, iterations(600), JobContext({}, {}, &curve)));
        QCOMPARE(curve.values.size(), std::size_t{12});
        QVERIFY(curve.values[250] < curve.values[50]);
        for (int step = 300; step <= 600; step += 50)
            QVERIFY2(curve.values[step] < curve.values[step - 50] + 1e-3, qPrintable(QString::number(step)));
    }

    void whatBelongsTogetherLiesTogetherAndApartFromTheRest()
    {
        const Matrix vectors = vectorsAround(12, 600, 24, .4);
        for (const SpaceMetric metric : {SpaceMetric::Cosine, SpaceMetric::Dot, SpaceMetric::Euclidean}) {
            const auto layout = project(tsne(), {vectors.view(), metric}, {}, {}).value();
            QVERIFY(besideTheirOwn(layout, 12) > .98);
            QVERIFY2(widthOfClumps(layout, 12) < .5, qPrintable(QString::number(widthOfClumps(layout, 12))));
        }
    }

    void theSeedAloneDecides()
    {
        const Matrix vectors = vectorsAround(12, 3000, 8, .4);
        const auto made = [&](std::uint64_t seed, int threads) {
            return project(tsne(), {vectors.view()}, iterations(60), JobContext({seed, threads})).value();
        };
        const Layout one = made(1, 1);
        QVERIFY(one == made(1, 2));
        QVERIFY(one == made(1, 5));
        QVERIFY(one != made(2, 1));
    }

    void itIsDrawnFromTheBeginning()
    {
        const Matrix vectors = vectorsAround(12, 300, 8, .4);
        std::vector<Layout> pictures;
        ProjectionInput input{vectors.view()};
        input.drawn = [&](const Layout& layout) { pictures.push_back(layout); };
        const auto last = project(tsne(), input, iterations(50), {}).value();
        QVERIFY(!pictures.empty());
        QVERIFY(pictures.front() != last);
        for (const MapPoint at : pictures.front())
            QVERIFY(std::abs(at.x) < 1e-3F && std::abs(at.y) < 1e-3F);
    }

    /// Clumps stay on the side where they were put, mirrored if they were: no layout of its own would be like both.
    void itBeginsWhereItIsTold()
    {
        const Matrix vectors = vectorsAround(5, 500, 16, .3), changed = vectorsAround(5, 500, 16, .35);
        const Layout first = project(tsne(), {vectors.view()}, iterations(300), {}).value();
        Layout mirrored = first;
        for (MapPoint& at : mirrored)
            at.x = -at.x;
        for (const Layout& start : {first, mirrored}) {
            ProjectionInput input{changed.view()};
            input.start = start;
            const auto next = project(tsne(), input, iterations(300), JobContext({2, 0})).value();
            double product = 0, a = 0, b = 0; // both lie around 0
            for (std::size_t row = 0; row < 500; ++row) {
                product += double(start[row].x) * double(next[row].x) + double(start[row].y) * double(next[row].y);
                a += std::pow(between(start[row], {}), 2);
                b += std::pow(between(next[row], {}), 2);
            }
            QVERIFY2(product / std::sqrt(a * b) > .5, qPrintable(QString::number(product / std::sqrt(a * b))));
        }
    }

    void aGraphThatIsThereIsUsed()
    {
        const Matrix vectors = vectorsAround(5, 200, 8, .4);
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 100, {}).value();
        ProjectionInput input{vectors.view()};
        input.graph = &graph;
        QVERIFY(project(tsne(), input, iterations(20), {}).value() ==
                project(tsne(), {vectors.view()}, iterations(20), {}).value());
    }

    void littleAndEqualAreFine()
    {
        for (const std::size_t rows : {0, 1, 2, 3, 40}) {
            const auto layout = project(tsne(), {Matrix(rows, 3).view(), SpaceMetric::Dot}, {}, {}).value();
            QCOMPARE(layout.size(), rows);
            for (const MapPoint at : layout)
                QVERIFY(std::isfinite(at.x) && std::isfinite(at.y));
        }
    }

    void aPerplexityBeyondTheRowsIsMadeSmaller()
    {
        const Matrix vectors = vectorsAround(2, 30, 8, .2);
        ParamSet params;
        params.set("perplexity", 200.);
        const auto layout = project(tsne(), {vectors.view()}, params, {}).value();
        QVERIFY(besideTheirOwn(layout, 2) == 1);
    }

    void aCancelIsHeard()
    {
        const Matrix vectors = vectorsAround(12, 3000, 8, .4);
        CancelToken token;
        ProjectionInput input{vectors.view()};
        int pictures = 0;
        input.drawn = [&](const Layout&) {
            if (++pictures == 2)
                token.cancel();
        };
        QCOMPARE(project(tsne(), input, iterations(10'000), JobContext({}, token)).error().code, Code::Cancelled);
        QCOMPARE(pictures, 2);
    }
};

QTEST_GUILESS_MAIN(TsneTest)
#include "tsne_test.moc"
