// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/query.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

class DatasetTest : public QObject {
    Q_OBJECT
private slots:
    void ofRatingsTheNewestWins()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5@200 B:1@50 A:2@100").build();
        const auto& interactions = dataset->interactions();
        QCOMPARE(interactions.size(), std::size_t{2});
        QCOMPARE(interactions.merged(), std::size_t{1});
        QCOMPARE(interactions.row(UserIndex{0}).values[0], 5.F);
        QCOMPARE(interactions.row(UserIndex{0}).times[0], Timestamp{200});
        QCOMPARE(dataset->log().size(), std::size_t{3}); // the log keeps all
    }

    void implicitValuesAddUp()
    {
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A:2 A:3 B").build();
        QCOMPARE(dataset->interactions().row(UserIndex{0}).values[0], 5.F);
        QCOMPARE(dataset->interactions().row(UserIndex{0}).values[1], 1.F);
    }

    void columnsAreTheTransposeOfRows()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:1 B:2").row("bob", "B:3 C:4").build();
        const auto column = dataset->interactions().column(ItemIndex{1});
        QCOMPARE(column.users.size(), std::size_t{2});
        QCOMPARE(column.users[1], UserIndex{1});
        QCOMPARE(column.values[0], 2.F);
        QCOMPARE(column.values[1], 3.F);
    }

    void indicesPastTheEndAreEmpty()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A").build();
        QCOMPARE(dataset->interactions().row(UserIndex{7}).size(), std::size_t{0});
        QCOMPARE(dataset->interactions().column(ItemIndex{7}).users.size(), std::size_t{0});
        QCOMPARE(dataset->interactions().row(UserIndex::none()).size(), std::size_t{0});
    }

    void queriesAreCutAtNow()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5@100 B:4@200 C:3@300").build();
        const Query query = queryFor(*dataset, UserIndex{0}, 200);
        QCOMPARE(query.history.size(), std::size_t{1});
        QCOMPARE(query.history[0].item, ItemIndex{0});
    }

    void typedHistoriesKeepTheLastEntryOfAnItem()
    {
        const Query query = queryFor(History{{ItemIndex{2}, 1}, {ItemIndex{0}, 3}, {ItemIndex{2}, 5}});
        QCOMPARE(query.history.size(), std::size_t{2});
        QCOMPARE(query.history[0].item, ItemIndex{0});
        QCOMPARE(query.history[1].value, 5.F);
    }

    void theShapeCountsWhatIsLiked()
    {
        const auto rated = DatasetBuilder{}
                               .row("ann", "A:5 B:3.4 C:1")
                               .row("bob", "A:4 B:3.3")
                               .title("A", "Alien")
                               .tags("genres", "B", {"Crime", "Drama"})
                               .build();
        QCOMPARE(rated->likedFrom(), 1 + .6F * 4);
        const DatasetShape& shape = rated->shape();
        QCOMPARE(shape.squaredRows, 9.0 + 4);
        QCOMPARE(shape.squaredColumns, 4.0 + 4 + 1);
        QCOMPARE(shape.liked, 3.0);
        QCOMPARE(shape.squaredLikedRows, 4.0 + 1);
        QCOMPARE(shape.squaredLikedColumns, 4.0 + 1);
        QCOMPARE(shape.itemText, 15.0); // Alien, Crime, Drama

        const auto counted = DatasetBuilder{}.implicit().row("ann", "A B").row("bob", "A:0.1").build();
        QCOMPARE(counted->shape().liked, 3.0);
    }

    void attributesBeyondTheIdsAreLeftOut()
    {
        AttributeTable table;
        table.add({"title", TextColumn{{"Alien", "Brazil", "Casablanca"}}});
        table.add({"year", NumberColumn{{1979}}});
        TagColumn genres;
        for (const char* genre : {"Horror", "Comedy", "Romance"}) {
            genres.tags.push_back(genres.vocabulary.add(genre));
            genres.starts.push_back(static_cast<std::uint32_t>(genres.tags.size()));
        }
        table.add({"genres", genres});
        table.set({"plot", 2, {1, 2, 3, 4, 5, 6}});
        DatasetParts parts = DatasetBuilder{}.row("ann", "A:5 B:4").build()->parts();
        parts.items = std::make_shared<const AttributeTable>(std::move(table));
        const Dataset dataset(parts);
        const AttributeTable& kept = dataset.items();
        QCOMPARE(kept.rowCount(), std::size_t{2});
        QCOMPARE(kept.text("title")->values, (std::vector<std::string>{"Alien", "Brazil"}));
        QCOMPARE(kept.number("year")->values.size(), std::size_t{1});
        QCOMPARE(kept.show("genres", 1), std::string("Comedy"));
        QCOMPARE(kept.tags("genres")->tags.size(), std::size_t{2});
        QCOMPARE(kept.vectors().front().values, (std::vector<float>{1, 2, 3, 4}));
    }

    void theHashTellsContentsApart()
    {
        const auto one = DatasetBuilder{}.row("ann", "A:5 B:4").build();
        const auto same = DatasetBuilder{}.row("ann", "A:5 B:4").build();
        const auto other = DatasetBuilder{}.row("ann", "A:5 B:3").build();
        QCOMPARE(one->hash(), same->hash());
        QVERIFY(one->hash() != other->hash());
        QCOMPARE(one->hash().size(), std::size_t{32});
    }

    void vocabulariesFindManyNames()
    {
        Vocabulary names;
        for (int i = 0; i < 10'000; ++i)
            QCOMPARE(names.add("id" + std::to_string(i)), std::uint32_t(i));
        QCOMPARE(names.add("id77"), 77U);
        QCOMPARE(names.name(9'999), std::string_view("id9999"));
        QVERIFY(!names.find("nobody"));
        QVERIFY(!Vocabulary{}.find("nobody"));
    }
};

QTEST_APPLESS_MAIN(DatasetTest)
#include "dataset_test.moc"
