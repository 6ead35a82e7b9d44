// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/ratings/fold_in.h"
#include "core/models/ratings/svd.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <QtTest>
#include <fmt/format.h>

using namespace orrery;
using orrery::testing::blockDataset;
using orrery::testing::DatasetBuilder;

namespace {

using Settings = std::vector<std::string>;

Result<ModelPtr> fit(const std::shared_ptr<const Dataset>& dataset, const Settings& settings, const JobContext& job)
{
    const Algorithm svd = svdAlgorithm();
    return train(svd, {dataset}, parseAssignments(svd.params, settings).value(), job);
}

ModelPtr fitted(const std::shared_ptr<const Dataset>& dataset, const Settings& settings = {})
{
    return fit(dataset, settings, {}).value();
}

float scoreOf(const Model& model, const History& history, std::uint32_t item)
{
    const ItemIndex asked{item};
    float score = 0;
    model.read(queryFor(history))->score(std::span(&asked, 1), std::span(&score, 1));
    return score;
}

Artifact saved(const Model& model)
{
    Artifact artifact;
    model.save(artifact);
    return artifact;
}

/// Ratings 3 + <person, item> + a little noise, with two planted tastes; a fifth of the cells is held out.
struct Planted {
    std::shared_ptr<const Dataset> train;
    std::vector<Event> heldOut;
};

Planted planted()
{
    constexpr std::uint32_t people = 200, items = 80;
    Rng rng(5);
    std::vector<std::array<double, 2>> tastes(people + items);
    for (auto& taste : tastes)
        taste = {.8 * rng.normal(), .8 * rng.normal()};
    DatasetBuilder builder;
    Planted made;
    for (std::uint32_t u = 0; u < people; ++u) {
        std::string row;
        for (std::uint32_t i = 0; i < items; ++i) {
            const auto &p = tastes[u], &q = tastes[people + i];
            const double rating = 3 + p[0] * q[0] + p[1] * q[1] + .1 * rng.normal();
            // Every item once by the first person, so that indices are those of the loop.
            if (u == 0 || rng.uniform() < .4)
                row += fmt::format("i{}:{:.6f} ", i, rating);
            else if (rng.uniform() < .1)
                made.heldOut.push_back({UserIndex{u}, ItemIndex{i}, static_cast<float>(rating)});
        }
        builder.row(fmt::format("p{}", u), row);
    }
    made.train = builder.build();
    return made;
}

double heldOutError(const Model& model, const Planted& data)
{
    double squares = 0;
    for (const auto& event : data.heldOut) {
        const Query query = queryFor(*data.train, event.user);
        squares += std::pow(static_cast<double>(scoreOf(model, query.history, event.item.value) - event.value), 2);
    }
    return std::sqrt(squares / static_cast<double>(data.heldOut.size()));
}

/// Gaussian elimination with pivots: an independent solver for the terms.
std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> b)
{
    const std::size_t n = b.size();
    for (std::size_t c = 0; c < n; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c; r < n; ++r)
            if (std::abs(a[r][c]) > std::abs(a[pivot][c]))
                pivot = r;
        std::swap(a[c], a[pivot]);
        std::swap(b[c], b[pivot]);
        for (std::size_t r = 0; r < n; ++r) {
            const double factor = r == c ? 0 : a[r][c] / a[c][c];
            for (std::size_t k = c; k < n; ++k)
                a[r][k] -= factor * a[c][k];
            b[r] -= factor * b[c];
        }
    }
    for (std::size_t c = 0; c < n; ++c)
        b[c] /= a[c][c];
    return b;
}

/// The fold-in as its formula says, from what the model shows and saves.
struct NaiveFoldIn {
    std::vector<std::vector<double>> x, normal;
    std::vector<double> e;

    NaiveFoldIn(const Model& model, const History& history)
    {
        const Artifact artifact = saved(model);
        const double mean = artifact.number("mean").value();
        const auto ridge = artifact.doubles("fold-in").value();
        const auto space = model.itemSpace();
        const std::size_t k = space.vectors.cols;
        normal.assign(k + 1, std::vector<double>(k + 1));
        for (std::size_t c = 0; c <= k; ++c)
            normal[c][c] = c < k ? ridge[0] : ridge[1];
        for (const auto& entry : history) {
            const auto row = space.vectors.row(entry.item.value);
            x.emplace_back(row.begin(), row.end()).push_back(1);
            e.push_back(double(entry.value) - mean - double(space.bias[entry.item.value]));
            for (std::size_t r = 0; r <= k; ++r)
                for (std::size_t c = 0; c <= k; ++c)
                    normal[r][c] += x.back()[r] * x.back()[c];
        }
    }

    /// The weight of each entry in `target` times the fitted person.
    [[nodiscard]] std::vector<double> termsOf(const std::vector<double>& target) const
    {
        const auto direction = solved(normal, target);
        std::vector<double> terms;
        for (std::size_t j = 0; j < x.size(); ++j) {
            double weight = 0;
            for (std::size_t c = 0; c < direction.size(); ++c)
                weight += x[j][c] * direction[c];
            terms.push_back(weight * e[j]);
        }
        return terms;
    }
};

double sumOf(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

struct Curve final : JobObserver {
    std::vector<double> values;
    CancelToken token;
    std::size_t cancelAfter = 1000;
    void measured(std::string_view series, double, double value) override
    {
        QCOMPARE(series, std::string_view("training RMSE"));
        values.push_back(value);
        if (values.size() >= cancelAfter)
            token.cancel();
    }
};

} // namespace

class SvdTest : public QObject {
    Q_OBJECT
private slots:
    void biasesMoveAsWorkedByHand()
    {
        // Mean 3; vectors start and stay at zero; nobody shares an item. First step: miss 2, both biases .5 * 2 = 1.
        // Second: miss 0, both biases 1 - .5 * .1 * 1 = .95.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5").row("bob", "B:1").build();
        const auto model = fitted(dataset, {"init-spread=0", "factors=1", "epochs=2", "learning-rate=0.5",
                                            "bias-regularization=0.1", "final-rate=1", "fold-in-bias-reg=5"});
        QCOMPARE(scoreOf(*model, {}, 0), 3.95F);
        QCOMPARE(scoreOf(*model, {}, 1), 2.05F);
        QCOMPARE(model->personSpace().bias[0], .95F);
        // Fold-in of A:5: bias (5 - 3 - .95) / (5 + 1) = .175.
        QCOMPARE(scoreOf(*model, {{ItemIndex{0}, 5}}, 1), 2.05F + .175F);
    }

    void theLastStepsAreAsSmallAsAsked()
    {
        // As above, but the second step is a tenth: 1 - .05 * .1 * 1 = .995.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5").row("bob", "B:1").build();
        const auto model = fitted(dataset, {"init-spread=0", "factors=1", "epochs=2", "learning-rate=0.5",
                                            "bias-regularization=0.1", "final-rate=0.1"});
        QCOMPARE(scoreOf(*model, {}, 0), 3.995F);
    }

    void vectorsMoveAsTheGradientSays()
    {
        // One rating, two steps: replayed here with the formulas, from the vectors after the first.
        const auto dataset = DatasetBuilder{}.row("ann", "A:5").row("bob", "B:1").build();
        Settings settings = {"factors=3",          "epochs=1",        "learning-rate=0.1",
                             "regularization=0.2", "init-spread=0.5", "final-rate=1"};
        const auto first = fitted(dataset, settings);
        settings[1] = "epochs=2";
        const auto second = fitted(dataset, settings);
        const auto p = first->personSpace(), q = first->itemSpace();
        double product = 0;
        for (std::size_t c = 0; c < 3; ++c)
            product += double(p.vectors.row(0)[c]) * double(q.vectors.row(0)[c]);
        const double miss = 5 - 3 - double(p.bias[0]) - double(q.bias[0]) - product;
        for (std::size_t c = 0; c < 3; ++c) {
            const double x = double(p.vectors.row(0)[c]), y = double(q.vectors.row(0)[c]);
            QVERIFY(std::abs(double(second->personSpace().vectors.row(0)[c]) - (x + .1 * (miss * y - .2 * x))) < 1e-6);
            QVERIFY(std::abs(double(second->itemSpace().vectors.row(0)[c]) - (y + .1 * (miss * x - .2 * y))) < 1e-6);
        }
    }

    void foldInIsTheRidgeSolutionWorkedByHand()
    {
        // e = 1; (2 1; 1 2) (p, b) = (1, 1), so p = b = 1/3. Of item 1, twice as long: 3 + 1/3 + 2/3.
        RatingFactors factors{.mean = 3, .people = {}, .items = Matrix(2, 1), .personBias = {}, .itemBias = {0, 0}};
        std::ranges::copy(std::array{1.F, 2.F}, factors.items.all().begin());
        const FoldIn fold(factors, {1, 1});
        const History history = {{ItemIndex{0}, 4}};
        const PersonFit person = fold.fit(history);
        QCOMPARE(person.vector[0], 1.F / 3);
        QCOMPARE(person.bias, 1.F / 3);
        QCOMPARE(fold.score(person, ItemIndex{1}), 4.F);
        QVERIFY(std::abs(fold.contributions(history, ItemIndex{1}).at(0) - 2. / 3) < 1e-12);
    }

    void longAndShortHistoriesAgree()
    {
        // Below factors + 1 entries the dual system is solved, from there on the primal; weakly held ones in double
        // precision. All are the formula, to float32 with up to four digits lost.
        const auto data = planted();
        const History all = queryFor(*data.train, UserIndex{0}).history;
        for (const char* ridge : {"fold-in-reg=20", "fold-in-reg=0.1"}) {
            const auto model = fitted(data.train, {"factors=8", "tune-fold-in=false", ridge, "fold-in-bias-reg=0.1"});
            std::vector<double> target(9, 1.0);
            for (std::size_t c = 0; c < 8; ++c)
                target[c] = double(model->itemSpace().vectors.row(3)[c]);
            const double base = saved(*model).number("mean").value() + double(model->itemSpace().bias[3]);
            for (const std::size_t length : {1, 8, 9, 10, 80}) {
                const History history(all.begin(), all.begin() + std::ptrdiff_t(length));
                const double expected = base + sumOf(NaiveFoldIn(*model, history).termsOf(target));
                QVERIFY(std::abs(double(scoreOf(*model, history, 3)) - expected) < 1e-4);
            }
        }
    }

    void everyTermIsReproducedIndependently()
    {
        const auto data = planted();
        const auto model = fitted(data.train, {"factors=6", "epochs=30"});
        for (const std::uint32_t person : {0U, 7U}) { // 80 and about 32 ratings
            const History history = queryFor(*data.train, UserIndex{person}).history;
            const NaiveFoldIn naive(*model, history);
            const auto explanation = model->read(queryFor(history))->explain(ItemIndex{5});
            QCOMPARE(explanation.terms.size(), 3 + history.size());
            std::vector<double> taste(7), bias(7);
            bias[6] = 1;
            for (std::size_t c = 0; c < 6; ++c)
                taste[c] = double(model->itemSpace().vectors.row(5)[c]);
            QVERIFY(explanation.terms[2].kind == TermKind::PersonBias);
            QVERIFY(std::abs(explanation.terms[2].value - sumOf(naive.termsOf(bias))) < 1e-5); // a float32 solution
            const auto expected = naive.termsOf(taste);
            double sum = explanation.terms[0].value + explanation.terms[1].value + explanation.terms[2].value;
            for (std::size_t j = 0; j < history.size(); ++j) {
                QVERIFY(explanation.terms[3 + j].kind == TermKind::HistoryItem);
                QCOMPARE(explanation.terms[3 + j].item, history[j].item);
                QVERIFY(std::abs(explanation.terms[3 + j].value - expected[j]) < 1e-9);
                sum += explanation.terms[3 + j].value;
            }
            QVERIFY(std::abs(sum - explanation.score) < 1e-5); // float32 score
        }
    }

    void recoversPlantedTastes()
    {
        // Noise .1; the ratings' own spread is about .9.
        const auto data = planted();
        const auto model = fitted(data.train, {"factors=4", "epochs=150", "learning-rate=0.02"});
        QVERIFY2(heldOutError(*model, data) < .16, std::to_string(heldOutError(*model, data)).c_str());
    }

    void tuningChoosesByRatingsHeldBack()
    {
        // Strong clean tastes need a weak shrinkage; the tuned one must be as good as the best of a few by hand.
        const auto data = planted();
        const Settings settings = {"factors=4", "epochs=150", "learning-rate=0.02"};
        const auto with = [&](const char* more, const char* ridge) {
            Settings all = settings;
            all.insert(all.end(), {more, ridge});
            return heldOutError(*fitted(data.train, all), data);
        };
        const double tuned = with("tune-fold-in=true", "fold-in-reg=500");
        QVERIFY(tuned < with("tune-fold-in=false", "fold-in-reg=100"));
        QVERIFY(tuned < with("tune-fold-in=false", "fold-in-reg=1") + .01);
    }

    void bitsDoNotDependOnThreads()
    {
        const auto dataset = blockDataset(3, 100, 20);
        const auto bitsAt = [&](int threads) {
            const JobContext job({.seed = 3, .threads = threads});
            const Artifact artifact = saved(*fit(dataset, {"factors=17", "epochs=3"}, job).value());
            std::vector<std::byte> all;
            for (const auto& [name, array] : artifact.arrays())
                all.insert(all.end(), array.bytes.begin(), array.bytes.end());
            return all;
        };
        const auto one = bitsAt(1);
        QVERIFY(one == bitsAt(2));
        QVERIFY(one == bitsAt(4));
    }

    void seedsDiffer()
    {
        const auto dataset = blockDataset(2, 10, 10);
        const auto itemsAt = [&](std::uint64_t seed) {
            return saved(*fit(dataset, {"factors=4"}, JobContext({.seed = seed})).value()).floats("items").value();
        };
        QVERIFY(itemsAt(1) == itemsAt(1));
        QVERIFY(itemsAt(1) != itemsAt(2));
    }

    void batchesAgreeWithReaders()
    {
        const auto data = planted();
        const auto model = fitted(data.train, {"factors=5"});
        std::vector<Query> queries = {queryFor(*data.train, UserIndex{3}), queryFor(History{}),
                                      queryFor(*data.train, UserIndex{0})};
        Matrix batch(3, 82); // two items newer than the model
        model->scoreBatch(queries, batch.ref());
        for (std::size_t q = 0; q < queries.size(); ++q)
            for (std::uint32_t i = 0; i < 80; ++i)
                QVERIFY(std::abs(batch.row(q)[i] - scoreOf(*model, queries[q].history, i)) < 1e-5F);
        QVERIFY(std::isnan(batch.row(0)[80]));
        QVERIFY(std::isnan(batch.row(2)[81]));
    }

    void anEmptyHistoryGivesItemAveragesAndSaysSo()
    {
        const auto model = fitted(blockDataset(2, 10, 10), {"factors=4"});
        const auto reader = model->read(queryFor(History{}));
        QVERIFY(!reader->fallback().empty());
        const double mean = saved(*model).number("mean").value();
        QCOMPARE(scoreOf(*model, {}, 3), float(mean + double(model->itemSpace().bias[3])));
        QCOMPARE(reader->explain(ItemIndex{3}).terms.size(), std::size_t{2});
    }

    void whatIsNoKnownRatingIsIgnored()
    {
        const auto model = fitted(blockDataset(2, 10, 10), {"factors=4"});
        const History plain = {{ItemIndex{1}, 5}, {ItemIndex{4}, 1}};
        const float expected = scoreOf(*model, plain, 2);
        for (const HistoryEntry odd : {HistoryEntry{ItemIndex{9999}, 3}, HistoryEntry{ItemIndex{7}, 99},
                                       HistoryEntry{ItemIndex{7}, std::nanf("")}}) {
            History history = plain;
            history.push_back(odd);
            QCOMPARE(scoreOf(*model, history, 2), expected);
        }
        QVERIFY(std::isnan(scoreOf(*model, plain, 9999)));
    }

    void unratedItemsHaveNoVector()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").title("C", "Never rated").build();
        const auto model = fitted(dataset, {"factors=4"});
        QCOMPARE(model->itemCount(), std::size_t{3});
        for (const float value : model->itemSpace().vectors.row(2))
            QCOMPARE(value, 0.F);
        QCOMPARE(scoreOf(*model, {}, 2), 4.F);
    }

    void similarItemsShareTheirBlock()
    {
        const auto model = fitted(blockDataset(2, 60, 10), {"factors=4", "epochs=100", "learning-rate=0.02"});
        const auto neighbours = model->similarItems(ItemIndex{0}, 5).value();
        QCOMPARE(neighbours.size(), std::size_t{5});
        for (const auto& neighbour : neighbours)
            QVERIFY(neighbour.similarity > .8F);
    }

    void theErrorFallsAndIsReportedByEpoch()
    {
        Curve curve;
        QVERIFY(fit(blockDataset(2, 30, 10), {"epochs=7"}, JobContext({}, {}, &curve)));
        QCOMPARE(curve.values.size(), std::size_t{7});
        QVERIFY(std::ranges::is_sorted(curve.values, std::greater<>{}));
    }

    void divergenceIsSaidWithTheWayOut()
    {
        const auto outcome = fit(blockDataset(2, 60, 20), {"learning-rate=1", "init-spread=1", "epochs=50"}, {});
        QVERIFY(!outcome);
        QVERIFY(outcome.error().code == Code::Numeric);
        QCOMPARE(outcome.error().hint, std::string("Lower the learning rate"));
    }

    void refusesAnEmptyDatasetAndStopsWhenAsked()
    {
        QVERIFY(fit(DatasetBuilder{}.build(), {}, {}).error().code == Code::InvalidArgument);
        Curve curve;
        curve.cancelAfter = 2;
        const JobContext job({}, curve.token, &curve);
        QVERIFY(fit(blockDataset(2, 30, 10), {"epochs=1000"}, job).error().code == Code::Cancelled);
        QCOMPARE(curve.values.size(), std::size_t{2});
    }

    void loadGivesWhatWasSaved()
    {
        const auto data = planted();
        const auto model = fitted(data.train, {"factors=5"});
        const auto loaded = svdAlgorithm().load(saved(*model)).value();
        QVERIFY(saved(*loaded).arrays().size() == saved(*model).arrays().size());
        const History history = queryFor(*data.train, UserIndex{4}).history;
        for (std::uint32_t item = 0; item < 80; ++item)
            QCOMPARE(scoreOf(*loaded, history, item), scoreOf(*model, history, item));
    }

    void damageIsRefused()
    {
        const Artifact whole = saved(*fitted(blockDataset(2, 10, 10), {"factors=4"}));
        for (const auto& [name, array] : whole.arrays()) {
            Artifact damaged = whole;
            auto shorter = array;
            shorter.bytes.resize(shorter.bytes.size() - 4);
            damaged.putRaw(name, shorter);
            const auto loaded = svdAlgorithm().load(damaged);
            QVERIFY2(!loaded && loaded.error().code == Code::Corrupt, name.c_str());
        }
        const auto refuses = [&](const char* name, double value) {
            Artifact damaged = whole;
            damaged.putNumber(name, value);
            return svdAlgorithm().load(damaged).error().code == Code::Corrupt;
        };
        for (const double factors : {0., -1., 4.5, 5., 1e12})
            QVERIFY(refuses("factors", factors));
        Artifact loose = whole;
        loose.put("fold-in", std::span<const double>(std::array{0., 5., 0.}));
        QVERIFY(svdAlgorithm().load(loose).error().code == Code::Corrupt);
        QVERIFY(svdAlgorithm().load({}).error().code == Code::Corrupt);
    }
};

QTEST_APPLESS_MAIN(SvdTest)
#include "svd_test.moc"
