// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/ranking_trainer.h"

#include "core/models/catalogue.h"
#include "core/models/implicit/bpr.h"
#include "core/models/implicit/logistic_mf.h"
#include "core/models/implicit/ranking_fold_in.h"
#include "core/models/implicit/warp.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

using namespace orrery;
using namespace orrery::testing;
using namespace orrery::implicit;

namespace {

Matrix someItems(std::size_t rows, std::size_t cols)
{
    Rng rng(9);
    Matrix matrix(rows, cols);
    for (float& value : matrix.all())
        value = static_cast<float>(rng.normal());
    return matrix;
}

std::vector<float> someBiases(std::size_t rows)
{
    Rng rng(4);
    std::vector<float> biases(rows);
    for (float& bias : biases)
        bias = static_cast<float>(.5 * rng.normal());
    return biases;
}

const Liked threeLiked{{2, 5, 11}, {1, 3, 2}};

/// The loss of ranking_fold_in.h as it is written there: double loops.
double writtenLoss(const Matrix& items, std::span<const float> bias, const Liked& liked,
                   std::span<const std::uint32_t> sample, RankingFoldIn::Settings settings, std::span<const double> x)
{
    const auto score = [&](std::uint32_t item) {
        double sum = static_cast<double>(bias[item]);
        for (std::size_t d = 0; d < x.size(); ++d)
            sum += static_cast<double>(items.row(item)[d]) * x[d];
        return sum;
    };
    std::vector<std::uint32_t> others;
    for (const std::uint32_t item : sample)
        if (!std::ranges::binary_search(liked.items, item))
            others.push_back(item);
    double loss = 0, weights = 0, squares = 0;
    for (std::size_t n = 0; n < liked.items.size(); ++n) {
        const double w = static_cast<double>(liked.weights[n]);
        const double reached = score(liked.items[n]);
        const double share = w / static_cast<double>(others.size());
        weights += w;
        loss += settings.pairs ? 0 : w * std::log1p(std::exp(-reached));
        for (const std::uint32_t other : others)
            loss += settings.pairs ? share * std::log1p(std::exp(score(other) - reached))
                                   : share * static_cast<double>(settings.ratio) * std::log1p(std::exp(score(other)));
    }
    for (const double value : x)
        squares += value * value;
    return loss + static_cast<double>(settings.strength) * weights / 2 * squares;
}

class Curves final : public JobObserver {
public:
    void measured(std::string_view series, double, double value) override
    {
        const std::lock_guard lock(m_mutex);
        values[std::string(series)].push_back(value);
    }
    std::map<std::string, std::vector<double>> values;

private:
    std::mutex m_mutex;
};

/// 300 people like 10 of the 20 items of their block of two.
als::Cells twoBlocks()
{
    Rng rng(2);
    als::Cells cells;
    cells.columnCount = 40;
    for (std::uint32_t person = 0; person < 300; ++person) {
        for (std::uint32_t item = 0; item < 20; ++item)
            if (rng.uniform() < .5) {
                cells.columns.push_back(person % 2 * 20 + item);
                cells.weights.push_back(1);
            }
        cells.starts.push_back(cells.columns.size());
    }
    return cells;
}

RankingConfig quick(RankingLoss loss, Negatives negatives = Negatives::Uniform)
{
    RankingConfig config;
    config.loss = loss;
    config.negatives = negatives;
    config.factors = 11; // not a multiple of the lanes
    config.epochs = 30;
    return config;
}

} // namespace

class RankingTest : public QObject {
    Q_OBJECT
private slots:
    void foldInFindsTheMinimum_data()
    {
        QTest::addColumn<bool>("pairs");
        QTest::addRow("pairs") << true;
        QTest::addRow("points") << false;
    }

    void foldInFindsTheMinimum()
    {
        QFETCH(bool, pairs);
        const Matrix items = someItems(30, 5);
        const auto bias = someBiases(30);
        const RankingFoldIn::Settings settings{pairs, .1F, 4};
        const auto sample = RankingFoldIn::sampleOf(30, 20, Rng(1));
        const RankingFoldIn foldIn({items.view(), bias}, settings, sample);
        const auto person = foldIn.fit(threeLiked);
        std::vector<double> x(person->vector().begin(), person->vector().end());
        const double least = writtenLoss(items, bias, threeLiked, sample, settings, x);
        // At the minimum of a convex function every step up or down an axis raises it, and by equal amounts but for
        // the third derivative: a step of 1e-3 changes the loss by about 1e-6, a slope of 1e-4 would by 1e-7.
        for (double& value : x)
            for (const double step : {1e-3, -1e-3}) {
                value += step;
                QVERIFY(writtenLoss(items, bias, threeLiked, sample, settings, x) > least);
                value -= step;
            }
    }

    void everyEntryHasItsPart()
    {
        const Matrix items = someItems(30, 5);
        const auto bias = someBiases(30);
        for (const bool pairs : {true, false}) {
            const RankingFoldIn foldIn({items.view(), bias}, {pairs, .1F, 4}, RankingFoldIn::sampleOf(30, 20, Rng(1)));
            const auto person = foldIn.fit(threeLiked);
            for (std::uint32_t item = 0; item < 30; ++item) {
                const auto parts = person->contributions(item);
                QCOMPARE(parts.size(), std::size_t{3});
                double product = 0;
                for (std::size_t d = 0; d < 5; ++d)
                    product += static_cast<double>(items.row(item)[d]) * person->vector()[d];
                QVERIFY(std::abs(parts[0] + parts[1] + parts[2] - product) < 1e-10); // both in double
            }
        }
    }

    void samplesAreOfDifferentItems()
    {
        const auto sample = RankingFoldIn::sampleOf(100, 30, Rng(1));
        QCOMPARE(sample.size(), std::size_t{30});
        QVERIFY(std::ranges::adjacent_find(sample, std::greater_equal{}) == sample.end() && sample.back() < 100);
        QCOMPARE(RankingFoldIn::sampleOf(7, 30, Rng(1)).size(), std::size_t{7});
    }

    void trainingPutsLikedItemsFirst()
    {
        const als::Cells cells = twoBlocks();
        for (const auto loss : {RankingLoss::Pairwise, RankingLoss::Warp, RankingLoss::Logistic}) {
            Curves curves;
            const auto factors = trainRanking(cells, quick(loss), JobContext({1, 2}, {}, &curves));
            const auto& losses = curves.values["training loss"];
            QCOMPARE(losses.size(), std::size_t{30});
            QVERIFY(losses.back() < .9 * losses.front());
            std::size_t right = 0;
            for (std::uint32_t person = 0; person < 300; ++person) {
                double own = 0, other = 0;
                for (std::uint32_t item = 0; item < 40; ++item) {
                    double score = static_cast<double>(factors->itemBias[item]);
                    for (std::size_t d = 0; d < 11; ++d)
                        score += static_cast<double>(factors->people.row(person)[d]) *
                                 static_cast<double>(factors->items.row(item)[d]);
                    (item / 20 == person % 2 ? own : other) += score;
                }
                right += own > other ? 1 : 0;
            }
            QVERIFY2(right == 300, qPrintable(QString::number(right)));
        }
    }

    void threadsDoNotChangeABit()
    {
        const als::Cells cells = twoBlocks();
        for (const auto& config : {quick(RankingLoss::Pairwise), quick(RankingLoss::Pairwise, Negatives::Popular),
                                   quick(RankingLoss::Pairwise, Negatives::Hardest), quick(RankingLoss::Warp),
                                   quick(RankingLoss::Logistic)}) {
            const auto one = trainRanking(cells, config, JobContext({3, 1}));
            for (const int threads : {2, 4}) {
                const auto many = trainRanking(cells, config, JobContext({3, threads}));
                QVERIFY(sameBits(one->people.all(), many->people.all()));
                QVERIFY(sameBits(one->items.all(), many->items.all()));
                QVERIFY(sameBits(one->itemBias, many->itemBias));
            }
        }
    }

    void rowsWithoutCellsStayZero()
    {
        als::Cells cells = twoBlocks();
        cells.columnCount = 41; // one that nobody likes
        cells.starts.push_back(cells.columns.size());
        const auto factors = trainRanking(cells, quick(RankingLoss::Logistic), JobContext{}).value();
        QVERIFY(std::ranges::all_of(factors.people.row(300), [](float value) { return value == 0; }));
    }

    void divergenceIsAnError()
    {
        auto config = quick(RankingLoss::Logistic);
        config.learningRate = 1e20F;
        const auto factors = trainRanking(twoBlocks(), config, JobContext{});
        QVERIFY(!factors.has_value());
        QCOMPARE(factors.error().code, Code::Numeric);
    }
};

QTEST_APPLESS_MAIN(RankingTest)
#include "ranking_test.moc"
