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
