// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/base/words.h"
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "core/pipeline/recommender.h"
#include "core/retrieval/top_n.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr float unscored = std::numeric_limits<float>::quiet_NaN();

// Scores that the test writes down, whatever the history.
class FixedModel final : public Model {
public:
    explicit FixedModel(std::vector<float> scores, std::string fallback = {})
        : m_scores(std::move(scores)), m_fallback(std::move(fallback))
    {
    }
    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] std::size_t itemCount() const override { return m_scores.size(); }
    void save(Artifact&) const override {}

    std::vector<float> m_scores;
    std::string m_fallback;
};

class FixedReader final : public Reader {
public:
    explicit FixedReader(const FixedModel& model) : m_model(model) {}
    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = items[i].value < m_model.m_scores.size() ? m_model.m_scores[items[i].value] : unscored;
    }
    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        const double score = static_cast<double>(m_model.m_scores[item.value]);
        return {{{TermKind::Popularity, {}, "as written", score}}, score};
    }
    [[nodiscard]] std::string fallback() const override { return m_model.m_fallback; }

private:
    const FixedModel& m_model;
};

std::unique_ptr<Reader> FixedModel::read(const Query&) const { return std::make_unique<FixedReader>(*this); }

RecommenderPtr fixedRecommender(std::vector<float> scores, std::string fallback = {})
{
    return makeModelRecommender("Fixed", std::make_shared<const FixedModel>(std::move(scores), std::move(fallback)));
}

std::vector<std::uint32_t> indices(const RecommendationList& list)
{
    std::vector<std::uint32_t> out;
    for (const auto& entry : list.items)
        out.push_back(entry.item.value);
    return out;
}

// The definition, without any cleverness: sort everything.
std::vector<std::uint32_t> bestBySorting(const std::vector<float>& scores, std::size_t n)
{
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < scores.size(); ++i)
        if (!std::isnan(scores[i]))
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
    order.resize(std::min(n, order.size()));
    return order;
}

using Indices = std::vector<std::uint32_t>;

} // namespace

class RecommenderTest : public QObject {
    Q_OBJECT
private slots:
    void countsReadWell()
    {
        QCOMPARE(grouped(7), std::string("7"));
        QCOMPARE(grouped(999), std::string("999"));
        QCOMPARE(grouped(9614), std::string("9,614"));
        QCOMPARE(grouped(25000095), std::string("25,000,095"));
        QCOMPARE(counted(1, "person", "people"), std::string("1 person"));
        QCOMPARE(counted(1200, "file"), std::string("1,200 files"));
        QCOMPARE(dateText(1'470'268'799), std::string("3 August 2016")); // one second before midnight
        QCOMPARE(dateText(-1), std::string("31 December 1969"));
    }

    void selectionIsTheStartOfASort_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("levels"); // distinct scores: few make many ties
        for (const int size : {0, 1, 31, 32, 100, 3'700})
            for (const int n : {0, 1, 10, 100, 5'000})
                for (const int levels : {1, 7, 1'000'000})
                    QTest::addRow("%d of %d, %d levels", n, size, levels) << size << n << levels;
    }
    void selectionIsTheStartOfASort()
    {
        QFETCH(int, size);
        QFETCH(int, n);
        QFETCH(int, levels);
        Rng rng(static_cast<std::uint64_t>(size * 31 + n + levels));
        std::vector<float> scores;
        for (int i = 0; i < size; ++i) {
            const float level = static_cast<float>(rng.below(static_cast<std::uint64_t>(levels))) - 3.F;
            scores.push_back(rng.below(10) == 0 ? unscored : level);
        }
        TopN best(static_cast<std::size_t>(n));
        Indices found;
        for (const ItemIndex item : best.select(scores))
            found.push_back(item.value);
        QCOMPARE(found, bestBySorting(scores, static_cast<std::size_t>(n)));
    }

    void selectionKnowsInfinitiesAndSignedZeros()
    {
        const float inf = std::numeric_limits<float>::infinity();
        const std::vector<float> scores = {-inf, -0.F, 0.F, inf, unscored, -1};
        TopN best(6);
        Indices found;
        for (const ItemIndex item : best.select(scores))
            found.push_back(item.value);
        QCOMPARE(found, (Indices{3, 1, 2, 5, 0})); // -0 and 0 are a tie
    }

    void bestFirstTiesByIndex()
    {
        const auto list = fixedRecommender({1, 3, 2, 3})->recommend({}, 10, TrailLevel::None, {});
        QCOMPARE(indices(*list), (Indices{1, 3, 2, 0}));
        QCOMPARE(list->items[2].score, 2.F);
        QVERIFY(list->items[0].trail.empty());
        QVERIFY(list->dropped.empty());
    }

    void dropsWhatWasSeenAndWhatCannotBeScored()
    {
        const Query query = queryFor(History{{ItemIndex{1}, 5}, {ItemIndex{9}, 4}});
        const auto list = fixedRecommender({1, 3, unscored, 2})->recommend(query, 10, TrailLevel::Full, {});
        QCOMPARE(indices(*list), (Indices{3, 0}));
        QCOMPARE(list->candidates, std::size_t{2});
        QCOMPARE(list->dropped.size(), std::size_t{2});
        QCOMPARE(list->dropped[0].reason, DropReason::Seen);
        QCOMPARE(list->dropped[0].items, (std::vector{ItemIndex{1}, ItemIndex{9}}));
        QCOMPARE(list->dropped[1].reason, DropReason::NotScorable);
        QCOMPARE(list->dropped[1].items, (std::vector{ItemIndex{2}}));
    }

    void anUnscorableItemOfTheHistoryCountsOnceAsSeen()
    {
        const Query query = queryFor(History{{ItemIndex{2}, 5}});
        const auto list = fixedRecommender({1, 3, unscored, unscored})->recommend(query, 1, TrailLevel::Counts, {});
        QCOMPARE(list->dropped[0].count, std::size_t{1});
        QCOMPARE(list->dropped[1].count, std::size_t{1});
        QVERIFY(list->dropped[0].items.empty());
        QCOMPARE(list->candidates, std::size_t{2});
    }

    void theTrailSaysWhatEachStageDid()
    {
        const Query query = queryFor(History{{ItemIndex{1}, 5}});
        const auto list = fixedRecommender({1, 3, 2, .5})->recommend(query, 1, TrailLevel::Full, {});
        const auto& trail = list->items[0].trail;
        QCOMPARE(trail.size(), std::size_t{3});
        QCOMPARE(trail[0].why, std::string("One of 4 items in the catalog"));
        QCOMPARE(trail[1].why, std::string("Place 2 of 4 by its score"));
        QCOMPARE(trail[1].after, 2.F);
        QCOMPARE(trail[2].why, std::string("Kept, and moved up past 1 item of the history"));
        QCOMPARE(trail[2].rankBefore, 2U);
        QCOMPARE(trail[2].rankAfter, 1U);
        // The score that is shown is where the trail ends.
        QCOMPARE(trail.back().after, list->items[0].score);
    }

    void theFallbackSentenceIsPassedOn()
    {
        const auto list = fixedRecommender({1, 2}, "The most popular items.")->recommend({}, 1, TrailLevel::None, {});
        QCOMPARE(list->fallback, std::string("The most popular items."));
    }

    void tracesAnyItem()
    {
        const Query query = queryFor(History{{ItemIndex{1}, 5}});
        const auto recommender = fixedRecommender({1, 3, 2, unscored, 2});
        const auto second = recommender->trace(query, ItemIndex{4});
        QCOMPARE(second->verdict, std::string("Place 2 of 3"));
        QCOMPARE(second->rank, 2U);
        QCOMPARE(second->candidates, std::size_t{3});
        const auto seen = recommender->trace(query, ItemIndex{1});
        QCOMPARE(seen->verdict, std::string("It is already in the history"));
        QCOMPARE(seen->rank, 0U);
        QCOMPARE(seen->score, 3.F);
        QCOMPARE(seen->trail.back().rankBefore, 1U);
        QCOMPARE(seen->trail.back().rankAfter, 0U);
        QCOMPARE(recommender->trace(query, ItemIndex{3})->verdict, std::string("The model cannot score this item"));
        const auto newer = recommender->trace(query, ItemIndex{77});
        QCOMPARE(newer->verdict, std::string("The model does not know this item: it is newer than its training"));
        QVERIFY(std::isnan(newer->score));
    }

    void tracesAgreeWithTheList()
    {
        const auto dataset = orrery::testing::blockDataset(3, 12, 10);
        const auto model = train(*findAlgorithm("popularity"), {dataset}, {}, {});
        const auto recommender = makeModelRecommender("Popularity", *model);
        const Query query = queryFor(*dataset, UserIndex{5});
        const auto list = recommender->recommend(query, 1'000, TrailLevel::None, {});
        QVERIFY(list->items.size() > 10);
        for (std::uint32_t place = 1; place <= list->items.size(); ++place)
            QCOMPARE(recommender->trace(query, list->items[place - 1].item)->rank, place);
    }

    void manyListsAreTheSameAsOneByOne_data()
    {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 4})
            QTest::addRow("%d threads", threads) << threads;
    }
    void manyListsAreTheSameAsOneByOne()
    {
        QFETCH(int, threads);
        const JobContext job({1, threads});
        const auto dataset = orrery::testing::blockDataset(4, 50, 12);
        const auto model = train(*findAlgorithm("popularity"), {dataset}, {}, {});
        const auto recommender = makeModelRecommender("Popularity", *model);
        std::vector<Query> queries;
        for (std::uint32_t u = 0; u < dataset->personCount(); ++u)
            queries.push_back(queryFor(*dataset, UserIndex{u}));
        const auto all = recommender->recommendAll(queries, 45, job); // more than most people have left
        for (std::size_t q = 0; q < queries.size(); ++q) {
            const auto one = recommender->recommend(queries[q], 45, TrailLevel::None, job);
            for (std::size_t i = 0; i < 45; ++i) {
                const bool held = i < one->items.size();
                QCOMPARE(all->row(q)[i], held ? one->items[i].item : ItemIndex::none());
                if (held)
                    QCOMPARE(all->scores[q * 45 + i], one->items[i].score);
            }
        }
    }

    void aCancelledJobGivesNoList()
    {
        const CancelToken token;
        token.cancel();
        const JobContext job({}, token);
        const std::vector<Query> queries(3);
        const auto recommender = fixedRecommender({1, 2});
        QCOMPARE(recommender->recommend({}, 1, TrailLevel::None, job).error().code, Code::Cancelled);
        QCOMPARE(recommender->recommendAll(queries, 1, job).error().code, Code::Cancelled);
    }

    void explanationsAreTheModels()
    {
        const auto recommender = fixedRecommender({1, 3});
        QCOMPARE(recommender->explain({}, ItemIndex{1})->score, 3.);
        QCOMPARE(recommender->explain({}, ItemIndex{5}).error().code, Code::NotFound);
        QVERIFY(recommender->model() != nullptr);
    }
};

QTEST_APPLESS_MAIN(RecommenderTest)
#include "recommender_test.moc"
