// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/baselines/bias.h"
#include "tests/testing/dataset_builder.h"

#include <array>
#include <cmath>

#include <QtTest>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

namespace {

ModelPtr fitted(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> settings = {},
                JobContext job = {})
{
    const Algorithm bias = biasAlgorithm();
    return train(bias, {dataset}, parseAssignments(bias.params, settings).value(), job).value();
}

/// Mean 4; A +1/3 and B -1/2 with one epoch and shrinkage 1.
ModelPtr smallModel()
{
    const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").row("bob", "A:4").build();
    return fitted(dataset, {"epochs=1", "reg-people=1", "reg-items=1"});
}

float scoreOf(const Model& model, const History& history, std::uint32_t item)
{
    const ItemIndex asked{item};
    float score = 0;
    model.read(queryFor(history))->score(std::span(&asked, 1), std::span(&score, 1));
    return score;
}

const History annsHistory = {{ItemIndex{0}, 5}, {ItemIndex{1}, 3}};

struct CancelAtEpoch final : JobObserver {
    CancelToken token;
    void measured(std::string_view, double, double) override { token.cancel(); }
};

struct Curve final : JobObserver {
    std::vector<double> values;
    void measured(std::string_view series, double, double value) override
    {
        QCOMPARE(series, std::string_view("training RMSE"));
        values.push_back(value);
    }
};

} // namespace

class BiasTest : public QObject {
    Q_OBJECT
private slots:
    void scoresAreThoseWorkedByHand()
    {
        // A: ((5-4) + (4-4)) / (1+2) = 1/3. B: (3-4) / (1+1) = -1/2. Ann: ((1 - 1/3) + (-1 + 1/2)) / (1+2) = 1/18.
        const auto model = smallModel();
        QCOMPARE(scoreOf(*model, annsHistory, 0), 4.F + 1.F / 3 + 1.F / 18);
        QCOMPARE(scoreOf(*model, annsHistory, 1), 4.F - 1.F / 2 + 1.F / 18);
        // A guest who gave A one star: (1 - 4 - 1/3) / (1+1) = -5/3.
        QCOMPARE(scoreOf(*model, {{ItemIndex{0}, 1}}, 1), 4.F - 1.F / 2 - 5.F / 3);
    }

    void descentTakesTheStepsWorkedByHand()
    {
        // Mean 4, rate .1, no regularization. Ann's A: error 1, both biases .1. Ann's B: -1 - .1 = -1.1, ann's -.01,
        // B's -.11. Bob's A: 0 - .1, A's .09.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").row("bob", "A:4").build();
        const auto model = fitted(
            dataset, {"method=sgd", "descent-epochs=1", "learning-rate=0.1", "regularization=0", "reg-people=1"});
        QCOMPARE(scoreOf(*model, {}, 0), 4.09F);
        QCOMPARE(scoreOf(*model, {}, 1), 3.89F);
        QCOMPARE(scoreOf(*model, {{ItemIndex{0}, 5}}, 1), 3.89F + (5 - 4.09F) / 2);
    }

    void aRateTooLargeIsSaid()
    {
        const auto model = train(biasAlgorithm(), {blockDataset(3, 20, 10)},
                                 parseAssignments(biasAlgorithm().params,
                                                  std::vector<std::string>{"method=sgd", "learning-rate=1",
                                                                           "regularization=1", "descent-epochs=1000"})
                                     .value(),
                                 {});
        QVERIFY(!model && model.error().code == Code::Numeric);
    }

    void theErrorIsThatOfThePredictions()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").row("bob", "A:4").build();
        Curve curve;
        fitted(dataset, {"epochs=1", "reg-people=1", "reg-items=1"}, JobContext({}, {}, &curve));
        // Errors: 5 - 4.3889 = .6111, 3 - 3.5556 = -.5556, 4 - (4 + 1/3 - 1/6) = -.1667.
        const double expected = std::sqrt((std::pow(11. / 18, 2) + std::pow(10. / 18, 2) + 1. / 36) / 3);
        QCOMPARE(curve.values.size(), std::size_t{1});
        QVERIFY(std::abs(curve.values[0] - expected) < 1e-6); // biases are float32
    }

    void explanationsNameMeanItemAndPerson()
    {
        const auto explanation = smallModel()->read(queryFor(annsHistory))->explain(ItemIndex{1});
        QCOMPARE(explanation.terms.size(), std::size_t{3});
        const std::array expected = {4., -.5, 1. / 18};
        const std::array kinds = {TermKind::GlobalMean, TermKind::ItemBias, TermKind::PersonBias};
        for (std::size_t n = 0; n < 3; ++n) {
            QVERIFY(explanation.terms[n].kind == kinds[n]);
            QVERIFY(std::abs(explanation.terms[n].value - expected[n]) < 1e-6);
        }
        QVERIFY(std::abs(explanation.score - (4 - .5 + 1. / 18)) < 1e-6);
    }

    void anEmptyHistoryGivesItemAveragesAndSaysSo()
    {
        const auto model = smallModel();
        QCOMPARE(scoreOf(*model, {}, 0), 4.F + 1.F / 3);
        QVERIFY(!model->read(queryFor(History{}))->fallback().empty());
        QVERIFY(model->read(queryFor(annsHistory))->fallback().empty());
        QCOMPARE(model->read(queryFor(History{}))->explain(ItemIndex{0}).terms.size(), std::size_t{2});
    }

    void whatIsNoKnownRatingIsIgnored()
    {
        const auto model = smallModel();
        History history = annsHistory;
        history.push_back({ItemIndex{77}, 5});
        QCOMPARE(scoreOf(*model, history, 0), scoreOf(*model, annsHistory, 0));
        history = {{ItemIndex{0}, 5}, {ItemIndex{1}, 30}};
        QCOMPARE(scoreOf(*model, history, 0), scoreOf(*model, {{ItemIndex{0}, 5}}, 0));
        history[1].value = std::nanf("");
        QCOMPARE(scoreOf(*model, history, 0), scoreOf(*model, {{ItemIndex{0}, 5}}, 0));
        QVERIFY(std::isnan(scoreOf(*model, annsHistory, 77)));
    }

    void unratedItemsGetTheMean()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").title("C", "Never rated").build();
        QCOMPARE(scoreOf(*fitted(dataset), {}, 2), 4.F);
    }

    void bitsDoNotDependOnThreads()
    {
        const auto dataset = blockDataset(3, 400, 20);
        const auto bitsAt = [&](int threads) {
            Artifact artifact;
            fitted(dataset, {}, JobContext({.seed = 1, .threads = threads}))->save(artifact);
            return artifact.arrays().at("item-bias").bytes;
        };
        QVERIFY(bitsAt(1) == bitsAt(2));
        QVERIFY(bitsAt(1) == bitsAt(4));
    }

    void loadGivesWhatWasSaved()
    {
        Artifact artifact;
        const auto model = smallModel();
        model->save(artifact);
        const auto loaded = biasAlgorithm().load(artifact).value();
        QCOMPARE(loaded->itemCount(), std::size_t{2});
        for (const std::uint32_t item : {0U, 1U})
            QCOMPARE(scoreOf(*loaded, annsHistory, item), scoreOf(*model, annsHistory, item));
    }

    void damageIsRefused()
    {
        Artifact whole;
        smallModel()->save(whole);
        for (const auto& [name, array] : whole.arrays()) {
            Artifact damaged = whole;
            auto shorter = array;
            shorter.bytes.resize(shorter.bytes.size() - 4);
            damaged.putRaw(name, shorter);
            QVERIFY2(biasAlgorithm().load(damaged).error().code == Code::Corrupt, name.c_str());
        }
        QVERIFY(biasAlgorithm().load({}).error().code == Code::Corrupt);
        whole.putNumber("reg-people", -3);
        QVERIFY(biasAlgorithm().load(whole).error().code == Code::Corrupt);
    }

    void refusesAnEmptyDatasetAndStopsWhenAsked()
    {
        const auto empty = DatasetBuilder{}.build();
        QVERIFY(train(biasAlgorithm(), {empty}, {}, {}).error().code == Code::InvalidArgument);
        CancelAtEpoch observer;
        const JobContext job({}, observer.token, &observer);
        QVERIFY(train(biasAlgorithm(), {blockDataset(2, 5, 5)}, {}, job).error().code == Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(BiasTest)
#include "bias_test.moc"
