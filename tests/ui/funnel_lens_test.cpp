// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/rule_sample.h"
#include "core/pipeline/funnel.h"
#include "tests/ui/workbench.h"
#include "ui/components/data_table.h"
#include "ui/pages/explore/funnel_nodes.h"
#include "ui/session/fair_twin.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Explore with two models, on the funnel.
struct Bench : Workbench {
    Bench()
    {
        window().resize(1280, 800);
        ready = importClub() && train("popularity") && train("item-knn") && go("explore") && press("Funnel") && idle();
    }
    bool make()
    {
        return press("Make a funnel of the models") && idle() && funnel() &&
               QTest::qWaitFor([this] { return shows(); });
    }
    bool shows() { return table() && table()->shownRows() > 0; }
    const Funnel* funnel() const
    {
        for (const ModelEntry& entry : session.models())
            if (const Funnel* found = funnelOf(entry.recommender.get()))
                return found;
        return nullptr;
    }
    SourceNode* source(int at) { return find<SourceNode>(QStringLiteral("funnel.source.%1").arg(at)); }
    DataTable* table() { return find<DataTable>("funnel.candidates"); }
    QPushButton* save() { return find<QPushButton>("funnel.save"); }
    bool ready = false;
};

} // namespace

class FunnelLensTest : public QObject {
    Q_OBJECT
private slots:
    void aFunnelIsMadeOfTheModels()
    {
        Bench bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.sees("A funnel asks several sources"));
        QVERIFY(bench.make());
        QCOMPARE(bench.funnel()->recipe().sources.size(), std::size_t{4});
        QVERIFY(bench.source(3) && !bench.source(4));
        QVERIFY(!bench.save()->isEnabled()); // nothing has been changed
        // It is one of the lists that are compared.
        QVERIFY(bench.session.b());
        QCOMPARE(bench.session.b()->name(), QString("Funnel"));
        if (const QString file = qEnvironmentVariable("ORRERY_PICTURE"); !file.isEmpty())
            bench.window().grab().save(file);
    }

    void switchingASourceOffShowsAtOnceAndIsSaved()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        const int before = bench.table()->shownRows();
        auto* on = bench.source(0)->findChild<QCheckBox*>();
        for (int at : {2, 3})
            QTest::mouseClick(bench.source(at)->findChild<QCheckBox*>(), Qt::LeftButton, {}, {8, 8});
        QTest::mouseClick(on, Qt::LeftButton, {}, {8, 8});
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.table()->shownRows() <= before);
        QVERIFY(bench.sees("switched off"));
        QVERIFY(bench.save()->isEnabled());
        QVERIFY(bench.click("funnel.save") && bench.idle());
        QTRY_VERIFY(!bench.funnel()->recipe().sources[0].on);
        QVERIFY(!bench.save()->isEnabled());
        // It is in the file: another who opens it finds it so.
        const auto workspace = Workspace::open(bench.session.file());
        const auto stored = workspace->loadFunnel(bench.session.b()->row.id);
        QVERIFY(stored && !stored->recipe.sources[0].on && stored->recipe.sources[1].on);
    }

    void anotherNameSavesAnotherFunnel()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        auto* weight = bench.source(1)->findChild<QDoubleSpinBox*>();
        weight->setFocus();
        weight->selectAll();
        QTest::keyClicks(weight, "3");
        QTest::keyClick(weight, Qt::Key_Return);
        QVERIFY(bench.idle());
        auto* name = bench.find<QLineEdit>("funnel.name");
        name->selectAll();
        QTest::keyClicks(name, "Heavy");
        QCOMPARE(bench.save()->text(), QString("Save as new"));
        QVERIFY(bench.click("funnel.save") && bench.idle());
        QTRY_COMPARE(bench.session.models().size(), std::size_t{4});
        QCOMPARE(bench.session.models().back().name(), QString("Heavy"));
        QCOMPARE(funnelOf(bench.session.models().back().recommender.get())->recipe().sources[1].weight, 3.0);
        QCOMPARE(funnelOf(bench.session.models()[2].recommender.get())->recipe().sources[1].weight, 1.0);
    }

    void theRankerIsSwapped()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        auto* ranker = bench.find<QComboBox>("funnel.ranker");
        QVERIFY(ranker);
        QCOMPARE(ranker->count(), 4);
        ranker->setCurrentIndex(1);
        emit ranker->activated(1);
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.sees("the ranker has not been trained"));
        ranker->setCurrentIndex(3);
        emit ranker->activated(3);
        QVERIFY(bench.idle());
        QTRY_VERIFY(!bench.sees("the ranker has not been trained"));
    }

    void theRankerIsTrained()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        auto* ranker = bench.find<QComboBox>("funnel.ranker");
        ranker->setCurrentIndex(1);
        emit ranker->activated(1);
        QVERIFY(bench.idle());
        QVERIFY(bench.click("funnel.train") && bench.idle());
        QTRY_VERIFY(bench.funnel()->learnt());
        QTRY_VERIFY(!bench.sees("the ranker has not been trained"));
        QVERIFY(bench.sees("Train the ranker again") || bench.press("Train the ranker again"));
        QVERIFY(bench.press("Features") && bench.idle());
        QTRY_VERIFY(bench.find<DataTable>("funnel.features.table")->shownRows() > 50);
        // It is in the file, and its reasons are features.
        const Query query = bench.session.query();
        const auto list = bench.funnel()->recommend(query, 3, TrailLevel::None, JobContext());
        QVERIFY(list && !list->items.empty() && list->fallback.empty());
        const auto why = bench.funnel()->explain(query, list->items.front().item);
        QVERIFY(why && why->terms.size() > 3);
    }

    // Who chooses another B meanwhile keeps it, and nobody trains twice by pressing twice.
    void aRankerIsTrainedOnceAndChangesNoChoice()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        auto* ranker = bench.find<QComboBox>("funnel.ranker");
        ranker->setCurrentIndex(1);
        emit ranker->activated(1);
        QVERIFY(bench.idle());
        const ModelId trained = bench.session.b()->row.id;
        QVERIFY(bench.click("funnel.train"));
        QVERIFY(!bench.find("funnel.train")->isEnabled());
        const ModelId chosen = bench.session.models()[1].row.id;
        bench.session.setB(chosen);
        QVERIFY(bench.idle());
        QTRY_VERIFY(funnelOf(bench.session.model(trained)->recommender.get())->learnt());
        QTRY_VERIFY(bench.find("funnel.train")->isEnabled());
        QCOMPARE(bench.session.b()->row.id, chosen);
    }

    void whatIsMeasuredGoesWhenItIsOfSomethingElse()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make() && bench.press("What sources bring"));
        const auto measured = [&] { return bench.find<DataTable>("funnel.worth.table")->shownRows(); };
        const auto words = [&] { return bench.find<QLabel>("funnel.worth.words")->text(); };
        QVERIFY(words().contains("the last tenth"));
        QVERIFY(bench.click("funnel.worth.measure") && bench.idle());
        QTRY_COMPARE(measured(), 4);
        bench.session.setAsOf(usualCut(*bench.session.dataset(), endOfTime));
        QVERIFY(bench.idle());
        QCOMPARE(measured(), 0);
        QVERIFY2(words().contains("on what was before "), qPrintable(words()));
        QVERIFY(!words().contains("the last tenth"));
        QVERIFY(bench.click("funnel.worth.measure") && bench.idle());
        QTRY_COMPARE(measured(), 4);
        bench.window().findChild<QWidget*>("param.keep")->findChild<QDoubleSpinBox*>()->setValue(100);
        QVERIFY(bench.idle());
        QCOMPARE(measured(), 0);
    }

    void theMergeIsLearned()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        QVERIFY(!bench.find("funnel.learn"));
        QVERIFY(bench.press("Merge, objectives and time"));
        auto* merge = bench.find("param.merge");
        QVERIFY(merge);
        auto* chooser = merge->findChild<QComboBox*>();
        QVERIFY(chooser && chooser->count() == 3);
        chooser->setCurrentIndex(2);
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.sees("are right was not learned"));
        QVERIFY(bench.click("funnel.learn") && bench.idle());
        QTRY_VERIFY(bench.funnel()->learning().merge);
        QTRY_VERIFY(!bench.sees("are right was not learned"));
        QTRY_COMPARE(bench.find<QAbstractButton>("funnel.learn")->text(), QString("Learn the merge again"));
    }

    void choosingACandidateSelectsIt()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        auto* view = bench.table()->findChild<QTableView*>();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(2, 1)).center());
        QVERIFY(bench.session.item());
    }

    void renamingAModelRenamesItInTheFunnel()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        bench.session.renameModel(bench.session.models()[0].row.id, "Everybody's");
        QVERIFY(bench.idle());
        QTRY_COMPARE(QString::fromStdString(bench.funnel()->recipe().sources[0].model), QString("Everybody's"));
        QVERIFY(bench.shows());
        // It is what is shown, too, and nothing that would have to be saved.
        QTRY_VERIFY(bench.sees("Everybody's"));
        QTRY_VERIFY(!bench.sees("there is no model"));
        QVERIFY(!bench.save()->isEnabled());
    }

    void whatWasMeasuredIsOfItsDay()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        QVERIFY(bench.press("What sources bring") && bench.click("funnel.worth.measure") && bench.idle());
        auto* table = bench.find<DataTable>("funnel.worth.table");
        QTRY_COMPARE(table->shownRows(), 4);
        bench.session.setAsOf(bench.session.dataset()->timeOfShare(.8));
        QVERIFY(bench.idle());
        QCOMPARE(table->shownRows(), 0);
    }

    // A file may hold a recipe that names itself.
    void aFunnelThatNamesItselfHasSeenNothing()
    {
        Bench bench;
        QVERIFY(bench.ready);
        FunnelRecipe recipe = usualFunnel(std::vector<std::string>{"Itself"});
        recipe.name = "Itself";
        bench.session.saveFunnel(recipe);
        QVERIFY(bench.idle());
        const ModelEntry& entry = bench.session.models().back();
        QCOMPARE(entry.name(), QString("Itself"));
        QVERIFY(!mayHaveSeen(entry, bench.session.models(), noTime));
    }

    // Judged on a split, its models are trained on the training part: the runs are of the funnel.
    void aFunnelIsJudgedLikeAModel()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.make());
        EvaluationPlan plan;
        plan.split = suggestSplit(*bench.session.dataset()).plan;
        plan.protocol = Protocol::standard(*bench.session.dataset());
        bench.session.evaluate({bench.session.b()->row.id}, plan);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.runs().size(), std::size_t{1});
        QVERIFY(bench.session.runs().front().report.find("ndcg@10")->mean > 0);
    }
};

QTEST_MAIN(FunnelLensTest)
#include "funnel_lens_test.moc"
