// SPDX-License-Identifier: GPL-3.0-or-later
// MMR and calibration: worked by hand, and against the formulas evaluated anew for every choice.
#include "core/base/rng.h"
#include "core/reranking/calibration.h"
#include "core/reranking/mmr.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

using Order = std::vector<std::uint32_t>;

std::vector<ItemIndex> firstItems(std::uint32_t n)
{
    std::vector<ItemIndex> items;
    for (std::uint32_t i = 0; i < n; ++i)
        items.push_back(ItemIndex{i});
    return items;
}

/// 40 items with one to three of five tags, and a vector of 5.
std::shared_ptr<const RuleCatalog> tagged(std::uint64_t seed)
{
    Rng rng(seed);
    DatasetBuilder builder;
    std::string all;
    for (int i = 0; i < 40; ++i)
        all += fmt::format(" i{}", i);
    builder.row("ann", all);
    for (int i = 0; i < 40; ++i) {
        std::vector<std::string> names;
        for (std::uint64_t n = 1 + rng.below(3); n > 0; --n)
            names.push_back(fmt::format("t{}", rng.below(5)));
        builder.tags("genres", fmt::format("i{}", i), names);
        std::vector<float> vector;
        for (int d = 0; d < 5; ++d)
            vector.push_back(static_cast<float>(rng.normal()));
        builder.vector("v", fmt::format("i{}", i), vector);
    }
    return RuleCatalog::open(builder.build(), {}).value();
}

std::vector<float> byChance(std::size_t n, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<float> values(n);
    for (float& value : values)
        value = static_cast<float>(rng.uniform());
    return values;
}

/// Place by place what is best by `value`, which is worked out anew for each.
template <class Value> Order greedy(std::size_t items, std::size_t n, Value value)
{
    Order order;
    while (order.size() < n) {
        std::uint32_t best = 0;
        double most = -1e300;
        for (std::uint32_t i = 0; i < items; ++i)
            if (std::ranges::count(order, i) == 0 && value(order, i) > most) {
                most = value(order, i);
                best = i;
            }
        order.push_back(best);
    }
    return order;
}

} // namespace

class DiversityTest : public QObject {
    Q_OBJECT
private slots:
    // a and b point the same way, c across. lambda .5: a; then b .5 * .9 - .5 * 1 = -.05, c .5 * .6 - 0 = .3.
    void mmrByHand()
    {
        const auto catalog = RuleCatalog::open(DatasetBuilder{}
                                                   .row("ann", "a b c")
                                                   .vector("v", "a", {1, 0})
                                                   .vector("v", "b", {2, 0})
                                                   .vector("v", "c", {0, 3})
                                                   .build(),
                                               {})
                                 .value();
        const std::vector<float> relevance = {1, .9F, .6F};
        const auto by = DiversityRule::By::Vectors;
        QCOMPARE(mmrOrder(*catalog, by, firstItems(3), relevance, .5, 3), (Order{0, 2, 1}));
        QCOMPARE(mmrOrder(*catalog, by, firstItems(3), relevance, 1, 3), (Order{0, 1, 2}));
        QCOMPARE(mmrOrder(*catalog, by, firstItems(3), relevance, .5, 2), (Order{0, 2}));
        // With a above already, b loses .5 for being like it, c nothing.
        const std::vector<ItemIndex> above = {ItemIndex{0}};
        QCOMPARE(mmrOrder(*catalog, by, std::vector{ItemIndex{1}, ItemIndex{2}}, std::vector{.9F, .6F}, .5, 2, above),
                 (Order{1, 0}));
        QVERIFY(std::abs(similarityOf(*catalog, by, ItemIndex{0}, ItemIndex{1}) - 1) < 1e-6);
        // Equal in all: the lower item.
        QCOMPARE(mmrOrder(*catalog, by, std::vector{ItemIndex{1}, ItemIndex{0}}, std::vector{1.F, 1.F}, .5, 2),
                 (Order{1, 0}));
    }

    void mmrIsWhatItsFormulaSays()
    {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const auto catalog = tagged(seed);
            const auto items = firstItems(40);
            const auto relevance = byChance(40, seed);
            for (const auto by : {DiversityRule::By::Vectors, DiversityRule::By::Categories}) {
                const auto expected = greedy(40, 15, [&](const Order& chosen, std::uint32_t i) {
                    double nearest = 0;
                    for (const std::uint32_t other : chosen)
                        nearest = std::max(nearest, similarityOf(*catalog, by, items[i], items[other]));
                    return .7 * static_cast<double>(relevance[i]) - .3 * nearest;
                });
                QCOMPARE(mmrOrder(*catalog, by, items, relevance, .7, 15), expected);
            }
        }
    }

    // History: three parts drama, one comedy. One tag an item: 4 places are best as 3 and 1.
    void calibrationByHand()
    {
        DatasetBuilder builder;
        builder.row("ann", "d1 d2 d3 c1 x1 x2 x3 x4 y1 y2");
        for (const char* item : {"d1", "d2", "d3", "x1", "x2", "x3", "x4"})
            builder.tags("genres", item, {"drama"});
        for (const char* item : {"c1", "y1", "y2"})
            builder.tags("genres", item, {"comedy"});
        const auto catalog = RuleCatalog::open(builder.build(), {}).value();
        History history;
        for (std::uint32_t i = 0; i < 4; ++i)
            history.push_back({ItemIndex{i}, 1});
        const auto wanted = sharesOf(*catalog, history);
        QCOMPARE(wanted.size(), std::size_t{2});
        QVERIFY(std::abs(wanted[0].share - .75) < 1e-12 && std::abs(wanted[1].share - .25) < 1e-12);
        const std::vector<ItemIndex> items = {ItemIndex{4}, ItemIndex{5}, ItemIndex{6},
                                              ItemIndex{7}, ItemIndex{8}, ItemIndex{9}};
        const std::vector<float> relevance = {1, .9F, .8F, .7F, .3F, .2F};
        auto four = calibratedOrder(*catalog, wanted, items, relevance, .9, 4);
        std::ranges::sort(four);
        QCOMPARE(four, (Order{0, 1, 2, 4}));
        QCOMPARE(calibratedOrder(*catalog, wanted, items, relevance, 0, 6), (Order{0, 1, 2, 3, 4, 5}));
        const std::vector<ItemIndex> same = {items[0], items[1], items[2], items[4]};
        QVERIFY(std::abs(calibrationGap(*catalog, wanted, same)) < 1e-12);
        // All drama: .75 log(.75 / (.99 + .0075)) + .25 log(.25 / .0025)
        const std::vector<ItemIndex> drama = {items[0], items[1]};
        const double gap = .75 * std::log(.75 / (.99 + .0075)) + .25 * std::log(.25 / .0025);
        QVERIFY(std::abs(calibrationGap(*catalog, wanted, drama) - gap) < 1e-12);
        QVERIFY(sharesOf(*catalog, {}).empty());
    }

    void calibrationIsWhatItsFormulaSays()
    {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const auto catalog = tagged(seed);
            const auto items = firstItems(40);
            const auto relevance = byChance(40, seed);
            History history;
            for (std::uint32_t i = 0; i < 12; ++i)
                history.push_back({ItemIndex{3 * i}, static_cast<float>(1 + i % 3)});
            const auto wanted = sharesOf(*catalog, history);
            const auto expected = greedy(40, 12, [&](const Order& chosen, std::uint32_t i) {
                std::vector<ItemIndex> list;
                for (const std::uint32_t other : chosen)
                    list.push_back(items[other]);
                list.push_back(items[i]);
                return .4 * static_cast<double>(relevance[i]) - .6 * calibrationGap(*catalog, wanted, list);
            });
            QCOMPARE(calibratedOrder(*catalog, wanted, items, relevance, .6, 12), expected);
        }
    }
};

QTEST_APPLESS_MAIN(DiversityTest)
#include "diversity_test.moc"
