// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/implicit_als.h"

#include "core/models/popular_fallback.h"
#include "tests/testing/als_fixtures.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// c_j * y_i^T W y_j
double termOf(MatrixView items, const Dense& w, std::size_t i, std::size_t j, double confidence)
{
    std::vector<double> seen(items.cols, 0.0);
    for (std::size_t d = 0; d < items.cols; ++d)
        seen[d] = product(items.row(j), w[d]);
    return confidence * product(items.row(i), seen);
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

} // namespace

/// What is learned and how it answers; als_solver has its steps, implicit_als_storage what is kept of it.
class ImplicitAlsTest : public QObject {
    Q_OBJECT
private slots:
    void exactLossNeverRises()
    {
        Curve curve;
        (void)fittedAls(blockDataset(3, 12, 10), {"solver=exact", "factors=4", "iterations=12"},
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
        const auto model = fittedAls(dataset, {"factors=3", "alpha=3", "regularization=0.04", "exponent=0",
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
        const auto model = fittedAls(dataset, {"factors=3", "alpha=3", "regularization=0.04"});
        const Query guest = queryFor({{ItemIndex{3}, 5}});
        const std::vector<double> weights{0, 0, 0, 3, 0};
        const MatrixView items = model->itemSpace().vectors;
        const Dense w = personInverse(items, weights, .04 * (5 + 3)); // five items, one of them with weight 3
        const auto scores = scoresOf(*model, guest);
        for (std::size_t i = 0; i < 5; ++i)
            QVERIFY(std::abs(static_cast<double>(scores[i]) - termOf(items, w, i, 3, 4)) < 1e-5);
    }

    void rendlesSettingsCanBeGiven()
    {
        const auto dataset = fiveFilms();
        const auto model = fittedAls(dataset, {"factors=3", "alpha=1", "regularization=0.007", "strength=plain",
                                               "exponent=0.5", "unknown-weight=0.3", "unknown=everywhere"});
        // Rendle et al. 2021: W w = sum of y_j over the history, W = .3 Y^T Y + sum of y_j y_j^T + lambda,
        // lambda = .007 (2 + .3 * 5)^.5. Times 1 / .3, W is the matrix of personInverse.
        const std::vector<double> weights{1 / .3, 1 / .3, 0, 0, 0};
        const MatrixView items = model->itemSpace().vectors;
        const Dense w = personInverse(items, weights, .007 * std::sqrt(2 + .3 * 5) / .3);
        const auto scores = scoresOf(*model, queryFor(*dataset, *dataset->findPerson("ann")));
        for (std::size_t i = 0; i < 5; ++i) {
            const double expected = termOf(items, w, i, 0, 1 / .3) + termOf(items, w, i, 1, 1 / .3);
            QVERIFY(std::abs(static_cast<double>(scores[i]) - expected) < 1e-5); // float32 scores of size 1
        }
    }

    void storedPeopleLieWhereTheirFoldInPutsThem()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto model = fittedAls(dataset, {"factors=8"});
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
        const auto model = fittedAls(dataset, {"factors=8"});
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
        const auto model = fittedAls(dataset, {"factors=3"});
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
        const auto similar = fittedAls(dataset, {"factors=8"})->similarItems(*dataset->findItem("i4"), 5);
        for (const Neighbour& neighbour : *similar)
            QCOMPARE(dataset->itemIds().name(neighbour.item.value).size(), std::size_t{2}); // i0 to i9
    }

    void threadsDoNotChangeABit()
    {
        // Enough cells for several chunks of rows.
        const auto dataset = blockDataset(2, 400, 100);
        for (const char* solver : {"solver=gradient", "solver=exact", "solver=blocks"}) {
            const auto one = fittedAls(dataset, {solver, "factors=12", "iterations=3"}, JobContext({7, 1}));
            for (const int threads : {2, 4}) {
                const auto many = fittedAls(dataset, {solver, "factors=12", "iterations=3"}, JobContext({7, threads}));
                QVERIFY(std::ranges::equal(one->itemSpace().vectors.all(), many->itemSpace().vectors.all()));
                QVERIFY(std::ranges::equal(one->personSpace().vectors.all(), many->personSpace().vectors.all()));
            }
            const auto other = fittedAls(dataset, {solver, "factors=12", "iterations=3"}, JobContext({8, 1}));
            QVERIFY(!std::ranges::equal(one->itemSpace().vectors.all(), other->itemSpace().vectors.all()));
        }
    }

    void anEmptyHistoryGetsTheFallback()
    {
        const auto dataset = fiveFilms();
        const auto model = fittedAls(dataset, {"factors=3"});
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
        const auto model = fittedAls(dataset, {"factors=2"});
        QCOMPARE(model->read(queryFor(*dataset, UserIndex{0}))->explain(ItemIndex{2}).terms.size(), std::size_t{2});
        // C was used zero times.
        QCOMPARE(model->read(queryFor(*dataset, UserIndex{1}))->explain(ItemIndex{0}).terms.size(), std::size_t{2});
    }

    void newerItemsCannotBeScored()
    {
        const auto dataset = fiveFilms();
        const auto model = fittedAls(dataset, {"factors=3"});
        const auto known = queryFor(*dataset, UserIndex{0});
        auto withNewer = known.history;
        withNewer.push_back({ItemIndex{70}, 5});
        QVERIFY(scoresOf(*model, known) == scoresOf(*model, queryFor(withNewer)));
        const ItemIndex newer{70};
        float score = 0;
        model->read(known)->score({&newer, 1}, {&score, 1});
        QVERIFY(std::isnan(score));
    }

    void cancelEndsTraining()
    {
        const CancelToken token;
        Impatient observer(token);
        const auto model = train(implicitAlsAlgorithm(), {blockDataset(3, 12, 10)}, alsSettings({"iterations=200"}),
                                 JobContext({}, token, &observer));
        QVERIFY(!model && model.error().code == Code::Cancelled);
        QCOMPARE(observer.heard, 1);
    }

    void refusalsSayWhatToDo()
    {
        const auto refusal = [](const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> assignments) {
            return train(implicitAlsAlgorithm(), {dataset}, alsSettings(std::move(assignments)), {}).error();
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
            return implicitAlsAlgorithm().estimate({6040, 3706, 1000209}, alsSettings(std::move(assignments)));
        };
        QVERIFY(cost({"iterations=30"}).seconds > 1.5 * cost({"iterations=15"}).seconds);
        QVERIFY(cost({"solver=exact"}).seconds > cost({"solver=gradient"}).seconds);
        QVERIFY(cost({"factors=128"}).bytes > cost({"factors=64"}).bytes);
    }
};

QTEST_APPLESS_MAIN(ImplicitAlsTest)
#include "implicit_als_test.moc"
