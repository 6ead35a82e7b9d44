// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>

using namespace orrery;

namespace {

const std::filesystem::path sharedData = ORRERY_SHARED_DATA;

#define NEEDS(path)                                                                                                    \
    if (!std::filesystem::exists(path))                                                                                \
    QSKIP("the real data is not beside the project")

const FileReport& fileOf(const ImportReport& report, const std::string& name)
{
    for (const auto& file : report.files)
        if (file.file == name)
            return file;
    static const FileReport none;
    return none;
}

std::uint64_t rejectedAs(const ImportReport& report, std::string_view kind)
{
    for (const auto& [name, count] : report.rejectedByKind)
        if (name == kind)
            return count;
    return 0;
}

bool hasNote(const ImportReport& report, const std::string& note)
{
    return std::ranges::find(report.notes, note) != report.notes.end();
}

} // namespace

// Expected counts are those of ../shared/data/README.md and of wc, cut, sort on the files.
class ImportRealTest : public QObject {
    Q_OBJECT
private slots:
    void latestSmall()
    {
        const auto folder = sharedData / "ml-latest-small";
        NEEDS(folder);
        const auto imported = import({.path = folder}, JobContext());
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().text().c_str());
        const auto& [dataset, report, train, planted] = *imported;
        QCOMPARE(dataset->log().size(), std::size_t{100'836});
        QCOMPARE(dataset->personCount(), std::size_t{610});
        QCOMPARE(dataset->itemCount(), std::size_t{9'742});
        QCOMPARE(dataset->ratingLow(), 0.5F);
        QCOMPARE(dataset->ratingHigh(), 5.F);
        QCOMPARE(report.rejectedCount(), std::uint64_t{0});
        QCOMPARE(report.duplicates, std::uint64_t{0});
        QCOMPARE(fileOf(report, "ratings.csv").accepted, std::uint64_t{100'836});
        QCOMPARE(fileOf(report, "tags.csv").accepted, std::uint64_t{3'683});
        QCOMPARE(fileOf(report, "links.csv").accepted, std::uint64_t{9'742});
        QVERIFY(hasNote(report, "34 films have no genre"));
        QVERIFY(hasNote(report, "8 films have no tmdbId"));
        const auto heat = dataset->findItem("6");
        QVERIFY(heat.has_value());
        QCOMPARE(dataset->title(*heat), std::string("Heat (1995)"));
        QCOMPARE(dataset->items().show("year", heat->value), std::string("1995"));
        QCOMPARE(dataset->items().show("genres", heat->value), std::string("Action, Crime, Thriller"));
        QCOMPARE(dataset->items().show("imdbId", heat->value), std::string("0113277"));
        QVERIFY(!train.has_value());
        QCOMPARE(dataset->log().at(0).at, Timestamp{964982703});
        QCOMPARE(dataset->from().format, std::string("MovieLens CSV"));
        QCOMPARE(dataset->name(), std::string("ml-latest-small"));
    }

    void latestSmallIsTheSameOnAnyNumberOfThreads()
    {
        const auto folder = sharedData / "ml-latest-small";
        NEEDS(folder);
        const auto one = import({.path = folder}, JobContext({.threads = 1}));
        const auto four = import({.path = folder / "ratings.csv"}, JobContext({.threads = 4}));
        QVERIFY(one && four);
        QCOMPARE(one->dataset->hash(), four->dataset->hash());
    }

    void onlineRetail()
    {
        const auto file = sharedData / "uci-online-retail" / "online-retail.csv.gz";
        NEEDS(file);
        const auto preview = previewTable(file);
        QVERIFY2(preview.has_value(), preview ? "" : preview.error().text().c_str());
        QCOMPARE(preview->rows.size(), std::size_t{100});
        std::vector<std::string> roles;
        for (const auto& column : preview->layout.columns)
            roles.emplace_back(idOf(column.role));
        const std::vector<std::string> expected = {"session", "item",  "item-title", "value",
                                                   "time",    "price", "person",     "person-tag"};
        QCOMPARE(roles, expected);

        const auto imported = import({.path = file, .layout = preview->layout}, JobContext());
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().text().c_str());
        const auto& [dataset, report, train, planted] = *imported;
        QCOMPARE(report.read(), std::uint64_t{541'909});
        QCOMPARE(report.rejectedCount(), std::uint64_t{135'080});
        QCOMPARE(rejectedAs(report, "no person id"), std::uint64_t{135'080});
        QCOMPARE(report.rejected.size(), std::size_t{1'000});
        QCOMPARE(dataset->personCount(), std::size_t{4'372});
        QCOMPARE(dataset->feedback(), Feedback::Implicit);
        QCOMPARE(report.duplicates, std::uint64_t{dataset->interactions().merged()});
        QCOMPARE(dataset->log().at(0).at, Timestamp{1'291'191'960}); // 2010-12-01 08:26:00 UTC
        QCOMPARE(dataset->title(ItemIndex{0}), std::string("WHITE HANGING HEART T-LIGHT HOLDER"));
        QVERIFY(hasNote(report, "8,905 events have a value of zero or less: it lowers the sum of its pair"));
    }
};

QTEST_APPLESS_MAIN(ImportRealTest)
#include "import_real_test.moc"
