// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"
#include "core/store/freshness.h"
#include "core/store/migrations.h"
#include "core/store/sqlite.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/workspace_samples.h"

#include <cmath>
#include <limits>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace orrery;
using namespace orrery::testing;
namespace fs = std::filesystem;

class WorkspaceTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->path().toStdString();
    }

    void aDatasetComesBackAsItWas()
    {
        const Imported club = filmClub();
        {
            auto workspace = Workspace::create(m_root / "w.orrery");
            QCOMPARE(*workspace->addDataset(club), DatasetId{1});
        }
        const auto workspace = Workspace::open(m_root / "w.orrery");
        QVERIFY(workspace.has_value());
        const auto loaded = workspace->loadDataset(1);
        QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
        QCOMPARE(loaded->dataset->hash(), club.dataset->hash());
        QCOMPARE(loaded->dataset->name(), std::string("Film club"));
        QCOMPARE(loaded->dataset->ratingLow(), 0.5F);
        QCOMPARE(loaded->dataset->feedback(), Feedback::Explicit);
        QCOMPARE(loaded->dataset->from().detection, club.dataset->from().detection);
        QCOMPARE(loaded->dataset->from().note, std::string("ratings are synthetic"));
        QCOMPARE(loaded->dataset->log().at(2).at, noTime);
        QCOMPARE(loaded->dataset->log().at(7).kind, EventKind::View);
        QCOMPARE(loaded->dataset->items().show("genres", 1), std::string("Comedy, Crime"));
        QCOMPARE(loaded->dataset->items().show("year", 3), std::string("2009.5"));
        QCOMPARE(loaded->dataset->personName(UserIndex{2}), std::string("zoë"));
        QCOMPARE(loaded->trainEvents, std::optional<std::size_t>(6));
    }

    void theImportReportComesBack()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        const Imported club = filmClub();
        const ImportReport report = workspace->loadDataset(*workspace->addDataset(club))->report;
        QCOMPARE(report.detection, club.report.detection);
        QCOMPARE(report.files.size(), std::size_t{2});
        QCOMPARE(report.files[0].rejected, std::uint64_t{1});
        QCOMPARE(report.rejected[0].raw, std::string("ann,heat,five"));
        QCOMPARE(report.rejected[0].line, std::uint64_t{7});
        QVERIFY(report.rejectedByKind == club.report.rejectedByKind);
        QVERIFY(report.notes == club.report.notes);
        QCOMPARE(report.seconds, 0.012);
    }

    void anImplicitDatasetWithoutTimesOrAttributesComesBack()
    {
        DatasetParts parts;
        parts.feedback = Feedback::Implicit;
        const Imported empty{std::make_shared<const Dataset>(parts), {}, {}};
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto loaded = workspace->loadDataset(*workspace->addDataset(empty));
        QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
        QCOMPARE(loaded->dataset->hash(), empty.dataset->hash());
        QCOMPARE(loaded->dataset->feedback(), Feedback::Implicit);
        QVERIFY(!loaded->dataset->log().hasTimes());
        QVERIFY(!loaded->trainEvents);
    }

    void devicesAndPlacesComeBack()
    {
        const Imported told{
            testing::DatasetBuilder{}.row("ann", "A@1/phone/home B@2/tv C").row("bob", "A@3//work B@4/tv").build(),
            {},
            {}};
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto loaded = workspace->loadDataset(*workspace->addDataset(told));
        QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
        QCOMPARE(loaded->dataset->hash(), told.dataset->hash());
        const EventLog& log = loaded->dataset->log();
        QCOMPARE(log.contextOf(0, EventContext::Place), std::string_view("home"));
        QCOMPARE(log.contextOf(1, EventContext::Device), std::string_view("tv"));
        QCOMPARE(log.contextOf(3, EventContext::Device), std::string_view());
        QCOMPARE(log.contextOf(3, EventContext::Place), std::string_view("work"));
    }

    void theListOfDatasetsTellsWhatTheyAre()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        QVERIFY(workspace->datasets()->empty());
        QVERIFY(workspace->addDataset(filmClub()));
        QVERIFY(workspace->addDataset(manyEvents(100, 10, 20)));
        const auto rows = *workspace->datasets();
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].name, std::string("Film club"));
        QCOMPARE(rows[0].source, std::string("club.zip"));
        QCOMPARE(rows[0].people, std::size_t{3});
        QCOMPARE(rows[0].items, std::size_t{4});
        QCOMPARE(rows[0].events, std::size_t{8});
        QCOMPARE(rows[0].note, std::string("ratings are synthetic"));
        QVERIFY(QDateTime::fromString(QString::fromStdString(rows[0].importedAt), Qt::ISODate).isValid());
        QCOMPARE(rows[1].name, std::string("Many"));
    }

    void aDatasetThatContradictsItselfIsNotStored()
    {
        DatasetParts parts = filmClub().dataset->parts();
        EventLog log;
        log.append({UserIndex{3}, ItemIndex{0}}); // there are three people: 0, 1, 2
        parts.log = std::make_shared<const EventLog>(log);
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto added = workspace->addDataset({std::make_shared<const Dataset>(parts), {}, {}});
        QCOMPARE(added.error().code, Code::InvalidArgument);
        QVERIFY(workspace->datasets()->empty());
    }

    void aModelComesBackWithItsScoresAndItsRow()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto model = trainedPopularity(club.dataset);
        const ModelRow row = popularityRow(dataset, "Popular");
        const auto id = workspace->addModel(row, *model);
        QVERIFY(id.has_value());
        const auto rows = *Workspace::open(m_root / "w.orrery")->models(dataset);
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(rows[0].id, *id);
        QCOMPARE(rows[0].name, row.name);
        QCOMPARE(rows[0].paramsJson, row.paramsJson);
        QCOMPARE(rows[0].seed, row.seed);
        QCOMPARE(rows[0].asOf, endOfTime);
        QCOMPARE(rows[0].build, buildName());
        QCOMPARE(rows[0].colour, 2);
        const auto recommender = workspace->loadRecommender(*id);
        QCOMPARE((*recommender)->name(), std::string("Popular"));
        // Three people saw Heat, two Fargo, one each Alien and Up.
        const std::vector<ItemIndex> items{ItemIndex{0}, ItemIndex{1}, ItemIndex{2}, ItemIndex{3}};
        std::vector<float> scores(4);
        (*recommender)->predict(queryFor({}), items, scores);
        QCOMPARE(scores, (std::vector<float>{3, 2, 1, 1}));
    }

    void modelsOfBeforeEventsWereCountedAreStillRead()
    {
        const fs::path file = m_root / "w.orrery";
        const Imported club = filmClub();
        DatasetId dataset = 0;
        {
            auto workspace = Workspace::create(file);
            dataset = *workspace->addDataset(club);
            QVERIFY(workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset)));
        }
        // As version 3 was.
        QVERIFY(sqlite::Database::openExisting(file)->execute(
            "ALTER TABLE model DROP COLUMN events; ALTER TABLE model DROP COLUMN up_to;"
            "ALTER TABLE model DROP COLUMN kind_weights; DROP TABLE kept_lists;"
            "DELETE FROM seal WHERE id = 'kept_lists'; PRAGMA user_version = 3;"));
        auto workspace = Workspace::open(file);
        QVERIFY2(workspace, workspace ? "" : workspace.error().text().c_str());
        const auto models = *workspace->models(dataset);
        QCOMPARE(models[0].name, std::string("P"));
        QVERIFY(!models[0].events && models[0].upTo == noTime);
        QVERIFY(workspace->keptLists(dataset)->empty());
        QVERIFY(workspace->loadRecommender(models[0].id).has_value());
    }

    void aModelTrainedAgainKeepsItsPlace()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto id =
            *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset), {{"loss", {{1, 2}}}});
        QVERIFY(workspace->addRun(clubRun(id, 0.5)));
        QVERIFY(workspace->renameModel(id, "Best"));
        ModelRow row = (*workspace->models(dataset))[0];
        row.name = std::string("P"); // as it was when its training began
        setTrainedOn(row, *club.dataset);
        const auto few = DatasetBuilder{}.row("ann", "B").build();
        QVERIFY(workspace->updateModel(row, *trainedPopularity(few)));
        const auto again = Workspace::open(m_root / "w.orrery");
        const auto models = *again->models(dataset);
        QCOMPARE(models.size(), std::size_t{1});
        QCOMPARE(models[0].name, std::string("Best"));
        QCOMPARE(*models[0].events, club.dataset->log().size());
        QCOMPARE(models[0].trainHash, club.dataset->hash());
        QCOMPARE((*again->loadRecommender(id))->model()->itemCount(), std::size_t{1});
        QVERIFY(again->curves(id)->empty());
        QCOMPARE(again->runs(dataset)->size(), std::size_t{1});
        row.id = id + 1;
        QCOMPARE(workspace->updateModel(row, *trainedPopularity(few)).error().code, Code::NotFound);
    }

    void everybodysListsAreKeptBesideTheModel()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto id = *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset));
        const auto other = *workspace->addModel(popularityRow(dataset, "Q"), *trainedPopularity(club.dataset));
        const BulkLists lists{
            2,
            {ItemIndex{3}, ItemIndex{0}, ItemIndex{1}, ItemIndex::none(), ItemIndex::none(), ItemIndex::none()},
            {3, 2, 1, 0, 0, 0}};
        KeptLists row;
        row.model = id;
        row.datasetHash = club.dataset->hash();
        row.length = 2;
        row.people = 3;
        row.events = club.dataset->log().size();
        QVERIFY(workspace->keepLists(row, lists));
        QVERIFY(workspace->keepLists(row, lists)); // in place of the first
        const auto again = Workspace::open(m_root / "w.orrery");
        const auto kept = *again->keptLists(dataset);
        QCOMPARE(kept.size(), std::size_t{1});
        QCOMPARE(kept[0].people, std::size_t{3});
        QVERIFY(!kept[0].madeAt.empty());
        QVERIFY(kept[0].current(*club.dataset, endOfTime));
        QVERIFY(!kept[0].current(*club.dataset, 1'000'000'000));
        QCOMPARE(again->loadLists(id)->items, lists.items);
        QCOMPARE(again->loadLists(id)->scores, lists.scores);
        QCOMPARE(again->loadLists(other).error().code, Code::NotFound);
        QVERIFY(again->loadRecommender(id).has_value());
    }

    void keptListsAreStaleOnceModelOrDataChanged()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const ModelRow row = popularityRow(dataset, "P");
        const auto id = *workspace->addModel(row, *trainedPopularity(club.dataset));
        const auto make = [&] {
            KeptLists kept;
            kept.model = id;
            kept.datasetHash = club.dataset->hash();
            kept.length = 1;
            kept.people = 3;
            return workspace->keepLists(kept, {1, std::vector<ItemIndex>(3), std::vector<float>(3)});
        };
        QVERIFY(make());
        QVERIFY(workspace->renameModel(id, "Best")); // says nothing of its numbers
        QVERIFY((*workspace->keptLists(dataset))[0].current(*club.dataset, endOfTime));
        const auto more = DatasetBuilder{}.row("ann", "B").build();
        QVERIFY(!(*workspace->keptLists(dataset))[0].current(*more, endOfTime));
        ModelRow trained = row;
        trained.id = id;
        QVERIFY(workspace->updateModel(trained, *trainedPopularity(more)));
        const auto stale = (*workspace->keptLists(dataset))[0];
        QVERIFY(!stale.ofThisModel && !stale.current(*club.dataset, endOfTime));
        QVERIFY(make());
        QVERIFY((*workspace->keptLists(dataset))[0].ofThisModel);
        KeptLists wrong;
        wrong.model = id;
        wrong.length = 2;
        wrong.people = 3;
        QCOMPARE(workspace->keepLists(wrong, {2, {}, {}}).error().code, Code::InvalidArgument);
        wrong.length = wrong.people = std::size_t{1} << 32; // together 0, where 64 bits wrap around
        QVERIFY(!workspace->keepLists(wrong, {wrong.length, {}, {}}));
        QVERIFY(workspace->removeModel(id));
        QVERIFY(workspace->keptLists(dataset)->empty());
    }

    void importedListsComeBack()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(filmClub());
        ModelRow row;
        row.dataset = dataset;
        row.name = "Shop's own";
        const auto id = *workspace->addLists(row, clubLists());
        QCOMPARE((*workspace->models(dataset))[0].algorithm, std::string("imported-list"));
        const auto recommender = *workspace->loadRecommender(id);
        QCOMPARE(recommender->name(), std::string("Shop's own"));
        QVERIFY(!recommender->capabilities().whatIf);
        const auto list = recommender->recommend(queryFor({}, UserIndex{0}), 5, TrailLevel::None, {});
        QCOMPARE(list->items.size(), std::size_t{2});
        QCOMPARE(list->items[0].item, ItemIndex{2});
        QCOMPARE(list->items[1].item, ItemIndex{3});
    }

    void aListOfAnItemPastTheCatalogIsRefused()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        ModelRow row;
        row.dataset = *workspace->addDataset(filmClub());
        ImportedLists lists = clubLists();
        lists.byPerson[0][0].item = ItemIndex{4};
        const auto id = *workspace->addLists(row, lists);
        QCOMPARE(workspace->loadRecommender(id).error().code, Code::Corrupt);
    }

    void anAlgorithmThatThisBuildLacksIsUnsupported()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        ModelRow row = popularityRow(*workspace->addDataset(club), "From afar");
        row.algorithm = "two-tower";
        const auto id = *workspace->addModel(row, *trainedPopularity(club.dataset));
        const auto loaded = workspace->loadRecommender(id);
        QCOMPARE(loaded.error().code, Code::Unsupported);
        QVERIFY(loaded.error().message.find("two-tower") != std::string::npos);
        QCOMPARE(workspace->models(row.dataset)->size(), std::size_t{1}); // it is still listed
    }

    void aRunComesBackWithTheValuesOfEveryPerson()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto model = *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset));
        const auto id = *workspace->addRun(clubRun(model, 0.5));
        const auto run = *Workspace::open(m_root / "w.orrery")->run(id);
        QCOMPARE(run.id, id);
        QCOMPARE(run.model, model);
        QCOMPARE(run.protocolJson, std::string(R"({"relevant-from":4})"));
        QCOMPARE(run.build, buildName());
        const EvaluationReport& report = run.report;
        QCOMPARE(report.protocolHash, std::string("00112233445566778899aabbccddeeff"));
        QVERIFY(report.people == (std::vector{UserIndex{0}, UserIndex{2}}));
        QVERIFY(report.testCounts == (std::vector<std::uint32_t>{3, 1}));
        QCOMPARE(report.rankedPeople, std::size_t{1});
        QCOMPARE(report.values.size(), std::size_t{2});
        QCOMPARE(report.find("ndcg@10")->mean, 0.5);
        QCOMPARE(report.find("ndcg@10")->interval.low, 0.375);
        QCOMPARE(report.find("ndcg@10")->perPerson[0], 0.5F);
        QVERIFY(std::isnan(report.find("ndcg@10")->perPerson[1]));
        QVERIFY(std::isnan(report.find("rmse")->mean));
    }

    void theListOfRunsComesWithoutTheValuesOfEveryPerson()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto model = *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset));
        const auto id = *workspace->addRun(clubRun(model, 0.5));
        // Not even read: damage in them is noticed by who asks for them, and by nobody else.
        QVERIFY(
            sqlite::Database::openExisting(m_root / "w.orrery")
                ->execute("UPDATE chunk SET checksum = checksum + 1 WHERE array IN (SELECT id FROM array WHERE run IS "
                          "NOT NULL)"));
        const auto runs = *workspace->runs(dataset);
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].id, id);
        QCOMPARE(runs[0].report.rankedPeople, std::size_t{1});
        QCOMPARE(runs[0].report.find("ndcg@10")->mean, 0.5);
        QCOMPARE(runs[0].report.find("ndcg@10")->interval.low, 0.375);
        QVERIFY(runs[0].report.people.empty());
        QVERIFY(runs[0].report.find("ndcg@10")->perPerson.empty());
        QCOMPARE(workspace->run(id).error().code, Code::Corrupt);
        QCOMPARE(workspace->run(id + 1).error().code, Code::NotFound);
    }

    void runsOfTheFirstVersionAreStillRead()
    {
        const Imported club = filmClub();
        const fs::path file = m_root / "w.orrery";
        DatasetId dataset = 0;
        {
            auto workspace = Workspace::create(file);
            dataset = *workspace->addDataset(club);
            const auto model = *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset));
            QVERIFY(workspace->addRun(clubRun(model, 0.5)));
        }
        // As version 1 was: without the second checksum.
        QVERIFY(sqlite::Database::openExisting(file)->execute(
            "ALTER TABLE model DROP COLUMN events; ALTER TABLE model DROP COLUMN up_to;"
            "ALTER TABLE model DROP COLUMN kind_weights; DROP TABLE kept_lists;"
            "ALTER TABLE run DROP COLUMN summary; DROP TABLE derived; DROP TABLE planted;"
            "DELETE FROM seal WHERE id IN ('derived', 'planted', 'kept_lists'); PRAGMA user_version = 1;"));
        const auto workspace = Workspace::open(file);
        QVERIFY2(workspace, workspace ? "" : workspace.error().text().c_str());
        const auto runs = *workspace->runs(dataset);
        QCOMPARE(runs[0].report.find("ndcg@10")->mean, 0.5);
        QVERIFY(runs[0].report.people.empty());
        QCOMPARE(workspace->run(runs[0].id)->report.people.size(), std::size_t{2});
        QVERIFY(sqlite::Database::openExisting(file)->execute("UPDATE metric SET mean = 0.75 WHERE mean = 0.5"));
        QCOMPARE(workspace->runs(dataset).error().code, Code::Corrupt);
    }

    void workspacesWithoutDerivedColumnsAreStillRead()
    {
        const fs::path file = m_root / "w.orrery";
        DatasetId dataset = 0;
        {
            auto workspace = Workspace::create(file);
            dataset = *workspace->addDataset(filmClub());
        }
        // As version 2 was.
        QVERIFY(sqlite::Database::openExisting(file)->execute(
            "ALTER TABLE model DROP COLUMN events; ALTER TABLE model DROP COLUMN up_to;"
            "ALTER TABLE model DROP COLUMN kind_weights; DROP TABLE kept_lists;"
            "DROP TABLE derived; DROP TABLE planted;"
            "DELETE FROM seal WHERE id IN ('derived', 'planted', 'kept_lists'); PRAGMA user_version = 2;"));
        auto workspace = Workspace::open(file);
        QVERIFY2(workspace, workspace ? "" : workspace.error().text().c_str());
        QVERIFY(workspace->loadDataset(dataset)->planted == nullptr);
        QVERIFY(workspace->derived(dataset)->columns().empty());
        QVERIFY(workspace->setDerived(dataset, clubClusters()));
        QCOMPARE(workspace->derived(dataset)->show("clusters", 3), std::string("balloons"));
    }

    void derivedColumnsComeBackBesideTheDataset()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto other = *workspace->addDataset(manyEvents(100, 10, 20));
        const AttributeColumn novelty{"novelty", NumberColumn{{0.1, std::nan(""), -0.0}}};
        QVERIFY(workspace->setDerived(dataset, clubClusters()));
        QVERIFY(workspace->setDerived(dataset, novelty));
        const auto again = Workspace::open(m_root / "w.orrery");
        const AttributeTable derived = *again->derived(dataset);
        QCOMPARE(derived.columns().size(), std::size_t{2});
        QCOMPARE(derived.show("clusters", 0), std::string("guns, snow"));
        QCOMPARE(derived.show("clusters", 2), std::string());
        QCOMPARE(derived.show("clusters", 3), std::string("balloons"));
        QCOMPARE(derived.number("novelty")->values[0], 0.1);
        QVERIFY(std::isnan(derived.number("novelty")->values[1]));
        QVERIFY(std::signbit(derived.number("novelty")->values[2]));
        QVERIFY(again->derived(other)->columns().empty());
        const auto loaded = again->loadDataset(dataset);
        QCOMPARE(loaded->dataset->hash(), club.dataset->hash());
        QCOMPARE(loaded->dataset->items().columns().size(), club.dataset->items().columns().size());
    }

    void aDerivedColumnTakesThePlaceOfOneOfItsName()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(filmClub());
        QVERIFY(workspace->setDerived(dataset, clubClusters()));
        QVERIFY(workspace->setDerived(dataset, {"clusters", TextColumn{{"a", "", "b", "c"}}}));
        QCOMPARE(workspace->derived(dataset)->columns().size(), std::size_t{1});
        QCOMPARE(workspace->derived(dataset)->text("clusters")->values[2], std::string("b"));
        // A name that the dataset has too is another column.
        QVERIFY(workspace->setDerived(dataset, {"year", NumberColumn{{1, 2, 3, 4}}}));
        QCOMPARE(workspace->loadDataset(dataset)->dataset->items().show("year", 0), std::string("1995"));
        QVERIFY(workspace->removeDerived(dataset, "year"));
        QCOMPARE(workspace->loadDataset(dataset)->dataset->items().show("year", 0), std::string("1995"));
        QCOMPARE(workspace->derived(dataset)->columns().size(), std::size_t{1});
        QCOMPARE(workspace->removeDerived(dataset, "year").error().code, Code::NotFound);
        QCOMPARE(workspace->setDerived(dataset, {"longer", TextColumn{{"a", "b", "c", "d", "e"}}}).error().code,
                 Code::InvalidArgument);
        QCOMPARE(workspace->setDerived(99, clubClusters()).error().code, Code::NotFound);
    }

    void derivedColumnsOfPeopleStandBesideThoseOfItems()
    {
        const Imported club = filmClub();
        const std::size_t people = club.dataset->personCount();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        TagColumn segment;
        segment.vocabulary.add("yes");
        segment.tags = {0};
        segment.starts = {0, 0, 1}; // the second of them
        QVERIFY(people >= 2);
        QVERIFY(workspace->setDerived(dataset, clubClusters()));
        // The same name as of items: the one is not the other.
        QVERIFY(workspace->setDerivedPeople(dataset, {"clusters", segment}));
        QVERIFY(workspace->setDerivedPeople(dataset, {"likely", segment}));
        QVERIFY(workspace->setDerivedPeople(dataset, {"likely", segment})); // in its place
        const auto again = Workspace::open(m_root / "w.orrery");
        QCOMPARE(again->derivedPeople(dataset)->columns().size(), std::size_t{2});
        QCOMPARE(again->derivedPeople(dataset)->show("likely", 0), std::string());
        QCOMPARE(again->derivedPeople(dataset)->show("likely", 1), std::string("yes"));
        QCOMPARE(again->derived(dataset)->columns().size(), std::size_t{1});
        QCOMPARE(again->derived(dataset)->show("clusters", 0), std::string("guns, snow"));
        const auto loaded = again->loadDataset(dataset);
        QCOMPARE(loaded->dataset->hash(), club.dataset->hash());
        QCOMPARE(loaded->dataset->people().columns().size(), club.dataset->people().columns().size());
        QVERIFY(workspace->removeDerived(dataset, "clusters"));
        QCOMPARE(workspace->derivedPeople(dataset)->columns().size(), std::size_t{2});
        QVERIFY(workspace->removeDerivedPeople(dataset, "clusters"));
        QCOMPARE(workspace->removeDerivedPeople(dataset, "clusters").error().code, Code::NotFound);
        QCOMPARE(workspace->derivedPeople(dataset)->columns().size(), std::size_t{1});
        const NumberColumn longer{std::vector<double>(people + 1, 1.)};
        QCOMPARE(workspace->setDerivedPeople(dataset, {"longer", longer}).error().code, Code::InvalidArgument);
        QCOMPARE(workspace->setDerivedPeople(99, {"likely", segment}).error().code, Code::NotFound);
    }

    void aDerivedColumnThatChangesItsOwnerIsDamage()
    {
        const fs::path file = m_root / "w.orrery";
        auto workspace = Workspace::create(file);
        const auto dataset = *workspace->addDataset(filmClub());
        QVERIFY(workspace->setDerivedPeople(dataset, {"likely", TextColumn{{"yes"}}}));
        QVERIFY(
            sqlite::Database::openExisting(file)->execute("UPDATE attribute SET of = 'item' WHERE name = 'likely'"));
        QCOMPARE(workspace->derived(dataset).error().code, Code::Corrupt);
    }

    void derivedColumnsOutliveTheirModelAndGoWithTheirDataset()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto other = *workspace->addDataset(club);
        const auto model = *workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset));
        QVERIFY(workspace->setDerived(dataset, clubClusters()));
        QVERIFY(workspace->setDerived(other, clubClusters()));
        QVERIFY(workspace->removeModel(model));
        QCOMPARE(workspace->derived(dataset)->columns().size(), std::size_t{1});
        QVERIFY(workspace->removeDataset(dataset));
        QCOMPARE(workspace->derived(dataset).error().code, Code::NotFound);
        QCOMPARE(workspace->derived(other)->columns().size(), std::size_t{1});
        const auto database = sqlite::Database::openToRead(m_root / "w.orrery");
        QCOMPARE(*database->integer("SELECT count(*) FROM derived"), std::int64_t{1});
        QCOMPARE(*database->integer("SELECT count(*) FROM attribute WHERE name = 'clusters'"), std::int64_t{1});
        QCOMPARE(*database->integer("SELECT count(*) FROM planted"), std::int64_t{1});
    }

    void whatIsPlantedComesBackWithItsDataset()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        Imported club = filmClub();
        const auto dataset = *workspace->addDataset(club);
        const auto plain = *workspace->addDataset(manyEvents(100, 10, 20));
        const auto planted = workspace->loadDataset(dataset)->planted;
        QVERIFY(planted != nullptr);
        QCOMPARE(planted->dimensions, (std::vector<std::string>{"mob", "space"}));
        QCOMPARE(planted->values, club.planted->values);
        QVERIFY(workspace->loadDataset(plain)->planted == nullptr);
        club.planted = std::make_shared<const PlantedItems>(PlantedItems{{"mob"}, {1, 2, 3}}); // one is missing
        QCOMPARE(workspace->addDataset(club).error().code, Code::InvalidArgument);
    }

    // What somebody wrote there with all its checksums, so that only the content is wrong.
    void craftedDimensionsOfWhatIsPlantedAreDamage_data()
    {
        QTest::addColumn<QByteArray>("dimensions");
        for (const char* dimensions : {"[", "", "7", "{\"mob\":\"space\"}", "[1,2]", "\"mob\"", "[\"mob\",null]"})
            QTest::addRow("%s", dimensions) << QByteArray(dimensions);
    }

    void craftedDimensionsOfWhatIsPlantedAreDamage()
    {
        QFETCH(QByteArray, dimensions);
        const Imported club = filmClub();
        DatasetId dataset = 0;
        {
            auto workspace = Workspace::create(m_root / "w.orrery");
            dataset = *workspace->addDataset(club);
        }
        {
            const auto database = sqlite::Database::openExisting(m_root / "w.orrery");
            const std::string text = dimensions.toStdString();
            const std::span<const float> values = club.planted->values;
            const std::string sum =
                Hasher().number(static_cast<std::uint64_t>(dataset)).text(text).values(values).hex();
            const std::string seal = Hasher().text(std::to_string(dataset)).text(sum).text("").hex();
            QVERIFY(database->prepare("UPDATE planted SET dimensions = ?, checksum = ?").run(text, sum).status());
            QVERIFY(database->prepare("UPDATE seal SET checksum = ? WHERE id = 'planted'").run(seal).status());
        }
        const auto loaded = Workspace::open(m_root / "w.orrery")->loadDataset(dataset);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, Code::Corrupt);
        QVERIFY(QString::fromStdString(loaded.error().message).contains("what is planted"));
    }

    void plantedValuesThatAreNoNumbersAreDamage()
    {
        Imported club = filmClub();
        PlantedItems planted = *club.planted;
        planted.values.back() = std::numeric_limits<float>::quiet_NaN();
        club.planted = std::make_shared<const PlantedItems>(std::move(planted));
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = workspace->addDataset(club);
        QVERIFY(!dataset || !workspace->loadDataset(*dataset));
    }

    void curvesAreStoredWithTheirModel()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto trained = trainedPopularity(club.dataset);
        const Curves curves = {{"loss", {{1, 0.5}, {2, 0.25}}}, {"training RMSE", {{1, 1.0 / 3}}}};
        const auto id = *workspace->addModel(popularityRow(dataset, "P"), *trained, curves);
        const auto other = *workspace->addModel(popularityRow(dataset, "Q"), *trained);
        const auto again = Workspace::open(m_root / "w.orrery");
        QVERIFY(*again->curves(id) == curves);
        QVERIFY(again->curves(other)->empty());
        QVERIFY(again->loadRecommender(id)); // they are not in its way
        QVERIFY(
            sqlite::Database::openExisting(m_root / "w.orrery")
                ->execute("UPDATE chunk SET data = zeroblob(length(data)) WHERE array = (SELECT id FROM array WHERE "
                          "name = 'curve/loss')"));
        QCOMPARE(workspace->curves(id).error().code, Code::Corrupt);
        QVERIFY(workspace->removeModel(id));
        QVERIFY(workspace->curves(id)->empty());
    }

    void aGlanceTellsWhatIsInAFileAndLeavesItAlone()
    {
        const fs::path file = m_root / "w.orrery";
        {
            auto workspace = Workspace::create(file);
            const Imported club = filmClub();
            const auto dataset = *workspace->addDataset(club);
            QVERIFY(workspace->addDataset(manyEvents(100, 10, 20)));
            QVERIFY(workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(club.dataset)));
        }
        QVERIFY(sqlite::Database::openExisting(file)->execute(
            "ALTER TABLE model DROP COLUMN events; ALTER TABLE model DROP COLUMN up_to;"
            "ALTER TABLE model DROP COLUMN kind_weights; DROP TABLE kept_lists;"
            "ALTER TABLE run DROP COLUMN summary; DROP TABLE derived; DROP TABLE planted;"
            "DELETE FROM seal WHERE id IN ('derived', 'planted', 'kept_lists'); PRAGMA user_version = 1;"));
        const auto glance = Workspace::glanceAt(file);
        QVERIFY2(glance, glance ? "" : glance.error().text().c_str());
        QCOMPARE(glance->datasets.size(), std::size_t{2});
        QCOMPARE(glance->datasets[0].name, std::string("Film club"));
        QCOMPARE(glance->datasets[0].events, std::size_t{8});
        QCOMPARE(glance->models, std::size_t{1});
        QCOMPARE(*sqlite::Database::openToRead(file)->integer("PRAGMA user_version"), std::int64_t{1});
        QCOMPARE(Workspace::glanceAt("/dev/null").error().code, Code::BadFile);
    }

    void runsGoWithTheirModelAndTheirDataset()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto first = *workspace->addDataset(club);
        const auto second = *workspace->addDataset(manyEvents(100, 10, 20));
        const auto trained = trainedPopularity(club.dataset);
        const auto model = *workspace->addModel(popularityRow(first, "P"), *trained);
        const auto other = *workspace->addModel(popularityRow(second, "Q"), *trained);
        const auto run = *workspace->addRun(clubRun(model, 0.5));
        QVERIFY(workspace->addRun(clubRun(model, 0.6)));
        QVERIFY(workspace->addRun(clubRun(other, 0.7)));
        QCOMPARE(workspace->runs(first)->size(), std::size_t{2});
        QCOMPARE(workspace->runs(second)->size(), std::size_t{1});
        QVERIFY(workspace->removeRun(run));
        QCOMPARE(workspace->runs(first)->front().report.values[0].mean, 0.6);
        QVERIFY(workspace->removeModel(model));
        QVERIFY(workspace->runs(first)->empty());
        QVERIFY(workspace->removeDataset(second));
        QVERIFY(workspace->runs(second)->empty());
        QCOMPARE(workspace->removeRun(run).error().code, Code::NotFound);
        QCOMPARE(workspace->addRun(clubRun(model, 0.5)).error().code, Code::NotFound);
    }

    void renamingChangesTheNameAlone()
    {
        const Imported club = filmClub();
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto dataset = *workspace->addDataset(club);
        const auto id = *workspace->addModel(popularityRow(dataset, "Old"), *trainedPopularity(club.dataset));
        const ModelRow before = workspace->models(dataset)->front();
        QVERIFY(workspace->renameModel(id, "New"));
        const ModelRow after = workspace->models(dataset)->front();
        QCOMPARE(after.name, std::string("New"));
        QCOMPARE(after.createdAt, before.createdAt);
        QCOMPARE((*workspace->loadRecommender(id))->name(), std::string("New"));
    }

    void removingADatasetTakesItsModelsAndFreesTheFile()
    {
        const Imported many = manyEvents(300'000, 100, 100);
        auto workspace = Workspace::create(m_root / "w.orrery");
        const auto empty = fs::file_size(m_root / "w.orrery");
        const auto kept = *workspace->addDataset(filmClub());
        const auto dataset = *workspace->addDataset(many);
        QVERIFY(workspace->addModel(popularityRow(dataset, "P"), *trainedPopularity(many.dataset)));
        QVERIFY(fs::file_size(m_root / "w.orrery") > empty + 6'000'000);
        QVERIFY(workspace->removeDataset(dataset));
        QCOMPARE(workspace->datasets()->size(), std::size_t{1});
        QVERIFY(workspace->models(dataset)->empty());
        QVERIFY(workspace->loadDataset(kept));
        QVERIFY(fs::file_size(m_root / "w.orrery") < empty + 1'000'000);
        QVERIFY(*workspace->addDataset(many) > dataset); // an id is never used again
    }

    void whatIsNotThereIsNotFound()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        QCOMPARE(workspace->loadDataset(7).error().code, Code::NotFound);
        QCOMPARE(workspace->removeDataset(7).error().code, Code::NotFound);
        QCOMPARE(workspace->loadRecommender(7).error().code, Code::NotFound);
        QCOMPARE(workspace->renameModel(7, "x").error().code, Code::NotFound);
        QCOMPARE(workspace->removeModel(7).error().code, Code::NotFound);
        const auto model = trainedPopularity(filmClub().dataset);
        QCOMPARE(workspace->addModel(popularityRow(7, "x"), *model).error().code, Code::NotFound);
        QVERIFY(workspace->models(7)->empty());
    }

    void notesAreKept()
    {
        {
            auto workspace = Workspace::create(m_root / "w.orrery");
            QVERIFY(!*workspace->note("a"));
            QVERIFY(workspace->setNote("a", "model 3"));
            QVERIFY(workspace->setNote("a", "model 4"));
            QVERIFY(workspace->setNote("b", ""));
        }
        const auto workspace = Workspace::open(m_root / "w.orrery");
        QCOMPARE(**workspace->note("a"), std::string("model 4"));
        QCOMPARE(**workspace->note("b"), std::string());
        QVERIFY(!*workspace->note("c"));
    }

    void savingUnderAnotherNameGoesOnThere()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        QVERIFY(workspace->addDataset(filmClub()));
        const std::string before = *contentOf(*workspace);
        QVERIFY(workspace->saveAs(m_root / "copy.orrery"));
        QCOMPARE(workspace->file().string(), (m_root / "copy.orrery").string());
        QCOMPARE(*contentOf(*workspace), before);
        QVERIFY(workspace->setNote("a", "only in the copy"));
        QCOMPARE(*contentOf(*Workspace::open(m_root / "w.orrery")), before);
        QCOMPARE(**Workspace::open(m_root / "copy.orrery")->note("a"), std::string("only in the copy"));
        QVERIFY(workspace->saveAs(m_root / "copy.orrery")); // under its own name: nothing to do
        QCOMPARE(**workspace->note("a"), std::string("only in the copy"));
    }

    void savingOverAFileReplacesItAndItsJournal()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        QVERIFY(workspace->addDataset(filmClub()));
        write("other.orrery", "an old file");
        write("other.orrery-journal", "what a crash left behind");
        QVERIFY(workspace->saveAs(m_root / "other.orrery"));
        QVERIFY(!fs::exists(m_root / "other.orrery-journal"));
        QCOMPARE(Workspace::open(m_root / "other.orrery")->datasets()->size(), std::size_t{1});
    }

    void aFailedSaveLeavesTheOpenFile()
    {
        auto workspace = Workspace::create(m_root / "w.orrery");
        for (const auto& target : {m_root / "nowhere" / "x.orrery", m_root}) {
            const auto saved = workspace->saveAs(target);
            QVERIFY(!saved);
            QVERIFY(!saved.error().hint.empty());
            QCOMPARE(workspace->file().string(), (m_root / "w.orrery").string());
            QVERIFY(workspace->setNote("a", "still here"));
        }
    }

    void creatingNeverOverwrites()
    {
        write("w.orrery", "precious");
        QCOMPARE(Workspace::create(m_root / "w.orrery").error().code, Code::InvalidArgument);
        QCOMPARE(Workspace::create(m_root / "nowhere" / "w.orrery").error().code, Code::Io);
        QCOMPARE(fs::file_size(m_root / "w.orrery"), std::uintmax_t{8});
    }

    void openOrCreateDoesWhatIsNeeded()
    {
        QVERIFY(Workspace::openOrCreate(m_root / "w.orrery")->setNote("a", "1"));
        QCOMPARE(**Workspace::openOrCreate(m_root / "w.orrery")->note("a"), std::string("1"));
    }

    void twoWindowsSeeEachOthersCommits()
    {
        auto first = Workspace::create(m_root / "w.orrery");
        auto second = Workspace::open(m_root / "w.orrery");
        QVERIFY(first->setNote("a", "1"));
        QCOMPARE(**second->note("a"), std::string("1"));
        QVERIFY(second->setNote("a", "2"));
        QCOMPARE(**first->note("a"), std::string("2"));
    }

    void theFileIsWhatDesignSays()
    {
        {
            auto made = Workspace::create(m_root / "w.orrery");
            QVERIFY(made->setNote("a", "b"));
        }
        QVERIFY(!fs::exists(m_root / "w.orrery-journal"));
        const auto database = sqlite::Database::openExisting(m_root / "w.orrery");
        QCOMPARE(*database->integer("PRAGMA page_size"), std::int64_t{65536});
        QCOMPARE(*database->integer("PRAGMA application_id"), std::int64_t{store::applicationId});
        QCOMPARE(*database->integer("PRAGMA user_version"), std::int64_t{store::latestVersion()});
        QCOMPARE(*database->integer("PRAGMA foreign_keys"), std::int64_t{1});
    }

    void questionsAreAnsweredByTheShell()
    {
        if (QStandardPaths::findExecutable("sqlite3").isEmpty())
            QSKIP("the sqlite3 shell is not installed");
        const Imported club = filmClub();
        {
            auto workspace = Workspace::create(m_root / "w.orrery");
            const auto dataset = *workspace->addDataset(club);
            const auto trained = trainedPopularity(club.dataset);
            for (const auto& [name, ndcg] : {std::pair{"Flat", 0.25}, {"Best", 0.5}, {"Fair", 0.375}})
                QVERIFY(workspace->addRun(clubRun(*workspace->addModel(popularityRow(dataset, name), *trained), ndcg)));
        }
        QCOMPARE(shell("SELECT model, mean FROM score WHERE metric = 'ndcg@10' ORDER BY mean DESC LIMIT 1"),
                 QString("Best|0.5"));
        // Heat and Fargo are of genre Crime; only ann (24) is under 25.
        QCOMPARE(shell("SELECT count(*) FROM item_attribute WHERE attribute = 'genres' AND value = 'Crime'"),
                 QString("2"));
        QCOMPARE(shell("SELECT count(*) FROM person_attribute WHERE attribute = 'age' AND value < 25"), QString("1"));
    }

private:
    void write(const char* name, const char* text) const
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(text);
    }

    /// What the sqlite3 shell prints for a query on w.orrery.
    QString shell(const char* query) const
    {
        QProcess process;
        process.start("sqlite3", {m_folder->filePath("w.orrery"), query});
        process.waitForFinished();
        return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError()).trimmed();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
};

QTEST_APPLESS_MAIN(WorkspaceTest)
#include "workspace_test.moc"
