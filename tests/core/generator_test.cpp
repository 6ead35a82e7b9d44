// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"
#include "core/simulation/generator.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

const fs::path films = fs::path(ORRERY_SOURCE_DIR) / "datasets" / "films";

WorldPlan smallPlan()
{
    WorldPlan plan;
    plan.people = 300;
    plan.items = 200;
    plan.interactions = 12'000;
    plan.tastes = 4;
    return plan;
}

std::string bytesOf(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

std::set<std::string> namesIn(const fs::path& folder)
{
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.insert(entry.path().filename().string());
    return names;
}

std::shared_ptr<const Dataset> drawn(const WorldPlan& plan) { return generateWorld(plan, JobContext{}).value(); }

/// First genre of an item: of an invented item its strongest taste.
std::uint32_t strongestTaste(const Dataset& world, std::size_t item)
{
    return world.items().tags("genres")->row(item)[0];
}

/// Ratings as dense columns, centred on each person's mean, zero where there is none.
std::vector<std::vector<double>> centredColumns(const Dataset& world)
{
    const auto& rows = world.interactions();
    std::vector<std::vector<double>> columns(world.itemCount(), std::vector<double>(world.personCount()));
    for (std::uint32_t u = 0; u < world.personCount(); ++u) {
        const auto row = rows.row(UserIndex{u});
        double mean = 0;
        for (const float value : row.values)
            mean += value / static_cast<double>(row.size());
        for (std::size_t k = 0; k < row.size(); ++k)
            columns[row.items[k].value][u] = row.values[k] - mean;
    }
    return columns;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b)
{
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb + 1e-12);
}

/// Mean cosine of pairs of items with the same strongest taste, minus that of the other pairs.
double tasteGap(const Dataset& world)
{
    const auto columns = centredColumns(world);
    double sums[2] = {0, 0};
    int counts[2] = {0, 0};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool same = strongestTaste(world, i) == strongestTaste(world, j);
            sums[same] += cosine(columns[i], columns[j]);
            ++counts[same];
        }
    }
    return sums[1] / counts[1] - sums[0] / counts[0];
}

/// Cancels after the first report of progress.
class Canceller : public JobObserver {
public:
    explicit Canceller(CancelToken token) : m_token(std::move(token)) {}
    void progressed(double, std::string_view) override { m_token.cancel(); }

private:
    CancelToken m_token;
};

} // namespace

class GeneratorTest : public QObject {
    Q_OBJECT
private slots:
    void shippedRatingsAreReproducedByteForByte()
    {
        const QTemporaryDir folder;
        const fs::path made = folder.filePath("films").toStdString();
        QVERIFY(generateWorld(filmSamplePlan(films), made, JobContext{}));
        QCOMPARE(namesIn(made), (std::set<std::string>{"ratings.csv", "movies.csv", "people.csv", "truth_items.csv",
                                                       "truth_people.csv", "note.txt"}));
        for (const auto& name : namesIn(made))
            QVERIFY2(bytesOf(made / name) == bytesOf(films / name), name.c_str());
    }

    void aSeedGivesTheSameBytesWithAnyNumberOfThreads()
    {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        WorldPlan plan = smallPlan();
        QVERIFY(generateWorld(plan, root / "one", JobContext({1, 1})));
        QVERIFY(generateWorld(plan, root / "four", JobContext({2, 4})));
        plan.seed = 2;
        QVERIFY(generateWorld(plan, root / "other", JobContext{}));
        for (const auto& name : namesIn(root / "one"))
            QVERIFY2(bytesOf(root / "one" / name) == bytesOf(root / "four" / name), name.c_str());
        QVERIFY(bytesOf(root / "one" / "ratings.csv") != bytesOf(root / "other" / "ratings.csv"));
    }

    void theWorldIsAsLargeAsPlanned()
    {
        WorldPlan plan = smallPlan();
        plan.mostPerPerson = 90;
        const auto world = drawn(plan);
        QCOMPARE(world->personCount(), 300U);
        QCOMPARE(world->itemCount(), 200U);
        QCOMPARE(world->log().size(), 12'000U);
        QCOMPARE(world->interactions().merged(), 0U); // nobody rates an item twice
        for (std::uint32_t u = 0; u < 300; ++u) {
            const auto count = world->interactions().row(UserIndex{u}).size();
            QVERIFY2(count >= 20 && count <= 90, qPrintable(QString::number(count)));
        }
    }

    void ratingsAreHalfStarsWithinTheYearsAndNeverBeforeTheItem()
    {
        const auto world = drawn(filmSamplePlan(films));
        const auto& years = world->items().number("year")->values;
        for (std::size_t e = 0; e < world->log().size(); ++e) {
            const Event event = world->log().at(e);
            const QDateTime at = QDateTime::fromSecsSinceEpoch(event.at, Qt::UTC);
            QVERIFY(event.value >= .5F && event.value <= 5.F && event.value * 2 == std::round(event.value * 2));
            QVERIFY(at.date().year() >= 2012 && at.date().year() <= 2023);
            QVERIFY(at.date().year() >= static_cast<int>(years[event.item.value]));
        }
    }

    void theShippedSampleImportsWithoutARejectedLine()
    {
        ImportRequest request;
        request.path = films;
        const auto imported = import(request, JobContext{});
        QVERIFY2(imported, imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->report.rejectedCount(), 0U);
        const Dataset& shipped = *imported->dataset;
        const auto made = drawn(filmSamplePlan(films));
        QCOMPARE(shipped.log().size(), made->log().size());
        QCOMPARE(shipped.personCount(), made->personCount());
        QCOMPARE(shipped.itemCount(), made->itemCount());
        QCOMPARE(shipped.from().note, made->from().note);
        QVERIFY(std::ranges::equal(shipped.log().values(), made->log().values()));
        QVERIFY(std::ranges::equal(shipped.log().times(), made->log().times()));
        QVERIFY(shipped.people().number("age") != nullptr);
        QVERIFY(shipped.people().tags("occupation") != nullptr);
        QVERIFY(shipped.items().text("plot") != nullptr);
    }

    void theFilmSampleSuitsASplitByTime()
    {
        const auto world = drawn(filmSamplePlan(films));
        std::vector<Timestamp> times(world->log().times().begin(), world->log().times().end());
        std::ranges::sort(times);
        const Timestamp split = times[times.size() * 8 / 10];
        std::set<std::uint32_t> before;
        std::set<std::uint32_t> after;
        double sum = 0;
        for (std::size_t e = 0; e < world->log().size(); ++e) {
            const Event event = world->log().at(e);
            (event.at < split ? before : after).insert(event.user.value);
            sum += event.value;
        }
        std::erase_if(after, [&](std::uint32_t user) { return !before.contains(user); });
        QVERIFY2(after.size() >= 450, qPrintable(QString::number(after.size()))); // of 600
        QVERIFY(std::abs(sum / static_cast<double>(world->log().size()) - 3.5) < .15);
    }

    void popularityHasALongTail()
    {
        WorldPlan plan = smallPlan();
        plan.items = 2000;
        plan.interactions = 30'000;
        const auto world = drawn(plan);
        std::vector<std::size_t> counts(world->itemCount());
        for (const ItemIndex item : world->log().items())
            ++counts[item.value];
        std::ranges::sort(counts, std::greater{});
        std::size_t top = 0;
        for (std::size_t i = 0; i < 200; ++i)
            top += counts[i];
        QVERIFY2(top > 15'000, qPrintable(QString::number(top))); // a tenth of the items has over half of the ratings
    }

    void plantedTastesCanBeFoundInTheRatings()
    {
        WorldPlan plan = smallPlan();
        const double planted = tasteGap(*drawn(plan));
        plan.tasteInChoice = plan.tasteInRating = 0;
        const double absent = tasteGap(*drawn(plan));
        QVERIFY2(planted > .03, qPrintable(QString::number(planted)));
        QVERIFY2(std::abs(absent) < planted / 4, qPrintable(QString::number(absent)));
    }

    void theFolderAndTheMemoryHoldTheSameWorld()
    {
        const QTemporaryDir folder;
        const fs::path made = folder.filePath("world").toStdString();
        const auto world = drawn(smallPlan());
        QVERIFY(generateWorld(smallPlan(), made, JobContext{}));
        std::ostringstream expected;
        expected << "userId,movieId,rating,timestamp\n";
        for (std::size_t e = 0; e < world->log().size(); ++e) {
            const Event event = world->log().at(e);
            expected << event.user.value + 1 << ',' << event.item.value + 1 << ','
                     << QString::number(event.value, 'f', 1).toStdString() << ',' << event.at << '\n';
        }
        QVERIFY(expected.str() == bytesOf(made / "ratings.csv"));
        QCOMPARE(world->from().note, std::string("ratings are synthetic"));
    }

    void cancelLeavesNothing()
    {
        const QTemporaryDir folder;
        const fs::path made = folder.filePath("world").toStdString();
        const CancelToken token;
        Canceller canceller(token);
        WorldPlan plan = smallPlan();
        plan.people = 5000;
        plan.interactions = 200'000;
        const auto status = generateWorld(plan, made, JobContext({}, token, &canceller));
        QVERIFY(!status);
        QVERIFY(status.error().code == Code::Cancelled);
        QVERIFY(!fs::exists(made));
    }

    void filesAreNotReplacedUnlessAllowed()
    {
        const QTemporaryDir folder;
        const fs::path made = folder.path().toStdString();
        std::ofstream(made / "ratings.csv") << "mine\n";
        const auto refused = generateWorld(smallPlan(), made, JobContext{});
        QVERIFY(!refused);
        QVERIFY(refused.error().code == Code::InvalidArgument);
        QCOMPARE(bytesOf(made / "ratings.csv"), std::string("mine\n"));
        QCOMPARE(namesIn(made).size(), 1U);
        WorldPlan plan = smallPlan();
        plan.replace = true;
        QVERIFY(generateWorld(plan, made, JobContext{}));
        QVERIFY(bytesOf(made / "ratings.csv").starts_with("userId,"));
    }

    void aFullDiskIsAnErrorAndLeavesNothing()
    {
        const fs::path full = "/dev/full";
        if (!fs::exists(full))
            QSKIP("This system has no /dev/full");
        const QTemporaryDir folder;
        const fs::path made = folder.path().toStdString();
        fs::create_symlink(full, made / "ratings.csv.part");
        const auto status = generateWorld(smallPlan(), made, JobContext{});
        QVERIFY(!status);
        QVERIFY(status.error().code == Code::Io);
        QVERIFY(status.error().message.find("ratings.csv") != std::string::npos);
        QVERIFY(namesIn(made).empty());
    }

    void aFolderThatCannotBeMadeIsAnError()
    {
        const QTemporaryDir folder;
        const fs::path file = folder.filePath("file").toStdString();
        std::ofstream(file) << "x";
        const auto status = generateWorld(smallPlan(), file / "world", JobContext{});
        QVERIFY(!status);
        QVERIFY(status.error().code == Code::Io);
    }

    void impossiblePlansAreRefused()
    {
        WorldPlan plan = smallPlan();
        plan.interactions = 299; // fewer than people
        QVERIFY(generateWorld(plan, JobContext{}).error().code == Code::InvalidArgument);
        plan.interactions = 60'001; // more than everybody with everything
        QVERIFY(generateWorld(plan, JobContext{}).error().code == Code::InvalidArgument);
        plan = smallPlan();
        plan.lastYear = plan.firstYear - 1;
        QVERIFY(generateWorld(plan, JobContext{}).error().code == Code::InvalidArgument);
        plan = smallPlan();
        plan.people = 0;
        QVERIFY(generateWorld(plan, JobContext{}).error().code == Code::InvalidArgument);
    }

    void aBrokenCatalogueIsToldByFileAndLine()
    {
        const QTemporaryDir folder;
        const fs::path catalogue = folder.path().toStdString();
        WorldPlan plan = smallPlan();
        plan.catalogue = catalogue;
        QVERIFY(generateWorld(plan, JobContext{}).error().code == Code::NotFound);
        std::ofstream(catalogue / "movies.csv")
            << "movieId,title,genres\n1,\"Good, Bad, The (1966)\",Western\n2,Heat,X\n";
        QCOMPARE(generateWorld(plan, JobContext{}).error().text(),
                 std::string("movies.csv:3: 'Heat' does not end in a year, as in 'Heat (1995)'"));
        std::ofstream(catalogue / "movies.csv") << "movieId,title,genres\n1,\"Good, Bad, The (1966)\",Western\n";
        std::ofstream(catalogue / "tastes.csv") << "movieId,appeal,tastes\n1,1.5,western\n";
        QCOMPARE(generateWorld(plan, JobContext{}).error().text(),
                 std::string("tastes.csv:2: '1.5' is not an appeal from 0 to 1"));
    }
};

QTEST_APPLESS_MAIN(GeneratorTest)
#include "generator_test.moc"
