// SPDX-License-Identifier: GPL-3.0-or-later
// Principal components against scikit-learn (fixtures/projection/recipe.py), and what project() sees to.
#include "core/projection/pca.h"
#include "tests/testing/tables.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;
using namespace orrery::testing;

namespace {

const std::string fixtures = ORRERY_FIXTURES "/projection/";

void compare(const PrincipalComponents& found, const std::string& file)
{
    const auto expected = numbersOf(fixtures + file);
    QCOMPARE(found.layout.size() + 1, expected.size());
    for (std::size_t axis = 0; axis < 2; ++axis)
        QVERIFY(std::abs(found.explained[axis] - expected[0][axis]) < 1e-6);
    for (std::size_t row = 0; row < found.layout.size(); ++row) { // floats of the order of 10
        QVERIFY(std::abs(static_cast<double>(found.layout[row].x) - expected[row + 1][0]) < 1e-5);
        QVERIFY(std::abs(static_cast<double>(found.layout[row].y) - expected[row + 1][1]) < 1e-5);
    }
}

} // namespace

class PcaTest : public QObject {
    Q_OBJECT
private slots:
    void isWhatScikitLearnFinds()
    {
        const Matrix vectors = matrixOf(numbersOf(fixtures + "vectors.csv"));
        compare(principalComponents(vectors.view(), SpaceMetric::Euclidean, {}).value(), "pca.csv");
        compare(principalComponents(vectors.view(), SpaceMetric::Dot, {}).value(), "pca.csv");
        compare(principalComponents(vectors.view(), SpaceMetric::Cosine, {}).value(), "pca_cosine.csv");
    }

    void threadsChangeNothing()
    {
        for (const std::size_t length : {20, 600}) {
            const Matrix vectors = vectorsAround(9, 5000, length, .5);
            const auto one = principalComponents(vectors.view(), SpaceMetric::Cosine, JobContext({1, 1}));
            const auto four = principalComponents(vectors.view(), SpaceMetric::Cosine, JobContext({1, 4}));
            QVERIFY(one->layout == four->layout);
        }
    }

    /// 600 columns, of which only 8 hold something: iterated directions are those of the 8.
    void longVectorsFindTheSame()
    {
        const auto rows = numbersOf(fixtures + "vectors.csv");
        Matrix wide(rows.size(), 600);
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (std::size_t d = 0; d < 8; ++d)
                wide.row(row)[d * 70] = static_cast<float>(rows[row][d]);
        compare(principalComponents(wide.view(), SpaceMetric::Euclidean, {}).value(), "pca.csv");
    }

    void littleIsFine()
    {
        for (const SpaceMetric metric : {SpaceMetric::Cosine, SpaceMetric::Dot, SpaceMetric::Euclidean}) {
            QVERIFY(principalComponents(Matrix(0, 3).view(), metric, {})->layout.empty());
            QCOMPARE(principalComponents(Matrix(1, 3).view(), metric, {})->layout, Layout(1));
            QCOMPARE(principalComponents(Matrix(2, 0).view(), metric, {})->layout, Layout(2));
            QCOMPARE(principalComponents(Matrix(5, 3).view(), metric, {})->explained[0], 0.);
        }
        Matrix line(3, 1);
        line.row(0)[0] = 3;
        const auto found = principalComponents(line.view(), SpaceMetric::Dot, {});
        QCOMPARE(found->layout[0].x, 2.F);
        QCOMPARE(found->layout[0].y, 0.F);
        QCOMPARE(found->explained[0], 1.);
    }

    void badInputIsNamed()
    {
        const ProjectionMethod& pca = **requireProjection("pca");
        Matrix vectors(4, 2);
        Layout start(3);
        QCOMPARE(project(pca, {vectors.view(), SpaceMetric::Dot, start}, {}, {}).error().code, Code::InvalidArgument);
        vectors.row(2)[1] = std::numeric_limits<float>::infinity();
        QCOMPARE(project(pca, {vectors.view()}, {}, {}).error().where, std::string("row 3"));
        QCOMPARE(requireProjection("pcb").error().code, Code::NotFound);
    }

    void aCancelIsHeard()
    {
        CancelToken token;
        token.cancel();
        const Matrix vectors = vectorsAround(3, 100, 4, .5);
        QCOMPARE(project(**requireProjection("pca"), {vectors.view()}, {}, JobContext({}, token)).error().code,
                 Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(PcaTest)
#include "pca_test.moc"
