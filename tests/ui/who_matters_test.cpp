// SPDX-License-Identifier: GPL-3.0-or-later
// Who will matter, from the window: asked, read, chosen from.
#include "core/ranking/value_lab.h"
#include "core/simulation/shop_world.h"
#include "tests/ui/workbench.h"
#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/pages/judge/matter_people.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QTableView>

using namespace orrery;
using namespace orrery::ui;

namespace {

constexpr double usualSum = 50;

/// A generated shop, with the question on screen.
struct Bench : Workbench {
    explicit Bench(const QSize& size = {1280, 800})
    {
        window().resize(size);
        const std::filesystem::path shop = path("shop").toStdString();
        const ShopPlan plan{.people = 300, .items = 120, .visits = 4000, .days = 120, .seed = 3};
        const auto world = generateShop(plan, JobContext());
        ready = world && writeEventWorld(*world, shop, JobContext()) && importFile(path("shop")) && show();
    }
    bool show() { return go("judge") && press("Who will matter") && idle(); }
    bool ask(double sum = usualSum)
    {
        auto* box = find<QDoubleSpinBox>("matter.sum");
        if (!box || !box->isEnabled())
            return false;
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, QString::number(sum, 'f', 0));
        QTest::keyClick(box, Qt::Key_Tab);
        return click("matter.ask") && idle(200'000);
    }
    /// What the core says to the same question.
    ValueAnswer expected(double sum = usualSum, Timestamp at = endOfTime) const
    {
        return whoWillMatter(session.dataset(), {.label = {sum, 7}, .at = at, .trees = {}}, JobContext()).value();
    }
    DataTable* table(const QString& name) { return find<DataTable>(name); }
    static QString cell(const DataTable* table, int row, int column)
    {
        return table->view()->model()->index(row, column).data().toString();
    }
    void clickRow(const DataTable* table, int row)
    {
        auto* view = table->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                          view->visualRect(view->model()->index(row, 1)).center());
    }
    bool ready = false;
};

QString percentOf(float probability) { return QString::number(100 * static_cast<double>(probability), 'f', 1); }

} // namespace

class WhoMattersTest : public QObject {
    Q_OBJECT
private slots:
    void theAnswerIsThatOfTheCore()
    {
        Bench bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.sees("Say how much, and in how many days"));
        QVERIFY(bench.ask());
        const ValueAnswer answer = bench.expected();
        const QString says = bench.says("matter.sentence");
        QVERIFY2(says.startsWith(QStringLiteral("Of %1 customers about ").arg(answer.people.size())), qPrintable(says));
        QVERIFY2(says.contains("will probably spend more than 50 in the next 7 days"), qPrintable(says));
        QVERIFY2(says.contains(QString::number(answer.report.trees.auc, 'f', 2)), qPrintable(says));
        QCOMPARE(bench.says("matter.leak"), QString("✓ no leak found"));
        const auto* people = bench.table("matter.people");
        QCOMPARE(people->shownRows(), static_cast<int>(answer.topShare(.1).size()));
        for (int row = 0; row < people->shownRows(); ++row) {
            const PersonChance& one = answer.people[static_cast<std::size_t>(row)];
            QCOMPARE(Bench::cell(people, row, 1).toStdString(), bench.session.dataset()->personName(one.user));
            QVERIFY(Bench::cell(people, row, 2).startsWith(percentOf(one.probability)));
        }
        const ChartSpec& calibration = bench.find<ChartView>("matter.calibration")->spec();
        QCOMPARE(calibration.series.size(), std::size_t{2}); // the diagonal, and the trees
        QCOMPARE(calibration.series[0].points.back().x, calibration.series[0].points.back().y);
        QCOMPARE(calibration.series[1].points.size(), answer.report.calibration.size());
        QCOMPARE(calibration.series[1].points.back().y, answer.report.calibration.back().seen);
        const ChartSpec& importance = bench.find<ChartView>("matter.importance")->spec();
        QCOMPARE(importance.series[0].points.front().y, answer.report.features.front().effect);
        if (const QString file = qEnvironmentVariable("ORRERY_PICTURE"); !file.isEmpty())
            bench.window().grab().save(file);
    }

    void featuresSayWhetherTheyCanBeTrusted()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.ask() && bench.press("Drift and leaks"));
        const ValueAnswer answer = bench.expected();
        const auto* table = bench.table("matter.features");
        QVERIFY(table);
        QCOMPARE(table->shownRows(), static_cast<int>(valueFeatures().size()));
        for (int row = 0; row < table->shownRows(); ++row) {
            const ValueFeatureReport& one = answer.report.features[static_cast<std::size_t>(row)];
            QCOMPARE(Bench::cell(table, row, 0).toStdString(), valueFeatures()[one.feature].title);
            QCOMPARE(Bench::cell(table, row, 1).toStdString(), std::string(one.drift.inWords()));
            QCOMPARE(Bench::cell(table, row, 2), QString(one.suspicious ? "suspicious" : "fine"));
        }
        QVERIFY(bench.press("How good"));
        const auto* quality = bench.table("matter.quality");
        QCOMPARE(Bench::cell(quality, 1, 1), QString::number(answer.report.rule.auc, 'f', 3));
        QCOMPARE(Bench::cell(quality, 2, 2), QString::number(answer.report.base.logLoss, 'f', 4));
    }

    void choosingSomebodyShowsWhy()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.ask());
        const ValueAnswer answer = bench.expected();
        bench.clickRow(bench.table("matter.people"), 2);
        QVERIFY(bench.idle());
        QCOMPARE(*bench.session.person().user, answer.people[2].user);
        const auto* reasons = bench.table("matter.reasons");
        const auto expected = answer.reasonsFor(answer.people[2].user).reasons;
        QTRY_COMPARE(reasons->shownRows(), static_cast<int>(expected.size()));
        QCOMPARE(Bench::cell(reasons, 0, 0).toStdString(), valueFeatures()[expected[0].feature].title);
        QCOMPARE(Bench::cell(reasons, 0, 1).toStdString(),
                 inWords(valueFeatures()[expected[0].feature].unit, expected[0].value));
        // Whoever is chosen elsewhere is shown here, too.
        bench.session.selectPerson(answer.people[5].user);
        QVERIFY(bench.idle());
        QCOMPARE(bench.table("matter.people")->currentSourceRow(), 5);
        QVERIFY(bench.sees(QString::fromStdString(bench.session.dataset()->personName(answer.people[5].user)) + ": " +
                           percentOf(answer.people[5].probability)));
    }

    void whoIsChosenIsAShareOrALeastProbability()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.ask());
        const ValueAnswer answer = bench.expected();
        auto* share = bench.find<QDoubleSpinBox>("matter.share");
        share->setValue(20);
        QCOMPARE(bench.table("matter.people")->shownRows(), static_cast<int>(answer.topShare(.2).size()));
        auto* by = bench.find<QComboBox>("matter.by");
        by->setFocus();
        QTest::keyClick(by, Qt::Key_Down);
        share->setValue(5);
        QCOMPARE(bench.table("matter.people")->shownRows(), static_cast<int>(answer.atLeast(.05).size()));
        QVERIFY(bench.says("matter.whom").startsWith(QString::number(answer.atLeast(.05).size()) + " customers"));
        // They go to a file as the command line writes it.
        const QString file = bench.path("likely.csv");
        const auto same = bench.path("same.csv").toStdString();
        bench.window().findChild<MatterPeople*>()->saveTo(file);
        QVERIFY(bench.idle() && bench.sees("likely.csv"));
        QVERIFY(exportChances(answer, answer.atLeast(.05), same, JobContext()));
        QFile written(file), expected(QString::fromStdString(same));
        QVERIFY(written.open(QIODevice::ReadOnly) && expected.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), expected.readAll());
    }

    void rulesAreOneClickAway()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.train("popularity"));
        QVERIFY(bench.press("Rules") && bench.find("rules.drawer"));
        QCOMPARE(bench.window().currentPage(), QString("judge"));
        QVERIFY(bench.click("rules.close") && bench.press("Scores") && bench.press("Rules"));
        QVERIFY(bench.find("rules.drawer"));
    }

    void nothingAfterTheDateIsLookedAt()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.ask());
        QVERIFY(!bench.find("matter.stale"));
        const Timestamp at = bench.session.dataset()->log().times()[bench.session.dataset()->log().size() * 4 / 5];
        bench.session.setAsOf(at);
        QVERIFY(bench.idle() && bench.find("matter.stale"));
        QVERIFY(bench.ask() && !bench.find("matter.stale"));
        const ValueAnswer answer = bench.expected(usualSum, at);
        QVERIFY(bench.says("matter.sentence").startsWith(QStringLiteral("Of %1 customers").arg(answer.people.size())));
        QVERIFY(Bench::cell(bench.table("matter.people"), 0, 2).startsWith(percentOf(answer.people[0].probability)));
    }

    void thoseWhoAreLikelyBecomeASegmentOfRules()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.train("popularity") && bench.train("item-knn"));
        QVERIFY(bench.go("explore") && bench.press("Funnel") && bench.press("Make a funnel of the models"));
        QVERIFY(bench.idle() && bench.show() && bench.ask());
        const std::string hash = bench.session.dataset()->hash();
        QVERIFY(bench.click("matter.segment") && bench.idle());
        const ValueAnswer answer = bench.expected();
        const auto in = answer.topShare(.1);
        const auto workspace = Workspace::open(bench.session.file());
        const auto kept = workspace->derivedPeople(bench.session.datasetId());
        for (std::size_t place = 0; place < answer.people.size(); ++place)
            QCOMPARE(kept->show(answer.title(), answer.people[place].user.value),
                     std::string(place < in.size() ? "yes" : ""));
        QCOMPARE(workspace->loadDataset(bench.session.datasetId())->dataset->hash(), hash);
        // The funnel's rules know who is in: the facts of a request are what an audience is held against.
        const Fact fact{"likely to spend more than 50 in 7 days", "yes"};
        const auto knows = [&](UserIndex user) {
            for (const ModelEntry& entry : bench.session.models())
                if (const Funnel* funnel = funnelOf(entry.recommender.get()))
                    return std::ranges::count(funnel->requestOf(queryFor(*bench.session.dataset(), user)).query.who,
                                              fact) == 1;
            return false;
        };
        QVERIFY(knows(in.front().user) && knows(in.back().user));
        QVERIFY(!knows(answer.people[in.size()].user) && !knows(answer.people.back().user));
        // So do those that are opened from the file.
        bench.session.openWorkspace(bench.session.file());
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.derivedPeople()->columns().size(), std::size_t{1});
        QVERIFY(knows(in.front().user) && !knows(answer.people.back().user));
        bench.session.removeDerivedPeople(answer.title());
        QVERIFY(bench.idle() && !knows(in.front().user));
    }

    void aSumThatNobodySpendsSaysWhatToDo()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.ask(1e7));
        QVERIFY(bench.sees("Nobody spends more than") && bench.sees("Ask for a smaller sum"));
        QVERIFY(bench.ask());
        QVERIFY(!bench.says("matter.sentence").isEmpty());
    }

    void itCanBeCancelled()
    {
        Bench bench;
        QVERIFY(bench.ready && bench.click("matter.ask"));
        auto* button = bench.find<QPushButton>("matter.ask");
        QCOMPARE(button->text(), QString("Cancel"));
        QVERIFY(bench.click("matter.ask") && bench.idle());
        QCOMPARE(button->text(), QString("Find out"));
        QVERIFY(bench.sees("Say how much, and in how many days"));
    }

    void ratingsCannotAnswer()
    {
        Workbench bench;
        bench.window();
        QVERIFY(bench.importClub() && bench.go("judge") && bench.press("Who will matter") && bench.idle());
        QVERIFY(bench.sees("This data cannot tell who will spend"));
        QVERIFY(bench.sees(QString::fromStdString(CustomerHistory::whyNot(*bench.session.dataset()))));
        QVERIFY(!bench.find("matter.ask")->isEnabled());
    }
};

QTEST_MAIN(WhoMattersTest)
#include "who_matters_test.moc"
