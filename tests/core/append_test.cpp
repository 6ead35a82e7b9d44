// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/append.h"
#include "core/store/workspace.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/workspace_samples.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

std::shared_ptr<const Dataset> june()
{
    return DatasetBuilder{}
        .row("ann", "A:5@10/phone B:4@20")
        .row("bob", "B:3@30//home")
        .title("A", "Alien")
        .title("B", "Brazil")
        .tags("genres", "A", {"Horror"})
        .number("price", "A", 10)
        .vector("embedding", "A", {1, 2})
        .fact("country", "ann", "DE")
        .build();
}

std::shared_ptr<const Dataset> july()
{
    return DatasetBuilder{}
        .row("cid", "C:2@50/tv A:1@60/phone")
        .row("bob", "B:5@70")
        .title("C", "Cube")
        .title("B", "Brazil (1985)")
        .tags("genres", "C", {"Horror", "Maze"})
        .number("price", "A", 8)
        .text("plot", "C", "A maze.")
        .fact("country", "cid", "FR")
        .build();
}

} // namespace

class AppendTest : public QObject {
    Q_OBJECT
private slots:
    void knownPeopleAndItemsKeepTheirIndices()
    {
        const auto with = appended(*june(), *july());
        QVERIFY2(with, with ? "" : with.error().text().c_str());
        QCOMPARE(with->events, std::size_t{3});
        QCOMPARE(with->newPeople, std::size_t{1});
        QCOMPARE(with->newItems, std::size_t{1});
        const Dataset& dataset = *with->dataset;
        QCOMPARE(dataset.findPerson("bob"), june()->findPerson("bob"));
        QCOMPARE(dataset.findPerson("cid")->value, 2U);
        QCOMPARE(dataset.findItem("C")->value, 2U);
        const EventLog& log = dataset.log();
        QCOMPARE(log.size(), std::size_t{6});
        QCOMPARE(log.at(1).value, 4.F); // the first events as they were
        QCOMPARE(log.at(4).user.value, 2U);
        QCOMPARE(log.at(4).item.value, 0U);
        QCOMPARE(log.at(4).at, Timestamp{60});
        QCOMPARE(log.contextOf(0, EventContext::Device), std::string_view("phone"));
        QCOMPARE(log.contextOf(3, EventContext::Device), std::string_view("tv"));
        QCOMPARE(log.contextOf(4, EventContext::Device), std::string_view("phone"));
        QCOMPARE(log.contextOf(4, EventContext::Place), std::string_view());
        QCOMPARE(dataset.interactions().row(UserIndex{1}).values[0], 5.F); // the newest rating of B
    }

    void whatIsToldAnewReplacesWhatWasKnown()
    {
        const auto with = appended(*june(), *july());
        const AttributeTable& items = with->dataset->items();
        QCOMPARE(items.show("title", 0), std::string("Alien"));
        QCOMPARE(items.show("title", 1), std::string("Brazil (1985)"));
        QCOMPARE(items.show("title", 2), std::string("Cube"));
        QCOMPARE(items.show("genres", 0), std::string("Horror"));
        QCOMPARE(items.show("genres", 2), std::string("Horror, Maze"));
        QCOMPARE(items.show("price", 0), std::string("8"));
        QCOMPARE(items.show("plot", 2), std::string("A maze."));
        QCOMPARE(items.vectors()[0].values, (std::vector<float>{1, 2, 0, 0, 0, 0}));
        QCOMPARE(with->dataset->people().show("country", 0), std::string("DE"));
        QCOMPARE(with->dataset->people().show("country", 2), std::string("FR"));
    }

    void columnsOfAnotherTypeAreLeftOutAndNamed()
    {
        const auto more = DatasetBuilder{}.row("ann", "A").text("price", "A", "cheap").build();
        const auto with = appended(*june(), *more);
        QCOMPARE(with->leftOut, std::vector<std::string>{"price"});
        QCOMPARE(with->dataset->items().show("price", 0), std::string("10"));
        QVERIFY(!appended(*june(), *DatasetBuilder{}.implicit().row("ann", "A").build()));
    }

    void onlyVectorsThatAreKnownReplaceOthers()
    {
        const auto more = DatasetBuilder{}
                              .row("ann", "B C A")
                              .vector("embedding", "C", {3, 4})
                              .vector("picture", "A", {5})
                              .build(); // B and A are zeros in the embedding, as they are not in its file
        const auto with = appended(*june(), *more);
        const auto vectors = with->dataset->items().vectors();
        QCOMPARE(vectors.size(), std::size_t{2});
        QCOMPARE(vectors[0].values, (std::vector<float>{1, 2, 0, 0, 3, 4}));
        QCOMPARE(vectors[1].name, std::string("picture"));
        QCOMPARE(vectors[1].values, (std::vector<float>{5, 0, 0}));
        const auto longer = DatasetBuilder{}.row("ann", "A").vector("embedding", "A", {1, 2, 3}).build();
        const auto without = appended(*june(), *longer);
        QCOMPARE(without->leftOut, std::vector<std::string>{"embedding"});
        QCOMPARE(without->dataset->items().vectors()[0].values, (std::vector<float>{1, 2, 0, 0}));
    }

    void sessionsOfTheTwoAreNotTheSame()
    {
        EventLog visit;
        visit.append({UserIndex{0}, ItemIndex{0}, 1, 5, EventKind::View, 0, 3, 2.5F});
        DatasetParts parts = june()->parts();
        parts.log = std::make_shared<const EventLog>(visit);
        const Dataset told(parts);
        const auto twice = appended(told, told);
        QCOMPARE(twice->dataset->log().at(0).session, 0U);
        QCOMPARE(twice->dataset->log().at(1).session, 1U);
        QCOMPARE(twice->dataset->log().at(1).position, std::uint16_t{3});
        const auto behind = appended(*june(), told); // which told nothing of the kind
        QCOMPARE(behind->dataset->log().at(0).session, noSession);
        QCOMPARE(behind->dataset->log().at(3).session, 0U);
        QCOMPARE(behind->dataset->log().at(3).kind, EventKind::View);
        QCOMPARE(behind->dataset->log().at(3).price, 2.5F);
    }

    void aWorkspaceKeepsItsModels()
    {
        const QTemporaryDir scratch;
        auto workspace = Workspace::create(scratch.filePath("w.orrery").toStdString());
        const auto id = workspace->addDataset({june(), {}, {}});
        QVERIFY(workspace->addModel(testing::popularityRow(*id, "Popular"), *testing::trainedPopularity(june())));
        QVERIFY(workspace->setDerived(*id, {"cluster", NumberColumn{{1, 2}}}));

        const auto with = appended(*june(), *july());
        const auto stored = workspace->updateDataset(*id, {with->dataset, {}, {}});
        QVERIFY2(stored, stored ? "" : stored.error().text().c_str());
        const auto loaded = workspace->loadDataset(*id);
        QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
        QCOMPARE(loaded->dataset->hash(), with->dataset->hash());
        QCOMPARE(workspace->datasets()->size(), std::size_t{1});
        QCOMPARE(workspace->models(*id)->size(), std::size_t{1});
        QVERIFY(workspace->loadRecommender(workspace->models(*id)->front().id));
        QCOMPARE(workspace->derived(*id)->show("cluster", 1), std::string("2"));
        QVERIFY(!workspace->updateDataset(*id, {june(), {}, {}})); // people would be lost
    }
};

QTEST_APPLESS_MAIN(AppendTest)
#include "append_test.moc"
