// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"
#include "tests/testing/archives.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

using namespace orrery;
using orrery::testing::gzipOf, orrery::testing::Members, orrery::testing::zipOf;
namespace fs = std::filesystem;

namespace {

const fs::path fixtures = fs::path(ORRERY_FIXTURES) / "import";

std::string textOf(const fs::path& path)
{
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

Members membersOf(const fs::path& folder, const std::string& prefix)
{
    Members out;
    for (const auto& entry : fs::directory_iterator(folder))
        out.emplace_back(prefix + entry.path().filename().string(), textOf(entry.path()));
    return out;
}

/// The dataset at `path`; the test fails where it cannot be imported.
Imported read(const fs::path& path, const fs::path& test = {})
{
    auto imported = import({.path = path, .testPath = test}, JobContext());
    if (!imported) {
        qWarning("%s", imported.error().text().c_str());
        return {std::make_shared<const Dataset>(DatasetParts{}), {}, {}};
    }
    return std::move(*imported);
}

std::string about(const Dataset& dataset, const std::string& item, std::string_view column)
{
    const auto index = dataset.findItem(item);
    return index ? dataset.items().show(column, index->value) : "no such item";
}

std::string aboutPerson(const Dataset& dataset, const std::string& person, std::string_view column)
{
    const auto index = dataset.findPerson(person);
    return index ? dataset.people().show(column, index->value) : "no such person";
}

} // namespace

class ImportLayoutsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    fs::path m_folder;

private slots:
    void init()
    {
        static int number = 0;
        m_folder = fs::path(m_temporary.path().toStdString()) / ("case" + std::to_string(++number));
        fs::create_directories(m_folder);
    }

    void movielens100k()
    {
        const auto [dataset, report, train, planted] = read(fixtures / "ml-100k");
        QCOMPARE(report.format, std::string("MovieLens 100K"));
        QCOMPARE(report.detection, std::string("it has u.data and u.item"));
        QCOMPARE(dataset->log().size(), std::size_t{4});
        QCOMPARE(dataset->itemCount(), std::size_t{4}); // one of them never rated
        QCOMPARE(dataset->ratingLow(), 1.F);
        QCOMPARE(dataset->ratingHigh(), 5.F);
        QCOMPARE(about(*dataset, "2", "title"), std::string("GoldenEye (1995)"));
        QCOMPARE(about(*dataset, "2", "genres"), std::string("Action, Adventure, Thriller"));
        QCOMPARE(about(*dataset, "2", "year"), std::string("1995"));
        QCOMPARE(about(*dataset, "1633", "title"), std::string("\xC3\x81 k\xC3\xB6ldum klaka (Cold Fever) (1994)"));
        QCOMPARE(about(*dataset, "267", "title"), std::string("unknown"));
        QCOMPARE(about(*dataset, "267", "year"), std::string());
        QCOMPARE(about(*dataset, "267", "genres"), std::string());
        QCOMPARE(aboutPerson(*dataset, "2", "age"), std::string("53"));
        QCOMPARE(aboutPerson(*dataset, "2", "gender"), std::string("female"));
        QCOMPARE(aboutPerson(*dataset, "3", "occupation"), std::string("writer"));
        QCOMPARE(aboutPerson(*dataset, "3", "zip"), std::string("T8H1N"));
        QCOMPARE(dataset->log().at(1).at, Timestamp{891717742});
        QCOMPARE(report.notes, (std::vector<std::string>{"1 film has no year", "1 film has no genre"}));
        QCOMPARE(report.rejectedCount(), std::uint64_t{0});
    }

    void aPredefinedSplitPutsTheTrainingEventsFirst()
    {
        const auto [dataset, report, train, planted] = read(fixtures / "ml-100k/u1.base", fixtures / "ml-100k/u1.test");
        QVERIFY(train.has_value());
        QCOMPARE(*train, std::size_t{3});
        QCOMPARE(dataset->log().size(), std::size_t{4});
        QCOMPARE(std::string(dataset->personIds().name(dataset->log().at(3).user.value)), std::string("2"));
        QCOMPARE(about(*dataset, "267", "title"), std::string("unknown")); // the catalog is read as well
    }

    void anyTwoTablesAreAPredefinedSplit()
    {
        write(m_folder / "a.csv", "user,item,rating\nx,A,1\ny,B,2\n");
        write(m_folder / "b.csv", "user,item,rating\ny,A,5\n");
        const auto [dataset, report, train, planted] = read(m_folder / "a.csv", m_folder / "b.csv");
        QCOMPARE(train.value_or(0), std::size_t{2});
        QCOMPARE(dataset->log().size(), std::size_t{3});
        QCOMPARE(report.files.size(), std::size_t{2});
        QCOMPARE(dataset->ratingHigh(), 5.F);
    }

    void movielens1m()
    {
        const auto [dataset, report, train, planted] = read(fixtures / "ml-1m");
        QCOMPARE(report.format, std::string("MovieLens 1M"));
        QCOMPARE(dataset->log().size(), std::size_t{4});
        QCOMPARE(dataset->ratingLow(), 1.F);
        QCOMPARE(about(*dataset, "3365", "title"), std::string("Mis\xC3\xA9rables, Les (1995)"));
        QCOMPARE(about(*dataset, "661", "genres"), std::string("Animation, Children's, Musical"));
        QCOMPARE(aboutPerson(*dataset, "1", "age group"), std::string("under 18"));
        QCOMPARE(aboutPerson(*dataset, "1", "occupation"), std::string("K-12 student"));
        QCOMPARE(aboutPerson(*dataset, "2", "age"), std::string("56"));
        QCOMPARE(aboutPerson(*dataset, "2", "occupation"), std::string("self-employed"));
    }

    void movielens10m()
    {
        const auto [dataset, report, train, planted] = read(fixtures / "ml-10m");
        QCOMPARE(report.format, std::string("MovieLens 10M"));
        QCOMPARE(dataset->ratingLow(), 0.5F);
        QCOMPARE(about(*dataset, "25755", "title"), std::string("Pi\xC3\xA8"
                                                                "ces d'identit\xC3\xA9s (1998)"));
        QCOMPARE(about(*dataset, "25755", "genres"), std::string());
        QCOMPARE(about(*dataset, "122", "tags"), std::string("romance, dpolitics"));
    }

    void movielensCsv()
    {
        const auto [dataset, report, train, planted] = read(fixtures / "ml-csv");
        QCOMPARE(report.format, std::string("MovieLens CSV"));
        QCOMPARE(report.rejectedCount(), std::uint64_t{0});
        QCOMPARE(dataset->log().size(), std::size_t{4});
        QCOMPARE(dataset->log().at(2).at, Timestamp{1255502247}); // given in milliseconds
        QCOMPARE(dataset->log().at(3).value, 5.F);                // the last line has no end
        QVERIFY(dataset->findPerson("-3").has_value());
        QVERIFY(dataset->findPerson("7").has_value()); // known, but has rated nothing
        QCOMPARE(about(*dataset, "11", "title"), std::string("American President, The (1995)"));
        QCOMPARE(about(*dataset, "158", "title"), std::string("\"Great Performances\" Cats (1998)"));
        QCOMPARE(about(*dataset, "110", "tags"), std::string("epic, freedom, Scotland"));
        QCOMPARE(dataset->items().tags("tags")->vocabulary.size(), 2U);
        QCOMPARE(about(*dataset, "110", "imdbId"), std::string("0112573"));
        QCOMPARE(about(*dataset, "110", "plot"), std::string("A Scot leads his people against a king."));
        QCOMPARE(aboutPerson(*dataset, "1", "occupation"), std::string("artist"));
        QCOMPARE(dataset->from().note, std::string("ratings are synthetic"));
        const std::vector<std::string> notes = {"1 film has no imdbId", "2 films have no tmdbId", "1 film has no year",
                                                "1 film has no genre"};
        QCOMPARE(report.notes, notes);
    }

    void filmsComeInTheOrderOfTheirFileThenThoseOnlyRated()
    {
        write(m_folder / "movies.csv", "movieId,title,genres\n9,Nine (2009),Musical\n3,Three (2016),Drama\n");
        write(m_folder / "ratings.csv", "userId,movieId,rating\nb,77,4\na,3,5\n");
        const auto [dataset, report, train, planted] = read(m_folder);
        QCOMPARE(std::string(dataset->itemIds().name(0)), std::string("9"));
        QCOMPARE(std::string(dataset->itemIds().name(1)), std::string("3"));
        QCOMPARE(std::string(dataset->itemIds().name(2)), std::string("77"));
        QCOMPARE(std::string(dataset->personIds().name(0)), std::string("b"));
        QVERIFY(std::ranges::find(report.notes, "There are no times: splits by time are not possible") !=
                report.notes.end());
    }

    void eachLayoutReadsTheSameFromFolderFileAndZip_data()
    {
        QTest::addColumn<QString>("layout");
        QTest::addColumn<QString>("file");
        QTest::newRow("100K") << "ml-100k"
                              << "u.item";
        QTest::newRow("1M") << "ml-1m"
                            << "ratings.dat";
        QTest::newRow("10M") << "ml-10m"
                             << "movies.dat";
        QTest::newRow("CSV") << "ml-csv"
                             << "tags.csv";
    }

    void eachLayoutReadsTheSameFromFolderFileAndZip()
    {
        QFETCH(QString, layout);
        QFETCH(QString, file);
        const fs::path folder = fixtures / layout.toStdString();
        Members members = membersOf(folder, layout.toStdString() + "/");
        members.insert(members.begin(), {"__MACOSX/ml/._ratings.csv", "junk"});
        write(m_folder / "data.zip", zipOf(members));
        const auto whole = read(folder);
        QVERIFY(!whole.dataset->log().empty());
        QCOMPARE(read(folder / file.toStdString()).dataset->hash(), whole.dataset->hash());
        QCOMPARE(read(m_folder / "data.zip").dataset->hash(), whole.dataset->hash());
        QCOMPARE(fs::exists(m_folder / layout.toStdString()), false); // nothing was unpacked
    }

    void namesInAnArchiveAreNeverPaths()
    {
        write(m_folder / "tricks.zip",
              zipOf({{"../../escaped/ratings.csv", "userId,movieId,rating\n1,2,3\n"}, {"/etc/passwd", "root"}}));
        const auto [dataset, report, train, planted] = read(m_folder / "tricks.zip");
        QCOMPARE(dataset->log().size(), std::size_t{1});
        QVERIFY(!fs::exists(m_folder.parent_path().parent_path() / "escaped"));
    }

    void aPackedTableReadsLikeAPlainOne()
    {
        const std::string text = "user,item,stars,when\na,X,3,2020-05-01 10:00:00\nb,Y,4,2020-05-01T12:30:00+02:00\n";
        write(m_folder / "t.csv", text);
        write(m_folder / "t2.csv.gz", gzipOf(text));
        const auto plain = read(m_folder / "t.csv");
        QCOMPARE(plain.dataset->log().size(), std::size_t{2});
        QCOMPARE(read(m_folder / "t2.csv.gz").dataset->hash(), plain.dataset->hash());
    }

    void aTableIsPreviewedAndItsRolesCanBeChanged()
    {
        write(m_folder / "t.tsv", "who\twhat\tstars\tday\tland\na\tX\t3\t2020-05-01\tDE\nb\tY\t-4.5\t2020-05-02\tFR\n");
        auto preview = previewTable(m_folder / "t.tsv");
        QVERIFY(preview.has_value());
        QCOMPARE(preview->layout.separator, std::string("\t"));
        QVERIFY(preview->layout.header);
        QCOMPARE(preview->rows.size(), std::size_t{2});
        QCOMPARE(preview->layout.columns[2].role, ColumnRole::Value);
        QCOMPARE(preview->layout.columns[2].why,
                 std::string("header says 'stars'; 2 of 2 values are numbers from -4.5 to 3"));
        QCOMPARE(preview->layout.columns[0].role, ColumnRole::Ignore);
        preview->layout.columns[0].role = ColumnRole::Person;
        preview->layout.columns[1].role = ColumnRole::Item;
        preview->layout.columns[3].role = ColumnRole::Time;
        preview->layout.columns[4].role = ColumnRole::PersonTag;
        const auto imported = import({.path = m_folder / "t.tsv", .layout = preview->layout}, JobContext());
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->dataset->log().at(1).value, -4.5F);
        QCOMPARE(imported->dataset->log().at(1).at, Timestamp{1588377600});
        QCOMPARE(aboutPerson(*imported->dataset, "b", "land"), std::string("FR"));
    }

    void thePersonSaysWhetherTheFirstLineIsAHeader()
    {
        // Names only: nothing tells the first line from the others.
        write(m_folder / "t.csv", "who,what\nann,heat\nbob,fargo\n");
        const auto guessed = previewTable(m_folder / "t.csv");
        QVERIFY(!guessed->looksLikeHeader);
        QCOMPARE(guessed->rows.size(), std::size_t{3});
        const auto names = previewTable(m_folder / "t.csv", {.header = true});
        QVERIFY(names->layout.header);
        QVERIFY(!names->looksLikeHeader); // what it looks like is still told
        QCOMPARE(names->rows.size(), std::size_t{2});
        QCOMPARE(names->layout.columns[0].header, std::string("who"));
        const auto data = previewTable(m_folder / "t.csv", {.header = false});
        QCOMPARE(data->rows.size(), std::size_t{3});
        QCOMPARE(data->layout.columns[0].header, std::string("column 1"));
        QCOMPARE(data->layout.columns[0].role, ColumnRole::Person); // by its place
        const auto imported = import({.path = m_folder / "t.csv", .layout = data->layout}, JobContext());
        QCOMPARE(imported->dataset->log().size(), std::size_t{3});
        QVERIFY(imported->dataset->findPerson("who"));
    }

    void aTableWithoutHeaderIsGuessedByPlace()
    {
        write(m_folder / "t.csv", "17,4,3.5,1111111111\n18,4,2,1111111112\n");
        const auto [dataset, report, train, planted] = read(m_folder / "t.csv");
        QCOMPARE(report.detection, std::string("t.csv has ',' between 4 columns without names; 'column 1' is the "
                                               "person and 'column 2' the item"));
        QCOMPARE(dataset->log().at(0).at, Timestamp{1111111111});
        QCOMPARE(dataset->log().at(0).value, 3.5F);
        QCOMPARE(dataset->feedback(), Feedback::Explicit);
    }

    void whatIsSaidAboutATableIsNotGuessed()
    {
        write(m_folder / "t.csv", "ann,heat;x,4\nbob,alien;y,5\n");
        const auto named = previewTable(m_folder / "t.csv", {.header = true});
        QVERIFY(named.has_value());
        QCOMPARE(named->rows.size(), std::size_t{1});
        QCOMPARE(named->layout.columns[0].header, std::string("ann"));
        const auto cut = previewTable(m_folder / "t.csv", {.separator = ";", .header = false});
        QVERIFY(cut.has_value());
        QCOMPARE(cut->layout.columns.size(), std::size_t{2});
        QCOMPARE(cut->layout.columns[1].role, ColumnRole::Item);
        QCOMPARE(cut->rows[1], (std::vector<std::string>{"bob,alien", "y,5"}));
        QCOMPARE(previewTable(m_folder / "t.csv", {.separator = "abc"}).error().code, Code::InvalidArgument);
    }

    void decimalCommasAreUnderstoodWhereNothingElseIsMeant_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<float>>("values");
        const QByteArray head = "user;item;rating\n";
        QTest::newRow("semicolons") << head + "a;x;4,5\nb;x;3\nb;y;2,25\n" << QList<float>{4.5F, 3, 2.25F};
        QTest::newRow("tabs") << QByteArray("user\titem\trating\na\tx\t4,5\nb\tx\t-0,5\n") << QList<float>{4.5F, -0.5F};
        QTest::newRow("no header") << QByteArray("1;2;4,5\n1;3;3,0\n") << QList<float>{4.5F, 3};
        QTest::newRow("three decimals, but a zero before") << head + "a;x;0,125\n" << QList<float>{0.125F};
        QTest::newRow("a point stays a point") << head + "a;x;4.5\nb;x;3\n" << QList<float>{4.5F, 3};
    }
    void decimalCommasAreUnderstoodWhereNothingElseIsMeant()
    {
        QFETCH(QByteArray, text);
        QFETCH(QList<float>, values);
        write(m_folder / "t.csv", text.toStdString());
        const auto [dataset, report, train, planted] = read(m_folder / "t.csv");
        QCOMPARE(dataset->log().size(), static_cast<std::size_t>(values.size()));
        for (qsizetype i = 0; i < values.size(); ++i)
            QCOMPARE(dataset->log().at(static_cast<std::size_t>(i)).value, values[i]);
    }

    void pricesMayHaveDecimalCommasToo()
    {
        write(m_folder / "t.csv", "user;item;price;rating\na;x;9,95;4.5\nb;y;12;3.5\n");
        const auto [dataset, report, train, planted] = read(m_folder / "t.csv");
        QCOMPARE(about(*dataset, "x", "price"), std::string("9.95"));
        QCOMPARE(dataset->log().at(0).value, 4.5F);
        QCOMPARE(report.notes.front(), std::string("The numbers in 'price' are read with decimal commas"));
    }

    void whoeverKnowsMaySayWhatACommaMeans()
    {
        write(m_folder / "t.csv", "user;item;rating\na;x;1,234\n");
        auto preview = previewTable(m_folder / "t.csv", {.decimalComma = true});
        QVERIFY(preview.has_value());
        const auto imported = import({.path = m_folder / "t.csv", .layout = preview->layout}, JobContext());
        QVERIFY(imported.has_value());
        QCOMPARE(imported->dataset->log().at(0).value, 1.234F);
    }

    void datesAreReadInTheOrderInWhichTheyMakeSense_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QList<qlonglong>>("days"); // since 1970
        const qlonglong may1 = 20'574, may31 = 20'604, january5 = 20'458;
        QTest::newRow("year first") << QByteArray("a,x,2026-05-01\na,y,2026-05-31\n") << QList{may1, may31};
        QTest::newRow("a 31st in the first place")
            << QByteArray("a,x,01/05/2026\na,y,31/05/2026\n") << QList{may1, may31};
        QTest::newRow("a 31st in the second place")
            << QByteArray("a,x,5/1/2026 8:30\na,y,5/31/2026 11:59 PM\n") << QList{may1, may31};
        QTest::newRow("points, and no century") << QByteArray("a,x,01.05.26\na,y,31.05.26\n") << QList{may1, may31};
        QTest::newRow("either, but sorted with the day first")
            << QByteArray("a,x,05/01/2026\na,y,01/05/2026\n") << QList{january5, may1};
        QTest::newRow("either, but sorted with the month first")
            << QByteArray("a,x,01/05/2026\na,y,05/01/2026\n") << QList{january5, may1};
        QTest::newRow("either, with points") << QByteArray("a,x,01.05.2026\n") << QList{may1};
        QTest::newRow("either, with strokes") << QByteArray("a,x,05/01/2026\n") << QList{may1};
    }

    void datesAreReadInTheOrderInWhichTheyMakeSense()
    {
        QFETCH(QByteArray, lines);
        write(m_folder / "t.csv", "person,item,date\n" + lines.toStdString());
        const auto dataset = read(m_folder / "t.csv").dataset;
        QList<qlonglong> days;
        for (const Timestamp at : dataset->log().times())
            days << at / 86'400;
        QTEST(days, "days");
    }

    void whoeverKnowsMaySayHowDatesAreWritten()
    {
        write(m_folder / "t.csv", "person,item,date\na,x,05/01/2026\n");
        const auto preview = previewTable(m_folder / "t.csv", {.dates = DateOrder::DayFirst});
        QVERIFY(preview);
        ImportRequest request;
        request.path = m_folder / "t.csv";
        request.layout = preview->layout;
        const auto imported = import(request, JobContext{});
        QVERIFY(imported);
        QCOMPARE(imported->dataset->log().times().front(), Timestamp{20'458} * 86'400);
        QVERIFY(std::ranges::count(imported->report.notes, "The dates in 'date' are read with the day first") == 1);
    }

    void keysAreKnownByWhatTheyAreOf()
    {
        for (const auto& [header, roles] :
             {std::pair("Order No,Customer No,ISBN,Qty,Order Date", "session person item value time "),
              std::pair("Bestellnummer,Kundennummer,Artikelnummer,Menge,Datum", "session person item value time "),
              std::pair("buyer_key,Product Ref,InvoiceID", "person item session ")}) {
            write(m_folder / "t.csv", std::string(header) + "\n1,2,3,1,2026-05-01\n");
            const auto preview = previewTable(m_folder / "t.csv");
            QVERIFY(preview);
            std::string found;
            for (const ColumnGuess& column : preview->layout.columns)
                found += std::string(idOf(column.role)) + ' ';
            QCOMPARE(found, std::string(roles));
        }
    }

    void otherLineEndsAndUtf16ReadTheSame_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("remark");
        const QString text = QStringLiteral("user,item,rating\nann,\u00C9t\u00E9,4\nbob,\u4E2D \U0001F600,5\n");
        const auto utf16 = [](const QString& from, QStringConverter::Encoding as) {
            QStringEncoder encode(as, QStringConverter::Flag::WriteBom);
            return QByteArray(encode(from));
        };
        const QString returns = QString(text).replace('\n', '\r');
        QTest::newRow("carriage returns alone") << returns.toUtf8() << "its lines end with carriage returns alone";
        QTest::newRow("without the last one")
            << returns.chopped(1).toUtf8() << "its lines end with carriage returns alone";
        QTest::newRow("both") << QString(text).replace("\n", "\r\n").toUtf8() << "";
        QTest::newRow("UTF-16, little end first") << utf16(text, QStringConverter::Utf16LE) << "it is text in UTF-16";
        QTest::newRow("UTF-16, big end first") << utf16(text, QStringConverter::Utf16BE) << "it is text in UTF-16";
        QTest::newRow("UTF-16 with carriage returns")
            << utf16(returns, QStringConverter::Utf16LE)
            << "it is text in UTF-16, and its lines end with carriage returns alone";
        QTest::newRow("many pieces") << utf16(text + QString("cid,\u00C9t\u00E9,3\n").repeated(20'000),
                                              QStringConverter::Utf16LE)
                                     << "it is text in UTF-16";
    }
    void otherLineEndsAndUtf16ReadTheSame()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, remark);
        write(m_folder / "t.csv", bytes.toStdString());
        write(m_folder / "packed.zip", zipOf({{"t.csv", bytes.toStdString()}}));
        for (const char* name : {"t.csv", "packed.zip"}) {
            const auto [dataset, report, train, planted] = read(m_folder / name);
            QVERIFY(dataset->log().size() == 2 || dataset->log().size() == 20'002);
            QVERIFY(dataset->findItem("\u00C9t\u00E9").has_value());
            QVERIFY(dataset->findItem("\u4E2D \U0001F600").has_value());
            QCOMPARE(report.rejectedCount(), std::uint64_t{0});
            const std::string note = "'t.csv' was converted: " + remark.toStdString();
            QCOMPARE(std::ranges::count(report.notes, note), remark.isEmpty() ? 0 : 1);
        }
        QCOMPARE(previewTable(m_folder / "t.csv")->rows[0][1], std::string("\u00C9t\u00E9"));
    }

    void eventsWithoutAValueAreImplicit()
    {
        write(m_folder / "clicks.csv", "timestamp,visitorid,event,itemid\n1433221332117,257597,view,355908\n"
                                       "1433224214164,257597,addtocart,355908\n1433224244164,992329,transaction,9\n");
        const auto [dataset, report, train, planted] = read(m_folder / "clicks.csv");
        QCOMPARE(dataset->feedback(), Feedback::Implicit);
        QCOMPARE(dataset->log().at(0).at, Timestamp{1433221332});
        QCOMPARE(dataset->log().at(1).kind, EventKind::Cart);
        QCOMPARE(dataset->log().at(2).kind, EventKind::Purchase);
        QCOMPARE(report.duplicates, std::uint64_t{1});
        QCOMPARE(dataset->interactions().merged(), std::size_t{1});
    }

    void manyBlocksAreReadInTheOrderOfTheFile()
    {
        // About 12 MB, so that a dozen blocks are parsed at once; ids change between numbers and texts.
        std::string text = "userId,movieId,rating,timestamp\n";
        constexpr int rows = 400'000;
        for (int i = 0; i < rows; ++i)
            text += fmt::format("{}{},\"{}{}\",{}.0,{}\r\n", i % 3 ? "" : "u", i * 7919LL % 50'021, i % 997,
                                i % 5 ? "" : " a", i % 5 + 1, 900'000'000 + i);
        write(m_folder / "ratings.csv", text);
        const auto one = import({.path = m_folder}, JobContext({.threads = 1}));
        const auto four = import({.path = m_folder}, JobContext({.threads = 4}));
        QVERIFY(one && four);
        QCOMPARE(one->dataset->log().size(), std::size_t{rows});
        QCOMPARE(four->dataset->hash(), one->dataset->hash());
        QCOMPARE(four->report.duplicates, std::uint64_t{one->dataset->interactions().merged()});
        const auto& log = one->dataset->log();
        for (int i = 0; i < rows; ++i)
            if (log.times()[i] != 900'000'000 + i)
                QFAIL("an event is out of place");
        QCOMPARE(std::string(one->dataset->personIds().name(0)), std::string("u0"));
        QCOMPARE(std::string(one->dataset->itemIds().name(1)), std::string("1"));
    }

    void cancelLeavesNothing()
    {
        const CancelToken token;
        token.cancel();
        const auto imported = import({.path = fixtures / "ml-csv"}, JobContext({}, token));
        QVERIFY(!imported);
        QCOMPARE(imported.error().code, Code::Cancelled);
    }

    void rolesHaveStableNames()
    {
        for (int role = 0; role <= static_cast<int>(ColumnRole::PersonNumber); ++role)
            QCOMPARE(columnRoleFrom(idOf(ColumnRole(role))).value(), ColumnRole(role));
        QVERIFY(!columnRoleFrom("people"));
    }
};

QTEST_APPLESS_MAIN(ImportLayoutsTest)
#include "import_layouts_test.moc"
