// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's weights and curve against umap-learn (fixtures/projection/recipe.py), and its layouts.
#include "core/projection/umap.h"
#include "tests/testing/projection_fixture.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

const ProjectionMethod& umap() { return **requireProjection("umap"); }

ParamSet epochs(int count) { return only("epochs", count); }

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

} // namespace

class UmapTest : public QObject {
    Q_OBJECT
private slots:
    void weightsAreThoseOfUmapLearn()
    {
        const auto fuzzy = fuzzyUnion(graphOfFixture(), {}).value();
        const auto expected = numbersOf(projectionFixtures + "weights.csv");
        QCOMPARE(fuzzy.others.size(), expected.size());
        std::size_t edge = 0;
        for (std::size_t row = 0; row < fuzzy.rows(); ++row)
            for (; edge < fuzzy.starts[row + 1]; ++edge) {
                QCOMPARE(row, static_cast<std::size_t>(expected[edge][0]));
                QCOMPARE(fuzzy.others[edge], static_cast<std::uint32_t>(expected[edge][1]));
                QVERIFY(std::abs(static_cast<double>(fuzzy.weights[edge]) - expected[edge][2]) < 1e-4);
            }
    }

    void theCurveIsThatOfUmapLearn()
    {
        for (const auto& row : numbersOf(projectionFixtures + "curves.csv")) {
            const UmapCurve curve = fitCurve(row[0], row[1]);
            QVERIFY(std::abs(curve.a - row[2]) < 1e-4 * row[2]);
            QVERIFY(std::abs(curve.b - row[3]) < 1e-4 * row[3]);
        }
    }

    void whatBelongsTogetherLiesTogether()
    {
        const Matrix vectors = vectorsAround(12, 600, 24, .4);
        for (const SpaceMetric metric : {SpaceMetric::Cosine, SpaceMetric::Dot, SpaceMetric::Euclidean}) {
            const auto layout = project(umap(), {vectors.view(), metric}, epochs(200), {}).value();
            QVERIFY(besideTheirOwn(layout, 12) > .98);
        }
    }

    void theSeedAloneDecides()
    {
        const Matrix vectors = vectorsAround(12, 3000, 8, .4);
        const auto made = [&](std::uint64_t seed, int threads) {
            return project(umap(), {vectors.view()}, epochs(30), JobContext({seed, threads})).value();
        };
        const Layout one = made(1, 1);
        QVERIFY(one == made(1, 4));
        QVERIFY(one == made(1, 2));
        QVERIFY(one != made(2, 1));
    }

    void itIsDrawnFromTheBeginning()
    {
        const Matrix vectors = vectorsAround(12, 300, 8, .4);
        std::vector<Layout> pictures;
        ProjectionInput input{vectors.view()};
        input.drawn = [&](const Layout& layout) { pictures.push_back(layout); };
        const auto last = project(umap(), input, epochs(50), {}).value();
        QVERIFY(!pictures.empty());
        QVERIFY(pictures.front() != last);
        for (const MapPoint at : pictures.front())
            QVERIFY(at.x > -.01F && at.x < 10.01F && at.y > -.01F && at.y < 10.01F);
    }

    /// Clumps stay on the side where they were put, mirrored if they were: no layout of its own would be like both.
    void itBeginsWhereItIsTold()
    {
        const Matrix vectors = vectorsAround(5, 500, 16, .3), changed = vectorsAround(5, 500, 16, .35);
        const Layout first = project(umap(), {vectors.view()}, epochs(100), {}).value();
        Layout mirrored = first;
        for (MapPoint& at : mirrored)
            at.x = -at.x;
        for (const Layout& start : {first, mirrored}) {
            ProjectionInput input{changed.view()};
            input.start = start;
            const auto next = project(umap(), input, epochs(100), JobContext({2, 0})).value();
            double product = 0, a = 0, b = 0, meanA = 0, meanB = 0;
            for (std::size_t row = 0; row < 500; ++row) {
                meanA += double(start[row].x) / 500;
                meanB += double(next[row].x) / 500;
            }
            for (std::size_t row = 0; row < 500; ++row) {
                const double x = double(start[row].x) - meanA, y = double(next[row].x) - meanB;
                product += x * y;
                a += x * x;
                b += y * y;
            }
            QVERIFY2(product / std::sqrt(a * b) > .5, qPrintable(QString::number(product / std::sqrt(a * b))));
        }
    }

    void aGraphThatIsThereIsUsed()
    {
        const Matrix vectors = vectorsAround(5, 200, 8, .4);
        const auto graph = nearestNeighbours(vectors.view(), SpaceMetric::Cosine, 20, {}).value();
        ProjectionInput input{vectors.view()};
        input.graph = &graph;
        QVERIFY(project(umap(), input, epochs(20), {}).value() ==
                project(umap(), {vectors.view()}, epochs(20), {}).value());
        input.graph = nullptr;
        const Matrix fewer = vectorsAround(5, 10, 8, .4);
        input.vectors = fewer.view();
        input.graph = &graph;
        QCOMPARE(project(umap(), input, {}, {}).error().code, Code::InvalidArgument);
    }

    void littleAndEqualAreFine()
    {
        for (const std::size_t rows : {0, 1, 2, 3, 40}) {
            const auto layout = project(umap(), {Matrix(rows, 3).view(), SpaceMetric::Dot}, epochs(20), {}).value();
            QCOMPARE(layout.size(), rows);
            for (const MapPoint at : layout)
                QVERIFY(std::isfinite(at.x) && std::isfinite(at.y));
        }
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
        QCOMPARE(project(umap(), input, epochs(5000), JobContext({}, token)).error().code, Code::Cancelled);
        QCOMPARE(pictures, 2);
    }
};

QTEST_GUILESS_MAIN(UmapTest)
#include "umap_test.moc"
