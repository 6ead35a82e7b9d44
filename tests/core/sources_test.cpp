// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "core/retrieval/candidate_source.h"
#include "core/retrieval/dated_lists.h"
#include "core/retrieval/merge.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <set>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

ModelPtr trained(const char* algorithm, const std::shared_ptr<const Dataset>& dataset, ParamSet params = {})
{
    return *train(*findAlgorithm(algorithm), {dataset}, params, JobContext());
}

std::vector<std::uint32_t> itemsOf(const std::vector<Found>& found)
{
    std::vector<std::uint32_t> out;
    for (const Found& one : found)
        out.push_back(one.item.value);
    return out;
}

std::vector<Found> foundBy(const SourcePtr& source, const Query& query, std::size_t n,
                           std::vector<ItemIndex> without = {})
{
    return *source->find(query, without, n, JobContext());
}

/// Items on a line. Its scores are the products for who used one item, and their squares for all others.
class SometimesProducts final : public Model {
public:
    SometimesProducts()
    {
        for (std::size_t item = 0; item < m_vectors.rows(); ++item)
            m_vectors.row(item)[0] = 1 - 2 * static_cast<float>(item) / static_cast<float>(m_vectors.rows());
    }
    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        return std::make_unique<Line>(m_vectors, query.history.size() > 1);
    }
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] std::size_t itemCount() const override { return m_vectors.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {m_vectors.view(), SpaceMetric::Dot, {}}; }
    void save(Artifact&) const override {}

private:
    struct Line final : Reader {
        Line(const Matrix& vectors, bool squared) : m_vectors(vectors), m_squared(squared) {}
        void score(std::span<const ItemIndex> items, std::span<float> out) const override
        {
            for (std::size_t i = 0; i < items.size(); ++i) {
                const float x = m_vectors.row(items[i].value)[0];
                out[i] = m_squared ? x * x : x;
            }
        }
        [[nodiscard]] Explanation explain(ItemIndex) const override { return {}; }
        [[nodiscard]] std::span<const float> vector() const override { return m_one; }
        const Matrix& m_vectors;
        bool m_squared;
        std::vector<float> m_one{1};
    };
    Matrix m_vectors = Matrix(200, 1);
};

Query whoUsed(std::initializer_list<std::uint32_t> items)
{
    Query query;
    for (const std::uint32_t item : items)
        query.history.push_back({ItemIndex{item}});
    return query;
}

} // namespace

class SourcesTest : public QObject {
    Q_OBJECT
private slots:
    void vectorsFindWhatTheScoresOfAllFind_data()
    {
        QTest::addColumn<QString>("algorithm");
        // Products with and without a bias, and one whose vectors are no products of its scores.
        for (const char* algorithm : {"implicit-als", "bpr", "svd", "content"})
            QTest::newRow(algorithm) << QString(algorithm);
    }
    void vectorsFindWhatTheScoresOfAllFind()
    {
        QFETCH(QString, algorithm);
        const auto dataset = blockDataset(4, 20, 30);
        const ModelPtr model = trained(algorithm.toLatin1().constData(), dataset);
        const auto exact = *makeModelSource(model, Search::Exact, 0, JobContext());
        const auto scores = *makeModelSource(model, Search::Score, 0, JobContext());
        for (const std::uint32_t user : {0U, 25U, 61U}) {
            const Query query = queryFor(*dataset, UserIndex{user});
            std::vector<ItemIndex> seen;
            for (const HistoryEntry& entry : query.history)
                seen.push_back(entry.item);
            const auto expected = foundBy(scores, query, 15, seen);
            const auto found = foundBy(exact, query, 15, seen);
            QCOMPARE(found.size(), expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) // scoreAll and score differ by rounding
                QVERIFY(std::abs(found[i].score - expected[i].score) <=
                        1e-4 * std::max(1.F, std::abs(expected[i].score)));
            for (const Found& one : found)
                QVERIFY(!std::ranges::binary_search(seen, one.item));
        }
    }

    void noAnswerDependsOnThoseBefore()
    {
        const auto model = std::make_shared<const SometimesProducts>();
        const auto source = *makeModelSource(model, Search::Exact, 0, JobContext());
        const auto scores = *makeModelSource(model, Search::Score, 0, JobContext());
        const Query one = whoUsed({5}), two = whoUsed({5, 6});
        const std::string how = source->how();
        QCOMPARE(how, std::string("1 numbers an item, looked at exactly"));
        const auto before = foundBy(source, one, 10);
        QCOMPARE(before, foundBy(scores, one, 10));
        QCOMPARE(foundBy(source, two, 10), foundBy(scores, two, 10)); // no products: by the score of every item
        QCOMPARE(foundBy(source, one, 10), before);
        QCOMPARE(source->how(), how);
    }

    // As far apart as moments of strangers can be: no difference of two fits into one.
    void extremeMomentsAreOrdered()
    {
        const Timestamp first = noTime + 1, last = endOfTime - 1;
        const auto dataset = DatasetBuilder{}
                                 .row("ann", fmt::format("Old@{} New@{}", first, last))
                                 .row("bob", fmt::format("New@{} Middle@0", last))
                                 .build();
        const auto events = *EventIndex::open(dataset, JobContext());
        const MomentGrid grid(*events);
        QVERIFY(grid.halfLife() > Timestamp{1} << 57 && grid.halfLife() < Timestamp{1} << 59);
        for (const Timestamp now : {first, first + 1, Timestamp{-1}, Timestamp{0}, last})
            QVERIFY(grid.before(now) <= now);
        const auto found = foundBy(makeTrendingSource(events), {}, 9);
        QVERIFY(!found.empty());
        QCOMPARE(dataset->itemIds().name(found.front().item.value), std::string_view("New"));
        for (const Found& one : found)
            QVERIFY(std::isfinite(one.score));
        Query early;
        early.now = first + 1;
        QVERIFY(foundBy(makeTrendingSource(events), early, 9).empty());
    }

    void theNewestEntriesAlone()
    {
        const auto dataset = blockDataset(4, 20, 30);
        const ModelPtr model = trained("item-knn", dataset);
        Query query = queryFor(*dataset, UserIndex{3});
        const auto source = *makeModelSource(model, Search::Auto, 2, JobContext());
        const auto found = foundBy(source, query, 10);
        std::ranges::stable_sort(query.history, [](const auto& a, const auto& b) { return a.at > b.at; });
        query.history.resize(2);
        std::ranges::sort(query.history, {}, &HistoryEntry::item);
        QCOMPARE(found, foundBy(*makeModelSource(model, Search::Auto, 0, JobContext()), query, 10));
    }

    void popularIsWhatWasUsedBefore()
    {
        const auto dataset =
            DatasetBuilder{}.row("ann", "A@1 B@2 C@100").row("bob", "B@3 C@101").row("cid", "C@102").build();
        const auto source = makePopularSource(*EventIndex::open(dataset, JobContext()));
        Query query;
        QCOMPARE(itemsOf(foundBy(source, query, 9)), (std::vector<std::uint32_t>{2, 1, 0}));
        query.now = 50;
        QCOMPARE(MomentGrid(**EventIndex::open(dataset, JobContext())).before(50), Timestamp{0});
        QVERIFY(foundBy(source, query, 9).empty()); // the grid is wider than this toy's time: never too late
        query.now = 103;
        QCOMPARE(itemsOf(foundBy(source, query, 2, {ItemIndex{2}})), (std::vector<std::uint32_t>{1, 0}));
    }

    void trendingIsMoreThanUsual()
    {
        DatasetBuilder builder;
        // Old: once a day for a hundred days. New: ten times on the last day.
        for (int day = 1; day <= 100; ++day)
            builder.row(fmt::format("p{}", day), fmt::format("Old@{}", day * 86400));
        for (int i = 0; i < 10; ++i)
            builder.row(fmt::format("q{}", i), fmt::format("New@{}", 100 * 86400 + i));
        builder.row("first", "Seldom@90000");
        const auto events = *EventIndex::open(builder.build(), JobContext());
        const auto found = foundBy(makeTrendingSource(events), {}, 3);
        QVERIFY(!found.empty());
        QCOMPARE(events->dataset().itemIds().name(found.front().item.value), std::string_view("New"));
        Query early;
        early.now = 50 * 86400;
        for (const Found& one : foundBy(makeTrendingSource(events), early, 9))
            QVERIFY(events->dataset().itemIds().name(one.item.value) != "New");
    }

    void exploringDrawsTheSeldomUsedAndTheSameAgain()
    {
        const auto dataset = blockDataset(3, 40, 20);
        const auto events = *EventIndex::open(dataset, JobContext());
        const auto source = makeExploringSource(events, 7);
        std::vector<std::size_t> drawn(dataset->itemCount(), 0);
        for (std::uint32_t user = 0; user < dataset->personCount(); ++user) {
            Query query;
            query.user = UserIndex{user};
            const auto found = foundBy(source, query, 5);
            QCOMPARE(found.size(), std::size_t{5});
            QCOMPARE(found, foundBy(source, query, 5));
            std::set<std::uint32_t> once;
            for (const Found& one : found) {
                QVERIFY(once.insert(one.item.value).second);
                ++drawn[one.item.value];
            }
        }
        QVERIFY(std::ranges::count(drawn, std::size_t{0}) < 5); // 600 draws of 60 items
        const Query guest;
        QVERIFY(foundBy(source, guest, 5, {ItemIndex{0}}).size() == 5);
        QCOMPARE(foundBy(source, guest, 500).size(), dataset->itemCount());
    }

    // 1 / (60 + place), by hand: item 1 is first and second, item 2 second and first, item 3 third alone.
    void mergesByPlaces()
    {
        const std::vector<std::vector<Found>> lists{{{ItemIndex{1}, 9}, {ItemIndex{2}, 8}, {ItemIndex{3}, 1}},
                                                    {{ItemIndex{2}, .5F}, {ItemIndex{1}, .4F}}};
        const std::vector<float> weights{1, 1};
        const Candidates merged = merge(lists, weights, MergeBy::ReciprocalRank, 2);
        QCOMPARE(merged.items, (std::vector<ItemIndex>{ItemIndex{1}, ItemIndex{2}}));
        QCOMPARE(merged.merged[0], float(1.0 / 61 + 1.0 / 62));
        QCOMPARE(merged.dropped, std::size_t{1});
        QCOMPARE(merged.placesOf(1)[0], std::uint16_t{2});
        QCOMPARE(merged.placesOf(1)[1], std::uint16_t{1});
        QCOMPARE(merged.found, (std::vector<std::uint32_t>{3, 2}));
        QCOMPARE(merged.only, (std::vector<std::uint32_t>{0, 0}));
        const std::vector<float> second{1, 3};
        QCOMPARE(merge(lists, second, MergeBy::ReciprocalRank, 3).items[0], ItemIndex{2});
        QCOMPARE(merge(lists, weights, MergeBy::ReciprocalRank, 3).only, (std::vector<std::uint32_t>{1, 0}));
    }

    // (9 - 1) / 8 + 0 for item 1, (8 - 1) / 8 + 1 for item 2.
    void mergesByScores()
    {
        const std::vector<std::vector<Found>> lists{
            {{ItemIndex{1}, 9}, {ItemIndex{2}, 8}, {ItemIndex{3}, 1}}, {{ItemIndex{2}, .5F}, {ItemIndex{1}, .4F}}, {}};
        const std::vector<float> weights{1, 1, 1};
        const Candidates merged = merge(lists, weights, MergeBy::Score, 10);
        QCOMPARE(merged.items, (std::vector<ItemIndex>{ItemIndex{2}, ItemIndex{1}, ItemIndex{3}}));
        QCOMPARE(merged.merged[0], 1.875F);
        QCOMPARE(merged.merged[1], 1.F);
        QVERIFY(std::isnan(merged.scoresOf(2)[1]));
    }
};

QTEST_APPLESS_MAIN(SourcesTest)
#include "sources_test.moc"
