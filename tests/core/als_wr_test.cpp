// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/als_wr.h"
#include "core/models/ratings/als_wr_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

namespace {

/// Rows of 5 to 60 ratings: with 20 factors both ways of solving are taken.
std::shared_ptr<const Dataset> unevenDataset()
{
    Rng rng(2);
    DatasetBuilder builder;
    for (int u = 0; u < 60; ++u) {
        std::string row;
        for (int i = 0; i < 70; ++i)
            if (u == 0 || rng.uniform() < (i % 4 == 0 ? .7 : .15))
                row += fmt::format("i{}:{} ", i, 1 + (u * i + u + i) % 5);
        builder.row(fmt::format("p{}", u), row);
    }
    return builder.build();
}

/// How far each coordinate of the items is from the minimum, as the formula in als_wr_trainer.h says: half its
/// derivative, for the items were moved last.
double steepestItem(const Interactions& interactions, const RatingFactors& f, double lambda, bool biases)
{
    const std::size_t k = f.items.cols();
    std::vector<std::vector<double>> slope(interactions.items(), std::vector<double>(k + 1));
    for (std::uint32_t u = 0; u < interactions.users(); ++u) {
        const auto row = interactions.row(UserIndex{u});
        for (std::size_t n = 0; n < row.size(); ++n) {
            const std::uint32_t i = row.items[n].value;
            double miss = double(row.values[n]) - f.mean - double(f.personBias[u]) - double(f.itemBias[i]);
            for (std::size_t c = 0; c < k; ++c)
                miss -= double(f.people.row(u)[c]) * double(f.items.row(i)[c]);
            for (std::size_t c = 0; c < k; ++c)
                slope[i][c] += miss * double(f.people.row(u)[c]) - lambda * double(f.items.row(i)[c]);
            slope[i][k] += biases ? miss - lambda * double(f.itemBias[i]) : 0;
        }
    }
    double steepest = 0;
    for (const auto& item : slope)
        for (const double value : item)
            steepest = std::max(steepest, std::abs(value));
    return steepest;
}

} // namespace

class AlsWrTest : public QObject {
    Q_OBJECT
private slots:
    void everyItemIsAtItsMinimum()
    {
        const auto dataset = unevenDataset();
        for (const bool biases : {true, false}) {
            AlsWrConfig config;
            config.factors = 20;
            config.epochs = 3;
            config.biases = biases;
            const auto factors = trainAlsWr(dataset->interactions(), {}, config, {}).value();
            const double steepest = steepestItem(dataset->interactions(), factors, .1F, biases);
            QVERIFY2(steepest < 2e-4, std::to_string(steepest).c_str()); // sums of up to 60 float32 products
            QVERIFY(biases || std::ranges::all_of(factors.itemBias, [](float bias) { return bias == 0; }));
        }
    }

    void aStoredPersonsFoldInIsTheTrainedPerson()
    {
        // After many epochs the items hardly move any more.
        const auto dataset = unevenDataset();
        const ParamSet params =
            parseAssignments(alsWrAlgorithm().params,
                             std::vector<std::string>{"factors=6", "epochs=300", "regularization=0.3"})
                .value();
        const auto model = train(alsWrAlgorithm(), {dataset}, params, {}).value();
        for (const std::uint32_t person : {0U, 7U, 31U}) {
            const auto reader = model->read(queryFor(*dataset, UserIndex{person}));
            const auto trained = model->personSpace().vectors.row(person);
            for (std::size_t c = 0; c < trained.size(); ++c)
                QVERIFY(std::abs(reader->vector()[c] - trained[c]) < 2e-3F);
            QVERIFY(std::abs(reader->explain(ItemIndex{0}).terms[2].value - double(model->personSpace().bias[person])) <
                    2e-3);
        }
    }

    void withoutBiasesAnEmptyHistoryIsTheAveragePerson()
    {
        const auto dataset = unevenDataset();
        AlsWrConfig config;
        config.biases = false;
        const auto factors = trainAlsWr(dataset->interactions(), {}, config, JobContext({.seed = 1})).value();
        double expected = factors.mean;
        for (std::size_t u = 0; u < 60; ++u)
            for (std::size_t c = 0; c < factors.items.cols(); ++c)
                expected += double(factors.people.row(u)[c]) * double(factors.items.row(4)[c]) / 60;
        const ParamSet params =
            parseAssignments(alsWrAlgorithm().params, std::vector<std::string>{"biases=false"}).value();
        const auto model = train(alsWrAlgorithm(), {dataset}, params, JobContext({.seed = 1})).value();
        const float score = orrery::testing::scoresOf(*model, Query{})[4];
        QVERIFY(std::abs(double(score) - expected) < 1e-5);
    }

    void theErrorFalls()
    {
        struct Curve final : JobObserver {
            std::vector<double> values;
            void measured(std::string_view, double, double value) override { values.push_back(value); }
        } curve;
        QVERIFY(train(alsWrAlgorithm(), {blockDataset(2, 30, 10)}, {}, JobContext({}, {}, &curve)));
        QCOMPARE(curve.values.size(), std::size_t{15});
        QVERIFY(curve.values.back() < curve.values.front());
    }
};

QTEST_APPLESS_MAIN(AlsWrTest)
#include "als_wr_test.moc"
