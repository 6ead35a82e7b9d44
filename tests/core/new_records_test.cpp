// SPDX-License-Identifier: GPL-3.0-or-later
// What comes to a dataset that is there: written down by hand, or read from next month's files.
#include "core/data/new_records.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/text_files.h"

#include <QtTest>

#include <cmath>
#include <filesystem>

using namespace orrery;
using orrery::testing::DatasetBuilder;
using orrery::testing::TextFiles;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Dataset> club()
{
    return DatasetBuilder{}
        .row("ann", "A:5@10 B:4@20")
        .row("bob", "B:3@30")
        .title("A", "Alien")
        .fact("country", "ann", "DE")
        .build();
}

/// Orders and the catalog of a book shop whose keys do not meet as they are written, and how they were joined.
struct BookShop {
    TextFiles files;
    JoinRequest request;
    Imported whole;
    BookShop()
    {
        request = guessJoin({files.write("orders-05.csv", "order_id,customer_id,isbn,quantity,order_date\n"
                                                          "1,ann,00123,1,2026-05-01\n2,bob,124,2,2026-05-02\n"),
                             files.write("books.csv", "isbn,title,price\n123,Emma,9.5\n124,Persuasion,8\n")})
                      .value();
        request.options.itemFixes[KeyFix::LeadingZeros] = true;
        request.feedback = Feedback::Implicit;
        whole = import(request, JobContext{}).value();
    }
    [[nodiscard]] Result<AppendedImport> add(const std::vector<fs::path>& paths, bool asUsual = true) const
    {
        const auto usual = asUsual ? std::optional(recipeOf(request)) : std::nullopt;
        return readMore(paths, *whole.dataset, usual, JobContext{}).and_then([&](const Imported& more) {
            return appended(whole, more);
        });
    }
};

} // namespace

class NewRecordsTest : public QObject {
    Q_OBJECT
private slots:
    void aPersonBringsTheirChoices()
    {
        const auto dataset = club();
        const PersonRecord eve{
            "eve", {{"country", std::vector<std::string>{"FR"}}}, {{ItemIndex{1}, 4.5F}, {ItemIndex{0}, 1}}, 40};
        const auto with = appended(*dataset, **alone(eve, *dataset)).value();
        QCOMPARE(with.newPeople, std::size_t{1});
        QCOMPARE(with.newItems, std::size_t{0});
        const Dataset& now = *with.dataset;
        const UserIndex who = *now.findPerson("eve");
        QCOMPARE(who.value, 2U);
        const auto row = now.interactions().row(who);
        QCOMPARE(row.size(), std::size_t{2});
        QCOMPARE(row.values[1], 4.5F);
        QCOMPARE(row.times[1], Timestamp{40});
        QCOMPARE(now.people().show("country", 2), std::string("FR"));
    }

    void aChoiceIsOfTheStrongestKind()
    {
        EventLog log = EventLog::fromColumns({UserIndex{0}, UserIndex{0}}, {ItemIndex{0}, ItemIndex{1}}, {1, 1}, {},
                                             {EventKind::View, EventKind::Cart});
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A B").build()->withLog(std::move(log));
        const auto guest = alone(PersonRecord{"eve", {}, {{ItemIndex{0}, 1}}, noTime}, *dataset).value();
        QCOMPARE(guest->log().kindOf(0), EventKind::Cart);
        QVERIFY(!guest->log().hasTimes());
    }

    void whatCannotBeIsRefused()
    {
        const auto dataset = club();
        for (const PersonRecord& record : {PersonRecord{"", {}, {}, noTime}, PersonRecord{"ann", {}, {}, noTime},
                                           PersonRecord{"eve", {{"shoe size", 38.0}}, {}, noTime},
                                           PersonRecord{"eve", {{"country", 49.0}}, {}, noTime},
                                           PersonRecord{"eve", {}, {{ItemIndex{2}, 1}}, noTime}})
            QCOMPARE(alone(record, *dataset).error().code, Code::InvalidArgument);
    }

    void whatIsTypedIsMeantAsItsColumn()
    {
        AttributeTable table;
        table.add({"title", TextColumn{}});
        table.add({"price", NumberColumn{}});
        table.add({"genres", TagColumn{}});
        QCOMPARE(std::get<std::string>(recordValueFrom(table, "title", " Duel, the ").value()),
                 std::string("Duel, the"));
        QCOMPARE(std::get<double>(recordValueFrom(table, "price", "12.5").value()), 12.5);
        QCOMPARE(std::get<std::vector<std::string>>(recordValueFrom(table, "genres", "western, drama,,").value()),
                 (std::vector<std::string>{"western", "drama"}));
        QCOMPARE(recordValueFrom(table, "price", "soon").error().code, Code::InvalidArgument);
        const auto unknown = recordValueFrom(table, "colour", "red");
        QCOMPARE(unknown.error().hint, std::string("Columns are title, price, genres"));
    }

    void aReportSaysWhatCame()
    {
        const auto dataset = club();
        Imported whole;
        whole.dataset = dataset;
        const auto more =
            importedByHand(*alone(ItemRecord{"C", {{"title", std::string("Cube")}}}, *dataset).value(), "C");
        const auto with = appended(whole, more).value();
        QCOMPARE(with.note, std::string("0 new people and 1 new item of 'C', written by hand added; what it tells of "
                                        "the others counts from now on"));
        QCOMPARE(with.imported.dataset->title(ItemIndex{2}), std::string("Cube"));
        QCOMPARE(with.imported.dataset->ratingLow(), dataset->ratingLow());
    }

    void nextMonthsOrdersAreReadAsThoseBefore()
    {
        const BookShop shop;
        const auto orders = shop.files.write("orders-06.csv", "order_id,customer_id,isbn,quantity,order_date\n"
                                                              "3,ann,00124,1,2026-06-01\n4,cid,0000123,1,2026-06-02\n");
        const auto with = shop.add({orders});
        QVERIFY2(with, with ? "" : with.error().text().c_str());
        QCOMPARE(with->added.events, std::size_t{2});
        QCOMPARE(with->added.newPeople, std::size_t{1});
        QCOMPARE(with->added.newItems, std::size_t{0});
        QCOMPARE(shop.add({orders}, false)->added.newItems, std::size_t{2}); // as they are written
    }

    void aCatalogAloneBringsNewBooks()
    {
        const BookShop shop;
        const auto books = shop.files.write("books-06.csv", "isbn,title,price\n124,Persuasion,7\n125,Middlemarch,12\n");
        for (const bool asUsual : {true, false}) {
            const auto with = shop.add({books}, asUsual);
            QVERIFY2(with, with ? "" : with.error().text().c_str());
            QCOMPARE(with->added.events, std::size_t{0});
            QCOMPARE(with->added.newItems, std::size_t{1});
            const Dataset& now = *with->imported.dataset;
            QCOMPARE(now.title(*now.findItem("125")), std::string("Middlemarch"));
            QCOMPARE(now.items().show("price", now.findItem("124")->value), std::string("7"));
            QCOMPARE(now.log().size(), shop.whole.dataset->log().size());
            QCOMPARE(now.feedback(), Feedback::Implicit);
            // Nothing tells since when it is there: since the newest order.
            const NumberColumn* added = now.items().number("added");
            QVERIFY(added && std::isnan(added->values[0]));
            QCOMPARE(added->values[now.findItem("125")->value], 1'777'680'000.0);
            QVERIFY(std::ranges::none_of(with->imported.report.notes,
                                         [](const std::string& note) { return note.find("no times") != note.npos; }));
        }
    }

    void ordersAndBooksComeTogether()
    {
        const BookShop shop;
        const auto with =
            shop.add({shop.files.write("books-06.csv", "isbn,title,price\n125,Middlemarch,12\n"),
                      shop.files.write("orders-06.csv",
                                       "order_id,customer_id,isbn,quantity,order_date\n3,ann,125,1,2026-06-01\n")});
        QVERIFY2(with, with ? "" : with.error().text().c_str());
        QCOMPARE(with->added.events, std::size_t{1});
        QCOMPARE(with->added.newItems, std::size_t{1});
    }

    void aTableOfEventsNeedsNoRecipe()
    {
        const TextFiles files;
        const auto dataset = club();
        const auto more = readMore({files.write("later.csv", "person,item,rating,timestamp\neve,A,5,1700000000\n")},
                                   *dataset, {}, JobContext{});
        QVERIFY2(more, more ? "" : more.error().text().c_str());
        QCOMPARE(more->dataset->feedback(), Feedback::Explicit);
        QCOMPARE(more->dataset->log().size(), std::size_t{1});
        QVERIFY(!readMore({files.write("notes.txt", "nothing of use\n")}, *dataset, {}, JobContext{}));
        QVERIFY(!readMore({"/nowhere/later.csv"}, *dataset, {}, JobContext{}));
    }

    void aRecipeAmongTheFilesMustFit()
    {
        const BookShop shop;
        const fs::path recipe = shop.files.write("shop.json", toJson(recipeOf(shop.request)));
        const auto other = shop.files.write("people.csv", "customer,age\nann,30\n");
        const auto refused = shop.add({recipe, other}, false);
        QVERIFY(!refused);
        QVERIFY2(refused.error().text().find("does not fit the recipe") != std::string::npos,
                 refused.error().text().c_str());
    }
};

QTEST_APPLESS_MAIN(NewRecordsTest)
#include "new_records_test.moc"
