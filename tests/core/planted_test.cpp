// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/data/import.h"
#include "core/models/catalogue.h"
#include "core/projection/planted_match.h"
#include "core/simulation/generator.h"

#include <cmath>
#include <fstream>

#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, std::string_view text) { std::ofstream(file, std::ios::binary) << text; }

Matrix drawn(std::size_t rows, std::size_t cols, std::uint64_t seed)
{
    Rng rng(seed);
    Matrix out(rows, cols);
    for (float& value : out.all())
        value = static_cast<float>(rng.normal());
    return out;
}

} // namespace

/// What is planted in a world is read beside it, and compared with what a model has learnt.
class PlantedTest : public QObject {
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void theTruthIsReadBesideTheDataset()
    {
        writeWorld();
        write(path("truth_items.csv"), "movieId,released,appeal,quality,mob,space\n"
                                       "c,0,1,0,0.25,0\na,0,1,0,1,0.5\nd,0,1,0,0,1\nb,0,1,0,x,1\n");
        const auto imported = import({.path = path("")}, JobContext());
        QVERIFY2(imported, imported ? "" : imported.error().text().c_str());
        QVERIFY(imported->planted);
        QCOMPARE(imported->planted->dimensions, (std::vector<std::string>{"mob", "space"}));
        QCOMPARE(imported->planted->values, (std::vector<float>{1, 0.5F, 0, 0, 0.25F, 0})); // b's is no number
        QCOMPARE(imported->report.rejectedCount(), std::uint64_t{2});                       // and d is no item
        const std::string hash = imported->dataset->hash();
        fs::remove(path("truth_items.csv"));
        const auto without = import({.path = path("")}, JobContext());
        QVERIFY(!without->planted);
        QCOMPARE(without->dataset->hash(), hash); // models see nothing of it
    }

    void aFileOfThatNameMayBeSomethingElse()
    {
        writeWorld();
        write(path("truth_items.csv"), "claim,verdict\nthe earth is flat,false\n");
        const auto imported = import({.path = path("")}, JobContext());
        QVERIFY(imported);
        QVERIFY(!imported->planted);
        QCOMPARE(imported->report.rejectedCount(), std::uint64_t{0});
    }

    void factorsThatAreTheDimensionsAreFound()
    {
        // Dimension 0 is factor 2 upside down, 1 is factor 0, and 2 is nowhere.
        const Matrix vectors = drawn(400, 3, 1);
        const Matrix other = drawn(400, 1, 2);
        PlantedItems planted{{"a", "b", "c"}, {}};
        for (std::size_t i = 0; i < 400; ++i)
            planted.values.insert(planted.values.end(),
                                  {1 - 3 * vectors.view().row(i)[2], vectors.view().row(i)[0], other.view().row(i)[0]});
        const auto found = comparePlanted(vectors.view(), planted, JobContext());
        QVERIFY(found);
        QCOMPARE(found->matches.size(), std::size_t{3});
        QCOMPARE(found->items, std::size_t{400});
        for (const PlantedMatch& match : found->matches) {
            const std::size_t expected[] = {1, 2, 0}; // by factor
            QCOMPARE(match.dimension, expected[match.factor]);
            if (match.factor != 1)
                QVERIFY(std::abs(std::abs(match.r) - 1) < 1e-6); // float32 input
            QCOMPARE(match.r < 0, match.factor == 2 || (match.factor == 1 && match.r < 0));
        }
        QVERIFY(std::abs(found->explained[0] - 1) < 1e-6);
        QVERIFY(std::abs(found->explained[2]) < .03); // three factors of 400 draws: an R^2 of .0075 by chance
        QVERIFY(std::abs(found->meanExplained - 2. / 3) < .01);
    }

    void theBestPairsAreNotTheGreedyOnes()
    {
        // |r| of factor 0 is .89 and .8, of factor 1 .86 and .38: 0-0 is strongest, but 0-1 and 1-0 together are best.
        Matrix vectors(4000, 2);
        PlantedItems planted{{"a", "b"}, {}};
        Rng rng(5);
        for (std::size_t i = 0; i < 4000; ++i) {
            const auto a = static_cast<float>(rng.normal()), b = static_cast<float>(rng.normal());
            vectors.row(i)[0] = a + .5F * b;
            vectors.row(i)[1] = a - .6F * static_cast<float>(rng.normal());
            planted.values.insert(planted.values.end(), {a, b + .5F * a});
        }
        const auto found = comparePlanted(vectors.view(), planted, JobContext());
        QVERIFY(found);
        for (const PlantedMatch& match : found->matches)
            QCOMPARE(match.factor + match.dimension, std::size_t{1});
    }

    void aTurnedSpaceIsExplainedAlthoughNoFactorMatches()
    {
        // Both dimensions are in the two factors, turned by 45 degrees.
        Matrix vectors = drawn(1000, 2, 8);
        PlantedItems planted{{"a", "b"}, {}};
        for (std::size_t i = 0; i < 1000; ++i) {
            const auto row = vectors.view().row(i);
            planted.values.insert(planted.values.end(), {row[0] + row[1], row[0] - row[1]});
        }
        const auto found = comparePlanted(vectors.view(), planted, JobContext());
        QVERIFY(std::abs(found->meanExplained - 1) < 1e-6);
        QVERIFY(std::abs(found->matches[0].r) < .8); // sqrt(1/2), and chance
        // Factors that say the same twice add nothing.
        Matrix twice(1000, 4);
        for (std::size_t i = 0; i < 1000; ++i)
            for (std::size_t f = 0; f < 4; ++f)
                twice.row(i)[f] = vectors.view().row(i)[f % 2];
        QVERIFY(std::abs(comparePlanted(twice.view(), planted, JobContext())->meanExplained - 1) < 1e-6);
    }

    void whatCannotBeComparedSaysSo()
    {
        const PlantedItems planted{{"a"}, std::vector<float>(10, 1)};
        QCOMPARE(comparePlanted(drawn(10, 9, 1).view(), planted, JobContext()).error().code, Code::InvalidArgument);
        QCOMPARE(comparePlanted(drawn(10, 2, 1).view(), planted, JobContext()).error().code, Code::InvalidArgument);
        QCOMPARE(comparePlanted(Matrix(10, 2).view(), planted, JobContext()).error().code, Code::InvalidArgument);
    }

    void aModelOfAGeneratedWorldExplainsFarMoreThanARandomOne()
    {
        WorldPlan plan;
        plan.people = 800;
        plan.items = 300;
        plan.interactions = 60'000;
        plan.tastes = 6;
        plan.seed = 11;
        const fs::path folder = path("world");
        QVERIFY(generateWorld(plan, folder, JobContext()));
        const auto imported = import({.path = folder}, JobContext());
        QVERIFY(imported && imported->planted);
        QCOMPARE(imported->planted->dimensions.size(), std::size_t{6});
        QCOMPARE(imported->report.rejectedCount(), std::uint64_t{0});
        ParamSet params;
        params.set("factors", std::int64_t{8});
        const auto model = train(*findAlgorithm("implicit-als"), {imported->dataset}, params, JobContext());
        QVERIFY(model);
        const auto learnt = comparePlanted((*model)->itemSpace().vectors, *imported->planted, JobContext());
        QVERIFY2(learnt, learnt ? "" : learnt.error().text().c_str());
        const auto random = comparePlanted(drawn(300, 8, 3).view(), *imported->planted, JobContext());
        qInfo("learnt %.3f, random %.3f", learnt->meanExplained, random->meanExplained);
        QVERIFY2(learnt->meanExplained > .5, qPrintable(QString::number(learnt->meanExplained)));
        QVERIFY2(std::abs(random->meanExplained) < .05, qPrintable(QString::number(random->meanExplained)));
        QCOMPARE(learnt->matches.size(), std::size_t{6});
    }

private:
    fs::path path(const char* name) const { return fs::path(m_folder->path().toStdString()) / name; }

    void writeWorld() const
    {
        write(path("movies.csv"), "movieId,title,genres\na,A (2001),\nb,B (2002),\nc,C (2003),\n");
        write(path("ratings.csv"), "userId,movieId,rating,timestamp\n1,a,4.0,100\n2,b,3.0,200\n");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(PlantedTest)
#include "planted_test.moc"
