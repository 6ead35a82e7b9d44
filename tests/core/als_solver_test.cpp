// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/als_solver.h"

#include "core/base/rng.h"
#include "tests/testing/als_fixtures.h"

#include <algorithm>
#include <cmath>

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// The loss as Hu et al. and as Rendle et al. write it: a double loop over all cells.
double denseLoss(const als::Cells& cells, MatrixView people, MatrixView items, double lambda,
                 als::Objective objective = {})
{
    double loss = 0;
    for (std::size_t u = 0; u < people.rows; ++u) {
        std::vector<double> weights(items.rows, 0.0);
        for (std::size_t j = 0; j < cells.columnsOf(u).size(); ++j)
            weights[cells.columnsOf(u)[j]] = static_cast<double>(cells.weightsOf(u)[j]);
        const std::vector<double> x(people.row(u).begin(), people.row(u).end());
        for (std::size_t i = 0; i < items.rows; ++i) {
            const double predicted = product(items.row(i), x);
            const double unknown = static_cast<double>(objective.unknown);
            const bool alsoUnknown = weights[i] <= 0 || objective.everywhere;
            const double confidence = weights[i] + (objective.everywhere ? 0 : unknown);
            loss += weights[i] > 0 ? confidence * (1 - predicted) * (1 - predicted) : 0;
            loss += alsoUnknown ? unknown * predicted * predicted : 0;
        }
    }
    for (const MatrixView side : {people, items})
        for (const float value : side.all())
            loss += lambda * static_cast<double>(value) * static_cast<double>(value);
    return loss;
}

/// 40 people, 30 items, about 6 cells a row, weights from 1 to 9; one person and one item without any.
als::Cells someCells()
{
    Rng rng(5);
    als::Cells cells;
    cells.columnCount = 30;
    for (std::size_t user = 0; user < 40; ++user) {
        for (std::uint32_t item = 0; item < 29; ++item)
            if (user != 7 && rng.uniform() < .2) {
                cells.columns.push_back(item);
                cells.weights.push_back(1 + static_cast<float>(rng.below(9)));
            }
        cells.starts.push_back(cells.columns.size());
    }
    return cells;
}

Matrix someFactors(std::size_t rows, std::size_t cols)
{
    Rng rng(9);
    Matrix matrix(rows, cols);
    for (float& value : matrix.all())
        value = static_cast<float>(.3 * rng.normal());
    return matrix;
}

} // namespace

/// One half of an iteration: all rows of one side, while the other side stands still.
class AlsSolverTest : public QObject {
    Q_OBJECT
private slots:
    void exactStepSolvesTheNormalEquations()
    {
        const als::Cells cells = someCells();
        const Matrix items = someFactors(30, 5);
        Matrix people(40, 5);
        const std::vector<float> penalty(40, .5F);
        const auto loss = als::solveSide({}, cells, penalty, items.view(), people.ref(), {als::Solver::Exact, 0});
        for (std::size_t u = 0; u < 40; ++u) {
            std::vector<double> weights(30, 0.0);
            for (std::size_t j = 0; j < cells.columnsOf(u).size(); ++j)
                weights[cells.columnsOf(u)[j]] = static_cast<double>(cells.weightsOf(u)[j]);
            const Dense w = personInverse(items.view(), weights, .5);
            std::vector<double> right(5, 0.0);
            for (const std::uint32_t item : cells.columnsOf(u))
                for (std::size_t d = 0; d < 5; ++d)
                    right[d] += (1 + weights[item]) * static_cast<double>(items.row(item)[d]);
            for (std::size_t d = 0; d < 5; ++d) {
                double expected = 0;
                for (std::size_t e = 0; e < 5; ++e)
                    expected += w[d][e] * right[e];
                // float32 factors of size 1, condition number below 100
                QVERIFY(std::abs(static_cast<double>(people.row(u)[d]) - expected) < 1e-5);
            }
        }
        double itemPenalty = 0;
        for (const float value : items.all())
            itemPenalty += .5 * static_cast<double>(value) * static_cast<double>(value);
        const double expected = denseLoss(cells, people.view(), items.view(), .5);
        QVERIFY(std::abs(*loss + itemPenalty - expected) < 1e-5 * expected);
    }

    void gradientReportsTheLossOfWhereItStopped()
    {
        const als::Cells cells = someCells();
        const Matrix items = someFactors(30, 5);
        double itemPenalty = 0;
        for (const float value : items.all())
            itemPenalty += .5 * static_cast<double>(value) * static_cast<double>(value);
        for (const int steps : {1, 2, 3}) {
            Matrix people = someFactors(40, 5);
            const std::vector<float> penalty(40, .5F);
            const auto loss =
                als::solveSide({}, cells, penalty, items.view(), people.ref(), {als::Solver::ConjugateGradient, steps});
            const double expected = denseLoss(cells, people.view(), items.view(), .5);
            QVERIFY(std::abs(*loss + itemPenalty - expected) < 1e-5 * expected);
        }
    }

    void gradientConvergesToTheExactSolution()
    {
        const als::Cells cells = someCells();
        for (const std::size_t k : {1, 5, 16, 37}) {
            const Matrix items = someFactors(30, k);
            std::vector<float> penalty(40, .5F);
            penalty[3] = 4; // rows may have a lambda of their own
            Matrix exact(40, k);
            Matrix gradient = someFactors(40, k);
            QVERIFY(als::solveSide({}, cells, penalty, items.view(), exact.ref(), {als::Solver::Exact, 0}));
            QVERIFY(
                als::solveSide({}, cells, penalty, items.view(), gradient.ref(), {als::Solver::ConjugateGradient, 50}));
            QVERIFY(largestDifference(exact.all(), gradient.all()) < 1e-4);
        }
    }

    void everySolverMinimizesEitherObjective()
    {
        const als::Cells cells = someCells();
        const std::vector<float> penalty(40, .5F);
        for (const als::Objective objective : {als::Objective{.3F, false}, als::Objective{.3F, true}}) {
            const Matrix items = someFactors(30, 37);
            double itemPenalty = 0;
            for (const float value : items.all())
                itemPenalty += .5 * static_cast<double>(value) * static_cast<double>(value);
            std::vector<double> losses;
            for (const auto solver : {als::Solver::Exact, als::Solver::ConjugateGradient, als::Solver::Blocks}) {
                Matrix people(40, 37);
                Result<double> loss;
                for (int round = 0; round < 40; ++round)
                    loss = als::solveSide({}, cells, penalty, items.view(), people.ref(), {solver, 8, objective, 16});
                losses.push_back(denseLoss(cells, people.view(), items.view(), .5, objective));
                QVERIFY(std::abs(*loss + itemPenalty - losses.back()) < 1e-5 * losses.back());
                // All stop at the one minimum of a convex function; the float32 solutions differ by rounding.
                QVERIFY(std::abs(losses.back() - losses.front()) < 1e-5 * losses.front());
            }
        }
    }

    void blocksReportTheLossAndNeverRaiseIt()
    {
        const als::Cells cells = someCells();
        const Matrix items = someFactors(30, 37);
        const std::vector<float> penalty(40, .5F);
        double itemPenalty = 0;
        for (const float value : items.all())
            itemPenalty += .5 * static_cast<double>(value) * static_cast<double>(value);
        Matrix people = someFactors(40, 37);
        double before = denseLoss(cells, people.view(), items.view(), .5);
        for (int round = 0; round < 5; ++round) {
            const auto loss =
                als::solveSide({}, cells, penalty, items.view(), people.ref(), {als::Solver::Blocks, 0, {}, 16});
            const double now = denseLoss(cells, people.view(), items.view(), .5);
            QVERIFY(now <= before * (1 + 1e-6)); // rounding of float32 factors
            QVERIFY(std::abs(*loss + itemPenalty - now) < 1e-5 * now);
            before = now;
        }
    }

    void longRowsAreGatheredInTiles()
    {
        // 150 cells in a row: two full tiles of 64 and a rest; 70 factors: four panels and a rest of six columns.
        Rng rng(3);
        als::Cells cells;
        cells.columnCount = 200;
        for (std::uint32_t item = 0; item < 150; ++item) {
            cells.columns.push_back(item);
            cells.weights.push_back(1 + static_cast<float>(rng.below(9)));
        }
        cells.starts.push_back(150);
        const Matrix items = someFactors(200, 70);
        Matrix exact(1, 70);
        QVERIFY(
            als::solveSide({}, cells, std::vector<float>(1, 2.F), items.view(), exact.ref(), {als::Solver::Exact, 0}));
        const auto gram = als::gramOf({}, items.view()).value();
        const auto expected =
            als::Equations(items.view(), gram, 1, cells.columnsOf(0), cells.weightsOf(0), 2).solution();
        for (std::size_t d = 0; d < 70; ++d)
            QVERIFY(std::abs(static_cast<double>(exact.row(0)[d]) - expected[d]) < 1e-4); // float against double
    }

    void rowsWithoutCellsBecomeZero()
    {
        const als::Cells cells = someCells();
        const Matrix items = someFactors(30, 5);
        for (const auto solver : {als::Solver::Exact, als::Solver::ConjugateGradient, als::Solver::Blocks}) {
            Matrix people = someFactors(40, 5);
            QVERIFY(als::solveSide({}, cells, std::vector<float>(40, 1.F), items.view(), people.ref(), {solver, 3}));
            QVERIFY(std::ranges::all_of(people.row(7), [](float value) { return value == 0; }));
        }
    }

    void transposingTwiceGivesTheSameCells()
    {
        const als::Cells cells = someCells();
        const als::Cells turned = als::transposed(cells);
        QCOMPARE(turned.rows(), std::size_t{30});
        const als::Cells back = als::transposed(turned);
        QVERIFY(back.starts == cells.starts && back.columns == cells.columns && back.weights == cells.weights);
    }
};

QTEST_APPLESS_MAIN(AlsSolverTest)
#include "als_solver_test.moc"
