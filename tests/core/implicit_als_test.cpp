// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit_als.h"

#include "core/models/als_solver.h"
#include "core/models/artifact.h"
#include "core/models/popular_fallback.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

using Dense = std::vector<std::vector<double>>;

ParamSet settings(std::vector<std::string> assignments)
{
    return parseAssignments(implicitAlsAlgorithm().params, assignments).value();
}

ModelPtr fitted(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> assignments,
                const JobContext& job = {})
{
    const auto model = implicitAlsAlgorithm().fit({dataset}, settings(std::move(assignments)), job);
    return model ? *model : throw std::runtime_error(model.error().text());
}

/// Gauss-Jordan with pivoting: the independent computation.
Dense inverse(Dense a)
{
    const std::size_t n = a.size();
    for (std::size_t i = 0; i < n; ++i) {
        a[i].resize(2 * n, 0.0);
        a[i][n + i] = 1;
    }
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t pivot = i;
        for (std::size_t r = i; r < n; ++r)
            pivot = std::abs(a[r][i]) > std::abs(a[pivot][i]) ? r : pivot;
        std::swap(a[i], a[pivot]);
        const double scale = a[i][i];
        for (double& value : a[i])
            value /= scale;
        for (std::size_t r = 0; r < n; ++r) {
            const double factor = r == i ? 0 : a[r][i];
            for (std::size_t c = 0; c < 2 * n; ++c)
                a[r][c] -= factor * a[i][c];
        }
    }
    for (auto& row : a)
        row.erase(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n));
    return a;
}

double product(std::span<const float> a, std::span<const double> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += static_cast<double>(a[d]) * b[d];
    return sum;
}

/// (Y^T C Y + lambda I)^-1, over all items; c_i = 1 + weight[i].
Dense personInverse(MatrixView items, std::span<const double> weights, double lambda)
{
    Dense a(items.cols, std::vector<double>(items.cols, 0.0));
    for (std::size_t i = 0; i < items.rows; ++i)
        for (std::size_t d = 0; d < items.cols; ++d)
            for (std::size_t e = 0; e < items.cols; ++e)
                a[d][e] +=
                    (1 + weights[i]) * static_cast<double>(items.row(i)[d]) * static_cast<double>(items.row(i)[e]);
    for (std::size_t d = 0; d < items.cols; ++d)
        a[d][d] += lambda;
    return inverse(a);
}

/// c_j * y_i^T W y_j
double termOf(MatrixView items, const Dense& w, std::size_t i, std::size_t j, double confidence)
{
    std::vector<double> seen(items.cols, 0.0);
    for (std::size_t d = 0; d < items.cols; ++d)
        seen[d] = product(items.row(j), w[d]);
    return confidence * product(items.row(i), seen);
}

/// The loss as Hu et al. write it: a double loop over all cells.
double denseLoss(const als::Cells& cells, MatrixView people, MatrixView items, double lambda)
{
    double loss = 0;
    for (std::size_t u = 0; u < people.rows; ++u) {
        std::vector<double> weights(items.rows, 0.0);
        for (std::size_t j = 0; j < cells.columnsOf(u).size(); ++j)
            weights[cells.columnsOf(u)[j]] = static_cast<double>(cells.weightsOf(u)[j]);
        const std::vector<double> x(people.row(u).begin(), people.row(u).end());
        for (std::size_t i = 0; i < items.rows; ++i) {
            const double miss = (weights[i] > 0 ? 1 : 0) - product(items.row(i), x);
            loss += (1 + weights[i]) * miss * miss;
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

double largestDifference(std::span<const float> a, std::span<const float> b)
{
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, static_cast<double>(std::abs(a[i] - b[i])));
    return a.size() == b.size() ? most : INFINITY;
}

bool isCorrupt(const Artifact& artifact)
{
    const auto model = implicitAlsAlgorithm().load(artifact);
    return !model && model.error().code == Code::Corrupt;
}

class Curve final : public JobObserver {
public:
    void measured(std::string_view series, double, double value) override
    {
        const std::lock_guard lock(m_mutex);
        if (series == "loss")
            values.push_back(value);
    }
    std::vector<double> values;

private:
    std::mutex m_mutex;
};

/// Cancels when the first loss arrives.
class Impatient final : public JobObserver {
public:
    explicit Impatient(CancelToken token) : m_token(std::move(token)) {}
    void measured(std::string_view, double, double) override
    {
        ++heard;
        m_token.cancel();
    }
    int heard = 0;

private:
    CancelToken m_token;
};

std::vector<float> scoresOf(const Model& model, const Query& query)
{
    std::vector<float> scores(model.itemCount());
    model.read(query)->scoreAll(scores);
    return scores;
}

std::shared_ptr<const Dataset> fiveFilms()
{
    return DatasetBuilder{}
        .row("ann", "A:5 B:4 C:1")
        .row("bob", "B:5 C:4 D:2")
        .row("cat", "A:4 C:5 D:5")
        .row("dan", "D:4 E:5 A:4.5")
        .build();
}

} // namespace

class ImplicitAlsTest : public QObject {
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

    void rowsWithoutCellsBecomeZero()
    {
        const als::Cells cells = someCells();
        const Matrix items = someFactors(30, 5);
        for (const auto solver : {als::Solver::Exact, als::Solver::ConjugateGradient}) {
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

    void exactLossNeverRises()
    {
        Curve curve;
        (void)fitted(blockDataset(3, 12, 10), {"solver=exact", "factors=4", "iterations=12"},
                     JobContext({}, {}, &curve));
        QCOMPARE(curve.values.size(), std::size_t{12});
        for (std::size_t i = 1; i < curve.values.size(); ++i)
            QVERIFY(curve.values[i] <= curve.values[i - 1] * (1 + 1e-6)); // rounding of float32 factors
        QVERIFY(curve.values.back() < .9 * curve.values.front());
    }

    void scoresAreThoseOfADenseComputation_data()
    {
        QTest::addColumn<QString>("confidence");
        QTest::addColumn<double>("weightOfFive");
        QTest::addColumn<double>("weightOfFour");
        QTest::addColumn<double>("averageSize"); // 5 items, and the weights of the 10 liked cells over 4 people
        QTest::newRow("above") << "above" << 3.0 << 3.0 << 5 + 10 * 3 / 4.0;
        // five fives, four fours, one four and a half
        QTest::newRow("linear") << "linear" << 15.0 << 12.0 << 5 + (5 * 15 + 4 * 12 + 13.5) / 4;
        const auto log = [](double value) { return 3 * std::log(1 + value / .5); };
        QTest::newRow("log") << "log" << log(5) << log(4) << 5 + (5 * log(5) + 4 * log(4) + log(4.5)) / 4;
    }

    void scoresAreThoseOfADenseComputation()
    {
        QFETCH(QString, confidence);
        QFETCH(double, weightOfFive);
        QFETCH(double, weightOfFour);
        QFETCH(double, averageSize);
        const auto dataset = fiveFilms();
        const auto model = fitted(dataset, {"factors=3", "alpha=3", "regularization=0.04", "scaling=constant",
                                            "epsilon=0.5", "confidence=" + confidence.toStdString()});
        const Query ann = queryFor(*dataset, *dataset->findPerson("ann")); // A:5, B:4; C:1 counts as unknown
        const std::vector<double> weights{weightOfFive, weightOfFour, 0, 0, 0};
        const MatrixView items = model->itemSpace().vectors;
        const Dense w = personInverse(items, weights, .04 * averageSize);
        const auto reader = model->read(ann);
        const auto scores = scoresOf(*model, ann);
        for (std::uint32_t i = 0; i < 5; ++i) {
            const double ofA = termOf(items, w, i, 0, 1 + weightOfFive);
            const double ofB = termOf(items, w, i, 1, 1 + weightOfFour);
            const double tolerance = 1e-5 * (std::abs(ofA) + std::abs(ofB)) + 1e-7;
            const Explanation why = reader->explain(ItemIndex{i});
            QCOMPARE(why.terms.size(), std::size_t{2});
            QCOMPARE(why.terms[0].item, ItemIndex{0});
            QCOMPARE(why.terms[1].item, ItemIndex{1});
            QVERIFY(why.terms[0].kind == TermKind::HistoryItem);
            QVERIFY(std::abs(why.terms[0].value - ofA) < tolerance);
            QVERIFY(std::abs(why.terms[1].value - ofB) < tolerance);
            QVERIFY(std::abs(static_cast<double>(scores[i]) - (ofA + ofB)) < tolerance);
            QCOMPARE(why.score, static_cast<double>(scores[i]));
        }
    }

    void lambdaBySizeFollowsTheHistory()
    {
        const auto dataset = fiveFilms();
        const auto model = fitted(dataset, {"factors=3", "alpha=3", "regularization=0.04", "scaling=size"});
        const Query guest = queryFor({{ItemIndex{3}, 5}});
        const std::vector<double> weights{0, 0, 0, 3, 0};
        const MatrixView items = model->itemSpace().vectors;
        const Dense w = personInverse(items, weights, .04 * (5 + 3)); // five items, one of them with weight 3
        const auto scores = scoresOf(*model, guest);
        for (std::size_t i = 0; i < 5; ++i)
            QVERIFY(std::abs(static_cast<double>(scores[i]) - termOf(items, w, i, 3, 4)) < 1e-5);
    }

    void storedPeopleLieWhereTheirFoldInPutsThem()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto model = fitted(dataset, {"factors=8"});
        const MatrixView people = model->personSpace().vectors;
        QCOMPARE(people.rows, dataset->personCount());
        for (std::uint32_t u = 0; u < people.rows; ++u) {
            const auto reader = model->read(queryFor(*dataset, UserIndex{u}));
            QVERIFY(largestDifference(reader->vector(), people.row(u)) < 1e-4);
        }
    }

    void batchesScoreAsReadersDo()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto model = fitted(dataset, {"factors=8"});
        std::vector<Query> queries{queryFor(History{}), queryFor(*dataset, UserIndex{3}),
                                   queryFor(*dataset, UserIndex{30})};
        for (const std::size_t columns : {std::size_t{12}, model->itemCount(), model->itemCount() + 2}) {
            Matrix batch(queries.size(), columns);
            model->scoreBatch(queries, batch.ref());
            for (std::size_t q = 0; q < queries.size(); ++q) {
                std::vector<float> alone(columns);
                model->read(queries[q])->scoreAll(alone);
                for (std::size_t i = 0; i < columns; ++i)
                    QVERIFY(std::isnan(alone[i]) ? std::isnan(batch.row(q)[i])
                                                 : std::abs(alone[i] - batch.row(q)[i]) < 1e-4F);
                QCOMPARE(std::isnan(alone.back()), columns > model->itemCount());
            }
        }
    }

    void findsWhatWasLeftOutOfAPlantedBlock()
    {
        const auto dataset = blockDataset(3, 20, 10);
        const auto model = fitted(dataset, {"factors=3"});
        const auto row = dataset->interactions().row(UserIndex{25}); // of the second block: items i10 to i19
        const auto scores = scoresOf(*model, queryFor(*dataset, UserIndex{25}));
        const auto unseen = [&](std::uint32_t item) { return !std::ranges::binary_search(row.items, ItemIndex{item}); };
        float worstInside = INFINITY;
        float bestOutside = -INFINITY;
        for (std::uint32_t item = 0; item < scores.size(); ++item) {
            const int number = std::stoi(std::string(dataset->itemIds().name(item)).substr(1));
            if (unseen(item) && number / 10 == 1)
                worstInside = std::min(worstInside, scores[item]);
            else if (unseen(item))
                bestOutside = std::max(bestOutside, scores[item]);
        }
        QVERIFY(std::isfinite(worstInside) && worstInside > bestOutside);
    }

    void similarItemsAreOfTheSameBlock()
    {
        const auto dataset = blockDataset(3, 20, 10);
        const auto similar = fitted(dataset, {"factors=8"})->similarItems(*dataset->findItem("i4"), 5);
        for (const Neighbour& neighbour : *similar)
            QCOMPARE(dataset->itemIds().name(neighbour.item.value).size(), std::size_t{2}); // i0 to i9
    }

    void threadsDoNotChangeABit()
    {
        // Enough cells for several chunks of rows.
        const auto dataset = blockDataset(2, 400, 100);
        for (const char* solver : {"solver=gradient", "solver=exact"}) {
            const auto one = fitted(dataset, {solver, "factors=12", "iterations=3"}, JobContext({7, 1}));
            for (const int threads : {2, 4}) {
                const auto many = fitted(dataset, {solver, "factors=12", "iterations=3"}, JobContext({7, threads}));
                QVERIFY(std::ranges::equal(one->itemSpace().vectors.all(), many->itemSpace().vectors.all()));
                QVERIFY(std::ranges::equal(one->personSpace().vectors.all(), many->personSpace().vectors.all()));
            }
            const auto other = fitted(dataset, {solver, "factors=12", "iterations=3"}, JobContext({8, 1}));
            QVERIFY(!std::ranges::equal(one->itemSpace().vectors.all(), other->itemSpace().vectors.all()));
        }
    }

    void anEmptyHistoryGetsTheFallback()
    {
        const auto dataset = fiveFilms();
        const auto model = fitted(dataset, {"factors=3"});
        // Nothing at all, nothing liked, nothing known.
        for (const History& history : {History{}, History{{ItemIndex{1}, 2}}, History{{ItemIndex{99}, 5}}}) {
            const auto reader = model->read(queryFor(history));
            QCOMPARE(reader->fallback(), PopularFallback::sentence());
            QVERIFY(reader->vector().empty());
            const auto scores = scoresOf(*model, queryFor(history));
            QVERIFY(scores[0] > scores[1] && scores[1] > scores[4]); // used by 3, 2 and 1 people
            const Explanation why = reader->explain(ItemIndex{0});
            QVERIFY(why.terms.size() == 1 && why.terms[0].kind == TermKind::Fallback);
            QCOMPARE(why.terms[0].value, static_cast<double>(scores[0]));
        }
        QVERIFY(model->read(queryFor(*dataset, UserIndex{0}))->fallback().empty());
    }

    void implicitValuesAreAllLiked()
    {
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A:1 B:0.5").row("bob", "B C:0 A:2").build();
        const auto model = fitted(dataset, {"factors=2"});
        QCOMPARE(model->read(queryFor(*dataset, UserIndex{0}))->explain(ItemIndex{2}).terms.size(), std::size_t{2});
        // C was used zero times.
        QCOMPARE(model->read(queryFor(*dataset, UserIndex{1}))->explain(ItemIndex{0}).terms.size(), std::size_t{2});
    }

    void newerItemsCannotBeScored()
    {
        const auto dataset = fiveFilms();
        const auto model = fitted(dataset, {"factors=3"});
        const auto known = queryFor(*dataset, UserIndex{0});
        auto withNewer = known.history;
        withNewer.push_back({ItemIndex{70}, 5});
        QVERIFY(scoresOf(*model, known) == scoresOf(*model, queryFor(withNewer)));
        const ItemIndex newer{70};
        float score = 0;
        model->read(known)->score({&newer, 1}, {&score, 1});
        QVERIFY(std::isnan(score));
    }

    void savedModelsAnswerTheSame()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto model = fitted(dataset, {"factors=5", "scaling=size", "confidence=log", "alpha=2.5"});
        Artifact artifact;
        model->save(artifact);
        const auto loaded = implicitAlsAlgorithm().load(artifact);
        QVERIFY(loaded);
        for (const Query& query : {queryFor(*dataset, UserIndex{4}), queryFor(History{})})
            QVERIFY(scoresOf(*model, query) == scoresOf(**loaded, query));
        QVERIFY(std::ranges::equal(model->personSpace().vectors.all(), (*loaded)->personSpace().vectors.all()));
    }

    void damagedModelsAreRefused()
    {
        Artifact whole;
        fitted(fiveFilms(), {"factors=3"})->save(whole);
        for (const auto& [name, array] : whole.arrays()) {
            Artifact missing;
            for (const auto& [other, kept] : whole.arrays())
                if (other != name)
                    missing.putRaw(other, kept);
            QVERIFY2(isCorrupt(missing), name.c_str());
            Artifact shortened = whole;
            Artifact::Array cut = array;
            cut.bytes.resize(cut.bytes.size() - 8);
            shortened.putRaw(name, cut);
            QVERIFY2(isCorrupt(shortened), name.c_str());
        }
    }

    void nonsensicalSettingsAreRefused()
    {
        Artifact whole;
        fitted(fiveFilms(), {"factors=3"})->save(whole);
        const auto refuses = [&](const std::string& name, auto values) {
            Artifact changed = whole;
            changed.put(name, std::span<const typename decltype(values)::value_type>(values));
            return isCorrupt(changed);
        };
        using Doubles = std::vector<double>;
        using Integers = std::vector<std::int64_t>;
        QVERIFY(refuses("confidence-rule", Doubles{3, 4, 1, 1})); // no such mapping
        QVERIFY(refuses("confidence-rule", Doubles{0.5, 4, 1, 1}));
        QVERIFY(refuses("confidence-rule", Doubles{0, 4, -1, 1})); // alpha
        QVERIFY(refuses("confidence-rule", Doubles{2, 4, 1, 0}));  // epsilon
        QVERIFY(refuses("confidence-rule", Doubles{0, 4, 1e300, 1}));
        QVERIFY(refuses("penalty-rule", Doubles{0, 0, 1})); // lambda
        QVERIFY(refuses("penalty-rule", Doubles{1, 2, 1}));
        QVERIFY(refuses("penalty-rule", Doubles{1, 1, 0})); // average size
        QVERIFY(refuses("shape", Integers{5, 4, 0}));
        QVERIFY(refuses("shape", Integers{-5, 4, 3}));
        QVERIFY(refuses("shape", Integers{5, 4, std::int64_t{1} << 62})); // the product overflows
    }

    void cancelEndsTraining()
    {
        const CancelToken token;
        Impatient observer(token);
        const auto model = implicitAlsAlgorithm().fit({blockDataset(3, 12, 10)}, settings({"iterations=200"}),
                                                      JobContext({}, token, &observer));
        QVERIFY(!model && model.error().code == Code::Cancelled);
        QCOMPARE(observer.heard, 1);
    }

    void refusalsSayWhatToDo()
    {
        const auto refusal = [](const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> assignments) {
            return implicitAlsAlgorithm().fit({dataset}, settings(std::move(assignments)), {}).error();
        };
        QVERIFY(refusal(DatasetBuilder{}.build(), {}).code == Code::InvalidArgument);
        QCOMPARE(refusal(DatasetBuilder{}.row("ann", "A:3 B:2").build(), {"liked-from=3.5"}).text(),
                 std::string("No rating is 3.5 or higher, so nothing counts as liked. Lower liked-from"));
        const auto huge = DatasetBuilder{}.implicit().row("ann", "A:3e38 B:3e38").row("bob", "A:3e38").build();
        QVERIFY(refusal(huge, {"confidence=linear", "alpha=10000"}).code == Code::Numeric);
    }

    void estimateGrowsWithTheWork()
    {
        const auto cost = [](std::vector<std::string> assignments) {
            return implicitAlsAlgorithm().estimate({6040, 3706, 1000209}, settings(std::move(assignments)));
        };
        QVERIFY(cost({"iterations=30"}).seconds > 1.5 * cost({"iterations=15"}).seconds);
        QVERIFY(cost({"solver=exact"}).seconds > cost({"solver=gradient"}).seconds);
        QVERIFY(cost({"factors=128"}).bytes > cost({"factors=64"}).bytes);
    }
};

QTEST_APPLESS_MAIN(ImplicitAlsTest)
#include "implicit_als_test.moc"
