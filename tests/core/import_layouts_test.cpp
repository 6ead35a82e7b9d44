// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"

#include <QtTest>

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

using namespace orrery;
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

using Members = std::vector<std::pair<std::string, std::string>>;

void writeArchive(const fs::path& path, const Members& members)
{
    archive* out = archive_write_new();
    archive_write_set_format_zip(out);
    archive_write_open_filename(out, path.c_str());
    for (const auto& [name, text] : members) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(out, entry);
        archive_write_data(out, text.data(), text.size());
        archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
}

void writeGzip(const fs::path& path, std::string_view text)
{
    archive* out = archive_write_new();
    archive_write_set_format_raw(out);
    archive_write_add_filter_gzip(out);
    archive_write_open_filename(out, path.c_str());
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, "data");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(out, entry);
    archive_write_data(out, text.data(), text.size());
    archive_entry_free(entry);
    archive_write_close(out);
    archive_write_free(out);
}

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
        const auto [dataset, report, train] = read(fixtures / "ml-100k");
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
        const auto [dataset, report, train] = read(fixtures / "ml-100k/u1.base", fixtures / "ml-100k/u1.test");
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
        const auto [dataset, report, train] = read(m_folder / "a.csv", m_folder / "b.csv");
        QCOMPARE(train.value_or(0), std::size_t{2});
        QCOMPARE(dataset->log().size(), std::size_t{3});
        QCOMPARE(report.files.size(), std::size_t{2});
        QCOMPARE(dataset->ratingHigh(), 5.F);
    }

    void movielens1m()
    {
        const auto [dataset, report, train] = read(fixtures / "ml-1m");
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
        const auto [dataset, report, train] = read(fixtures / "ml-10m");
        QCOMPARE(report.format, std::string("MovieLens 10M"));
        QCOMPARE(dataset->ratingLow(), 0.5F);
        QCOMPARE(about(*dataset, "25755", "title"), std::string("Pi\xC3\xA8"
                                                                "ces d'identit\xC3\xA9s (1998)"));
        QCOMPARE(about(*dataset, "25755", "genres"), std::string());
        QCOMPARE(about(*dataset, "122", "tags"), std::string("romance, dpolitics"));
    }

    void movielensCsv()
    {
        const auto [dataset, report, train] = read(fixtures / "ml-csv");
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
        const auto [dataset, report, train] = read(m_folder);
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
        writeArchive(m_folder / "data.zip", members);
        const auto whole = read(folder);
        QVERIFY(!whole.dataset->log().empty());
        QCOMPARE(read(folder / file.toStdString()).dataset->hash(), whole.dataset->hash());
        QCOMPARE(read(m_folder / "data.zip").dataset->hash(), whole.dataset->hash());
        QCOMPARE(fs::exists(m_folder / layout.toStdString()), false); // nothing was unpacked
    }

    void namesInAnArchiveAreNeverPaths()
    {
        writeArchive(m_folder / "tricks.zip",
                     {{"../../escaped/ratings.csv", "userId,movieId,rating\n1,2,3\n"}, {"/etc/passwd", "root"}});
        const auto [dataset, report, train] = read(m_folder / "tricks.zip");
        QCOMPARE(dataset->log().size(), std::size_t{1});
        QVERIFY(!fs::exists(m_folder.parent_path().parent_path() / "escaped"));
    }

    void aPackedTableReadsLikeAPlainOne()
    {
        const std::string text = "user,item,stars,when\na,X,3,2020-05-01 10:00:00\nb,Y,4,2020-05-01T12:30:00+02:00\n";
        write(m_folder / "t.csv", text);
        writeGzip(m_folder / "t2.csv.gz", text);
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

    void aTableWithoutHeaderIsGuessedByPlace()
    {
        write(m_folder / "t.csv", "17,4,3.5,1111111111\n18,4,2,1111111112\n");
        const auto [dataset, report, train] = read(m_folder / "t.csv");
        QCOMPARE(report.detection, std::string("t.csv has ',' between 4 columns without names; 'column 1' is the "
                                               "person and 'column 2' the item"));
        QCOMPARE(dataset->log().at(0).at, Timestamp{1111111111});
        QCOMPARE(dataset->log().at(0).value, 3.5F);
        QCOMPARE(dataset->feedback(), Feedback::Explicit);
    }

    void eventsWithoutAValueAreImplicit()
    {
        write(m_folder / "clicks.csv", "timestamp,visitorid,event,itemid\n1433221332117,257597,view,355908\n"
                                       "1433224214164,257597,addtocart,355908\n1433224244164,992329,transaction,9\n");
        const auto [dataset, report, train] = read(m_folder / "clicks.csv");
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
