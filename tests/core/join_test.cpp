// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import_recipe.h"
#include "core/data/join.h"
#include "tests/testing/text_files.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::TextFiles;
namespace fs = std::filesystem;

namespace {

const fs::path onlineRetail = fs::path(ORRERY_SHARED_DATA) / "uci-online-retail" / "online-retail.csv.gz";

// Books: the orders write their numbers in every way that a spreadsheet knows; the catalog pads them with zeros.
const std::string orders = "order_id,customer_id,isbn,quantity,price,order_date\n"
                           "1,ann,123,1,9.5,2026-05-01\n"
                           "1,ann, 124,2,5,2026-05-01\n"
                           "2,bob,125.0,1,7,2026-05-02\n"
                           "2,bob,123,1,9.5,2026-05-02\n"
                           "3,cat,999,3,1,2026-05-03\n"
                           "4,cat,126,1,4,2026-05-04\n"
                           "5,ann,124,-1,5,2026-05-05\n"
                           "6,bob,POST,1,3,2026-05-06\n";
const std::string catalog = "ISBN,title,author,price,date added\n"
                            "00123,Emma,Austen,10,2020-01-01\n"
                            "00124,Persuasion,Austen,6,2020-01-02\n"
                            "00125,Middlemarch,Eliot,8,2021-05-01\n"
                            "00126,Silas Marner,Eliot,5,2022-05-01\n"
                            "00127,Romola,Eliot,7,2022-06-01\n";

/// What it says, or the error, which no test takes for it.
template <class T> T orWarn(Result<T> result, T otherwise = {})
{
    if (result)
        return std::move(*result);
    qWarning("%s", result.error().text().c_str());
    return otherwise;
}

JoinOptions allFixes()
{
    JoinOptions options;
    options.itemFixes.on = {true, true, true, false};
    options.personFixes[KeyFix::Trim] = true;
    return options;
}

JoinReport matchWith(const JoinRequest& request, const JoinOptions& options)
{
    const auto sources = readTables(request, JobContext());
    if (!sources) {
        qWarning("%s", sources.error().text().c_str());
        return {};
    }
    return orWarn(matchOf(**sources, options, JobContext()));
}

std::string uses(const JoinRequest& request)
{
    std::string out;
    for (const JoinTable& table : request.tables)
        out += fmt::format("{} ", idOf(table.use));
    return out;
}

std::string roleOf(const JoinTable& table, const std::string& header)
{
    const auto found = std::ranges::find(table.layout.columns, header, &ColumnGuess::header);
    return found == table.layout.columns.end() ? "no such column" : std::string(idOf(found->role));
}

std::string keysOf(const std::vector<UnmatchedKey>& keys)
{
    std::string out;
    for (const UnmatchedKey& key : keys)
        out += fmt::format("[{}] {} ", key.key, key.count);
    return out;
}

/// "eventsFound/events rowsUsed/rows"
std::string textOf(const KeyMatch& match)
{
    return fmt::format("{}/{} {}/{}", match.eventsFound, match.events, match.rowsUsed, match.rows);
}

std::string withFix(const SideMatch& side, KeyFix fix) { return textOf(side.withFix[static_cast<std::size_t>(fix)]); }

std::string idsOf(const Vocabulary& ids)
{
    std::string out;
    for (std::uint32_t i = 0; i < ids.size(); ++i)
        out += fmt::format("{} ", ids.name(i));
    return out;
}

/// "ann 123 1, ...": the events in their order.
std::string eventsOf(const Dataset& dataset)
{
    std::string out;
    for (std::size_t e = 0; e < dataset.log().size(); ++e) {
        const Event event = dataset.log().at(e);
        out += fmt::format("{} {} {}, ", dataset.personIds().name(event.user.value),
                           dataset.itemIds().name(event.item.value), event.value);
    }
    return out;
}

bool hasNote(const ImportReport& report, std::string_view part)
{
    const bool found =
        std::ranges::any_of(report.notes, [&](const std::string& note) { return note.find(part) != note.npos; });
    for (const std::string& note : report.notes)
        if (!found)
            qWarning("%s", note.c_str());
    return found;
}

Imported joined(const JoinRequest& request)
{
    return orWarn(import(request, JobContext()), {std::make_shared<const Dataset>(DatasetParts{}), {}, {}});
}

} // namespace

class JoinTest : public QObject {
    Q_OBJECT
private slots:
    void tablesAreTakenForWhatTheirKeysSay()
    {
        const TextFiles files;
        const auto request = guessJoin({files.write("catalog.csv", catalog), files.write("orders.csv", orders),
                                        files.write("people.csv", "customer_id,city,age\nann,Bath,31\nbob,Bath,31\n"),
                                        files.write("notes.csv", "topic,text\na,b\nc,d\n")});
        QVERIFY2(request.has_value(), request ? "" : request.error().text().c_str());
        QCOMPARE(uses(*request), std::string("catalog events people ignore "));
        const JoinTable& books = request->tables[0];
        QCOMPARE(roleOf(books, "ISBN"), std::string("item"));
        QCOMPARE(roleOf(books, "title"), std::string("item-title"));
        QCOMPARE(roleOf(books, "author"), std::string("item-tags"));
        QCOMPARE(roleOf(books, "price"), std::string("item-number")); // of the catalog, not of an event
        QCOMPARE(roleOf(books, "date added"), std::string("item-text"));
        QCOMPARE(roleOf(request->tables[1], "order_id"), std::string("session"));
        QCOMPARE(roleOf(request->tables[2], "city"), std::string("person-tag"));
        QVERIFY2(books.why.find("'ISBN' is the item") != std::string::npos, books.why.c_str());
        QVERIFY(checkJoin(*request));
        // Blanks around people are cut, as there is a table of them they are a fix; likewise items.
        QVERIFY(!request->options.itemFixes[KeyFix::Trim]);
        QVERIFY(!request->options.personFixes[KeyFix::Trim]);
    }

    // By hand: 8 events, 123 123 " 124" 124 125.0 126 999 POST; the catalog has 00123 to 00127.
    void theMatchIsCountedBothWaysAndForEachFix()
    {
        const TextFiles files;
        const auto request =
            orWarn(guessJoin({files.write("orders.csv", orders), files.write("catalog.csv", catalog)}));
        JoinReport report = matchWith(request, {});
        QVERIFY(report.items.given);
        QVERIFY(!report.people.given);
        QCOMPARE(textOf(report.items.match), std::string("0/8 0/5"));
        QCOMPARE(withFix(report.items, KeyFix::Trim), std::string("0/8 0/5"));
        // 123, 123, 124 and 126; not " 124", not 125.0
        QCOMPARE(withFix(report.items, KeyFix::LeadingZeros), std::string("4/8 3/5"));
        QCOMPARE(withFix(report.items, KeyFix::PointZero), std::string("0/8 0/5"));
        QCOMPARE(report.items.unknownKeys, std::uint64_t{7});
        QCOMPARE(keysOf(report.items.unknown),
                 std::string("[123] 2 [ 124] 1 [125.0] 1 [999] 1 [126] 1 [124] 1 [POST] 1 "));
        QCOMPARE(report.items.unusedKeys, std::uint64_t{5});

        JoinOptions zeros;
        zeros.itemFixes[KeyFix::LeadingZeros] = true;
        report = matchWith(request, zeros);
        QCOMPARE(textOf(report.items.match), std::string("4/8 3/5"));
        QCOMPARE(withFix(report.items, KeyFix::LeadingZeros), std::string("4/8 3/5")); // it is on
        QCOMPARE(withFix(report.items, KeyFix::Trim), std::string("5/8 3/5"));
        QCOMPARE(withFix(report.items, KeyFix::PointZero), std::string("5/8 4/5"));

        report = matchWith(request, allFixes());
        QCOMPARE(textOf(report.items.match), std::string("6/8 4/5"));
        QCOMPARE(keysOf(report.items.unknown), std::string("[999] 1 [POST] 1 "));
        QCOMPARE(keysOf(report.items.unused), std::string("[00127] 1 "));
        QCOMPARE(report.returns, std::uint64_t{1});
        QCOMPARE(report.sessions, std::uint64_t{6});
    }

    void onlyTheMostFrequentUnmatchedKeysAreListed()
    {
        const TextFiles files;
        std::string many = "person,item\n";
        for (int item = 0; item < 30; ++item)
            for (int times = 0; times <= item; ++times)
                many += fmt::format("p{},x{}\n", times, item);
        const auto request =
            orWarn(guessJoin({files.write("a.csv", many), files.write("b.csv", "sku,title\nother,A thing\n")}));
        const JoinReport report = matchWith(request, {});
        QCOMPARE(report.items.unknown.size(), std::size_t{20});
        QCOMPARE(report.items.unknownKeys, std::uint64_t{30});
        QCOMPARE(report.items.unknown.front().key, std::string("x29"));
        QCOMPARE(report.items.unknown.front().count, std::uint64_t{30});
        QCOMPARE(report.items.unknown.back().key, std::string("x10"));
    }

    void keysThatFallTogetherAreCounted()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin(
            {files.write("a.csv", "person,item\nann,7\n"), files.write("b.csv", "sku,title\n007,Bond\n7,Seven\n")}));
        QCOMPARE(matchWith(request, {}).items.fallTogether, std::uint64_t{0});
        QCOMPARE(matchWith(request, allFixes()).items.fallTogether, std::uint64_t{1});
    }

    void theDatasetHasWhatBothTablesTell()
    {
        const TextFiles files;
        auto request = orWarn(guessJoin({files.write("orders.csv", orders), files.write("catalog.csv", catalog)}));
        request.options = allFixes();
        request.options.returns = Returns::Net;
        request.options.leftOut = {"POST"};
        const Imported imported = joined(request);
        const Dataset& dataset = *imported.dataset;
        // One of the two 124 came back; POST is no product; 127 is in the catalog only.
        QCOMPARE(eventsOf(dataset), std::string("ann 123 1, ann 124 1, bob 125 1, bob 123 1, cat 999 3, cat 126 1, "));
        QCOMPARE(idsOf(dataset.itemIds()), std::string("123 124 125 999 126 127 "));
        QCOMPARE(dataset.title(*dataset.findItem("125")), std::string("Middlemarch"));
        QCOMPARE(dataset.title(*dataset.findItem("999")), std::string("999"));
        QCOMPARE(dataset.items().show("author", dataset.findItem("127")->value), std::string("Eliot"));
        QCOMPARE(dataset.items().show("price", dataset.findItem("123")->value), std::string("10")); // the catalog's
        QCOMPARE(dataset.log().sessionCount(), 4U);
        QCOMPARE(dataset.log().prices()[1], 5.F);
        QCOMPARE(dataset.feedback(), Feedback::Implicit);
        QCOMPARE(dataset.name(), std::string("orders"));
        QCOMPARE(dataset.from().source, std::string("orders.csv + catalog.csv"));
        QVERIFY(hasNote(imported.report,
                        "6 of 8 events are about items of 'catalog.csv' (75.0 %); of its 5 rows 4 are in"));
        QVERIFY(hasNote(imported.report, "1 return was taken off"));
        QVERIFY(hasNote(imported.report, "1 event was left out as no products (POST)"));
        QCOMPARE(imported.report.files.size(), std::size_t{2});
        QVERIFY(recipeFromJson(imported.report.recipe) == recipeOf(request));
    }

    void withoutNettingReturnsStayOrArePassedOver()
    {
        const TextFiles files;
        auto request = orWarn(guessJoin({files.write("orders.csv", orders)}));
        QVERIFY(eventsOf(*joined(request).dataset).find("ann 124 -1") != std::string::npos);
        request.options.returns = Returns::Drop;
        const std::string left = eventsOf(*joined(request).dataset);
        QVERIFY2(left.find("ann 124 2") != std::string::npos && left.find("-1") == std::string::npos, left.c_str());
    }

    void nettingLeavesRatingsAlone()
    {
        const TextFiles files;
        auto request =
            orWarn(guessJoin({files.write("ratings.csv", "person,item,rating\nann,x,0\nann,y,4\nbob,x,-3.5\n")}));
        request.options.returns = Returns::Net;
        QCOMPARE(eventsOf(*joined(request).dataset), std::string("ann x 0, ann y 4, bob x -3.5, "));
        request.feedback = Feedback::Implicit; // amounts, then
        const Imported amounts = joined(request);
        QCOMPARE(eventsOf(*amounts.dataset), std::string("ann y 4, "));
        QVERIFY(hasNote(amounts.report, "1 event of no amount was left out"));
    }

    // TextFiles of the same columns, in whatever order, are one table; blanks are cut where nothing is joined by the
    // keys.
    void tablesOfEventsAreAppended()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin({files.write("may.csv", "person,item,rating\nann, x,5\n"),
                                               files.write("june.csv", "item,rating,person\nx,3,bob\ny,4,ann\n")}));
        QCOMPARE(uses(request), std::string("events events "));
        QCOMPARE(eventsOf(*joined(request).dataset), std::string("ann x 5, bob x 3, ann y 4, "));
    }

    void tablesOfEventsWithOtherColumnsAreRefused()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin({files.write("may.csv", "person,item,rating\nann,x,5\n"),
                                               files.write("june.csv", "person,item\nann,x\n")}));
        const auto imported = import(request, JobContext());
        QVERIFY(!imported);
        QCOMPARE(imported.error().code, Code::InvalidArgument);
        QCOMPARE(imported.error().message, std::string("'june.csv' has no 'rating' (value) as 'may.csv' has"));
    }

    void variantsAreOfferedWhereTheyMergeSomething()
    {
        const TextFiles files;
        const auto request = orWarn(
            guessJoin({files.write("a.csv", "person,item\nann,85123A\nann,85123B\nbob,71053\nbob,SHIRT-RED\n"),
                       files.write("b.csv", "sku,title,parent sku\n85123A,White heart,85123\n85123B,Red heart,85123\n"
                                            "85123,Heart,\n71053,Lantern,\nSHIRT-RED,Shirt,\n")}));
        QCOMPARE(roleOf(request.tables[1], "parent sku"), std::string("item-parent"));
        const JoinReport report = matchWith(request, {});
        QCOMPARE(report.variants.size(), std::size_t{2}); // a dash, but only one shirt
        QCOMPARE(report.variants[0].how, Variants::ByColumn);
        QCOMPARE(report.variants[1].how, Variants::TrailingLetters);
        for (const VariantOffer& offer : report.variants) {
            QCOMPARE(offer.merged, std::uint64_t{2});
            QCOMPARE(offer.variant + " " + offer.product, std::string("85123A 85123"));
        }
        for (const Variants how : {Variants::ByColumn, Variants::TrailingLetters}) {
            auto rolled = request;
            rolled.options.variants = how;
            const Imported imported = joined(rolled);
            QCOMPARE(idsOf(imported.dataset->itemIds()), std::string("85123 71053 SHIRT-RED "));
            QCOMPARE(imported.dataset->title(ItemIndex{0}), std::string("Heart")); // the product's, not a variant's
            QVERIFY(hasNote(imported.report, "2 variants were rolled up to products"));
        }
    }

    void aDotThatIsPartOfANumberIsNoVariant()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin({files.write("a.csv", "person,item\nann,124.0\nann,124\nann,124.1\n")}));
        const auto offers = matchWith(request, request.options).variants;
        QCOMPARE(offers.size(), std::size_t{1});
        QCOMPARE(offers[0].variant, std::string("124.1"));
        QCOMPARE(offers[0].merged, std::uint64_t{1});
    }

    // A parent of itself, and parents in a circle.
    void variantsThatGoInACircleEnd()
    {
        const TextFiles files;
        auto request = orWarn(guessJoin({files.write("a.csv", "person,item\nann,A\nann,B\nann,C\n"),
                                         files.write("b.csv", "sku,title,parent\nA,a,B\nB,b,A\nC,c,C\n")}));
        request.options.variants = Variants::ByColumn;
        QCOMPARE(joined(request).dataset->log().size(), std::size_t{3});
    }

    void codesThatMayBeNoProductsAreListed()
    {
        const TextFiles files;
        auto request =
            orWarn(guessJoin({files.write("a.csv", "person,item\nann,POST\nbob,POST\nann,77\nann,x\n"),
                              files.write("b.csv", "sku,title\n77,Gift voucher\nx,The discount murders\n")}));
        request.options.leftOut = {"77"};
        const JoinReport report = matchWith(request, request.options);
        QCOMPARE(report.noProducts.size(), std::size_t{2});
        QCOMPARE(report.noProducts[0].id, std::string("77"));
        QVERIFY(report.noProducts[0].leftOut);
        QCOMPARE(report.noProducts[1].id, std::string("POST"));
        QCOMPARE(report.noProducts[1].events, std::uint64_t{2});
        QCOMPARE(idsOf(joined(request).dataset->itemIds()), std::string("POST x "));
    }

    void peopleAreJoinedByTheirKeys()
    {
        const TextFiles files;
        auto request = orWarn(guessJoin({files.write("a.csv", "customer,item\n17.0,x\n18.0,y\n"),
                                         files.write("p.csv", "customer,city\n17,Bath\n18,Bath\n19,York\n20,York\n")}));
        JoinReport report = matchWith(request, request.options);
        QCOMPARE(textOf(report.people.match), std::string("0/2 0/4"));
        QCOMPARE(withFix(report.people, KeyFix::PointZero), std::string("2/2 2/4"));
        request.options.personFixes[KeyFix::PointZero] = true;
        const Imported imported = joined(request);
        QCOMPARE(idsOf(imported.dataset->personIds()), std::string("17 18 19 20 "));
        QCOMPARE(imported.dataset->people().show("city", 2), std::string("York"));
    }

    void aCatalogRowThatStandsTwiceTellsOnce()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin({files.write("a.csv", "person,item\nann,x\n"),
                                               files.write("b.csv", "sku,title\nx,First\nx,Second\n,Nothing\n")}));
        const Imported imported = joined(request);
        QCOMPARE(imported.dataset->title(ItemIndex{0}), std::string("First"));
        QVERIFY(hasNote(imported.report, "1 row of 'b.csv' repeats the key of an earlier one"));
        QCOMPARE(imported.report.rejected.size(), std::size_t{1});
        QCOMPARE(imported.report.rejected[0].reason, std::string("the item has no id"));
    }

    void badTablesAreErrorsThatNameThem()
    {
        const TextFiles files;
        const fs::path good = files.write("a.csv", "person,item\nann,x\n");
        const auto missing = guessJoin({good, "/nowhere/b.csv"});
        QVERIFY(!missing && missing.error().code == Code::NotFound);
        const auto empty = guessJoin({good, files.write("empty.csv", "")});
        QVERIFY(!empty && empty.error().message.find("empty.csv") != std::string::npos);
        const auto noEvents = import(orWarn(guessJoin({files.write("b.csv", "sku,title\nx,A\n")})), JobContext());
        QVERIFY(!noEvents && noEvents.error().message == "None of the files tells who did what with what");
        auto request = orWarn(guessJoin({good, files.write("c.csv", "sku,title\nx,A\n")}));
        request.tables[1].layout.columns[0].role = ColumnRole::Ignore;
        const auto noKey = import(request, JobContext());
        QVERIFY(!noKey && noKey.error().message == "No column of 'c.csv' is the item");
        request = orWarn(guessJoin({good, files.write("c.csv", "sku,title\nx,A\n")}));
        files.write("c.csv", "title,sku\nA,x\n"); // it changed since
        const auto changed = import(request, JobContext());
        QVERIFY(!changed && changed.error().message == "Column 1 is 'title', not 'sku'");
        auto nothing = orWarn(guessJoin({good}));
        nothing.options.leftOut = {"x"};
        const auto left = import(nothing, JobContext());
        QVERIFY(!left && left.error().message == "No event is left");
    }

    void cancellingEndsTheReading()
    {
        const TextFiles files;
        const auto request = orWarn(guessJoin({files.write("orders.csv", orders)}));
        const CancelToken token;
        token.cancel();
        const auto imported = import(request, JobContext({}, token));
        QVERIFY(!imported);
        QCOMPARE(imported.error().code, Code::Cancelled);
    }

    // The counts are those of Python's csv and re over the same file: 406,829 lines with a customer, 3,684 codes among
    // them, 468 fewer without one to three letters behind two or more digits.
    void onlineRetailIsJoinedWithACatalogOfItsCodes()
    {
        if (!fs::exists(onlineRetail))
            QSKIP("the real data is not beside the project");
        const TextFiles files;
        auto request = orWarn(guessJoin(
            {onlineRetail, files.write("catalog.csv", "StockCode,Title\n085123A,Heart\n71053,Lantern\n1,None\n")}));
        QCOMPARE(uses(request), std::string("events catalog "));
        const JoinReport report = matchWith(request, request.options);
        QCOMPARE(report.events, std::uint64_t{406'829});
        QCOMPARE(report.items.match.rowsUsed, std::uint64_t{1});
        QVERIFY(withFix(report.items, KeyFix::LeadingZeros).ends_with(" 2/3"));
        QCOMPARE(report.returns, std::uint64_t{8'905});
        const auto post = std::ranges::find(report.noProducts, std::string("POST"), &NoProduct::id);
        QVERIFY(post != report.noProducts.end() && post->events == 1'196);
        const auto letters = std::ranges::find(report.variants, Variants::TrailingLetters, &VariantOffer::how);
        QVERIFY(letters != report.variants.end() && letters->merged == 468);
    }
};

QTEST_GUILESS_MAIN(JoinTest)
#include "join_test.moc"
