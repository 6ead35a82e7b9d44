// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/places.h"
#include "tests/ui/workbench.h"

#include <algorithm>
#include <set>

using namespace orrery;
using namespace orrery::ui;

namespace {

std::vector<std::string> titles(const WorkspaceSession& session, const ModelEntry& model)
{
    std::vector<std::string> out;
    const auto list = model.recommender->recommend(session.query(), 10, TrailLevel::None, {});
    for (const Recommendation& entry : list->items)
        out.push_back(session.dataset()->title(entry.item));
    return out;
}

float valueOf(const Query& query, ItemIndex item)
{
    const auto found = std::ranges::find(query.history, item, &HistoryEntry::item);
    return found == query.history.end() ? 0 : found->value;
}

ParamSet quickSvd(std::int64_t epochs = 3)
{
    ParamSet params;
    params.set("factors", std::int64_t{4});
    params.set("epochs", epochs);
    return params;
}

} // namespace

class SessionTest : public QObject {
    Q_OBJECT
private slots:
    void anUntitledWorkspaceIsARealFile()
    {
        Workbench bench;
        QVERIFY(bench.session.isOpen());
        QVERIFY(std::filesystem::exists(bench.session.file()));
        QVERIFY(!bench.session.dataset());
    }

    void theSampleComesWithItsNote()
    {
        Workbench bench;
        bench.session.openSample();
        QVERIFY(bench.jobs.busy()); // a job, not the window's time
        QVERIFY(bench.idle());
        QVERIFY(bench.session.dataset());
        QCOMPARE(bench.session.dataset()->itemCount(), std::size_t{400});
        QCOMPARE(bench.session.dataset()->personCount(), std::size_t{600});
        QVERIFY(!bench.session.dataset()->from().note.empty());
        QVERIFY(bench.session.digest());
        QCOMPARE(bench.session.digest()->profile.items, std::size_t{400});
        QCOMPARE(bench.session.report().rejectedCount(), std::uint64_t{0});
    }

    void allSamplesCanBeOpened()
    {
        for (const Sample& sample : samples()) {
            Workbench bench;
            bench.session.openSample(sample);
            QVERIFY(bench.idle());
            QVERIFY2(bench.session.dataset(), sample.folder.data());
            QCOMPARE(bench.session.dataset()->name(), std::string(sample.name));
            QVERIFY(bench.session.planted());
            QCOMPARE(bench.session.report().rejectedCount(), std::uint64_t{0});
            QVERIFY(!bench.session.dataset()->from().note.empty());
        }
    }

    void modelsGetNamesAndColoursOfTheirOwn()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId first = bench.train("popularity");
        const ModelId second = bench.train("popularity");
        QVERIFY(first && second && first != second);
        const auto& models = bench.session.models();
        QCOMPARE(models[1].row.name, models[0].row.name + " 2");
        QVERIFY(models[0].row.colour != models[1].row.colour);
        QCOMPARE(bench.session.a()->row.id, first);
        QCOMPARE(bench.session.b()->row.id, second);
    }

    void whatWasWorkedOutIsThereAfterReopening()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId model = bench.train("popularity");
        TextColumn halves;
        for (std::size_t item = 0; item < bench.session.dataset()->itemCount(); ++item)
            halves.values.emplace_back(item < 12 ? "first" : "last");
        bench.session.addDerived({"halves", halves});
        bench.session.addDerived({"once", TextColumn{{"x"}}});
        QCOMPARE(bench.session.derived()->columns().size(), std::size_t{2}); // at once
        QVERIFY(bench.idle());
        bench.session.removeDerived("once");
        bench.session.removeModel(model);
        const DatasetId id = bench.session.datasetId();
        QVERIFY(bench.importClub());
        QVERIFY(bench.session.derived()->columns().empty()); // another dataset
        bench.session.showDataset(id);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.derived()->show("halves", 13), std::string("last"));

        WorkspaceSession again(bench.jobs);
        again.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        QCOMPARE(again.datasetId(), id);
        QCOMPARE(again.derived()->columns().size(), std::size_t{1});
        QCOMPARE(again.derived()->show("halves", 0), std::string("first"));
    }

    void modelsInTrainingCountAsPlaced()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        for (int i = 0; i < 3; ++i)
            (void)bench.session.train({"popularity", {}, "", 1});
        QVERIFY(bench.idle());
        std::set<std::string> names;
        std::set<int> colours;
        for (const ModelEntry& entry : bench.session.models()) {
            names.insert(entry.row.name);
            colours.insert(entry.row.colour);
        }
        QCOMPARE(names.size(), std::size_t{3});
        QCOMPARE(colours.size(), std::size_t{3});
    }

    void asOfHidesLaterEvents()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.selectPerson(UserIndex{4});
        const std::size_t all = bench.session.query().history.size();
        const Timestamp cut = bench.session.dataset()->timeOfShare(0.5);
        bench.session.setAsOf(cut);
        const Query query = bench.session.query();
        QVERIFY(query.history.size() < all);
        QVERIFY(!query.history.empty());
        for (const HistoryEntry& entry : query.history)
            QVERIFY(entry.at < cut);
        const ModelId held = bench.train("popularity");
        QVERIFY(bench.session.model(held)->row.heldOut);
        QCOMPARE(bench.session.model(held)->row.asOf, cut);
    }

    void editsAddReplaceUndoAndReset()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.selectPerson(UserIndex{0});
        const Query before = bench.session.query();
        const ItemIndex item = before.history.front().item;
        QSignalSpy changed(&bench.session, &WorkspaceSession::personChanged);
        bench.session.editHistory({item, 1.F});
        bench.session.editHistory({item, 2.F});
        QCOMPARE(bench.session.person().edits.size(), std::size_t{1});
        QCOMPARE(valueOf(bench.session.query(), item), 2.F);
        bench.session.editHistory({item, std::nullopt});
        QCOMPARE(bench.session.query().history.size(), before.history.size() - 1);
        bench.session.undoEdit(item);
        QVERIFY(bench.session.query().history == before.history);
        bench.session.editHistory({item, 3.F});
        bench.session.resetHistory();
        QVERIFY(bench.session.query().history == before.history);
        QCOMPARE(changed.count(), 6);
    }

    void anEditCountsWhateverTheDate()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.selectGuest();
        bench.session.setAsOf(bench.session.dataset()->timeOfShare(0.1));
        bench.session.editHistory({ItemIndex{3}, 5.F});
        QCOMPARE(bench.session.query().history.size(), std::size_t{1});
    }

    void aRenamedAndARemovedModelAreSoEverywhere()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId first = bench.train("popularity");
        const ModelId second = bench.train("bias");
        bench.session.renameModel(second, "Popularity");
        QCOMPARE(bench.session.model(second)->row.name, bench.session.model(first)->row.name + " 2"); // it was taken
        bench.session.removeModel(first);
        QVERIFY(!bench.session.model(first));
        QVERIFY(!bench.session.a());
        QCOMPARE(bench.session.b()->row.id, second);
        const auto stored = Workspace::open(bench.session.file());
        const auto rows = stored->models(stored->datasets()->front().id);
        QCOMPARE(rows->size(), std::size_t{1});
        QCOMPARE(rows->front().id, second);
    }

    void aModelOfARemovedOnesIdHasNoneOfItsCurves()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId svd = bench.train("svd", quickSvd());
        QVERIFY(!bench.session.curves().at(svd).empty());
        bench.session.removeModel(svd);
        const ModelId popular = bench.train("popularity");
        WorkspaceSession again(bench.jobs);
        again.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        const auto held = again.curves().find(popular);
        QVERIFY(held == again.curves().end() || held->second.empty());
    }

    void evaluatingStoresARunForEachModel()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId first = bench.train("popularity");
        const ModelId second = bench.train("item-knn");
        QVERIFY(first && second);
        bench.session.evaluate({first, second},
                               {{SplitKind::Random, 0.2, 1}, {}, Protocol::standard(*bench.session.dataset())});
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.runs().size(), std::size_t{2});
        const auto stored = Workspace::open(bench.session.file());
        const auto runs = stored->runs(stored->datasets()->front().id);
        QCOMPARE(runs->size(), std::size_t{2});
        QVERIFY(bench.session.runs()[0].report.people.empty()); // they are in the file
        QVERIFY(!stored->run(bench.session.runs()[0].id)->report.people.empty());
        QCOMPARE((*runs)[0].report.values.front().mean, bench.session.runs()[0].report.values.front().mean);
        bench.session.removeRun(bench.session.runs()[0].id);
        QCOMPARE(bench.session.runs().size(), std::size_t{1});
        QCOMPARE(bench.session.runs()[0].model, second);
    }

    void aFirstAnswerComesInFourSentences()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QSignalSpy ready(&bench.session, &WorkspaceSession::firstAnswerReady);
        bench.session.getFirstAnswer(30);
        QVERIFY(bench.idle());
        QCOMPARE(ready.count(), 1);
        QCOMPARE(bench.session.firstAnswer()->sentences.size(), std::size_t{4});
        QVERIFY(bench.session.a() && bench.session.b());
        QVERIFY(bench.session.a() != bench.session.b());
        QCOMPARE(bench.session.runs().size(), bench.session.models().size());
        for (const ModelEntry& entry : bench.session.models())
            QCOMPARE(entry.row.asOf, bench.session.asOf());
    }

    void everythingIsThereNextTime()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.getFirstAnswer(30);
        QVERIFY(bench.idle());
        const ModelId svd = bench.train("svd", quickSvd());
        QVERIFY(svd);
        bench.session.setA(svd);
        bench.session.selectPerson(UserIndex{7});

        JobRunner jobs;
        WorkspaceSession next(jobs);
        next.openWorkspace(bench.session.file());
        QVERIFY(QTest::qWaitFor([&] { return !jobs.busy() && !jobs.quickBusy(); }, 30'000));
        QVERIFY(next.dataset());
        QCOMPARE(next.dataset()->hash(), bench.session.dataset()->hash());
        QCOMPARE(next.models().size(), bench.session.models().size());
        QCOMPARE(next.runs().size(), bench.session.runs().size());
        QCOMPARE(next.a()->row.id, svd);
        QCOMPARE(next.b()->row.id, bench.session.b()->row.id);
        QCOMPARE(next.asOf(), bench.session.asOf());
        QVERIFY(next.person().user == UserIndex{7});
        QVERIFY(next.curves().at(svd) == bench.session.curves().at(svd));
        QVERIFY(!next.curves().at(svd).empty());
        QCOMPARE(next.firstAnswer()->sentences, bench.session.firstAnswer()->sentences);
        for (std::size_t i = 0; i < next.models().size(); ++i) {
            QCOMPARE(next.models()[i].row.name, bench.session.models()[i].row.name);
            QCOMPARE(next.models()[i].row.colour, bench.session.models()[i].row.colour);
            QVERIFY(!titles(next, next.models()[i]).empty());
            QCOMPARE(titles(next, next.models()[i]), titles(bench.session, bench.session.models()[i]));
        }
        QCOMPARE(recentFiles().front(), bench.session.file());
    }

    void theModelsOfAFirstAnswerKeepTheirCurves()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.getFirstAnswer(30);
        QVERIFY(bench.idle());
        const auto als = std::ranges::find(bench.session.models(), std::string("implicit-als"),
                                           [](const ModelEntry& entry) { return entry.row.algorithm; });
        QVERIFY(als != bench.session.models().end());
        const Curves& curves = bench.session.curves().at(als->row.id);
        QVERIFY(!curves.at("loss").empty());
        QCOMPARE(bench.session.curves().size(), std::size_t{1}); // the others learn in one step
        WorkspaceSession next(bench.jobs);
        next.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        QVERIFY(next.curves().at(als->row.id) == curves);
    }

    void moreColumnsAreThereNextTime()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        std::vector<ModelId> ids;
        for (int i = 0; i < 4; ++i)
            ids.push_back(bench.train("popularity"));
        bench.session.setExtraColumns({ids[3], ids[2]});
        const auto reopened = [&] {
            WorkspaceSession next(bench.jobs);
            next.openWorkspace(bench.session.file());
            return bench.idle() ? next.extraColumns() : std::vector<ModelId>();
        };
        QVERIFY(reopened() == (std::vector{ids[3], ids[2]}));
        bench.session.removeModel(ids[3]);
        QVERIFY(bench.session.extraColumns() == std::vector{ids[2]});
        QVERIFY(reopened() == std::vector{ids[2]});
    }

    void aModelOfAnotherDatasetWaitsThere()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const DatasetId club = bench.session.datasetId();
        QVERIFY(bench.train("popularity"));
        bench.session.selectPerson(UserIndex{7});
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        const DatasetId other = bench.session.datasetId();
        bench.session.showDataset(club);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.models().size(), std::size_t{1});
        QVERIFY(bench.session.person().user == UserIndex{7});
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        // Long jobs take turns: the training, still of the club, begins when the other dataset has been read.
        bench.session.showDataset(other);
        (void)bench.session.train({"svd", quickSvd(), "", 1});
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.datasetId(), other);
        QVERIFY(bench.session.models().empty()); // none of its own
        QVERIFY(bench.session.trainings().empty());
        QVERIFY(!said.isEmpty());
        QVERIFY(said.last()[0].value<Message>().hint.contains("club"));
        bench.session.showDataset(club);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.models().size(), std::size_t{2});
        const ModelId svd = bench.session.models().back().row.id;
        QCOMPARE(bench.session.models().back().row.algorithm, std::string("svd"));
        QVERIFY(!bench.session.curves().at(svd).empty());
        QVERIFY(bench.session.person().user == UserIndex{7});
    }

    void theWindowsThreadDerivesNothing()
    {
        Workbench bench;
        bool shownBeforeCounted = false;
        connect(&bench.session, &WorkspaceSession::datasetChanged, &bench.session,
                [&] { shownBeforeCounted = bench.session.dataset() && !bench.session.digest(); });
        QVERIFY(bench.importClub());
        QVERIFY(shownBeforeCounted);
        QVERIFY(bench.session.digest());
        QVERIFY(bench.session.digest()->dataset == bench.session.dataset());
        QCOMPARE(bench.session.digest()->items->counts.size(), std::size_t{24});
    }

    void aCancelledTrainingLeavesNothingBehind()
    {
        Workbench bench;
        bench.session.openSample(); // large enough to be caught at work
        QVERIFY(bench.idle());
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        QSignalSpy measured(&bench.jobs, &JobRunner::measured);
        const JobId job = bench.session.train({"svd", quickSvd(1000), "", 1});
        QTRY_VERIFY(measured.count() > 0);
        bench.jobs.cancel(job);
        QVERIFY(bench.idle());
        QVERIFY(bench.session.models().empty());
        QVERIFY(bench.session.trainings().empty());
        QVERIFY(bench.session.curves().empty());
        QVERIFY(!bench.session.a());
        QCOMPARE(said.count(), 0); // the person asked for it
        const auto stored = Workspace::open(bench.session.file());
        QVERIFY(stored->models(stored->datasets()->front().id)->empty());
    }

    void aBadFileSaysSoAndChangesNothing()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const ModelId model = bench.train("popularity");
        const auto dataset = bench.session.dataset();
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        QSignalSpy failed(&bench.session, &WorkspaceSession::importFailed);
        ImportRequest request;
        request.path = bench.write("bad.csv", "this is\nno table of events\n").toStdString();
        bench.session.importData(request);
        QVERIFY(bench.idle());
        QCOMPARE(failed.count(), 1);
        QCOMPARE(said.count(), 1);
        const auto message = said[0][0].value<Message>();
        QVERIFY(message.kind == Message::Kind::Error);
        QVERIFY2(message.text.contains("bad.csv"), qPrintable(message.text));
        QVERIFY(bench.session.dataset() == dataset);
        QVERIFY(bench.session.model(model));
        QCOMPARE(Workspace::open(bench.session.file())->datasets()->size(), std::size_t{1});
    }

    void importedListsAreAModelToo()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.importLists(
            bench.write("mine.csv", "person,item,rank\np0,Film 02,1\np0,Film 04,2\n").toStdString());
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.models().size(), std::size_t{1});
        QCOMPARE(bench.session.models()[0].row.name, std::string("mine"));
        QVERIFY(!bench.session.models()[0].recommender->capabilities().whatIf);
    }

    void savingAsMovesToTheCopy()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const auto before = bench.session.file();
        bench.session.saveAs(bench.path("copy.orrery").toStdString());
        QCOMPARE(bench.session.file(), std::filesystem::path(bench.path("copy.orrery").toStdString()));
        QVERIFY(bench.train("popularity"));
        const auto old = Workspace::open(before);
        QVERIFY(old->models(old->datasets()->front().id)->empty());
    }

    void thereIsNoCopyWhileAJobRuns()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        const auto before = bench.session.file();
        (void)bench.session.train({"popularity", {}, "", 1});
        bench.session.saveAs(bench.path("copy.orrery").toStdString());
        QCOMPARE(bench.session.file(), before);
        QCOMPARE(said.count(), 1);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.models().size(), std::size_t{1});
    }

    void anotherDatasetStartsAfresh()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        bench.session.getFirstAnswer(30);
        QVERIFY(bench.idle());
        bench.session.selectPerson(UserIndex{50});
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        QVERIFY(bench.train("popularity"));
        const auto check = [](const WorkspaceSession& session) {
            return session.asOf() == endOfTime && session.person().user == UserIndex{0} && !session.firstAnswer() &&
                   session.models().size() == 1 && session.runs().empty();
        };
        QVERIFY(check(bench.session));
        WorkspaceSession again(bench.jobs);
        again.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        QVERIFY(check(again));
    }

    void aModelThatEndsAfterItsWorkspaceWasLeftIsNotTaken()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        (void)bench.session.train({"svd", quickSvd(), "", 1});
        bench.session.openUntitled(bench.path("other.orrery").toStdString());
        QVERIFY(bench.idle());
        QVERIFY(bench.session.models().empty());
        QVERIFY(bench.session.curves().empty());
        QVERIFY(bench.importFile(bench.path("club.csv")));
        QVERIFY(bench.session.models().empty());
    }
};

QTEST_MAIN(SessionTest)
#include "session_test.moc"
