// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/evaluation/metric.h"
#include "core/evaluation/metric_functions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QtTest>

using namespace orrery;

namespace {

using Hits = std::vector<std::uint8_t>;

const MetricFunctions& functions(std::string_view id) { return functionsOf(*parseMetrics(id)->front().metric); }

double ranking(std::string_view id, const Hits& hits, std::size_t relevant, std::size_t k)
{
    return functions(std::string(id) + "@1").ranking({hits, relevant, k});
}

using Counts = std::vector<std::uint32_t>;

double catalog(std::string_view id, const Counts& exposure, const Counts& train = {}, std::size_t people = 0)
{
    return functions(std::string(id) + "@1").catalog({exposure, train, people});
}

// Sums of a few doubles, against values worked to 12 digits.
bool near(double value, double expected) { return std::abs(value - expected) < 1e-11; }

} // namespace

class MetricTest : public QObject {
    Q_OBJECT
private slots:
    // Five places, relevant at 2, 3 and 5; four relevant items in all.
    void goldValues()
    {
        const Hits hits = {0, 1, 1, 0, 1};
        QVERIFY(near(ranking("precision", hits, 4, 5), 3. / 5));
        QVERIFY(near(ranking("recall", hits, 4, 5), 3. / 4));
        QVERIFY(near(ranking("recall-capped", hits, 4, 5), 3. / 4));
        QVERIFY(near(ranking("mrr", hits, 4, 5), 1. / 2));
        QVERIFY(near(ranking("hit-rate", hits, 4, 5), 1));
        // Precision at the hits: 1/2, 2/3, 3/5; divided by min(5, 4) = 4.
        QVERIFY(near(ranking("map", hits, 4, 5), (1. / 2 + 2. / 3 + 3. / 5) / 4));
        // 1/log2(3) + 1/log2(4) + 1/log2(6) = .630929753571 + .5 + .386852807235 = 1.517782560806
        // ideal: 1 + .630929753571 + .5 + 1/log2(5) = .430676558073 -> 2.561606311645
        QVERIFY(near(ranking("ndcg", hits, 4, 5), 1.517782560806 / 2.561606311645));
    }

    void moreRelevantItemsThanPlaces()
    {
        const Hits hits = {1, 1};
        QVERIFY(near(ranking("recall", hits, 8, 2), 2. / 8)); // cannot reach 1
        QVERIFY(near(ranking("recall-capped", hits, 8, 2), 1));
        QVERIFY(near(ranking("map", hits, 8, 2), 1));
        QVERIFY(near(ranking("ndcg", hits, 8, 2), 1));
    }

    void nothingFoundIsZero()
    {
        for (const auto* id : {"precision", "recall", "recall-capped", "ndcg", "map", "mrr", "hit-rate"}) {
            QCOMPARE(ranking(id, {0, 0, 0}, 2, 3), 0.);
            QCOMPARE(ranking(id, {}, 2, 3), 0.); // an empty list
        }
    }

    void aShortListHasNoHitsPastItsEnd()
    {
        QVERIFY(near(ranking("precision", {1}, 1, 10), .1));
        QVERIFY(near(ranking("ndcg", {1}, 1, 10), 1));
        QVERIFY(near(ranking("map", {1}, 2, 10), .5));
    }

    void ratingErrors()
    {
        const auto& rmse = functions("rmse");
        const auto& mae = functions("mae");
        // Errors 1, -2, 0: mean square 5/3, mean absolute 1.
        QVERIFY(near(rmse.finish((rmse.error(1) + rmse.error(-2) + rmse.error(0)) / 3), std::sqrt(5. / 3)));
        QVERIFY(near(mae.finish((mae.error(1) + mae.error(-2) + mae.error(0)) / 3), 1));
        QVERIFY(near(rmse.unfinish(rmse.finish(2.25)), 2.25));
        QVERIFY(near(mae.unfinish(mae.finish(2.25)), 2.25));
    }

    void coverageIsTheShareOfTheCatalogShown()
    {
        QVERIFY(near(catalog("coverage", {3, 0, 1, 0, 0}), 2. / 5));
        QVERIFY(std::isnan(catalog("coverage", {0, 0})));
    }

    void noveltyIsMeanSelfInformation()
    {
        // 8 people; item 0 known to 4 (1 bit) shown 3 times, item 1 to 1 (3 bits) once, item 2 to nobody (as 1: 3 bits)
        // once.
        QVERIFY(near(catalog("novelty", {3, 1, 1, 0}, {4, 1, 0, 8}, 8), (3 * 1. + 3. + 3.) / 5));
        QCOMPARE(catalog("novelty", {2}, {8}, 8), 0.); // all know it
        QVERIFY(std::isnan(catalog("novelty", {0}, {8}, 8)));
    }

    void giniOfExposure()
    {
        QVERIFY(near(catalog("gini", {2, 2, 2, 2}), 0));
        QVERIFY(near(catalog("gini", {0, 0, 9, 0}), 1 - 1. / 4));
        // Ascending 0 1 3: (-2 * 0 + 0 * 1 + 2 * 3) / (3 * 4)
        QVERIFY(near(catalog("gini", {3, 0, 1}), .5));
        QVERIFY(std::isnan(catalog("gini", {0, 0})));
    }

    void giniIsHalfTheMeanDifference()
    {
        // The other definition: mean absolute difference of all pairs / (2 x mean).
        Rng rng(5);
        Counts exposure;
        for (int i = 0; i < 50; ++i)
            exposure.push_back(static_cast<std::uint32_t>(rng.below(20)));
        double differences = 0, sum = 0;
        for (const auto x : exposure) {
            sum += x;
            for (const auto y : exposure)
                differences += std::abs(static_cast<double>(x) - y);
        }
        QVERIFY(near(catalog("gini", exposure), differences / (2 * 50 * sum)));
    }

    void rankingMetricsFollowTheirDefinitions()
    {
        // Each again in its most literal form, on random lists.
        Rng rng(3);
        for (int round = 0; round < 200; ++round) {
            const std::size_t k = 1 + rng.below(20);
            Hits hits(k);
            std::size_t found = 0;
            for (auto& hit : hits)
                found += hit = rng.below(3) == 0 ? 1 : 0;
            const std::size_t relevant = std::max<std::size_t>(1, found + rng.below(4));
            double dcg = 0, ideal = 0, precisions = 0;
            for (std::size_t place = 1; place <= k; ++place) {
                const auto upTo = std::count(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(place), 1);
                dcg += hits[place - 1] / (std::log(static_cast<double>(place) + 1) / std::log(2.));
                precisions += hits[place - 1] * static_cast<double>(upTo) / static_cast<double>(place);
                if (place <= relevant)
                    ideal += 1 / (std::log(static_cast<double>(place) + 1) / std::log(2.));
            }
            QVERIFY(near(ranking("ndcg", hits, relevant, k), dcg / ideal));
            QVERIFY(near(ranking("map", hits, relevant, k), precisions / static_cast<double>(std::min(k, relevant))));
        }
    }

    void everyMetricIsFullyDeclared()
    {
        std::set<std::string> ids;
        for (const auto& metric : metrics()) {
            QVERIFY(ids.insert(metric.id).second);
            for (const auto* text : {&metric.title, &metric.formula, &metric.edge, &metric.source, &metric.meaning})
                QVERIFY2(!text->empty(), metric.id.c_str());
            const auto& f = functionsOf(metric);
            QCOMPARE(f.ranking != nullptr, metric.kind == MetricKind::Ranking);
            QCOMPARE(f.catalog != nullptr, metric.kind == MetricKind::Catalog);
            QCOMPARE(f.error && f.finish && f.unfinish, metric.kind == MetricKind::Rating);
        }
        QCOMPARE(ids.size(), std::size_t{12});
    }

    void readsLists()
    {
        const auto choices = parseMetrics("rmse, ndcg@10,recall@5 ,ndcg@10");
        QCOMPARE(choices->size(), std::size_t{3});
        QCOMPARE((*choices)[1].id(), std::string("ndcg@10"));
        QCOMPARE((*choices)[1].title(), std::string("NDCG@10"));
        QCOMPARE((*choices)[0].k, std::size_t{0});
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("unknown") << QByteArray("auc@10") << QByteArray("There is no metric 'auc@10'");
        QTest::newRow("empty") << QByteArray("") << QByteArray("There is no metric ''");
        QTest::newRow("trailing") << QByteArray("mae,") << QByteArray("There is no metric ''");
        QTest::newRow("no cut") << QByteArray("ndcg") << QByteArray("'ndcg' needs a cut-off from 1 to 1000");
        QTest::newRow("zero") << QByteArray("ndcg@0") << QByteArray("'ndcg@0' needs a cut-off from 1 to 1000");
        QTest::newRow("large") << QByteArray("map@1001") << QByteArray("'map@1001' needs a cut-off from 1 to 1000");
        QTest::newRow("text") << QByteArray("map@ten") << QByteArray("'map@ten' needs a cut-off from 1 to 1000");
        QTest::newRow("needless") << QByteArray("rmse@10") << QByteArray("'rmse' has no cut-off");
    }
    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QByteArray, list);
        QFETCH(QByteArray, message);
        const auto choices = parseMetrics(list.toStdString());
        QVERIFY(!choices.has_value());
        QCOMPARE(QByteArray::fromStdString(choices.error().message), message);
    }
};

QTEST_APPLESS_MAIN(MetricTest)
#include "metric_test.moc"
