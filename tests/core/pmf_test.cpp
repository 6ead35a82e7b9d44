// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/pmf.h"
#include "core/models/ratings/svd_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

class PmfTest : public QObject {
    Q_OBJECT
private slots:
    void vectorsMoveAsTheGradientSaysAndNoBiasDoes()
    {
        // As in svd_test.cpp, without biases: replayed from what the first epoch leaves.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5").row("bob", "B:1").build();
        SvdConfig config;
        config.factors = 3;
        config.learningRate = .1F;
        config.finalRate = 1;
        config.regularization = .2F;
        config.initSpread = .5F;
        config.biased = false;
        const auto after = [&](int epochs) {
            config.epochs = epochs;
            return trainSvd(dataset->interactions(), {}, config, {}).value();
        };
        const RatingFactors first = after(1), second = after(2);
        QCOMPARE(second.itemBias, (std::vector<float>{0, 0}));
        QCOMPARE(second.personBias, (std::vector<float>{0, 0}));
        double miss = 5 - 3;
        for (std::size_t c = 0; c < 3; ++c)
            miss -= double(first.people.row(0)[c]) * double(first.items.row(0)[c]);
        for (std::size_t c = 0; c < 3; ++c) {
            const double x = first.people.row(0)[c], y = first.items.row(0)[c];
            QVERIFY(std::abs(double(second.people.row(0)[c]) - (x + .1 * (miss * y - .2 * x))) < 1e-6);
            QVERIFY(std::abs(double(second.items.row(0)[c]) - (y + .1 * (miss * x - .2 * y))) < 1e-6);
        }
    }

    void anEmptyHistoryIsTheAveragePerson()
    {
        const auto dataset = blockDataset(2, 30, 10);
        SvdConfig config;
        config.biased = false;
        const auto factors = trainSvd(dataset->interactions(), {}, config, JobContext({.seed = 1})).value();
        const ParamSet params =
            parseAssignments(pmfAlgorithm().params, std::vector<std::string>{"tune-fold-in=false"}).value();
        const auto model = train(pmfAlgorithm(), {dataset}, params, JobContext({.seed = 1})).value();
        double expected = factors.mean;
        for (std::size_t u = 0; u < 60; ++u)
            for (std::size_t c = 0; c < factors.items.cols(); ++c)
                expected += double(factors.people.row(u)[c]) * double(factors.items.row(3)[c]) / 60;
        QVERIFY(std::abs(double(orrery::testing::scoresOf(*model, Query{})[3]) - expected) < 1e-5);
        const auto terms = model->read(queryFor(*dataset, UserIndex{0}))->explain(ItemIndex{3}).terms;
        QVERIFY(std::ranges::find(terms, TermKind::PersonBias, &Term::kind) == terms.end());
    }
};

QTEST_APPLESS_MAIN(PmfTest)
#include "pmf_test.moc"
