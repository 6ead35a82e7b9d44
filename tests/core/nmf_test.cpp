// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/nmf.h"
#include "core/models/ratings/nmf_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

namespace {

NmfConfig small(bool biases, int epochs)
{
    NmfConfig config;
    config.factors = 2;
    config.epochs = epochs;
    config.regularization = .1F;
    config.biases = biases;
    config.biasReg = 3;
    return config;
}

/// The ratings as a table, 0 where there is none.
using Table = std::vector<std::vector<double>>;

/// Factors in double, and the published step on them (nmf_trainer.h), written for a full table.
struct Replay {
    double mean = 0;
    Table p, q;
    std::vector<double> personBias, itemBias;

    explicit Replay(const RatingFactors& f)
        : mean(f.mean), personBias(f.personBias.begin(), f.personBias.end()),
          itemBias(f.itemBias.begin(), f.itemBias.end())
    {
        for (std::size_t r = 0; r < f.people.rows(); ++r)
            p.emplace_back(f.people.row(r).begin(), f.people.row(r).end());
        for (std::size_t r = 0; r < f.items.rows(); ++r)
            q.emplace_back(f.items.row(r).begin(), f.items.row(r).end());
    }

    static void move(const Table& ratings, const NmfConfig& config, double mean, Table& p, std::vector<double>& bias,
                     const Table& q, const std::vector<double>& otherBias)
    {
        for (std::size_t u = 0; u < p.size(); ++u) {
            std::vector<double> given(2), predicted(2);
            double misses = 0, count = 0;
            for (std::size_t i = 0; i < q.size(); ++i) {
                if (ratings[u][i] == 0)
                    continue;
                const double guess = mean + bias[u] + otherBias[i] + p[u][0] * q[i][0] + p[u][1] * q[i][1];
                for (std::size_t c = 0; c < 2; ++c) {
                    given[c] += ratings[u][i] * q[i][c];
                    predicted[c] += guess * q[i][c];
                }
                misses += ratings[u][i] - mean - otherBias[i] - (guess - mean - bias[u] - otherBias[i]);
                ++count;
            }
            for (std::size_t c = 0; c < 2; ++c)
                p[u][c] *= given[c] / (predicted[c] + count * double(config.regularization) * p[u][c]);
            if (config.biases)
                bias[u] = misses / (count + double(config.biasReg));
        }
    }

    void epoch(const Table& ratings, const NmfConfig& config)
    {
        move(ratings, config, mean, p, personBias, q, itemBias);
        Table turned(q.size(), std::vector<double>(p.size()));
        for (std::size_t u = 0; u < p.size(); ++u)
            for (std::size_t i = 0; i < q.size(); ++i)
                turned[i][u] = ratings[u][i];
        move(turned, config, mean, q, itemBias, p, personBias);
    }
};

} // namespace

class NmfTest : public QObject {
    Q_OBJECT
private slots:
    void anEpochIsThePublishedStep()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:1 C:4").row("bob", "B:2 C:3").row("cat", "A:4").build();
        const Table ratings = {{5, 1, 4}, {0, 2, 3}, {4, 0, 0}};
        for (const bool biases : {false, true}) {
            const auto after = [&](int epochs) {
                return Replay(trainNmf(dataset->interactions(), {}, small(biases, epochs), {}).value());
            };
            Replay replayed = after(1);
            replayed.epoch(ratings, small(biases, 1));
            const Replay trained = after(2);
            for (std::size_t r = 0; r < 3; ++r) {
                for (std::size_t c = 0; c < 2; ++c) {
                    QVERIFY(std::abs(replayed.p[r][c] - trained.p[r][c]) < 1e-5); // float32
                    QVERIFY(std::abs(replayed.q[r][c] - trained.q[r][c]) < 1e-5);
                }
                QVERIFY(std::abs(replayed.personBias[r] - trained.personBias[r]) < 1e-5);
                QVERIFY(std::abs(replayed.itemBias[r] - trained.itemBias[r]) < 1e-5);
            }
            QCOMPARE(trained.mean, biases ? double(float(19. / 6)) : 0.);
        }
    }

    void factorsNeverFallBelowZero()
    {
        const auto dataset = blockDataset(3, 30, 10);
        for (const bool biases : {false, true}) {
            NmfConfig config;
            config.biases = biases;
            const auto factors = trainNmf(dataset->interactions(), {}, config, {}).value();
            QVERIFY(std::ranges::all_of(factors.items.all(), [](float value) { return value >= 0; }));
            QVERIFY(std::ranges::all_of(factors.people.all(), [](float value) { return value >= 0; }));
        }
    }

    void withoutBiasesTheAveragePersonIsTheFallback()
    {
        const auto dataset = blockDataset(2, 30, 10);
        const ParamSet params =
            parseAssignments(nmfAlgorithm().params, std::vector<std::string>{"biases=false"}).value();
        const auto model = train(nmfAlgorithm(), {dataset}, params, {}).value();
        QVERIFY(model->read(Query{})->fallback().find("average person") != std::string::npos);
        const auto scores = orrery::testing::scoresOf(*model, Query{});
        // Half of the people love each item and some of the others hate it.
        QVERIFY(std::ranges::all_of(scores, [](float score) { return score > 1 && score < 5; }));
    }

    void ratingsBelowZeroAreRefused()
    {
        const auto dataset = DatasetBuilder{}.range(-2, 2).row("ann", "A:2 B:-1").build();
        const auto outcome = train(nmfAlgorithm(), {dataset}, {}, {});
        QCOMPARE(outcome.error().code, Code::InvalidArgument);
        QVERIFY(!outcome.error().hint.empty());
    }
};

QTEST_APPLESS_MAIN(NmfTest)
#include "nmf_test.moc"
