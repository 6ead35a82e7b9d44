// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import_recipe.h"
#include "core/store/report_json.h"
#include "tests/testing/text_files.h"

#include <QtTest>

#include <filesystem>
#include <iterator>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::TextFiles;
namespace fs = std::filesystem;

namespace {

const std::string orders =
    "order_id,customer_id,isbn,quantity,order_date\n1,ann,123,1,2026-05-01\n2,bob,124,2,2026-05-02\n";
const std::string catalog = "isbn,title,author\n00123,Emma,Austen\n00124,Persuasion,Austen\n";

ImportRecipe bookRecipe(const TextFiles& files)
{
    auto request = guessJoin({files.write("orders-2026-05.csv", orders), files.write("catalog.csv", catalog)}).value();
    request.options.itemFixes[KeyFix::LeadingZeros] = true;
    request.options.variants = Variants::AfterDash;
    request.options.returns = Returns::Net;
    request.options.leftOut = {"POST", "a \"quoted\" one"};
    request.feedback = Feedback::Implicit;
    request.kindWeights = KindWeights();
    (*request.kindWeights)[EventKind::View] = 0.25F;
    request.badRows = BadRows::StopAfter;
    request.badRowLimit = 17;
    request.tables.front().layout.columns.back().dates = DateOrder::DayFirst;
    return recipeOf(request);
}

std::string usesOf(const Result<JoinRequest>& request)
{
    if (!request)
        return request.error().text();
    std::string out;
    for (const JoinTable& table : request->tables)
        out += fmt::format("{} {}; ", table.path.filename().string(), idOf(table.use));
    return out;
}

} // namespace

class ImportRecipeTest : public QObject {
    Q_OBJECT
private slots:
    void aRecipeIsTheSameAfterBeingWritten()
    {
        const TextFiles files;
        const ImportRecipe recipe = bookRecipe(files);
        QCOMPARE(recipe.tables.size(), std::size_t{2});
        QCOMPARE(recipe.tables[0].files, std::vector<std::string>{"orders-*-*.csv"});
        const auto read = recipeFromJson(toJson(recipe));
        QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
        QVERIFY(*read == recipe);
    }

    // A crash in the middle leaves the one that was there.
    void aRecipeIsReplacedAsAWhole()
    {
        const TextFiles files;
        const fs::path file = files.write("shop.recipe", "the old one"), same = file.parent_path() / "same";
        fs::create_hard_link(file, same); // tells whether the old one was written into
        const ImportRecipe recipe = bookRecipe(files);
        QVERIFY(writeRecipe(recipe, file));
        QVERIFY(readRecipe(file).has_value());
        std::ifstream old(same);
        QCOMPARE(std::string(std::istreambuf_iterator<char>(old), {}), std::string("the old one"));
        const auto nowhere = writeRecipe(recipe, file / "below");
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, Code::Io);
    }

    void anythingElseIsNoRecipe_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("what");
        const auto row = [](const char* name, const char* json, const char* what) {
            QTest::newRow(name) << QByteArray(json).replace('\'', '"') << QByteArray(what);
        };
        row("nothing", "", "does not say");
        row("other", "[1, 2]", "does not say");
        row("cut", "{'orreryImportRecipe': 1, 'tab", "does not say");
        row("newer", "{'orreryImportRecipe': 2}", "newer version");
        row("tables", "{'orreryImportRecipe': 1, 'tables': 3}", "is no list");
        row("table", "{'orreryImportRecipe': 1, 'tables': [3]}", "no object");
        row("use", "{'orreryImportRecipe': 1, 'tables': [{'use': 'shoes'}]}", "no use of a table 'shoes'");
        row("role", "{'orreryImportRecipe': 1, 'tables': [{'columns': [{'column': 'a', 'role': 'b'}]}]}",
            "no role 'b'");
        row("fix", "{'orreryImportRecipe': 1, 'itemFixes': ['magic']}", "no fix of keys 'magic'");
        row("fixes", "{'orreryImportRecipe': 1, 'itemFixes': [[]]}", "'itemFixes' is no text");
        row("returns", "{'orreryImportRecipe': 1, 'returns': 'eat'}", "'eat'");
        row("weights", "{'orreryImportRecipe': 1, 'kindWeights': 'view=many'}", "many");
        row("rows", "{'orreryImportRecipe': 1, 'badRows': '-1'}", "'-1'");
        row("header", "{'orreryImportRecipe': 1, 'tables': [{'header': 'yes'}]}", "neither true nor false");
    }
    void anythingElseIsNoRecipe()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, what);
        const auto read = recipeFromJson(std::string_view(json.data(), static_cast<std::size_t>(json.size())));
        QVERIFY(!read);
        QCOMPARE(read.error().code, Code::BadFile);
        QVERIFY2(read.error().message.find(what.toStdString()) != std::string::npos, read.error().message.c_str());
    }

    void reportsWithoutARecipeAreStillRead()
    {
        ImportReport report;
        report.notes = {"a note"};
        std::string json = store::toJson(report);
        const std::size_t place = json.find(",\"recipe\":\"\"");
        QVERIFY2(place != std::string::npos, json.c_str());
        json.erase(place, std::string_view(",\"recipe\":\"\"").size()); // as it was stored before
        const auto read = store::reportFromJson(json);
        QVERIFY(read.has_value());
        QCOMPARE(read->notes, report.notes);
        QVERIFY(!store::reportFromJson("[]"));
    }

    void namesFitPatterns()
    {
        QVERIFY(fitsPattern("orders-*-*.csv", "orders-2026-06.csv"));
        QVERIFY(fitsPattern("orders-*.csv", "Orders-2026-06.CSV.gz"));
        QVERIFY(fitsPattern("*", ""));
        QVERIFY(fitsPattern("a*b*c", "aXbXbXc"));
        QVERIFY(!fitsPattern("orders-*.csv", "orders-2026-06.tsv"));
        QVERIFY(!fitsPattern("orders-*.csv", "old-orders-1.csv"));
        QVERIFY(!fitsPattern("", "a"));
        // A pattern from strangers costs no minutes.
        QVERIFY(!fitsPattern(std::string(500, '*') + "b", std::string(5'000, 'a')));
    }

    void theFilesOfNextMonthAreReadAlike()
    {
        const TextFiles files;
        const ImportRecipe recipe = bookRecipe(files);
        const auto request =
            applied(recipe, {files.write("catalog.csv", catalog), files.write("orders-2026-06.csv", orders)});
        QCOMPARE(usesOf(request), std::string("catalog.csv catalog; orders-2026-06.csv events; "));
        QVERIFY(recipeOf(*request).options == recipe.options);
        QCOMPARE(request->badRowLimit, std::size_t{17});
        const auto imported = import(*request, JobContext());
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->dataset->title(*imported->dataset->findItem("123")), std::string("Emma"));
        QCOMPARE(imported->dataset->parts().kindWeights[EventKind::View], 0.25F);
    }

    // Another name, columns in another order with one more of them, another separator, another case.
    void otherNamesAreKnownByTheirHeaders()
    {
        const TextFiles files;
        const ImportRecipe recipe = bookRecipe(files);
        const auto request =
            applied(recipe, {files.write("export.csv", "ISBN;Order Date;Quantity;Customer-ID;ORDER ID;till\n"
                                                       "123;2026-06-01;1;ann;7;2\n124;2026-06-01;1;ann;7;2\n"),
                             files.write("books.tsv", "title\tisbn\tauthor\nEmma\t00123\tAusten\n")});
        QCOMPARE(usesOf(request), std::string("export.csv events; books.tsv catalog; "));
        const auto imported = import(*request, JobContext());
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->dataset->log().size(), std::size_t{2});
        QCOMPARE(imported->dataset->title(*imported->dataset->findItem("123")), std::string("Emma"));
    }

    void whatDoesNotFitIsAnErrorThatNamesFileAndColumns()
    {
        const TextFiles files;
        const ImportRecipe recipe = bookRecipe(files);
        const fs::path books = files.write("catalog.csv", catalog);
        const auto request =
            applied(recipe, {books, files.write("orders-2026-06.csv",
                                                "order_id,customer,isbn,amount,order_date\n1,a,b,1,2026-06-01\n")});
        QVERIFY(!request);
        QCOMPARE(request.error().code, Code::BadFile);
        QCOMPARE(request.error().message,
                 std::string("'orders-2026-06.csv' does not fit the recipe: as events it lacks customer_id, quantity"));
        QCOMPARE(request.error().where, std::string("orders-2026-06.csv"));
    }

    void aTableThatIsMissingIsAnError()
    {
        const TextFiles files;
        const ImportRecipe recipe = bookRecipe(files);
        const fs::path books = files.write("catalog.csv", catalog), sold = files.write("orders-1.csv", orders);
        const auto without = applied(recipe, {sold});
        QVERIFY(!without && without.error().message == "None of the files can be the catalog of the recipe");
        QVERIFY2(without.error().hint.find("isbn, title, author") != std::string::npos, without.error().hint.c_str());
        const auto twice = applied(recipe, {sold, books, files.write("more.csv", catalog)});
        QVERIFY(!twice && twice.error().message == "Several of the files can be the catalog of the recipe");
        const auto months = applied(recipe, {sold, books, files.write("orders-2.csv", orders)});
        QCOMPARE(usesOf(months), std::string("orders-1.csv events; catalog.csv catalog; orders-2.csv events; "));
    }

    void aFileThatWasLeftOutIsLeftOutAgain()
    {
        const TextFiles files;
        auto request = guessJoin({files.write("orders-1.csv", orders), files.write("prices-1.csv", catalog)}).value();
        request.tables[1].use = TableUse::Ignore;
        const ImportRecipe recipe = recipeFromJson(toJson(recipeOf(request))).value();
        const auto next = applied(recipe, {files.write("orders-2.csv", orders), files.write("prices-2.csv", catalog)});
        QCOMPARE(usesOf(next), std::string("orders-2.csv events; prices-2.csv ignore; "));
    }

    void filesWithoutHeaderAreKnownByTheirNumberOfColumns()
    {
        const TextFiles files;
        const auto request = guessJoin({files.write("log-1.csv", "1,20,5,1600000000\n2,21,3,1600000001\n")}).value();
        QVERIFY(!request.tables[0].layout.header);
        const ImportRecipe recipe = recipeFromJson(toJson(recipeOf(request))).value();
        const auto next = applied(recipe, {files.write("log-2.csv", "7,8,1,1600000000\n")});
        QCOMPARE(usesOf(next), std::string("log-2.csv events; "));
        QCOMPARE(import(*next, JobContext())->dataset->log().values()[0], 1.F);
        const auto narrow = applied(recipe, {files.write("log-3.csv", "7,8,1\n")});
        QVERIFY(!narrow &&
                narrow.error().message == "'log-3.csv' does not fit the recipe: as events it lacks 4 columns");
    }
};

QTEST_GUILESS_MAIN(ImportRecipeTest)
#include "import_recipe_test.moc"
