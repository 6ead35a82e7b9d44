// SPDX-License-Identifier: GPL-3.0-or-later
// Who gets an item, by hand.
#include "core/models/catalogue.h"
#include "core/pipeline/item_audience.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// By popularity: a (4 people), b (3), c (2), d (1). Ann has all, Bob and Cyd lack d, and Dan and Eve more.
struct Known {
    std::shared_ptr<const Dataset> data = DatasetBuilder{}
                                              .implicit()
                                              .row("ann", "a b c d")
                                              .row("bob", "a b c")
                                              .row("cyd", "a b")
                                              .row("dan", "a")
                                              .row("eve", "")
                                              .fact("gender", "ann", "F")
                                              .fact("gender", "bob", "M")
                                              .fact("gender", "cyd", "F")
                                              .fact("gender", "dan", "M")
                                              .build();
    RecommenderPtr popular = makeModelRecommender("Popularity", testing::fitted(*findAlgorithm("popularity"), data));
    ListSample sample = sampleLists(*data, *popular, endOfTime, 100, 3, {}).value();

    [[nodiscard]] ItemIndex item(std::string_view id) const { return *data->findItem(id); }
};

} // namespace

class ItemAudienceTest : public QObject {
    Q_OBJECT
private slots:
    void thoseWithAHistoryAreAsked()
    {
        const Known known;
        QCOMPARE(known.sample.people.size(), std::size_t{4});
        QCOMPARE(known.sample.lists.row(3)[0], known.item("b")); // Dan's
        const auto few = sampleLists(*known.data, *known.popular, endOfTime, 2, 3, {}).value();
        QCOMPARE(few.people, (std::vector<UserIndex>{UserIndex{0}, UserIndex{3}}));
    }

    // d is third for Dan (after b and c), second for Cyd, first for Bob, and Ann has it.
    void placesAreCounted()
    {
        const Known known;
        const ItemAudience audience = audienceOf(known.sample, *known.data, endOfTime, known.item("d"), 1);
        QCOMPARE(audience.people, std::size_t{4});
        QCOMPARE(audience.atRank, (std::vector<std::size_t>{1, 1, 1}));
        QCOMPARE(audience.within(2), std::size_t{2});
        QCOMPARE(audience.owners, std::size_t{1});
        QCOMPARE(audience.first, (std::vector<UserIndex>{UserIndex{1}, UserIndex{2}, UserIndex{3}}));
    }

    void groupsAreTold()
    {
        const Known known;
        const ItemAudience audience = audienceOf(known.sample, *known.data, endOfTime, known.item("d"), 1);
        QCOMPARE(audience.groups.size(), std::size_t{3});
        QCOMPARE(audience.groups[0].value, std::string("F"));
        QCOMPARE(audience.groups[0].people, std::size_t{2});
        QCOMPARE(audience.groups[0].shown, std::size_t{1});
        QCOMPARE(audience.groups[1].shown, std::size_t{2});
        QCOMPARE(audience.groups[2].column, std::string("history"));
        QCOMPARE(audience.groups[2].value, std::string("1 to 4"));
        QCOMPARE(audience.groups[2].people, std::size_t{4});
        QVERIFY(audienceOf(known.sample, *known.data, endOfTime, known.item("d"), 5).groups.empty());
    }

    void exposureSumsToOne()
    {
        const Known known;
        const auto exposure = exposureOf(known.sample, known.data->itemCount());
        QVERIFY(std::abs(std::accumulate(exposure.begin(), exposure.end(), 0.) - 1) < 1e-12);
        // b: first for Dan; c: first for Cyd, second for Dan; d: first, second and third.
        const double second = 1 / std::log2(3.), third = .5, all = 3 + 2 * second + third;
        QVERIFY(std::abs(exposure[known.item("d").value] - (1 + second + third) / all) < 1e-12);
        QVERIFY(std::abs(exposure[known.item("b").value] - 1 / all) < 1e-12);
        QCOMPARE(exposure[known.item("a").value], 0.); // everybody has it
    }

    void choicesAreOfThePast()
    {
        const auto data = DatasetBuilder{}.implicit().row("ann", "a:1@10 b:1@20").row("bob", "a:1@30").build();
        QCOMPARE(shareOfChoices(*data, endOfTime), (std::vector<double>{2. / 3, 1. / 3}));
        QCOMPARE(shareOfChoices(*data, 25), (std::vector<double>{.5, .5}));
        QCOMPARE(shareOfChoices(*data, 5), (std::vector<double>{0, 0}));
    }
};

QTEST_GUILESS_MAIN(ItemAudienceTest)
#include "item_audience_test.moc"
