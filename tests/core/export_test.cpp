// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/export.h"
#include "core/data/import.h"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

std::string textOf(const fs::path& path)
{
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

std::size_t entriesIn(const fs::path& folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

class ExportTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_temporary;
    fs::path m_folder;

private slots:
    void init()
    {
        static int number = 0;
        m_folder = fs::path(m_temporary.path().toStdString()) / std::to_string(++number);
        fs::create_directories(m_folder);
    }

    void ratingsFilmsAndPeopleComeBackTheSame()
    {
        const fs::path in = m_folder / "in";
        fs::create_directories(in);
        write(in / "movies.csv", "movieId,title,genres\n"
                                 "7,\"Good, the Bad and the \"\"Ugly\"\", The (1966)\",Western\n"
                                 "8,Babylon 5,(no genres listed)\n"
                                 "9,Am\xC3\xA9lie (2001),Comedy|Romance\n");
        write(in / "ratings.csv", "userId,movieId,rating,timestamp\nann,7,4.5,100\nbob,11,3.0,90\nann,7,5.0,200\n");
        write(in / "people.csv", "userId,age,gender,occupation\nbob,34,M,clerk\ncid,,F,\n");
        write(in / "tags.csv", "userId,movieId,tag,timestamp\n1,9,sweet,5\n1,9,paris,5\n2,9,paris,6\n");
        write(in / "links.csv", "movieId,imdbId,tmdbId\n7,0060196,429\n9,0211915,\n");
        write(in / "plots.csv", "movieId,plot\n9,\"A waitress, shy,\nhelps others.\"\n");
        write(in / "note.txt", "ratings are synthetic\n");
        const auto first = import({.path = in}, JobContext());
        QVERIFY2(first.has_value(), first ? "" : first.error().text().c_str());
        QVERIFY(exportDataset(*first->dataset, m_folder / "out", JobContext()));
        const auto second = import({.path = m_folder / "out"}, JobContext());
        QVERIFY2(second.has_value(), second ? "" : second.error().text().c_str());
        const Dataset& dataset = *second->dataset;
        QCOMPARE(dataset.hash(), first->dataset->hash());
        QCOMPARE(dataset.name(), std::string("in"));
        QCOMPARE(dataset.from().note, std::string("ratings are synthetic"));
        QCOMPARE(dataset.title(ItemIndex{0}), std::string("Good, the Bad and the \"Ugly\", The (1966)"));
        QCOMPARE(dataset.items().show("plot", 2), std::string("A waitress, shy,\nhelps others."));
        QCOMPARE(dataset.items().show("tags", 2), std::string("paris, sweet"));
        QCOMPARE(dataset.people().show("gender", 0), std::string("male"));
        QCOMPARE(second->report.duplicates, std::uint64_t{1});
        QCOMPARE(second->report.rejectedCount(), std::uint64_t{0});
    }

    void writesTheLayoutOfMovieLens()
    {
        write(m_folder / "events.csv", "person,item,rating,time\nann,A,4,10\nann,B,2.5,20\n");
        const auto imported = import({.path = m_folder / "events.csv"}, JobContext());
        QVERIFY(imported.has_value());
        QVERIFY(exportDataset(*imported->dataset, m_folder / "out", JobContext()));
        QCOMPARE(textOf(m_folder / "out" / "ratings.csv"),
                 std::string("userId,movieId,rating,timestamp\nann,A,4.0,10\nann,B,2.5,20\n"));
        QCOMPARE(textOf(m_folder / "out" / "movies.csv"),
                 std::string("movieId,title,genres\nA,,(no genres listed)\nB,,(no genres listed)\n"));
        QCOMPARE(textOf(m_folder / "out" / "people.csv"), std::string("userId\nann\n"));
    }

    void implicitEventsWithKindsScaleAndFurtherColumnsComeBackTheSame()
    {
        write(m_folder / "shop.csv", "user,product,event,time,price,brand,country,device,store\n"
                                     "ann,A,view,2020-01-01,9.5,Acme,DE, phone ,\n"
                                     "ann,A,purchase,,9.5,Acme,DE,,\n"
                                     "bob,B,cart,2020-01-03,120,Blue|Best,FR,\"the, tv\",Paris\n");
        const auto first = import({.path = m_folder / "shop.csv"}, JobContext());
        QVERIFY2(first.has_value(), first ? "" : first.error().text().c_str());
        QVERIFY(exportDataset(*first->dataset, m_folder / "out", JobContext()));
        const auto second = import({.path = m_folder / "out"}, JobContext());
        QVERIFY2(second.has_value(), second ? "" : second.error().text().c_str());
        QCOMPARE(second->dataset->feedback(), Feedback::Implicit);
        QCOMPARE(second->dataset->log().at(1).kind, EventKind::Purchase);
        QCOMPARE(second->dataset->log().contextOf(0, EventContext::Device), std::string_view("phone"));
        QCOMPARE(second->dataset->log().contextOf(0, EventContext::Place), std::string_view());
        QCOMPARE(second->dataset->log().contextOf(1, EventContext::Device), std::string_view());
        QCOMPARE(second->dataset->log().contextOf(2, EventContext::Device), std::string_view("the, tv"));
        QCOMPARE(second->dataset->log().contextOf(2, EventContext::Place), std::string_view("Paris"));
        QVERIFY(std::ranges::count(first->report.notes, "Events tell their device: 2 words, 1 event without") == 1);
        QCOMPARE(second->dataset->log().at(1).at, noTime);
        QCOMPARE(second->dataset->items().show("price", 1), std::string("120"));
        QCOMPARE(second->dataset->items().show("brand", 1), std::string("Blue, Best"));
        QCOMPARE(second->dataset->people().show("country", 0), std::string("DE"));
        QCOMPARE(second->dataset->hash(), first->dataset->hash());
    }

    void yearsInTitlesAndColumnsNamedAlikeStayWhatTheyAre()
    {
        write(m_folder / "t.csv", "user,item,rating,title,genres\nann,A,4,Up (2009),sad\n");
        auto layout = previewTable(m_folder / "t.csv")->layout;
        layout.columns[4].role = ColumnRole::ItemText; // a text that is called like the tags of films
        const auto first = import({.path = m_folder / "t.csv", .layout = layout}, JobContext());
        QVERIFY(first.has_value());
        QVERIFY(exportDataset(*first->dataset, m_folder / "out", JobContext()));
        const auto second = import({.path = m_folder / "out"}, JobContext());
        QVERIFY2(second.has_value(), second ? "" : second.error().text().c_str());
        QCOMPARE(second->dataset->title(ItemIndex{0}), std::string("Up (2009)"));
        QVERIFY(!second->dataset->items().number("year")); // the table had none
        QCOMPARE(second->dataset->items().show("genres 2", 0), std::string("sad"));
    }

    void doesNotTouchAFolderThatHoldsSomething()
    {
        write(m_folder / "events.csv", "person,item,rating\nann,A,4\n");
        const auto imported = import({.path = m_folder / "events.csv"}, JobContext());
        QVERIFY(imported.has_value());
        const auto exported = exportDataset(*imported->dataset, m_folder, JobContext());
        QVERIFY(!exported);
        QCOMPARE(exported.error().code, Code::InvalidArgument);
        QCOMPARE(entriesIn(m_folder), std::size_t{1});
    }

    void leavesNothingBehindWhenCancelled()
    {
        write(m_folder / "events.csv", "person,item,rating\nann,A,4\n");
        const auto imported = import({.path = m_folder / "events.csv"}, JobContext());
        QVERIFY(imported.has_value());
        const CancelToken token;
        token.cancel();
        const auto exported = exportDataset(*imported->dataset, m_folder / "out", JobContext({}, token));
        QVERIFY(!exported);
        QCOMPARE(exported.error().code, Code::Cancelled);
        QCOMPARE(entriesIn(m_folder), std::size_t{1});
    }

    void saysWhenTheFolderCannotBeMade()
    {
        if (!fs::exists("/dev/full"))
            QSKIP("this system has no /dev/full");
        write(m_folder / "events.csv", "person,item,rating\nann,A,4\n");
        const auto imported = import({.path = m_folder / "events.csv"}, JobContext());
        QVERIFY(imported.has_value());
        // No folder can be made below a device.
        const auto exported = exportDataset(*imported->dataset, "/dev/full/out", JobContext());
        QVERIFY(!exported);
        QCOMPARE(exported.error().code, Code::Io);
    }
};

QTEST_APPLESS_MAIN(ExportTest)
#include "export_test.moc"
