// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/catalog_columns.h"
#include "core/data/import.h"
#include "tests/testing/archives.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::gzipOf, orrery::testing::zipOf;
namespace fs = std::filesystem;

namespace {

const fs::path sharedData = ORRERY_SHARED_DATA;

#define NEEDS(path)                                                                                                    \
    if (!fs::exists(path))                                                                                             \
    QSKIP("the real data is not beside the project")

/// The dataset that the request gives; an empty one, with a warning, where it cannot be read.
Imported read(const ImportRequest& request)
{
    auto imported = import(request, JobContext());
    if (!imported) {
        qWarning("%s", imported.error().text().c_str());
        return {std::make_shared<const Dataset>(DatasetParts{}), {}, {}};
    }
    return std::move(*imported);
}

bool hasNote(const ImportReport& report, std::string_view part)
{
    const bool found =
        std::ranges::any_of(report.notes, [&](const std::string& note) { return note.find(part) != note.npos; });
    if (!found)
        for (const std::string& note : report.notes)
            qWarning("%s", note.c_str());
    return found;
}

std::string about(const Dataset& dataset, std::string_view item, std::string_view column)
{
    const auto index = dataset.findItem(item);
    return index ? dataset.items().show(column, index->value) : "no such item";
}

/// "A 3@1 B 2": the values of a person's interactions, by item.
std::string valuesOf(const Dataset& dataset, std::string_view person)
{
    const auto user = dataset.findPerson(person);
    if (!user)
        return "no such person";
    std::string out;
    const auto row = dataset.interactions().row(*user);
    for (std::size_t i = 0; i < row.size(); ++i)
        out += fmt::format("{}{} {}", i == 0 ? "" : ", ", dataset.itemIds().name(row.items[i].value), row.values[i]);
    return out;
}

std::vector<std::string> reasonsOf(const ImportReport& report)
{
    std::vector<std::string> out;
    for (const RejectedRow& row : report.rejected)
        out.push_back(fmt::format("{}:{} {}", row.file, row.line, row.reason));
    return out;
}

const std::string invoices = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n"
                             "536365,85123A,\"HEART, WHITE\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\r\n"
                             "536365,71053,LANTERN,6,2010-12-01 08:26:00,3,17850.0,United Kingdom\r\n"
                             "536366,71053,WHITE LANTERN,2,2010-12-01 09:00:00,4,17850.0,United Kingdom\r\n"
                             "C536370,71053,WHITE LANTERN,-3,2010-12-02 10:00:00,3,17850.0,France\r\n"
                             "536371,71053,WHITE LANTERN,1,2010-12-03 10:00:00,3,12583.0,France\r\n"
                             "536371,POST,POSTAGE,3,2010-12-03 10:00:00,18,12583.0,France\r\n"
                             "536371,POST,POSTAGE,3,2010-12-03 10:00:00,18,12583.0,France\r\n"
                             "C536372,85123A,\"HEART, WHITE\",-1,2010-12-04 10:00:00,2.55,12583.0,France\r\n"
                             "536373,22139,,56,2010-12-04 11:52:00,0,,United Kingdom\r\n"
                             "536374,85123A,\"HEART, WHITE\",many,2010-12-04 12:00:00,2.55,17850.0,United Kingdom\r\n"
                             "536375,85123A,\"HEART, WHITE\",1,yesterday,2.55,17850.0,United Kingdom\r\n"
                             "536376,85123A,\"HEART, WHITE\",1\r\n"
                             "A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom\r\n";

} // namespace

class ImportShopsTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_scratch = std::make_unique<QTemporaryDir>();
        m_folder = m_scratch->path().toStdString();
    }

    void returnsAreTakenOffEarlierPurchases()
    {
        write("retail.csv", invoices);
        const auto [dataset, report, train, planted] = read({.path = m_folder / "retail.csv"});
        QCOMPARE(report.format, std::string("Online Retail"));
        // Of 6 and 2 lanterns 3 came back: the 2 of the newer invoice and one of the older.
        QCOMPARE(valuesOf(*dataset, "17850"), std::string("85123A 6, 71053 5"));
        QCOMPARE(valuesOf(*dataset, "12583"), std::string("71053 1, POST 6"));
        QCOMPARE(dataset->log().size(), std::size_t{5});
        QCOMPARE(dataset->log().at(1).session, 0U); // one invoice
        QCOMPARE(dataset->log().at(2).session, 1U);
        QCOMPARE(dataset->log().at(0).price, 2.55F);
        QCOMPARE(dataset->log().at(0).kind, EventKind::Purchase);
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'291'191'960});
        QCOMPARE(about(*dataset, "71053", "title"), std::string("WHITE LANTERN"));
        QCOMPARE(about(*dataset, "71053", "price"), std::string("3"));
        QCOMPARE(dataset->people().show("country", dataset->findPerson("17850")->value), std::string("United Kingdom"));
        QCOMPARE(reasonsOf(report), (std::vector<std::string>{"retail.csv:11 quantity 'many' is not a number",
                                                              "retail.csv:12 'yesterday' is not a time",
                                                              "retail.csv:13 4 fields where 8 are needed"}));
        QVERIFY(hasNote(report, "2 lines have no customer"));
        QVERIFY(hasNote(report, "2 lines are of cancelled invoices"));
        QVERIFY(hasNote(report, "2 lines have a quantity below zero"));
        QVERIFY(hasNote(report, "2 returns of known customers: 1 is taken off earlier purchases, 1 passed over"));
        QVERIFY(hasNote(report, "1 line has a price of zero"));
        QVERIFY(hasNote(report, "1 line has a price below zero"));
        QVERIFY(hasNote(report, "1 line has no description"));
        QVERIFY(hasNote(report, "1 line stands there twice or more"));
        QVERIFY(hasNote(report, "2 lines have quotes"));
        QVERIFY(hasNote(report, "3 lines are no product (B 1, POST 2): kept"));
        QVERIFY(hasNote(report, "1 customer has several countries"));
    }

    void returnsAndPostageMayBePassedOver()
    {
        write("retail.csv", invoices);
        const auto [dataset, report, train, planted] =
            read({.path = m_folder / "retail.csv", .returns = Returns::Drop, .productsOnly = true});
        QCOMPARE(valuesOf(*dataset, "17850"), std::string("85123A 6, 71053 8"));
        QCOMPARE(valuesOf(*dataset, "12583"), std::string("71053 1"));
        QVERIFY(hasNote(report, "2 returns of known customers: passed over"));
        QVERIFY(hasNote(report, "3 lines are no product (B 1, POST 2): left out"));
    }

    void theSecondEditionAndItsDatesAreReadFromAnArchive()
    {
        write("retail.zip", zipOf({{"online_retail_II/second.csv",
                                    "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
                                    "489434,85048,BALL,12,12/1/2009 7:45,6.95,13085,United Kingdom\n"}}));
        write("twin.csv.gz", gzipOf(invoices));
        const auto [dataset, report, train, planted] = read({.path = m_folder / "retail.zip"});
        QCOMPARE(report.format, std::string("Online Retail"));
        QCOMPARE(valuesOf(*dataset, "13085"), std::string("85048 12"));
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'259'653'500}); // 2009-12-01 07:45:00 UTC
        QCOMPARE(detectFormat(m_folder / "twin.csv.gz")->format, std::string("online-retail"));
    }

    // Counts are those of ../shared/data/README.md.
    void allOfOnlineRetail()
    {
        const auto file = sharedData / "uci-online-retail" / "online-retail.csv.gz";
        NEEDS(file);
        const auto [dataset, report, train, planted] = read({.path = file, .returns = Returns::Drop});
        QCOMPARE(dataset->itemCount(), std::size_t{3'665});
        QCOMPARE(dataset->interactions().size(), std::size_t{266'802});
        QCOMPARE(report.accepted(), std::uint64_t{541'909});
        for (const char* note : {"135,080 lines have no customer", "10,624 lines have a quantity below zero",
                                 "9,288 lines are of cancelled invoices", "2,515 lines have a price of zero",
                                 "2 lines have a price below zero", "1,454 lines have no description",
                                 "5,268 lines stand there twice or more", "6,035 lines have quotes", "POST 1,256"})
            QVERIFY2(hasNote(report, note), note);
        const auto net = read({.path = file});
        QVERIFY(net.dataset->interactions().size() < 266'802);
        QVERIFY(std::ranges::all_of(net.dataset->log().values(), [](float value) { return value > 0; }));
    }

    void retailRocketHasItsCatalogBeside()
    {
        write("events.csv", "timestamp,visitorid,event,itemid,transactionid\n"
                            "1433221332117,257597,view,355908,\n"
                            "1433221999827,992329,view,248676,\n"
                            "1433222276276,992329,addtocart,248676,\n"
                            "1433222300000,992329,transaction,248676,4000\n"
                            "1433222300000,992329,transaction,355908,4000\n"
                            "1433222300001,,view,355908,\n"
                            "1433222300002,7,gaze,355908,\n");
        write("item_properties_part1.csv", "timestamp,itemid,property,value\n"
                                           "1433041200000,355908,categoryid,1338\n"
                                           "1439694000000,355908,categoryid,1339\n"
                                           "1435460400000,355908,available,0\n"
                                           "1435460400000,248676,790,n27720.000\n"
                                           "soon,248676,790,n1.000\n");
        write("item_properties_part2.csv", "timestamp,itemid,property,value\n"
                                           "1435460400001,355908,available,1\n"
                                           "1435460400000,355908,790,n100.500\n"
                                           "1435460400000,99,888,961107 n24.000 961107\n");
        write("category_tree.csv", "categoryid,parentid\n1339,1016\n1016,213\n213,\n1338,1016\n5,6\n6,5\n");
        const auto [dataset, report, train, planted] = read({.path = m_folder});
        QCOMPARE(report.format, std::string("RetailRocket"));
        QCOMPARE(valuesOf(*dataset, "992329"), std::string("355908 5, 248676 9")); // 1 + 3 + 5
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'433'221'332});
        QCOMPARE(dataset->log().at(0).session, noSession);
        QCOMPARE(dataset->log().at(3).session, dataset->log().at(4).session);
        QCOMPARE(about(*dataset, "355908", "categories"), std::string("213, 1016, 1339")); // the last, from the widest
        QCOMPARE(about(*dataset, "355908", "stock"), std::string("1"));
        QCOMPARE(about(*dataset, "248676", "property 790"), std::string("27720"));
        QCOMPARE(about(*dataset, "355908", "property 790"), std::string("100.5"));
        QCOMPARE(about(*dataset, "99", "property 888"), std::string("961107, 24"));
        QVERIFY(hasNote(report, "1 product is in the catalog and in no event"));
        QCOMPARE(reasonsOf(report), (std::vector<std::string>{"events.csv:7 the person has no id",
                                                              "events.csv:8 'gaze' is not a kind of event",
                                                              "item_properties_part1.csv:6 'soon' is not a time"}));
        QCOMPARE(detectFormat(m_folder / "category_tree.csv")->format, std::string("retail-rocket"));
    }

    // A chain of categories without end costs no more than any other.
    void categoriesOfRetailRocketGoSoDeep()
    {
        write("events.csv", "timestamp,visitorid,event,itemid,transactionid\n1433221332117,1,view,10,\n");
        write("item_properties_part1.csv", "timestamp,itemid,property,value\n1433041200000,10,categoryid,0\n");
        std::string tree = "categoryid,parentid\n";
        for (int category = 0; category < 1000; ++category)
            tree += fmt::format("{},{}\n", category, category + 1);
        write("category_tree.csv", tree);
        const auto imported = read({.path = m_folder});
        const std::string path = about(*imported.dataset, "10", "categories");
        QVERIFY2(path.starts_with("63, 62, ") && path.ends_with(", 1, 0"), path.c_str());
    }

    void aTitleIsAmongTheFirstDescriptionsOfACode()
    {
        std::string lines(invoices.substr(0, invoices.find('\n') + 1));
        for (int text = 0; text < 100; ++text)
            for (int time = 0; time < (text == 3 ? 2 : text == 99 ? 3 : 1); ++time)
                lines += fmt::format("536365,71053,TEXT {},6,2010-12-01 08:26:00,3,17850.0,France\r\n", text);
        write("retail.csv", lines);
        QCOMPARE(about(*read({.path = m_folder / "retail.csv"}).dataset, "71053", "title"), std::string("TEXT 3"));
    }

    void amazonReviewsOf2018HaveMetadata()
    {
        write("Books.json.gz",
              gzipOf("{\"overall\": 5.0, \"reviewerID\": \"A1\", \"asin\": \"B0\", \"unixReviewTime\": 1355961600}\n"
                     "{\"overall\": 2.0, \"reviewerID\": \"A2\", \"asin\": \"B0\", \"unixReviewTime\": 1355961700}\n"
                     "{\"overall\": 9, \"reviewerID\": \"A2\", \"asin\": \"B1\", \"unixReviewTime\": 1}\n"
                     "{'overall': 3.0}\n"
                     "{\"overall\": 3.0, \"asin\": \"B1\"}\n"));
        write("meta_Books.json",
              "{\"asin\": \"B0\", \"title\": \"Dune\", \"brand\": \"Frank Herbert\", \"price\": \"$1,012.99\", "
              "\"category\": [\"Books\", \"Science Fiction\"], \"description\": [\"Sand.\", \"Worms.\"], "
              "\"imageURL\": [\"small.jpg\"], \"imageURLHighRes\": [\"large.jpg\"]}\n"
              "{\"asin\": \"B9\", \"title\": \"New\", \"categories\": [[\"Books\"]], \"price\": null}\n");
        const auto [dataset, report, train, planted] = read({.path = m_folder});
        QCOMPARE(report.format, std::string("Amazon reviews"));
        QCOMPARE(dataset->feedback(), Feedback::Explicit);
        QCOMPARE(dataset->ratingLow(), 1.F);
        QCOMPARE(valuesOf(*dataset, "A2"), std::string("B0 2"));
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'355'961'600});
        QCOMPARE(about(*dataset, "B0", "title"), std::string("Dune"));
        QCOMPARE(about(*dataset, "B0", "brand"), std::string("Frank Herbert"));
        QCOMPARE(about(*dataset, "B0", "price"), std::string("1012.99"));
        QCOMPARE(about(*dataset, "B0", "categories"), std::string("Books, Science Fiction"));
        QCOMPARE(about(*dataset, "B0", "description"), std::string("Sand. Worms."));
        QCOMPARE(about(*dataset, "B0", "image"), std::string("large.jpg"));
        QCOMPARE(about(*dataset, "B9", "categories"), std::string("Books"));
        QVERIFY(hasNote(report, "1 product is in the catalog and in no event"));
        QCOMPARE(reasonsOf(report), (std::vector<std::string>{"Books.json:3 overall 9 is not from 1 to 5",
                                                              "Books.json:4 the line is no JSON object",
                                                              "Books.json:5 there is no reviewerID"}));
    }

    void idsOfAmazonAreTrimmedAndTimesMustBeTimes()
    {
        write("Books.json",
              "{\"overall\": 5.0, \"reviewerID\": \"A1\", \"asin\": \" B0\", \"unixReviewTime\": 1355961600}\n"
              "{\"overall\": 4.0, \"reviewerID\": \"A1 \", \"asin\": \"B1\", \"unixReviewTime\": 1355961700}\n"
              "{\"overall\": 3.0, \"reviewerID\": \"A2\", \"asin\": \"B1\", \"unixReviewTime\": 1e300}\n");
        write("meta_Books.json", "{\"asin\": \"B0 \", \"title\": \"Dune\"}\n");
        const auto [dataset, report, train, planted] = read({.path = m_folder});
        QCOMPARE(valuesOf(*dataset, "A1"), std::string("B0 5, B1 4"));
        QCOMPARE(dataset->personCount(), std::size_t{1});
        QCOMPARE(about(*dataset, "B0", "title"), std::string("Dune"));
        QCOMPARE(reasonsOf(report), std::vector<std::string>{"Books.json:3 unixReviewTime 1e+300 is not a time"});
    }

    void amazonReviewsOf2023GoByTheParentProduct()
    {
        const std::string review =
            "{\"rating\": 4.0, \"title\": \"Fine\", \"images\": [], \"asin\": \"B1\", \"parent_asin\": \"P1\", "
            "\"user_id\": \"U1\", \"timestamp\": 1588687728923, \"verified_purchase\": true}\n";
        write(
            "beauty.zip",
            zipOf({{"All_Beauty.jsonl", review},
                   {"meta_All_Beauty.jsonl",
                    "{\"main_category\": \"All Beauty\", \"title\": \"Soap\", \"price\": 3.5, \"store\": \"Suds\", "
                    "\"categories\": [], \"description\": [], \"images\": [{\"thumb\": \"t\", \"large\": \"l.jpg\"}], "
                    "\"parent_asin\": \"P1\"}\n"}}));
        const auto [dataset, report, train, planted] = read({.path = m_folder / "beauty.zip"});
        QCOMPARE(valuesOf(*dataset, "U1"), std::string("P1 4"));
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'588'687'728});
        QCOMPARE(about(*dataset, "P1", "brand"), std::string("Suds"));
        QCOMPARE(about(*dataset, "P1", "categories"), std::string("All Beauty"));
        QCOMPARE(about(*dataset, "P1", "price"), std::string("3.5"));
        QCOMPARE(about(*dataset, "P1", "image"), std::string("l.jpg"));
        write("ratings_only.csv", "user_id,parent_asin,rating,timestamp\nU1,P1,5.0,1588687728923\nU1,P2,six,1\n");
        const auto table = read({.path = m_folder / "ratings_only.csv"});
        QCOMPARE(table.report.format, std::string("Amazon reviews"));
        QCOMPARE(valuesOf(*table.dataset, "U1"), std::string("P1 5"));
        QCOMPARE(reasonsOf(table.report), std::vector<std::string>{"ratings_only.csv:3 rating 'six' is not a number"});
    }

    void mindTellsWhatWasShownAndNotClicked()
    {
        write("behaviors.tsv", "1\tU1\t11/13/2019 8:36:57 AM\tN1 N2\tN3-1 N4-0 N2-0\n"
                               "2\tU1\t11/14/2019 12:05:00 PM\tN1 N2\tN4-1\n"
                               "3\tU2\t11/15/2019 12:00:01 AM\t\tN1 N3\n"
                               "4\tU2\tyesterday\t\tN1-1\n"
                               "5\tU2\t11/15/2019 1:00:00 PM\t\tN1-2\n"
                               "6\tU2\t11/15/2019 1:00:00 PM\tN1\n");
        write("news.tsv",
              "N1\tsports\tgolf\tA \"quoted\" title\tAn abstract.\thttps://x\t[{\"Label\": \"PGA Tour\", \"Type\": "
              "\"O\"}]\t[]\n"
              "N4\tnews\tworld\tTitle\t\thttps://y\t[]\t[]\nN5\tnews\n");
        const auto [dataset, report, train, planted] = read({.path = m_folder});
        QCOMPARE(report.format, std::string("MIND"));
        const EventLog& log = dataset->log();
        QCOMPARE(log.size(), std::size_t{8});
        QCOMPARE(log.at(0).at, Timestamp{1'573'634'217}); // 2019-11-13 08:36:57 UTC
        QCOMPARE(log.at(0).kind, EventKind::Click);
        QCOMPARE(log.at(1).kind, EventKind::Skip);
        QCOMPARE(log.at(2).position, std::uint16_t{3});
        QCOMPARE(log.at(2).session, 0U);
        QCOMPARE(log.at(3).at, Timestamp{1'573'733'100}); // noon is 12 PM
        QCOMPARE(log.at(3).session, 1U);
        QCOMPARE(log.at(4).at, Timestamp{1'573'776'001}); // midnight is 12 AM
        QCOMPARE(log.at(4).kind, EventKind::Impression);
        QCOMPARE(log.at(6).at, Timestamp{1'573'634'215}); // the history, in its order, before the first impression
        QCOMPARE(log.at(7).at, Timestamp{1'573'634'216});
        QCOMPARE(log.at(7).session, noSession);
        // Items in the order of news.tsv, then of histories, then of what was shown.
        QCOMPARE(valuesOf(*dataset, "U1"), std::string("N1 1, N4 1, N2 1, N3 1"));
        QCOMPARE(valuesOf(*dataset, "U2"), std::string());
        QCOMPARE(about(*dataset, "N1", "title"), std::string("A \"quoted\" title"));
        QCOMPARE(about(*dataset, "N1", "categories"), std::string("sports, golf"));
        QCOMPARE(about(*dataset, "N1", "description"), std::string("An abstract."));
        QCOMPARE(about(*dataset, "N1", "entities"), std::string("PGA Tour"));
        QVERIFY(hasNote(report, "2 clicks are from histories"));
        QCOMPARE(reasonsOf(report),
                 (std::vector<std::string>{"news.tsv:3 2 fields where 8 are needed",
                                           "behaviors.tsv:4 'yesterday' is not a time",
                                           "behaviors.tsv:5 'N1-2' is not a news with -1 (clicked) or -0 (not)",
                                           "behaviors.tsv:6 4 fields where 5 are needed"}));
    }

    void catalogColumnsAreKnownByTheirNames()
    {
        QCOMPARE(catalogFieldOf("Unit_Price"), std::optional(CatalogField::Price));
        QCOMPARE(catalogFieldOf("date added"), std::optional(CatalogField::Added));
        QVERIFY(!catalogFieldOf("shoe size"));
        AttributeTable items;
        items.add({"category", TextColumn{{"Home"}}});
        items.add({"price", NumberColumn{{2.5}}});
        items.add({"unit price", NumberColumn{{3}}});
        items.add({"categories", TextColumn{{"Home > Light"}}});
        const CatalogColumns columns(items);
        QCOMPARE(columns[CatalogField::Price]->name, std::string("price"));
        QCOMPARE(columns[CatalogField::Category]->name, std::string("categories"));
        QVERIFY(!columns[CatalogField::Brand]);
    }

private:
    void write(const std::string& name, std::string_view text)
    {
        std::ofstream(m_folder / name, std::ios::binary) << text;
    }

    std::unique_ptr<QTemporaryDir> m_scratch;
    fs::path m_folder;
};

QTEST_APPLESS_MAIN(ImportShopsTest)
#include "import_shops_test.moc"
