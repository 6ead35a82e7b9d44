// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/svdpp.h"
#include "core/models/ratings/svdpp_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

namespace {

using Rows = std::vector<std::vector<double>>;

/// One person's SVD++ as published, which moves the implicit vectors of all rated items at every rating.
struct Published {
    double mean = 0, personBias = 0;
    std::vector<double> p, itemBias, ratings;
    Rows q, y;

    /// From what training returned, where the person has the implicit part in it.
    Published(const RatingFactors& factors, std::vector<double> given) : mean(factors.mean), ratings(std::move(given))
    {
        const auto rowsOf = [](const Matrix& matrix) {
            Rows rows;
            for (std::size_t r = 0; r < matrix.rows(); ++r)
                rows.emplace_back(matrix.row(r).begin(), matrix.row(r).end());
            return rows;
        };
        personBias = factors.personBias[0];
        itemBias.assign(factors.itemBias.begin(), factors.itemBias.end());
        q = rowsOf(factors.items);
        y = rowsOf(factors.implicit);
        p = rowsOf(factors.people)[0];
        for (std::size_t c = 0; c < p.size(); ++c)
            p[c] -= implicit(c);
    }

    [[nodiscard]] double implicit(std::size_t c) const
    {
        double sum = 0;
        for (const auto& row : y)
            sum += row[c];
        return sum / std::sqrt(double(y.size()));
    }

    void step(std::size_t item, double rate, double reg, double biasReg)
    {
        double guess = mean + personBias + itemBias[item];
        std::vector<double> z;
        for (std::size_t c = 0; c < p.size(); ++c) {
            z.push_back(implicit(c));
            guess += (p[c] + z[c]) * q[item][c];
        }
        const double miss = ratings[item] - guess;
        personBias += rate * (miss - biasReg * personBias);
        itemBias[item] += rate * (miss - biasReg * itemBias[item]);
        for (std::size_t c = 0; c < p.size(); ++c) {
            const double oldP = p[c], oldQ = q[item][c];
            p[c] += rate * (miss * oldQ - reg * oldP);
            q[item][c] += rate * (miss * (oldP + z[c]) - reg * oldQ);
            for (auto& row : y)
                row[c] += rate * (miss * oldQ / std::sqrt(double(y.size())) - reg * row[c]);
        }
    }

    [[nodiscard]] double distanceTo(const Published& other) const
    {
        double most = std::abs(personBias - other.personBias);
        for (std::size_t c = 0; c < p.size(); ++c) {
            most = std::max(most, std::abs(p[c] - other.p[c]));
            for (std::size_t i = 0; i < q.size(); ++i)
                most = std::max({most, std::abs(q[i][c] - other.q[i][c]), std::abs(y[i][c] - other.y[i][c]),
                                 std::abs(itemBias[i] - other.itemBias[i])});
        }
        return most;
    }
};

} // namespace

class SvdppTest : public QObject {
    Q_OBJECT
private slots:
    void anEpochIsThatOfThePublishedSteps()
    {
        // One person rates three items: from what one epoch leaves, the published steps in some order of the three
        // (it is drawn, and training does not tell it) lead to what two epochs leave.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:1 C:4").build();
        SvdppConfig config;
        config.factors = 3;
        config.learningRate = .1F;
        config.finalRate = 1;
        config.regularization = .2F;
        config.biasRegularization = .1F;
        config.initSpread = .7F;
        const auto after = [&](int epochs) {
            config.epochs = epochs;
            return Published(trainSvdpp(dataset->interactions(), {}, config, {}).value(), {5, 1, 4});
        };
        const Published start = after(1), end = after(2);
        QVERIFY(start.distanceTo(end) > .05);
        std::array<std::size_t, 3> order = {0, 1, 2};
        double nearest = 1;
        do {
            Published replayed = start;
            for (const std::size_t item : order)
                replayed.step(item, .1, .2, .1);
            nearest = std::min(nearest, replayed.distanceTo(end));
        } while (std::ranges::next_permutation(order).found);
        QVERIFY2(nearest < 1e-6, std::to_string(nearest).c_str()); // float32
    }

    void whatIsHeldOutIsNotLearnedFrom()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:1").row("bob", "A:3").build();
        const std::array<std::uint8_t, 3> heldOut = {0, 1, 0};
        const auto factors = trainSvdpp(dataset->interactions(), heldOut, {}, {}).value();
        QCOMPARE(factors.mean, 4.);
        QCOMPARE(factors.itemBias[1], 0.F);
        for (const float value : factors.implicit.row(1))
            QCOMPARE(value, 0.F);
        const std::array<std::uint8_t, 3> all = {1, 1, 1};
        QCOMPARE(trainSvdpp(dataset->interactions(), all, {}, {}).error().code, Code::InvalidArgument);
    }

    void whatWasRatedTellsWithoutTheRatings()
    {
        // All that is known of these guests is which block they chose from: their ratings are the items' averages.
        const auto dataset = blockDataset(2, 60, 20);
        const auto model = orrery::testing::fitted(svdppAlgorithm(), dataset);
        const auto guestOf = [&](std::size_t block) {
            History history;
            for (std::uint32_t i = 0; i < 8; ++i) {
                const ItemIndex item{static_cast<std::uint32_t>(block * 20 + i)};
                history.push_back({item, orrery::testing::scoresOf(*model, Query{})[item.value]});
            }
            return orrery::testing::scoresOf(*model, queryFor(history));
        };
        const auto first = guestOf(0), second = guestOf(1);
        double ahead = 0; // of the first with the rest of the first block, of the second with that of the second
        for (std::size_t i = 8; i < 20; ++i)
            ahead += double(first[i] - second[i]) + double(second[20 + i] - first[20 + i]);
        QVERIFY2(ahead / 24 > .1, std::to_string(ahead / 24).c_str());
    }

    void divergenceIsSaidWithTheWayOut()
    {
        ParamSet params =
            parseAssignments(svdppAlgorithm().params, std::vector<std::string>{"learning-rate=1", "init-spread=1"})
                .value();
        const auto outcome = train(svdppAlgorithm(), {blockDataset(2, 60, 20)}, params, {});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, Code::Numeric);
        QCOMPARE(outcome.error().hint, std::string("Lower the learning rate"));
    }
};

QTEST_APPLESS_MAIN(SvdppTest)
#include "svdpp_test.moc"
