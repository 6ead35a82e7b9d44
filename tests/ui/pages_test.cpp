// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/group_scores.h"
#include "tests/ui/workbench.h"
#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/components/widgets.h"
#include "ui/forms/param_field.h"
#include "ui/forms/param_form.h"
#include "ui/pages/home/work_tile.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QTableView>
#include <QTableWidget>
#include <QTextBrowser>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// The field of a parameter in the form on screen.
ParamField* field(Workbench& bench, const std::string& id)
{
    for (ParamField* one : bench.window().findChildren<ParamField*>())
        if (one->spec().id == id)
            return one;
    return nullptr;
}

QStringList headers(const QTableView& view)
{
    QStringList out;
    for (int column = 0; column < view.model()->columnCount(); ++column)
        out << view.model()->headerData(column, Qt::Horizontal).toString();
    return out;
}

QString contentOf(const QString& file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString();
}

/// The box that says what a column of a table file is.
QComboBox* roleBox(Workbench& bench, int column)
{
    return qobject_cast<QComboBox*>(bench.find<QTableWidget>("roles.table")->cellWidget(0, column));
}

/// Two models judged by one protocol, with Judge on screen.
struct Judged : Workbench {
    Judged() { ready = importClub() && train("popularity") && train("item-knn") && go("judge") && judge(); }
    bool judge() { return click("judge.evaluate") && idle(); }
    QTableView* table() { return find<DataTable>("judge.table")->view(); }
    bool ready = false;
};

} // namespace

class PagesTest : public QObject {
    Q_OBJECT
private slots:
    void eachDoorLeadsToItsPage()
    {
        const std::pair<const char*, const char*> doors[] = {
            {"home.explore", "data"}, {"home.teach", "recipes"}, {"home.preview", "explore"}};
        Workbench bench;
        QVERIFY(bench.importClub());
        for (const auto& [door, page] : doors) {
            QVERIFY(bench.go("home"));
            QVERIFY(bench.click(door));
            QCOMPARE(bench.window().currentPage(), QString(page));
        }
    }

    void aDoorWithoutDataOpensTheSample()
    {
        Workbench bench;
        QVERIFY(bench.click("home.explore"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset()->name(), std::string("Sample films"));
        QVERIFY(bench.sees("ratings are synthetic"));
    }

    void aFirstAnswerIsReadOnHome()
    {
        Workbench bench;
        QVERIFY(!bench.click("home.answer")); // nothing to answer about
        QVERIFY(bench.importClub());
        QVERIFY(bench.click("home.answer"));
        QVERIFY(!bench.find("home.answer")->isEnabled()); // while it runs
        QVERIFY(bench.idle());
        QCOMPARE(bench.window().findChildren<QLabel*>("home.sentence").size(), 4);
        QTRY_COMPARE(bench.says("home.sentence"), bench.session.firstAnswer()->sentences.front());
        QVERIFY(bench.find("home.answer")->isEnabled());
        QVERIFY(bench.press("See the scores"));
        QCOMPARE(bench.window().currentPage(), QString("judge"));
    }

    void anotherDatasetTakesTheAnswerAway()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.click("home.answer"));
        QVERIFY(bench.idle());
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        QVERIFY(!bench.session.firstAnswer());
        QVERIFY(!bench.find("home.sentence"));
    }

    void theCatalogIsSearchedByTitle()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("data"));
        QVERIFY(bench.press("Catalog"));
        auto* table = bench.find<DataTable>("data.catalog");
        QVERIFY(table);
        QCOMPARE(table->shownRows(), 24);
        QTest::keyClicks(table->findChild<QLineEdit*>(), "film 13");
        QTRY_COMPARE(table->shownRows(), 1);
        const QRect row = table->view()->visualRect(table->view()->model()->index(0, 0));
        QTest::mouseClick(table->view()->viewport(), Qt::LeftButton, {}, row.center());
        QVERIFY(bench.session.item());
        QCOMPARE(bench.session.dataset()->title(*bench.session.item()), std::string("Film 13"));
    }

    void everyTabShowsItsOwn()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("data"));
        QVERIFY(bench.press("People"));
        QCOMPARE(bench.find<DataTable>("data.people")->shownRows(), 60);
        QVERIFY(!bench.find("data.catalog"));
        QVERIFY(bench.press("Import report"));
        const QString events = QString::number(bench.session.dataset()->log().size());
        QVERIFY2(bench.says("data.reportSummary").contains(events + " lines read, " + events + " accepted, 0 refused"),
                 qPrintable(bench.says("data.reportSummary")));
        QVERIFY(bench.press("Profile"));
        QVERIFY(!bench.window().findChildren<ChartView*>().isEmpty());
    }

    void refusedLinesAreCountedAndShown()
    {
        Workbench bench;
        QVERIFY(bench.importFile(bench.write("some.csv", "person,item,rating\na,X,5\nb,X,odd\na,Y,3\nb,Y,2\nc\n")));
        QVERIFY(bench.go("data"));
        QVERIFY(bench.press("Import report"));
        QVERIFY2(bench.says("data.reportSummary").contains("5 lines read, 3 accepted, 2 refused"),
                 qPrintable(bench.says("data.reportSummary")));
        bool shown = false;
        for (const QTableView* view : bench.window().findChildren<QTableView*>())
            for (int row = 0; view->isVisible() && row < view->model()->rowCount(); ++row)
                for (int column = 0; column < view->model()->columnCount(); ++column)
                    shown = shown || view->model()->index(row, column).data().toString().contains("odd");
        QVERIFY(shown);
    }

    void aWrongGuessIsPutRight()
    {
        Workbench bench;
        bench.window();
        // Two columns of names: which is whom can only be guessed.
        const QString file =
            bench.write("pairs.csv", "left,right,stars\nx,ann,5\ny,ann,3\nx,bob,4\nz,bob,1\nz,cat,2\n");
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        bench.session.openData(file.toStdString());
        QVERIFY(bench.idle());
        QVERIFY2(said.isEmpty(), qPrintable(said.value(0).value(0).value<Message>().text));
        QCOMPARE(bench.window().currentPage(), QString("data"));
        QVERIFY(bench.find("roles.table"));
        const auto choose = [&](int column, const QString& role) {
            QComboBox* box = roleBox(bench, column);
            box->setFocus();
            box->setCurrentIndex(box->findText(role));
        };
        for (int column = 0; column < 3; ++column)
            choose(column, "not used");
        QVERIFY(!bench.find("roles.import")->isEnabled());
        QVERIFY(bench.sees("Say which column is the person."));
        choose(1, "person");
        QVERIFY(bench.sees("Say which column is the item."));
        choose(0, "item");
        choose(2, "rating or amount");
        QVERIFY(bench.click("roles.import"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset()->personCount(), std::size_t{3});
        QVERIFY(bench.session.dataset()->findPerson("ann"));
        QVERIFY(bench.session.dataset()->findItem("z"));
        QCOMPARE(bench.session.report().accepted(), std::uint64_t{5});
        QVERIFY(!bench.find("roles.table"));
    }

    void theFirstLineIsWhatThePersonSaysItIs()
    {
        Workbench bench;
        bench.window();
        bench.session.openData(bench.write("pairs.csv", "who,what\nann,heat\nbob,fargo\n").toStdString());
        QVERIFY(bench.idle());
        auto* table = bench.find<QTableWidget>("roles.table");
        QVERIFY(table);
        auto* header = bench.find<QComboBox>("roles.header");
        QVERIFY2(header->currentText().contains("looks like data"), qPrintable(header->currentText()));
        QCOMPARE(table->rowCount(), 1 + 3); // the menus, and three lines
        roleBox(bench, 1)->setCurrentIndex(roleBox(bench, 1)->findText("person"));
        const auto say = [&](const QString& value) {
            header->setFocus();
            header->setCurrentIndex(header->findData(value));
            emit header->activated(header->currentIndex());
            return bench.idle();
        };
        QVERIFY(say("yes"));
        QCOMPARE(table->rowCount(), 1 + 2);
        QCOMPARE(table->horizontalHeaderItem(0)->text(), QString("who"));
        QCOMPARE(roleBox(bench, 1)->currentText(), QString("person")); // put right by hand: it stays
        QVERIFY(say("no"));
        QCOMPARE(table->horizontalHeaderItem(0)->text(), QString("column 1"));
        QVERIFY(say("yes"));
        roleBox(bench, 0)->setCurrentIndex(roleBox(bench, 0)->findText("item"));
        QVERIFY(bench.click("roles.import"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset()->log().size(), std::size_t{2});
        QVERIFY(bench.session.dataset()->findPerson("fargo"));
    }

    void homeShowsTheAnswerAsAPicture()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        const auto* chart = bench.find<ChartView>("home.chart");
        QVERIFY(chart->spec().series.empty());
        QVERIFY(!chart->spec().empty.isEmpty());
        QVERIFY(bench.click("home.answer"));
        QVERIFY(bench.idle());
        QCOMPARE(chart->spec().series.size(), bench.session.models().size());
        const RunRow& first = bench.session.runs().front();
        double best = 0;
        for (const RunRow& run : bench.session.runs())
            best = std::max(best, run.report.find("ndcg@10")->mean);
        QCOMPARE(chart->spec().series[0].points[0].y, best);
        QCOMPARE(bench.session.firstAnswer()->protocolHash, first.protocolHash);
    }

    void homeGoesBackToAnotherDataset()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.train("popularity"));
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        bench.window().resize(1600, 1000);
        QTRY_COMPARE(bench.window().findChildren<WorkTile*>("home.dataset").size(), 2);
        WorkTile* club = nullptr;
        for (WorkTile* tile : bench.window().findChildren<WorkTile*>("home.dataset"))
            if (tile->text() == "club")
                club = tile;
        QVERIFY(club);
        QVERIFY2(club->facts().startsWith("60 people · 24 items"), qPrintable(club->facts()));
        QTest::mouseClick(club, Qt::LeftButton);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset()->personCount(), std::size_t{60});
        QCOMPARE(bench.session.models().size(), std::size_t{1});
    }

    void homeTellsWhatIsInARecentWorkspace()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.train("popularity"));
        bench.session.saveAs(bench.path("first.orrery").toStdString());
        bench.session.saveAs(bench.path("second.orrery").toStdString());
        QVERIFY(bench.go("home"));
        auto* tile = bench.find<WorkTile>("home.recent");
        QVERIFY(tile);
        QCOMPARE(tile->text(), QString("first"));
        QVERIFY2(tile->facts().startsWith("club · ") && tile->facts().endsWith(" · 1 model"),
                 qPrintable(tile->facts()));
        QTest::mouseClick(tile, Qt::LeftButton);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.file().filename().string(), std::string("first.orrery"));
    }

    void tablesSayThatTheyAreBeingCounted()
    {
        Workbench bench;
        QVERIFY(bench.go("data"));
        bool said = false;
        int shown = -1;
        connect(&bench.session, &WorkspaceSession::personChanged, &bench.session, [&] {
            if (!bench.session.dataset() || bench.session.digest())
                return;
            shown = bench.window().findChild<DataTable*>("data.catalog")->shownRows();
            said = bench.sees("Counting…");
        });
        QVERIFY(bench.importClub());
        QVERIFY(said);
        QCOMPARE(shown, 0);
        QVERIFY(!bench.sees("Counting…"));
        QCOMPARE(bench.window().findChild<DataTable*>("data.catalog")->shownRows(), 24);
    }

    void recipesDrawTheCurvesOfAFirstAnswer()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.click("home.answer"));
        QVERIFY(bench.idle());
        QVERIFY(bench.go("recipes"));
        const ChartSpec& curve = bench.find<ChartView>("recipes.curve")->spec();
        QCOMPARE(curve.series.size(), std::size_t{1});
        QCOMPARE(curve.y.title, QString("loss"));
        // Another kind of curve comes to the front when its training begins.
        QVERIFY(bench.click("algorithm.svd"));
        field(bench, "epochs")->setValue(std::int64_t{4});
        QVERIFY(bench.click("recipes.train"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.find<ChartView>("recipes.curve")->spec().y.title, QString("training RMSE"));
        QCOMPARE(bench.find<ChartView>("recipes.curve")->spec().series[0].points.size(), std::size_t{4});
    }

    void theDifferenceToAIsReadAgainAfterReopening()
    {
        Judged bench;
        QVERIFY(bench.ready);
        const int last = bench.table()->model()->columnCount() - 1;
        const auto cells = [&] {
            QStringList all;
            for (int row = 0; row < 2; ++row)
                all << bench.table()->model()->index(row, last).data().toString();
            return all;
        };
        const QStringList before = cells();
        QVERIFY(!before.join(QString()).isEmpty());
        bench.session.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        QVERIFY(bench.session.runs()[0].report.people.empty());
        QCOMPARE(cells(), before);
    }

    void cancellingTheRolesImportsNothing()
    {
        Workbench bench;
        bench.window();
        bench.session.openData(bench.write("club.csv", Workbench::club()).toStdString());
        QVERIFY(bench.idle());
        QVERIFY(bench.press("Cancel"));
        QVERIFY(!bench.find("roles.table"));
        QVERIFY(!bench.session.dataset());
    }

    void theFormComesFromTheDeclaration()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithms.all"));
        QTRY_VERIFY(bench.find("algorithm.popularity"));
        for (const Algorithm& algorithm : catalogue()) {
            QVERIFY2(bench.click("algorithm." + QString::fromStdString(algorithm.id)), algorithm.id.c_str());
            for (const ParamSpec& spec : algorithm.params)
                QVERIFY2(field(bench, spec.id), spec.id.c_str());
        }
    }

    void twoModelsThenAllAreTrained()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithms.all"));
        QTRY_VERIFY(bench.find("algorithm.popularity"));
        const auto train = [&](const Algorithm& algorithm) {
            return bench.click("algorithm." + QString::fromStdString(algorithm.id)) && bench.click("recipes.train");
        };
        QVERIFY(train(**requireAlgorithm("svd")) && train(**requireAlgorithm("item-knn")));
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.models().size(), std::size_t{2});
        std::size_t fitting = 0;
        for (const Algorithm& algorithm : catalogue())
            if (whyNot(algorithm, *bench.session.dataset()).empty()) {
                ++fitting;
                QVERIFY2(train(algorithm), algorithm.id.c_str()); // they wait for each other
            }
        QVERIFY(fitting > 20);
        QVERIFY(bench.idle(300'000));
        QCOMPARE(bench.session.models().size(), 2 + fitting);
    }

    void everyAlgorithmHasItsHelp()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithms.all"));
        QTRY_VERIFY(bench.find("algorithm.popularity"));
        QVERIFY(bench.click("recipes.help"));
        for (const Algorithm& algorithm : catalogue()) {
            QVERIFY(bench.click("algorithm." + QString::fromStdString(algorithm.id)));
            const QString page = bench.find<QTextBrowser>("recipes.helpPage")->toPlainText();
            QVERIFY2(page.contains(QString::fromStdString(algorithm.summary)), algorithm.id.c_str());
            QVERIFY2(page.contains(QString::fromStdString(algorithm.paper)), algorithm.id.c_str());
            for (const ParamSpec& spec : algorithm.params)
                QVERIFY2(page.contains(QString::fromStdString(spec.help)), spec.id.c_str());
        }
        QVERIFY(bench.press("Close"));
        QVERIFY(!bench.find("recipes.helpPage") && bench.find("recipes.curve"));
    }

    void algorithmsAreFoundByTyping()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        auto* search = bench.find<QLineEdit>("algorithms.search");
        QTest::keyClicks(search, "koren bias");
        QTRY_VERIFY(bench.find("algorithm.bias") && !bench.find("algorithm.popularity"));
        search->clear();
        QTRY_VERIFY(bench.find("algorithm.popularity"));
    }

    void whatTheDataCannotSupportSaysWhy()
    {
        Workbench bench;
        QVERIFY(bench.importFile(bench.write("likes.csv", "person,item\nann,A\nann,B\nbob,A\ncat,B\n")));
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.find("algorithm.svd")->toolTip().startsWith("SVD needs ratings"));
        QVERIFY(bench.click("algorithm.svd"));
        QVERIFY(bench.says("recipes.estimate").startsWith("SVD needs ratings"));
        QVERIFY(!bench.find("recipes.train")->isEnabled());
        QVERIFY(bench.click("algorithm.popularity"));
        QVERIFY(bench.find("recipes.train")->isEnabled());
    }

    void theEstimateFollowsTheForm()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithm.svd"));
        const QString before = bench.says("recipes.estimate");
        ParamField* factors = field(bench, "factors");
        auto* number = factors->findChild<QAbstractSpinBox*>();
        number->setFocus();
        number->selectAll();
        QTest::keyClicks(number, "1000");
        QTest::keyClick(number, Qt::Key_Return);
        QVERIFY(factors->differs());
        QVERIFY2(bench.says("recipes.estimate") != before, qPrintable(before));
        QVERIFY(bench.press("Reset all"));
        QVERIFY(!factors->differs());
        QCOMPARE(bench.says("recipes.estimate"), before);
    }

    void trainingDrawsACurveAndAddsARow()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithm.svd"));
        field(bench, "factors")->setValue(std::int64_t{4});
        field(bench, "epochs")->setValue(std::int64_t{5});
        QVERIFY(bench.click("recipes.train"));
        QVERIFY(bench.idle());
        const auto* table = bench.find<DataTable>("recipes.models");
        QCOMPARE(table->shownRows(), 1);
        const ChartSpec& curve = bench.find<ChartView>("recipes.curve")->spec();
        QCOMPARE(curve.series.size(), std::size_t{1});
        QCOMPARE(curve.series[0].points.size(), std::size_t{5});
        QCOMPARE(curve.series[0].colour, bench.session.models()[0].row.colour);
        QVERIFY(curve.series[0].points.front().y > curve.series[0].points.back().y); // it learns
    }

    void theSelectedModelBecomesAOrB()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("popularity") && bench.train("bias") && bench.train("item-knn"));
        QVERIFY(bench.go("recipes"));
        QVERIFY(!bench.click("recipes.setA")); // nothing is selected yet
        auto* view = bench.find<DataTable>("recipes.models")->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(2, 0)).center());
        QVERIFY(bench.click("recipes.setA"));
        QCOMPARE(bench.session.a()->row.id, bench.session.models()[2].row.id);
        QVERIFY(bench.click("recipes.setB")); // it is still selected
        QCOMPARE(bench.session.b()->row.id, bench.session.models()[2].row.id);
        QCOMPARE(view->model()->index(2, 1).data().toString(), QString("A, B"));
        QVERIFY(bench.press("Remove"));
        QCOMPARE(view->model()->rowCount(), 2);
        QVERIFY(!bench.session.a());
    }

    void theSettingsOfAModelComeBackIntoTheForm()
    {
        Workbench bench;
        ParamSet params;
        params.set("factors", std::int64_t{7});
        QVERIFY(bench.importClub() && bench.train("svd", params));
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("algorithm.popularity"));
        auto* view = bench.find<DataTable>("recipes.models")->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(0, 0)).center());
        QVERIFY(bench.press("Settings"));
        QVERIFY(field(bench, "factors"));
        QCOMPARE(std::get<std::int64_t>(field(bench, "factors")->value()), std::int64_t{7});
        QTRY_VERIFY(bench.find<QAbstractButton>("algorithm.svd"));
        QVERIFY(bench.find<QAbstractButton>("algorithm.svd")->isChecked());
        QVERIFY(!bench.find<QAbstractButton>("algorithm.popularity")->isChecked());
    }

    void evaluatingFillsTheTable()
    {
        Judged bench;
        QVERIFY(bench.ready);
        QCOMPARE(bench.table()->model()->rowCount(), 2);
        QCOMPARE(bench.session.runs().size(), std::size_t{2});
        // The model's column, three metrics, and the difference to A.
        QCOMPARE(bench.table()->model()->columnCount(), 5);
        QVERIFY(headers(*bench.table()).last().contains("against A"));
        QVERIFY(!bench.find("judge.evaluate")); // the protocol card has made room
        QVERIFY(bench.press("All metrics"));
        QVERIFY(bench.table()->model()->columnCount() > 5);
        QVERIFY(bench.idle());
        QVERIFY(bench.click("judge.change"));
        QVERIFY(bench.find("judge.evaluate"));
    }

    void theDifferenceToAIsShownForTheOthersOnly()
    {
        Judged bench;
        const int last = bench.table()->model()->columnCount() - 1;
        for (int row = 0; row < 2; ++row) {
            const QString name = bench.table()->model()->index(row, 0).data().toString();
            const QString cell = bench.table()->model()->index(row, last).data().toString();
            QCOMPARE(cell.isEmpty(), name == bench.session.a()->name());
            QVERIFY(cell.isEmpty() || cell.contains(" ± "));
        }
    }

    void scoresAreToldByGroupsOfPeople()
    {
        Judged bench;
        const auto& models = bench.session.models();
        bench.session.setA(models[0].row.id);
        bench.session.setB(models[1].row.id);
        TagColumn tags;
        tags.vocabulary.add("yes");
        for (int person = 0; person < 60; ++person) { // every other one
            if (person % 2 == 0)
                tags.tags.push_back(0);
            tags.starts.push_back(static_cast<std::uint32_t>(tags.tags.size()));
        }
        bench.session.addDerivedPeople({"likely to buy", tags});
        QVERIFY(bench.idle());
        auto* by = bench.find<QComboBox>("judge.by");
        QVERIFY(by);
        const int segment = by->findText("by likely to buy");
        QVERIFY(segment > 0 && by->findText("by history") > 0);
        by->setCurrentIndex(segment);
        QVERIFY(bench.idle() && bench.sees("Scores by people: NDCG@10"));
        const auto* cells = bench.table()->model();
        QCOMPARE(cells->rowCount(), 2);
        QCOMPARE(cells->columnCount(), 5);
        QCOMPARE(cells->index(0, 0).data().toString(), QString("likely to buy yes"));
        QCOMPARE(cells->index(1, 0).data().toString(), QString("likely to buy: others"));
        // The numbers are the core's.
        const auto workspace = Workspace::open(bench.session.file());
        const auto reportOf = [&](ModelId id) {
            for (const RunRow& run : bench.session.runs())
                if (run.model == id)
                    return workspace->run(run.id)->report;
            return EvaluationReport{};
        };
        const EvaluationReport a = reportOf(models[0].row.id), b = reportOf(models[1].row.id);
        auto groups = groupsOf(a, *bench.session.dataset(), bench.session.derivedPeople(), {}).value();
        std::erase_if(groups, [](const PeopleGroup& group) { return group.name != "likely to buy"; });
        const auto ofA = scoresByGroup(groups, a, "ndcg@10", {}, {}).value();
        const auto between = differencesByGroup(groups, a, b, "ndcg@10", {}, {}).value();
        for (int row = 0; row < 2; ++row) {
            const auto at = static_cast<std::size_t>(row);
            QCOMPARE(cells->index(row, 1).data().toString(), QString::number(ofA[at].people));
            QVERIFY(
                cells->index(row, 2).data().toString().startsWith(QString::number(ofA[at].mean, 'f', 3) + u" ± "_qs));
            QCOMPARE(cells->index(row, 4).data(SortRole).toDouble(), between[at]->mean);
        }
        if (const QString file = qEnvironmentVariable("ORRERY_PICTURE"); !file.isEmpty())
            bench.window().grab().save(file);
        // A metric of all lists together says so; without the segment, everybody is shown again.
        auto* metric = bench.find<QComboBox>("judge.metric");
        metric->setCurrentIndex(metric->findData("coverage@10"));
        QVERIFY(bench.idle() && bench.table()->model()->rowCount() == 0);
        QVERIFY(bench.sees("Scores by people: Coverage@10"));
        bench.session.removeDerivedPeople("likely to buy");
        QVERIFY(bench.idle());
        QTRY_COMPARE(by->currentIndex(), 0);
        QVERIFY(bench.idle() && bench.sees("All scores"));
        QCOMPARE(bench.table()->model()->rowCount(), 2);
    }

    void anotherMetricIsAnotherChart()
    {
        Judged bench;
        auto* metric = bench.find<QComboBox>("judge.metric");
        QCOMPARE(metric->currentData().toString(), QString("ndcg@10"));
        const auto* ranking = bench.find<ChartView>("judge.ranking");
        const QString before = ranking->spec().y.title;
        QVERIFY(ranking->spec().series[0].points[0].low.has_value()); // an interval
        metric->setFocus();
        QTest::keyClick(metric, Qt::Key_End);
        QVERIFY(bench.idle());
        QVERIFY(metric->currentData().toString() != "ndcg@10");
        QVERIFY(ranking->spec().y.title != before);
        const auto* tradeOff = bench.find<ChartView>("judge.tradeOff");
        const QString across = tradeOff->spec().x.title;
        auto* box = bench.find<QComboBox>("judge.across");
        QTest::keyClick(box, Qt::Key_Home);
        QVERIFY(bench.idle());
        QVERIFY(tradeOff->spec().x.title != across);
        QCOMPARE(tradeOff->spec().series.size(), std::size_t{2});
    }

    void theBestStandsOnTop()
    {
        Judged bench;
        const auto& series = bench.find<ChartView>("judge.ranking")->spec().series;
        QCOMPARE(series.size(), std::size_t{2});
        QVERIFY(series[0].points[0].y >= series[1].points[1].y);
        const RunRow& run = bench.session.runs()[series[0].name == bench.session.models()[0].name() ? 0 : 1];
        QCOMPARE(series[0].points[0].y, run.report.find("ndcg@10")->mean);
    }

    void exportsSayWhereTheyComeFrom()
    {
        Judged bench;
        const auto* ranking = bench.find<ChartView>("judge.ranking");
        const QString hash = QString::fromStdString(bench.session.dataset()->hash());
        const QString protocol = QString::fromStdString(bench.session.runs()[0].protocolHash);
        for (const char* name : {"ranking.csv", "ranking.svg"}) {
            QVERIFY(ranking->exportTo(bench.path(name)));
            QVERIFY2(contentOf(bench.path(name)).contains(hash), name);
            QVERIFY2(contentOf(bench.path(name)).contains(protocol), name);
        }
        QVERIFY(ranking->exportTo(bench.path("ranking.png")));
        QVERIFY(QImage(bench.path("ranking.png")).text("Description").contains(hash));
        QVERIFY(bench.find<DataTable>("judge.table")->exportCsv(bench.path("table.csv")));
        QVERIFY(contentOf(bench.path("table.csv")).contains(bench.session.models()[1].name()));
    }

    void runsOfTwoProtocolsAreKeptApart()
    {
        Judged bench;
        QVERIFY(!bench.find("judge.protocols"));
        QVERIFY(bench.click("judge.change"));
        auto* split = bench.find<QComboBox>("judge.split");
        split->setCurrentIndex(split->findText("random"));
        QVERIFY(bench.judge());
        auto* protocols = bench.find<QComboBox>("judge.protocols");
        QVERIFY(protocols);
        QCOMPARE(protocols->count(), 2);
        QCOMPARE(bench.table()->model()->rowCount(), 2);
        QVERIFY(protocols->currentText().contains("andom")); // the newest is shown
    }

    void foldsAreOneBoard()
    {
        Judged bench;
        QVERIFY(bench.click("judge.change"));
        auto* split = bench.find<QComboBox>("judge.split");
        auto* folds = bench.find<QSpinBox>("judge.folds");
        QVERIFY(!folds->isEnabled()); // no folds by time
        split->setCurrentIndex(split->findText("random"));
        QVERIFY(folds->isEnabled());
        folds->setFocus();
        folds->selectAll();
        QTest::keyClicks(folds, "3");
        QTest::keyClick(folds, Qt::Key_Tab);
        QCOMPARE(folds->value(), 3);
        QVERIFY(bench.judge());
        QCOMPARE(bench.session.runs().size(), std::size_t{2 + 2 * 3});
        auto* protocols = bench.find<QComboBox>("judge.protocols");
        QCOMPARE(protocols->count(), 2);
        QVERIFY2(protocols->currentText().contains("each of 3 parts"), qPrintable(protocols->currentText()));
        QCOMPARE(bench.table()->model()->rowCount(), 2);
        const auto& ranking = bench.find<ChartView>("judge.ranking")->spec();
        QVERIFY2(ranking.y.title.contains("mean of 3 folds"), qPrintable(ranking.y.title));
        double sum = 0;
        for (const RunRow& run : bench.session.runs())
            if (run.protocolJson.find("\"folds\":3") != std::string::npos &&
                bench.session.model(run.model)->name() == ranking.series[0].name)
                sum += run.report.find("ndcg@10")->mean;
        QCOMPARE(ranking.series[0].points[0].y, sum / 3);
        // From fold to fold against A, which has no difference to itself.
        QVERIFY(bench.idle());
        const int last = bench.table()->model()->columnCount() - 1;
        int compared = 0;
        for (int row = 0; row < 2; ++row)
            compared += bench.table()->model()->index(row, last).data().toString().contains(" ± ") ? 1 : 0;
        QCOMPARE(compared, 1);
    }

    void drawnItemsAreAnotherProtocol()
    {
        Judged bench;
        QVERIFY(bench.click("judge.change"));
        auto* ranked = bench.find<QComboBox>("judge.candidates");
        ranked->setFocus();
        QTest::keyClick(ranked, Qt::Key_Down);
        QVERIFY(ranked->currentText().contains("99 drawn"));
        QVERIFY(bench.judge());
        QVERIFY(bench.session.runs().back().protocolJson.find("stored candidates") != std::string::npos);
        const auto* protocols = bench.find<QComboBox>("judge.protocols");
        QCOMPARE(protocols->count(), 2);
        QVERIFY2(protocols->currentText().contains("among stored items"), qPrintable(protocols->currentText()));
    }

    void judgeWithoutAModelSaysWhereToGetOne()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("judge"));
        QVERIFY(bench.sees("Nothing to judge yet"));
    }
};

QTEST_MAIN(PagesTest)
#include "pages_test.moc"
