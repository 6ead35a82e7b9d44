// SPDX-License-Identifier: GPL-3.0-or-later
// People in the place of items, by hand.
#include "core/data/people_as_items.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// Ann likes comedies only, Bob dramas, Cyd both alike; nobody likes what they gave one star.
std::shared_ptr<const Dataset> films()
{
    DatasetBuilder builder;
    builder.row("ann", "c1:5 c2:5 c3:5 c4:4 d1:1 d2:1 d3:1 d4:1")
        .row("bob", "d1:5 d2:5 d3:5 d4:4")
        .row("cyd", "c1:5 d1:5");
    for (const char* item : {"c1", "c2", "c3", "c4"})
        builder.tags("genres", item, {"comedy"});
    for (const char* item : {"d1", "d2", "d3", "d4"})
        builder.tags("genres", item, {"drama"});
    builder.tags("colours", "c1", {"red"}); // says something of one item only
    builder.fact("occupation", "bob", "baker");
    return builder.build();
}

} // namespace

class PeopleAsItemsTest : public QObject {
    Q_OBJECT
private slots:
    void peopleStandWhereItemsWere()
    {
        const auto data = films();
        const auto people = peopleAsItems(*data, {}).value();
        QCOMPARE(people->itemCount(), data->personCount());
        QCOMPARE(people->personCount(), data->itemCount());
        QCOMPARE(people->title(ItemIndex{1}), std::string("Person bob"));
        QCOMPARE(people->itemIds().name(1), std::string_view("bob"));
        QCOMPARE(people->items().show("occupation", 1), std::string("baker"));
        QCOMPARE(people->interactions().size(), data->interactions().size());
        for (std::uint32_t user = 0; user < data->personCount(); ++user) {
            const auto row = data->interactions().row(UserIndex{user});
            const auto column = people->interactions().column(ItemIndex{user});
            QVERIFY(std::ranges::equal(row.values, column.values));
            QVERIFY(std::ranges::equal(row.items, column.users, {}, &ItemIndex::value, &UserIndex::value));
        }
    }

    // Of 10 liked items 5 are comedies: Ann's 4 of 4 are z = (4 - 2) / sqrt(1) = 2, Cyd's 1 of 2 is chance.
    void theyLikeWhatTheyChooseMoreThanChance()
    {
        const auto people = peopleAsItems(*films(), {}).value();
        QCOMPARE(people->items().show("likes", 0), std::string("comedy"));
        QCOMPARE(people->items().show("likes", 1), std::string("drama"));
        QCOMPARE(people->items().show("likes", 2), std::string());
    }

    void withoutTagsNothingIsSaidOfLikes()
    {
        const auto people = peopleAsItems(*DatasetBuilder{}.row("ann", "a b").build(), {}).value();
        QVERIFY(!people->items().tags("likes"));
    }

    void itCanBeStopped()
    {
        const CancelToken token;
        token.cancel();
        QCOMPARE(peopleAsItems(*films(), JobContext({}, token)).error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(PeopleAsItemsTest)
#include "people_as_items_test.moc"
