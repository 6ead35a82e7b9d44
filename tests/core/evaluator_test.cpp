// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/evaluator.h"
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

// What the test writes down for each person: a score for each item (NaN: cannot be scored). Also taken as ratings.
class TableModel final : public Model {
public:
    TableModel(std::vector<std::vector<float>> scores, bool ratings) : m_scores(std::move(scores)), m_ratings(ratings)
    {
    }
    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rating; }
    [[nodiscard]] Capabilities capabilities() const override { return {true, false, false, m_ratings, "a table"}; }
    [[nodiscard]] std::size_t itemCount() const override { return m_scores.front().size(); }
    void save(Artifact&) const override {}

private:
    std::vector<std::vector<float>> m_scores;
    bool m_ratings;
};

class TableReader final : public Reader {
public:
    explicit TableReader(const std::vector<float>& scores) : m_scores(scores) {}
    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = m_scores[items[i].value];
    }
    [[nodiscard]] Explanation explain(ItemIndex) const override { return {}; }

private:
    const std::vector<float>& m_scores;
};

std::unique_ptr<Reader> TableModel::read(const Query& query) const
{
    return std::make_unique<TableReader>(m_scores.at(query.user->value));
}

RecommenderPtr table(std::vector<std::vector<float>> scores, bool ratings = false, std::string name = "Table")
{
    return makeModelRecommender(std::move(name), std::make_shared<const TableModel>(std::move(scores), ratings));
}

Protocol asking(const char* metrics)
{
    Protocol protocol;
    protocol.metrics = *parseMetrics(metrics);
    return protocol;
}

// Three people, items A to E; the events of each are in the order of the alphabet. The test part is what follows.
Split smallSplit()
{
    // Training:  ann A B   bob A     cid A
    // Test:      ann C:5 D:2 E:4     bob B:5 C:1     cid B:3 (nothing relevant)
    const auto whole = DatasetBuilder{}
                           .row("ann", "A:5 B:3")
                           .row("bob", "A:4")
                           .row("cid", "A:2")
                           .row("ann", "C:5 D:2 E:4")
                           .row("bob", "B:5 C:1")
                           .row("cid", "B:3")
                           .build();
    return *predefinedSplit(whole, 4);
}

RecommenderPtr smallTable(bool ratings = false)
{
    const float unscored = std::numeric_limits<float>::quiet_NaN();
    // Lists without what was seen: ann D C E, bob C D B (E cannot be scored), cid B C D E.
    return table({{9, 8, 4, 7, 2}, {9, 1, 3, 2, unscored}, {9, 4, 3, 2, 1}}, ratings);
}

bool near(double value, double expected)
{
    return std::abs(value - expected) < 1e-9; // a few double operations
}

bool sameBits(const EvaluationReport& a, const EvaluationReport& b)
{
    bool same = a.people == b.people && a.values.size() == b.values.size();
    for (std::size_t i = 0; same && i < a.values.size(); ++i) {
        const MetricValue &x = a.values[i], &y = b.values[i];
        same = std::memcmp(&x.mean, &y.mean, sizeof x.mean) == 0 &&
               std::memcmp(&x.interval, &y.interval, sizeof x.interval) == 0 &&
               x.perPerson.size() == y.perPerson.size() &&
               std::memcmp(x.perPerson.data(), y.perPerson.data(), x.perPerson.size() * sizeof(float)) == 0;
    }
    return same;
}

// A random world with more people than one block, and scores without structure.
struct RandomWorld {
    std::shared_ptr<const Dataset> dataset;
    RecommenderPtr a, b;
};

RandomWorld randomWorld(std::size_t people, std::size_t items)
{
    Rng rng(7);
    DatasetBuilder builder;
    std::string all;
    for (std::size_t item = 0; item < items; ++item)
        all += fmt::format("i{}:1 ", item);
    builder.row("first", all); // so that item i is index i
    std::vector<std::vector<float>> a, b;
    for (std::size_t person = 0; person <= people; ++person) {
        std::string row;
        for (std::size_t item = 0; item < items && person > 0; ++item)
            if (rng.below(4) == 0)
                row += fmt::format("i{}:{} ", item, 1 + rng.below(5));
        if (person > 0)
            builder.row(fmt::format("p{}", person), row);
        a.emplace_back();
        b.emplace_back();
        for (std::size_t item = 0; item < items; ++item) {
            a.back().push_back(static_cast<float>(1 + rng.below(6))); // ties, and above the scale
            b.back().push_back(static_cast<float>(rng.uniform() * 5));
        }
    }
    return {builder.build(), table(std::move(a), true, "A"), table(std::move(b), true, "B")};
}

SplitPlan randomPlan()
{
    SplitPlan plan;
    plan.kind = SplitKind::Random;
    return plan;
}

} // namespace

class EvaluatorTest : public QObject {
    Q_OBJECT
private slots:
    // ann: relevant C E; list D C E -> hit at 2 and 3. bob: relevant B; list C D B -> hit at 3. cid: skipped.
    void goldRanking()
    {
        const auto report = evaluate(smallSplit(), *smallTable(),
                                     asking("precision@2,recall@2,recall-capped@3,mrr@3,"
                                            "map@3,hit-rate@2,ndcg@3"),
                                     {});
        QVERIFY(report.has_value());
        QCOMPARE(report->rankedPeople, std::size_t{2});
        QCOMPARE(report->skippedPeople(), std::size_t{1});
        QCOMPARE(report->people.size(), std::size_t{3});
        const auto mean = [&](const char* id) { return report->find(id)->mean; };
        QVERIFY(near(mean("precision@2"), (1. / 2 + 0) / 2));
        QVERIFY(near(mean("recall@2"), (1. / 2 + 0) / 2));
        QVERIFY(near(mean("recall-capped@3"), (2. / 2 + 1. / 1) / 2));
        QVERIFY(near(mean("mrr@3"), (1. / 2 + 1. / 3) / 2));
        QVERIFY(near(mean("map@3"), ((1. / 2 + 2. / 3) / 2 + 1. / 3) / 2));
        QVERIFY(near(mean("hit-rate@2"), (1. + 0) / 2));
        // ann: (1/log2 3 + 1/log2 4) / (1 + 1/log2 3); bob: 1/log2 4
        QVERIFY(near(mean("ndcg@3"), ((.630929753571457 + .5) / 1.630929753571457 + .5) / 2));
        const auto& perPerson = report->find("mrr@3")->perPerson;
        QCOMPARE(perPerson[0], .5F);
        QCOMPARE(perPerson[1], 1.F / 3);
        QVERIFY(std::isnan(perPerson[2])); // cid
    }

    void goldCatalog()
    {
        const auto report = evaluate(smallSplit(), *smallTable(), asking("coverage@2,novelty@2,gini@2"), {});
        // Shown to ann and bob: D C, C D. Nobody has C or D in training: as if 1 of 3 people had.
        QVERIFY(near(report->find("coverage@2")->mean, 2. / 5));
        QVERIFY(near(report->find("novelty@2")->mean, std::log2(3.)));
        // Ascending 0 0 0 2 2: (2 * 2 + 4 * 2) / (5 * 4)
        QVERIFY(near(report->find("gini@2")->mean, 12. / 20));
        QVERIFY(report->find("gini@2")->perPerson.empty());
        QVERIFY(std::isnan(report->find("gini@2")->interval.low));
    }

    void goldRatings()
    {
        // Predictions within 1 to 5: ann C 4, D 5 (of 7), E 2; bob B 1, C 3; cid B 4. True: 5 2 4; 5 1; 3.
        // Errors -1 3 -2; -4 2; 1: squares 1 9 4 16 4 1 = 35 of 6; absolute 13 of 6.
        const auto report = evaluate(smallSplit(), *smallTable(true), asking("rmse,mae"), {});
        QVERIFY(near(report->find("rmse")->mean, std::sqrt(35. / 6)));
        QVERIFY(near(report->find("mae")->mean, 13. / 6));
        QCOMPARE(report->ratings, std::size_t{6});
        QCOMPARE(report->ratingsFilled, std::size_t{0});
        QCOMPARE(report->testCounts, (std::vector<std::uint32_t>{3, 2, 1}));
        QCOMPARE(report->find("rmse")->perPerson[0], std::sqrt(14.F / 3));
        QCOMPARE(report->find("mae")->perPerson[2], 1.F);
    }

    void theTrainingMeanStandsInWhereNothingIsPredicted()
    {
        const float unscored = std::numeric_limits<float>::quiet_NaN();
        const std::vector<float> nothing(5, unscored);
        const auto report = evaluate(smallSplit(), *table({nothing, nothing, nothing}, true), asking("mae"), {});
        // Training: 5 3 4 2, mean 3.5. True 5 2 4 5 1 3: errors 1.5 1.5 .5 1.5 2.5 .5 = 8 of 6.
        QVERIFY(near(report->find("mae")->mean, 8. / 6));
        QCOMPARE(report->ratingsFilled, std::size_t{6});
    }

    void ratingMetricsNeedAModelThatPredictsRatings()
    {
        const auto report = evaluate(smallSplit(), *smallTable(false), asking("rmse,ndcg@3"), {});
        QVERIFY(std::isnan(report->find("rmse")->mean));
        QVERIFY(std::isnan(report->find("rmse")->perPerson[0]));
        QCOMPARE(report->ratings, std::size_t{0});
        QVERIFY(!std::isnan(report->find("ndcg@3")->mean));
    }

    void listsShorterThanTheCutCountAsFound()
    {
        // bob has only three candidates; ten places all the same.
        const auto report = evaluate(smallSplit(), *smallTable(), asking("precision@10"), {});
        QVERIFY(near(report->find("precision@10")->mean, (2. / 10 + 1. / 10) / 2));
    }

    void whatIsRelevantIsTheProtocols()
    {
        Protocol protocol = asking("recall@1");
        protocol.relevantFrom = 2; // ann: C D E; bob: B; cid: B
        const auto report = evaluate(smallSplit(), *smallTable(), protocol, {});
        QCOMPARE(report->rankedPeople, std::size_t{3});
        QVERIFY(near(report->find("recall@1")->mean, (1. / 3 + 0 + 1) / 3));
        protocol.relevantFrom = 6;
        const auto nobody = evaluate(smallSplit(), *smallTable(), protocol, {});
        QCOMPARE(nobody.error().code, Code::InvalidArgument);
        QVERIFY2(nobody.error().message.starts_with("None of the 3 people"), nobody.error().message.c_str());
        protocol.metrics = *parseMetrics("mae"); // needs nothing relevant
        QVERIFY(evaluate(smallSplit(), *smallTable(true), protocol, {}).has_value());
    }

    void ofImplicitFeedbackEverythingAboveZeroIsRelevant()
    {
        const auto whole = DatasetBuilder{}.implicit().row("ann", "A:1 B:1 C:0").build();
        const auto report = evaluate(*predefinedSplit(whole, 1), *table({{3, 2, 1}}), asking("recall@2,rmse"), {});
        QVERIFY(near(report->find("recall@2")->mean, 1)); // B is found; C has 0
        QCOMPARE(Protocol::standard(*whole).relevantFrom, 4.F);
        QVERIFY(std::ranges::none_of(Protocol::standard(*whole).metrics, [](const MetricChoice& choice) {
            return choice.metric->kind == MetricKind::Rating;
        }));
    }

    void theUsualThresholdFollowsTheScale()
    {
        const auto on = [](float low, float high) {
            return Protocol::standard(*DatasetBuilder{}.range(low, high).row("a", "A").build()).relevantFrom;
        };
        QCOMPARE(on(1, 5), 4.F);
        QCOMPARE(on(.5, 5), 4.F);
        QCOMPARE(on(1, 10), 8.F);
        QCOMPARE(on(-10, 10), 6.F);
    }

    void theProtocolsHashKnowsAllOfIt()
    {
        const Split split = smallSplit();
        const Protocol one = asking("ndcg@10");
        QCOMPARE(one.hash(split), asking("ndcg@10").hash(split));
        Protocol other = one;
        other.relevantFrom = 3;
        QVERIFY(other.hash(split) != one.hash(split));
        QVERIFY(asking("ndcg@5").hash(split) != one.hash(split));
        Split elsewhere = split;
        elsewhere.hash = "else";
        QVERIFY(one.hash(elsewhere) != one.hash(split));
    }

    void agreesWithPlainLoops()
    {
        // The same evaluation, written as the definitions read: all candidates sorted, all people one by one.
        const auto world = randomWorld(60, 40);
        const Split split = *makeSplit(world.dataset, randomPlan());
        const auto report = evaluate(split, *world.a, asking("recall@7,mrr@7,coverage@7"), {});
        double recall = 0, reciprocal = 0;
        std::size_t people = 0;
        std::set<std::uint32_t> shown;
        for (std::uint32_t user = 0; user < split.train->personCount(); ++user) {
            std::set<std::uint32_t> relevant, candidates;
            for (std::uint32_t item = 0; item < 40; ++item)
                candidates.insert(item);
            for (std::size_t i = 0; i < split.train->log().size(); ++i)
                if (const Event event = split.train->log().at(i); event.user.value == user)
                    candidates.erase(event.item.value);
            for (std::size_t i = 0; i < split.test->log().size(); ++i)
                if (const Event event = split.test->log().at(i); event.user.value == user && event.value >= 4)
                    relevant.insert(event.item.value);
            if (relevant.empty())
                continue;
            ++people;
            std::vector<float> scores(40);
            std::vector<ItemIndex> all;
            for (std::uint32_t item = 0; item < 40; ++item)
                all.push_back(ItemIndex{item});
            world.a->predict(queryFor({}, UserIndex{user}), all, scores);
            std::multimap<float, std::uint32_t, std::greater<>> order; // equal keys stay in order of insertion
            for (const auto item : candidates)
                order.emplace(scores[item], item);
            std::size_t place = 0, hits = 0, first = 0;
            for (const auto& [score, item] : order) {
                if (++place > 7)
                    break;
                shown.insert(item);
                hits += relevant.contains(item) ? 1 : 0;
                first = first == 0 && hits == 1 ? place : first;
            }
            recall += static_cast<double>(hits) / static_cast<double>(relevant.size());
            reciprocal += first > 0 ? 1 / static_cast<double>(first) : 0;
        }
        QCOMPARE(report->rankedPeople, people);
        QVERIFY(near(report->find("recall@7")->mean, recall / static_cast<double>(people)));
        QVERIFY(near(report->find("mrr@7")->mean, reciprocal / static_cast<double>(people)));
        QVERIFY(near(report->find("coverage@7")->mean, static_cast<double>(shown.size()) / 40));
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        const auto world = randomWorld(2'100, 12); // more than one block of people
        const Split split = *makeSplit(world.dataset, randomPlan());
        Protocol protocol = Protocol::standard(*world.dataset);
        protocol.bootstrapRounds = 50;
        const auto one = evaluate(split, *world.a, protocol, JobContext({1, 1}));
        for (const int threads : {2, 4})
            QVERIFY(sameBits(*one, *evaluate(split, *world.a, protocol, JobContext({1, threads}))));
    }

    void intervalsHoldTheMean()
    {
        const auto world = randomWorld(150, 30);
        const Split split = *makeSplit(world.dataset, randomPlan());
        const auto report = evaluate(split, *world.a, asking("ndcg@5,recall@5,rmse,mae"), {});
        for (const auto& value : report->values) {
            QVERIFY(value.interval.low < value.mean && value.mean < value.interval.high);
            // Normal theory: 1.96 standard errors each side. 1,000 rounds know the quantiles to about a tenth of that.
            double sum = 0, squares = 0, n = 0;
            for (const float person : value.perPerson) {
                if (std::isnan(person))
                    continue;
                sum += static_cast<double>(person);
                squares += static_cast<double>(person) * static_cast<double>(person);
                ++n;
            }
            if (value.metric.metric->kind == MetricKind::Rating)
                continue; // weighted by ratings: another formula
            const double error = std::sqrt((squares / n - sum / n * sum / n) / n);
            const double width = value.interval.high - value.interval.low;
            QVERIFY(width > .85 * 2 * 1.96 * error && width < 1.15 * 2 * 1.96 * error);
        }
    }

    void withoutRoundsThereIsNoInterval()
    {
        Protocol protocol = asking("ndcg@3");
        protocol.bootstrapRounds = 0;
        const auto report = evaluate(smallSplit(), *smallTable(), protocol, {});
        QVERIFY(std::isnan(report->find("ndcg@3")->interval.low));
        QVERIFY(!std::isnan(report->find("ndcg@3")->mean));
    }

    void differencesArePaired()
    {
        const auto world = randomWorld(150, 30);
        const Split split = *makeSplit(world.dataset, randomPlan());
        const Protocol protocol = asking("ndcg@5,rmse,mae,coverage@5");
        const auto a = evaluate(split, *world.a, protocol, {});
        const auto b = evaluate(split, *world.b, protocol, {});
        for (const auto* id : {"ndcg@5", "rmse", "mae", "coverage@5"}) {
            const auto between = difference(*a, *b, id);
            // Per-person values are kept as floats: 1e-6 of a value near 1 is their rounding.
            QVERIFY(std::abs(between->mean - (b->find(id)->mean - a->find(id)->mean)) < 1e-6);
        }
        const auto ndcg = difference(*a, *b, "ndcg@5");
        QCOMPARE(ndcg->people, a->rankedPeople);
        QVERIFY(ndcg->interval.low < ndcg->mean && ndcg->mean < ndcg->interval.high);
        QVERIFY(std::isnan(difference(*a, *b, "coverage@5")->interval.low));
        const auto self = difference(*a, *a, "rmse");
        QCOMPARE(self->mean, 0.);
        QCOMPARE(self->interval.high, 0.);
    }

    void aConstantGainHasNoSpread()
    {
        // Everybody's list is better by the same: pairing leaves no uncertainty, however people differ.
        EvaluationReport a, b;
        a.people = b.people = {UserIndex{1}, UserIndex{4}, UserIndex{9}};
        const MetricChoice ndcg = parseMetrics("ndcg@10")->front();
        a.values = {{ndcg, .5, {}, {.25F, .5F, .75F}}};
        b.values = {{ndcg, .625, {}, {.375F, .625F, .875F}}};
        const auto between = difference(a, b, "ndcg@10");
        QCOMPARE(between->mean, .125);
        QVERIFY(near(between->interval.low, .125));
        QVERIFY(near(between->interval.high, .125));
    }

    void onlySharedPeopleAreCompared()
    {
        EvaluationReport a, b;
        const float skipped = std::numeric_limits<float>::quiet_NaN();
        a.people = {UserIndex{1}, UserIndex{4}, UserIndex{9}};
        b.people = {UserIndex{0}, UserIndex{4}, UserIndex{9}, UserIndex{10}};
        const MetricChoice mrr = parseMetrics("mrr@10")->front();
        a.values = {{mrr, .5, {}, {1, .25F, skipped}}};
        b.values = {{mrr, .5, {}, {0, .75F, 1, 1}}};
        const auto between = difference(a, b, "mrr@10");
        QCOMPARE(between->people, std::size_t{1});
        QCOMPARE(between->mean, .5);
    }

    void refusesWhatCannotBeCompared()
    {
        EvaluationReport a{"A"}, b{"B"};
        QCOMPARE(difference(a, b, "mrr@10").error().code, Code::NotFound);
        const MetricChoice mrr = parseMetrics("mrr@10")->front();
        a.people = b.people = {UserIndex{0}};
        a.values = b.values = {{mrr, .5, {}, {.5F}}};
        b.splitDescription = "another";
        QCOMPARE(difference(a, b, "mrr@10").error().message, std::string("A and B were judged on different splits"));
        b.splitDescription = "";
        b.values[0].mean = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(difference(a, b, "mrr@10").error().message, std::string("MRR@10 does not apply to B"));
    }

    void quantilesLieBetweenNeighbours()
    {
        std::vector<double> rounds;
        for (int i = 40; i >= 0; --i)
            rounds.push_back(i); // 0 to 40: the quantiles are at 1 and 39
        QCOMPARE(middle95(rounds).low, 1.);
        QCOMPARE(middle95(rounds).high, 39.);
        QVERIFY(near(middle95({0, 1}).high, .975));
        QVERIFY(std::isnan(middle95({}).low));
    }

    void sumsOverManyStatistics()
    {
        // 20 statistics lie in three groups of columns: each must come back as its own.
        PeopleSums sums(3, 20);
        for (std::size_t person = 0; person < 3; ++person) {
            sums.setWeight(person, static_cast<double>(person + 1)); // 6 in all
            for (std::size_t s = 0; s < 20; ++s)
                sums.set(person, s, static_cast<double>(s * (person + 1)));
        }
        const auto ratios = sums.ratios();
        QCOMPARE(ratios.size(), std::size_t{20});
        const auto rounds = sums.resampled(1, 10, {});
        for (std::size_t s = 0; s < 20; ++s) {
            QCOMPARE(ratios[s], static_cast<double>(s));
            for (const double round : (*rounds)[s])
                QVERIFY(near(round, static_cast<double>(s))); // the ratio is s whoever is drawn
        }
    }

    void stopsWhenCancelled()
    {
        const CancelToken token;
        token.cancel();
        const auto report = evaluate(smallSplit(), *smallTable(), asking("ndcg@3"), JobContext({}, token));
        QCOMPARE(report.error().code, Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(EvaluatorTest)
#include "evaluator_test.moc"
