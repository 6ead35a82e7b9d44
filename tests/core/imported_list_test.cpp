// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/imported_list.h"
#include "tests/testing/dataset_builder.h"

#include <cmath>
#include <fstream>

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

std::shared_ptr<const Dataset> films()
{
    return DatasetBuilder{}.row("ann", "A:5 B:4").row("bob", "C:3 D:2").row("cid", "E:1").build();
}

class ImportedListTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] std::filesystem::path write(const std::string& text) const
    {
        const auto path = std::filesystem::path(m_folder.path().toStdString()) / "theirs.csv";
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    [[nodiscard]] Result<ImportedLists> read(const std::string& text) const
    {
        return readLists(write(text), *films(), {});
    }
    [[nodiscard]] RecommenderPtr recommender(const std::string& text) const
    {
        return makeListRecommender(*read(text), films()->itemCount());
    }
    static std::string titles(const RecommendationList& list)
    {
        std::string out;
        for (const auto& entry : list.items)
            out += films()->title(entry.item);
        return out;
    }
    static Query asking(const char* person) { return queryFor(*films(), *films()->findPerson(person)); }

private slots:
    void ordersByRankThenByLine()
    {
        const auto lists = read("person,item,rank\nann,E,7\nann,C,1\nann,D,7\nbob,A,2\n");
        const auto& ann = lists->byPerson[0];
        QCOMPARE(ann.size(), std::size_t{3});
        QCOMPARE(films()->title(ann[0].item), std::string("C"));
        QCOMPARE(films()->title(ann[1].item), std::string("E"));
        QCOMPARE(films()->title(ann[2].item), std::string("D"));
        QCOMPARE(lists->rows, std::size_t{4});
        QCOMPARE(lists->name, std::string("theirs"));
    }

    void readsColumnsInAnyOrderAndWhatSpreadsheetsWrite()
    {
        const auto lists =
            read("\xEF\xBB\xBFRank,\" Item\",surface,score,person\r\n1,\"C\",\"home, top\",2.5,ann\r\n\r\n"
                 "2,D,\"say \"\"hi\"\"\",,ann\r\n");
        QVERIFY(lists.has_value());
        QCOMPARE(lists->byPerson[0].size(), std::size_t{2});
        QCOMPARE(lists->byPerson[0][0].score, 2.5F);
        QVERIFY(std::isnan(lists->byPerson[0][1].score));
    }

    void countsRowsAboutOthers()
    {
        const auto lists = read("person,item,rank\nann,C,1\nzoe,C,1\nann,Z,2\nzoe,Z,2\n");
        QCOMPARE(lists->unknownPeople, std::size_t{2});
        QCOMPARE(lists->unknownItems, std::size_t{2});
        QCOMPARE(lists->byPerson[0].size(), std::size_t{1});
    }

    void anItemListedTwiceKeepsItsBetterPlace()
    {
        const auto lists = read("person,item,rank\nann,C,3\nann,D,2\nann,C,1\n");
        QCOMPARE(lists->repeated, std::size_t{1});
        QCOMPARE(lists->byPerson[0].size(), std::size_t{2});
        QCOMPARE(lists->byPerson[0][0].rank, 1U);
    }

    void badRowsAreNamedByTheirLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("report");
        const auto row = [](const char* name, const char* text, const char* report) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(report);
        };
        row("rank is text", "person,item,rank\nann,C,1\nann,D,first\n",
            "theirs.csv, line 3: Rank 'first' is not a place. Places are whole numbers from 1");
        row("rank is zero", "person,item,rank\nann,C,0\n",
            "theirs.csv, line 2: Rank '0' is not a place. Places are whole numbers from 1");
        row("rank is negative", "person,item,rank\n\n\nann,C,-1\n",
            "theirs.csv, line 4: Rank '-1' is not a place. Places are whole numbers from 1");
        row("rank has a fraction", "person,item,rank\nann,C,1.5\n",
            "theirs.csv, line 2: Rank '1.5' is not a place. Places are whole numbers from 1");
        row("too few fields", "person,item,rank\nann,C\n", "theirs.csv, line 2: 2 fields where 3 are needed");
        row("after a quoted line end", "person,item,rank,surface\nann,C,1,\"two\nlines\"\nann,D,x,\n",
            "theirs.csv, line 4: Rank 'x' is not a place. Places are whole numbers from 1");
        row("open quote", "person,item,rank\nann,\"C,1\n", "theirs.csv, line 2: a quote is opened and not closed");
        row("score is text", "person,item,rank,score\nann,C,1,high\n",
            "theirs.csv, line 2: Score 'high' is not a number. Leave it empty where there is none");
        row("score is infinite", "person,item,rank,score\nann,C,1,inf\n",
            "theirs.csv, line 2: Score 'inf' is not a number. Leave it empty where there is none");
        row("no header", "ann,C,1\n",
            "theirs.csv: The header has no column 'person'. The first line must name the columns: "
            "person,item,rank[,score][,surface][,time]");
        row("empty", "", "theirs.csv: The file is empty. It should begin with person,item,rank");
        row("other data", "person,item,rank\nzoe,Z,1\n",
            "theirs.csv: None of its rows is about a person and an item of this dataset. "
            "The ids must be spelled as in the dataset");
    }
    void badRowsAreNamedByTheirLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, report);
        const auto lists = read(text.toStdString());
        QVERIFY(!lists.has_value());
        QCOMPARE(QByteArray::fromStdString(lists.error().text()), report);
    }

    void aMissingFileIsNamed() { QCOMPARE(readLists("/nowhere/lists.csv", *films(), {}).error().code, Code::NotFound); }

    void listsStoredPeopleWithoutWhatTheyHave()
    {
        const auto theirs = recommender("person,item,rank\nann,A,1\nann,E,2\nann,B,3\nann,C,4\nann,D,5\n");
        const auto list = theirs->recommend(asking("ann"), 2, TrailLevel::Full, {});
        QCOMPARE(titles(*list), std::string("EC"));
        QCOMPARE(list->candidates, std::size_t{3});
        QCOMPARE(list->items[0].score, .5F); // 1 / rank
        QCOMPARE(list->items[0].trail[0].why, std::string("The imported list has it at rank 2"));
        QCOMPARE(list->items[0].trail[1].rankAfter, 1U);
        QCOMPARE(list->dropped[0].reason, DropReason::Seen);
        QCOMPARE(list->dropped[0].count, std::size_t{2});
        QVERIFY(list->fallback.empty());
    }

    void saysWhyTheListIsEmpty()
    {
        const auto theirs = recommender("person,item,rank\nann,C,1\n");
        QCOMPARE(theirs->recommend(asking("bob"), 2, TrailLevel::None, {})->fallback,
                 std::string("The file has no list for this person."));
        const auto guest = theirs->recommend(queryFor(History{{ItemIndex{0}, 5}}), 2, TrailLevel::Counts, {});
        QVERIFY(guest->items.empty());
        QCOMPARE(guest->fallback, std::string("Imported lists are only for the people in the file."));
        QCOMPARE(guest->dropped[1].reason, DropReason::Unlisted);
        QCOMPARE(guest->dropped[1].count, std::size_t{4});
    }

    void bulkListsAreTheSame()
    {
        const auto theirs = recommender("person,item,rank\nann,A,1\nann,E,2\nann,C,3\nbob,A,1\n");
        const std::vector<Query> queries = {asking("ann"), asking("bob"), asking("cid")};
        const auto all = theirs->recommendAll(queries, 2, {});
        const auto item = [](const char* id) { return *films()->findItem(id); };
        const auto gap = ItemIndex::none();
        QCOMPARE(all->items, (std::vector{item("E"), item("C"), item("A"), gap, gap, gap}));
    }

    void tracesSayWhereAnItemWasLost()
    {
        const auto theirs = recommender("person,item,rank\nann,A,1\nann,E,2\nann,C,3\n");
        const auto verdict = [&](const char* item) {
            return theirs->trace(asking("ann"), *films()->findItem(item))->verdict;
        };
        QCOMPARE(verdict("C"), std::string("Place 2 of 2"));
        QCOMPARE(verdict("A"), std::string("It is already in the history"));
        QCOMPARE(verdict("D"), std::string("It is not in the imported list"));
    }

    void saysWhatItCannotDo()
    {
        const auto theirs = recommender("person,item,rank\nann,C,1\n");
        const auto can = theirs->capabilities();
        QVERIFY(!can.whatIf && !can.explains && !can.similarItems && !can.ratings);
        QVERIFY(!can.reason.empty());
        QCOMPARE(theirs->explain(asking("ann"), ItemIndex{2}).error().code, Code::Unsupported);
        float score = 0;
        const ItemIndex unlisted{4};
        theirs->predict(asking("ann"), std::span(&unlisted, 1), std::span(&score, 1));
        QVERIFY(std::isnan(score));
    }
};

} // namespace

QTEST_APPLESS_MAIN(ImportedListTest)
#include "imported_list_test.moc"
