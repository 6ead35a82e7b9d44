// SPDX-License-Identifier: GPL-3.0-or-later
// The rules drawer worked by hand: rules are added, set, moved and taken back, and lists and numbers follow.
#include "core/evaluation/rule_sample.h"
#include "tests/ui/workbench.h"
#include "ui/components/picker.h"
#include "ui/lists/list_board.h"
#include "ui/rules/rule_row.h"
#include "ui/rules/rules_drawer.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// The sample shop, popularity as A and item kNN as B, and the drawer open.
struct Opened : Workbench {
    bool start()
    {
        session.openSample(samples()[1]);
        return idle() && train("popularity") && train("item-knn") && go("explore") && press("Rules") && settled();
    }
    /// The person's list, the price and the findings are there.
    bool settled()
    {
        return QTest::qWaitFor(
            [this] {
                return !jobs.busy() && !jobs.quickBusy() && says("rules.status").startsWith("Preview") &&
                       !says("rules.finding").startsWith("Looking");
            },
            60'000);
    }
    bool add(const QString& kind) { return click("rules.add") && choose(kind) && settled(); }

    QStringList titles()
    {
        QStringList all;
        for (int row = 0; find(QStringLiteral("rules.row.%1").arg(row)); ++row)
            all << find<QCheckBox>(QStringLiteral("rules.row.%1.on").arg(row))->accessibleName();
        return all;
    }
    std::vector<RowContent> rows(std::size_t column) { return find<ListBoard>("rules.board")->column(column)->rows(); }
    std::vector<ItemIndex> items(std::size_t column)
    {
        std::vector<ItemIndex> all;
        for (const RowContent& row : rows(column))
            all.push_back(row.item);
        return all;
    }
    QDoubleSpinBox* number(int row)
    {
        return find(QStringLiteral("rules.row.%1.number").arg(row))->findChild<QDoubleSpinBox*>();
    }
    QSlider* slider(int row) { return find(QStringLiteral("rules.row.%1.number").arg(row))->findChild<QSlider*>(); }
};

} // namespace

class RulesDrawerTest : public QObject {
    Q_OBJECT
private slots:
    void withoutRulesNothingChanges()
    {
        Opened bench;
        QVERIFY(bench.start());
        QVERIFY(bench.items(0).size() >= 5);
        QVERIFY(bench.items(0) == bench.items(1));
        QVERIFY(bench.sees("Nothing changes in this list"));
        QVERIFY(bench.says("rules.affected").startsWith("0 % of"));
        QVERIFY(!bench.find("rules.undo")->isEnabled());
        QTest::keyClick(bench.find("rules.drawer"), Qt::Key_Escape);
        QVERIFY(!bench.find("rules.drawer"));
    }

    // Its number takes what was typed when it loses the focus: by then the rules have other places.
    void aRuleIsRemovedWhileAnotherIsTyped()
    {
        Opened bench;
        QVERIFY(bench.start());
        QVERIFY(bench.add("At most") && bench.add("At most"));
        QVERIFY(bench.number(1));
        bench.number(1)->setFocus();
        bench.number(1)->selectAll();
        QTest::keyClicks(bench.number(1), "7");
        QVERIFY(bench.click("rules.row.0.remove") && bench.settled());
        QCOMPARE(bench.titles().size(), qsizetype(1));
        QVERIFY(bench.click("rules.undo") && bench.settled());
        QCOMPARE(bench.titles().size(), qsizetype(2));
    }

    void aRuleIsAddedSetAndTakenBack()
    {
        Opened bench;
        QVERIFY(bench.start());
        const auto before = bench.items(1);
        QVERIFY(bench.add("At most"));
        QCOMPARE(bench.titles(), QStringList{"At most 3 of a category"});
        bench.slider(0)->setValue(bench.slider(0)->minimum());
        QVERIFY(bench.settled());
        QCOMPARE(bench.titles(), QStringList{"At most 1 of a category"});
        QVERIFY(bench.items(1) != before);
        QVERIFY(bench.items(0) == before); // what stands stays
        QVERIFY(!bench.says("rules.affected").startsWith("0 % of"));
        bool isTold = false; // what a rule dropped says so
        for (const RowContent& row : bench.rows(0))
            isTold = isTold || row.chip == "out: cap";
        QVERIFY(isTold);

        QVERIFY(bench.click("rules.undo") && bench.settled());
        QCOMPARE(bench.titles(), QStringList{"At most 3 of a category"});
        QVERIFY(bench.click("rules.undo") && bench.settled());
        QVERIFY(bench.titles().isEmpty() && bench.items(1) == before);
        QVERIFY(bench.click("rules.redo") && bench.click("rules.redo") && bench.settled());
        QCOMPARE(bench.titles(), QStringList{"At most 1 of a category"});
        QVERIFY(bench.items(1) != before);
    }

    void boostsAreReadInPlaces()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("Promoted"));
        QCOMPARE(bench.titles(), QStringList{"Promoted: about 4 places up"}); // 11^(1/1.2) - 1 = 6.4
        QTest::mouseClick(bench.find("rules.row.0.on"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(bench.settled());
        QVERIFY(bench.items(0) == bench.items(1)); // it is off
        QVERIFY(!bench.number(0)->isEnabled());
    }

    void rulesAreMovedByKeyAndByMouse()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("Promoted") && bench.add("At most") && bench.add("In stock"));
        const QStringList first = bench.titles();
        QCOMPARE(first.size(), 3);
        bench.find("rules.row.2.handle")->setFocus();
        QTest::keyClick(bench.find("rules.row.2.handle"), Qt::Key_Up);
        QCOMPARE(bench.titles(), QStringList({first[0], first[2], first[1]}));
        QCOMPARE(bench.window().focusWidget(), bench.find("rules.row.1.handle")); // it goes along
        QWidget* handle = bench.find("rules.row.0.handle");
        const QWidget* last = bench.find("rules.row.2");
        const QPoint below = handle->mapFromGlobal(last->mapToGlobal(last->rect().bottomLeft()));
        QTest::mousePress(handle, Qt::LeftButton);
        QTest::mouseMove(handle, below);
        QTest::mouseRelease(handle, Qt::LeftButton, {}, below);
        QCOMPARE(bench.titles(), QStringList({first[2], first[1], first[0]}));
        QVERIFY(bench.click("rules.row.1.remove") && bench.settled());
        QCOMPARE(bench.titles(), QStringList({first[2], first[0]}));
    }

    void allSettingsAreInTheForm()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("Boost"));
        const auto before = bench.titles();
        auto* where = bench.find("param.where")->findChild<QLineEdit*>(); // a new boost opens by itself
        QVERIFY(where && !where->text().isEmpty());                       // and is about something that there is
        where->selectAll();
        QTest::keyClicks(where, "price < 20");
        QVERIFY(bench.settled());
        QVERIFY(bench.titles() != before && bench.titles()[0].startsWith("Price < 20"));
        auto* audience = bench.find("param.audience")->findChild<QLineEdit*>();
        QTest::keyClicks(audience, "nobody = here");
        QVERIFY(bench.settled());
        QVERIFY(bench.items(0) == bench.items(1)); // it holds for nobody
        auto* name = bench.find("param.name")->findChild<QLineEdit*>();
        QTest::keyClicks(name, "Cheap things");
        QVERIFY(bench.settled());
        QCOMPARE(bench.titles(), QStringList{"Cheap things"});
    }

    void anAudienceIsSuggestedAndCounted()
    {
        Opened bench;
        bench.window().resize(1280, 800);
        QVERIFY(bench.start() && bench.add("Boost"));
        auto* audience = bench.find("param.audience")->findChild<Picker*>();
        QTRY_COMPARE(bench.says("param.said.audience"), QString("All 420 people"));
        QTest::keyClicks(audience, "ci");
        QVERIFY(audience->isOpen());
        QTest::keyClick(audience, Qt::Key_Down);
        QTest::keyClick(audience, Qt::Key_Return); // the name, and the list goes on
        QCOMPARE(audience->text(), QString("city "));
        QVERIFY(audience->isOpen());
        QTest::keyClick(audience, Qt::Key_Down);
        QTest::keyClick(audience, Qt::Key_Return); // "="
        if (const QString file = qEnvironmentVariable("ORRERY_PICTURE"); !file.isEmpty())
            bench.window().grab().save(file);
        QTest::keyClick(audience, Qt::Key_Down);
        QTest::keyClick(audience, Qt::Key_Return); // the most frequent city
        const QString condition = audience->text();
        QVERIFY2(condition.startsWith("city = "), qPrintable(condition));
        QVERIFY(bench.settled());
        const Dataset& dataset = *bench.session.dataset();
        int in = 0;
        for (std::uint32_t person = 0; person < dataset.personCount(); ++person)
            in += "city = " + QString::fromStdString(dataset.people().show("city", person)) == condition ? 1 : 0;
        QVERIFY(in > 0);
        QTRY_COMPARE(bench.says("param.said.audience"), QStringLiteral("%1 of 420 people").arg(in));
        // What is not there is said, with what is.
        QTest::keyClicks(audience, "; height > 3");
        QVERIFY(bench.settled());
        QTRY_VERIFY(bench.says("param.said.audience").contains("Nothing is known of the height of people"));
        QVERIFY(bench.says("param.said.audience").contains("age, city"));
        // A segment is one of the names as soon as it is made.
        TagColumn members;
        members.vocabulary.add("gold");
        members.tags = {0, 0};
        members.starts = {0, 1, 2};
        bench.session.addDerivedPeople({"club", members});
        QVERIFY(bench.idle() && bench.settled());
        audience->selectAll();
        QTest::keyClicks(audience, "club = gold");
        QVERIFY(bench.settled());
        QTRY_COMPARE(bench.says("param.said.audience"), QString("2 of 420 people"));
    }

    void aPinIsFoundByItsTitle()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("Pin"));
        const Dataset& dataset = *bench.session.dataset();
        const ItemIndex wanted{static_cast<std::uint32_t>(dataset.itemCount() - 1)};
        const QString title = QString::fromStdString(dataset.title(wanted));
        auto* item = bench.find("param.item")->findChild<Picker*>();
        item->selectAll();
        QTest::keyClicks(item, title.left(title.size() - 2));
        QVERIFY(item->isOpen() && !bench.find("param.problem.item"));
        QTest::keyClick(item, Qt::Key_Escape); // half a title is no id
        QVERIFY(bench.says("param.problem.item").contains("choose one from the list"));
        QCOMPARE(bench.find("param.problem.item")->property("tone").toString(), QString("bad"));
        QTest::keyClick(item, Qt::Key_Down);
        QTest::keyClick(item, Qt::Key_Down);
        QTest::keyClick(item, Qt::Key_Return);
        QCOMPARE(item->text().toStdString(), std::string(dataset.itemIds().name(wanted.value)));
        QVERIFY(bench.settled());
        QVERIFY(!item->isOpen() && !bench.find("param.problem.item"));
        QCOMPARE(bench.says("param.said.item"), title);
        QCOMPARE(bench.titles(), QStringList{title + " at place 1"});
        QVERIFY(bench.settled());
        QVERIFY2(bench.says("rules.why").contains(title + " at place 1"), qPrintable(bench.says("rules.why")));
        QCOMPARE(bench.items(1).front(), wanted);
    }

    void aDeadRuleIsFoundAndShown()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("At most"));
        bench.number(0)->setValue(900);
        QVERIFY(bench.settled());
        QTRY_VERIFY(bench.says("rules.finding").contains("changes nobody's list"));
        QVERIFY(bench.click("rules.finding.show"));
        QCOMPARE(bench.find("rules.row.0.title")->property("tone").toString(), QString("warning"));
    }

    void theExamplesSelectThePerson()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("At most"));
        bench.number(0)->setValue(1);
        QVERIFY(bench.settled());
        const QSignalSpy selected(&bench.session, &WorkspaceSession::personChanged);
        for (const char* example : {"rules.example.0", "rules.example.2"}) {
            QVERIFY(bench.click(example) && bench.idle());
            QVERIFY(bench.items(0) != bench.items(1)); // their list changes
        }
        QCOMPARE(selected.count(), 2);
    }

    // The models know everything: agreement waits for a like of B that learned from what was before the cut. One that
    // was trained as of that moment is asked itself.
    void agreementIsThatOfATwinWhereTheModelHasSeenLaterChoices()
    {
        Opened bench;
        QVERIFY(bench.start());
        QVERIFY2(bench.says("rules.cost.note").contains("a like of Item kNN that learned from what was before alone"),
                 qPrintable(bench.says("rules.cost.note")));
        QVERIFY(bench.find("rules.measure.0")->isVisible());
        QVERIFY(!bench.find("rules.cost.twin"));
        const auto agreement = [&] {
            QString all;
            for (const auto* label : bench.find("rules.measure.0")->findChildren<QLabel*>())
                all += label->text() + u' ';
            return all;
        };
        const QString twins = agreement();
        QVERIFY(!twins.contains("worked out"));

        const Timestamp cut = usualCut(*bench.session.dataset(), endOfTime);
        bench.session.setAsOf(cut);
        QVERIFY(bench.train("item-knn") && bench.settled());
        const ModelId asOfThen = bench.session.models().back().row.id;
        bench.session.setB(asOfThen);
        QVERIFY(bench.settled());
        QVERIFY2(bench.says("rules.cost.note").endsWith("from then on."), qPrintable(bench.says("rules.cost.note")));
        QCOMPARE(agreement(), twins); // the same model, trained on the same
    }

    // Segments make the catalog of rules anew: nobody looks, so no lists are asked for and no like is trained.
    void behindAClosedDrawerNothingIsWorkedOut()
    {
        Opened bench;
        QVERIFY(bench.start());
        QTest::keyClick(bench.find("rules.drawer"), Qt::Key_Escape);
        QStringList titles;
        connect(&bench.jobs, &JobRunner::jobStarted, this, [&](const JobInfo& job) { titles << job.title; });
        TagColumn members;
        members.vocabulary.add("yes");
        members.tags = {0, 0};
        members.starts = {0, 1, 2};
        bench.session.addDerivedPeople({"regulars", members});
        QVERIFY(bench.idle());
        QVERIFY2(titles.filter("Training").isEmpty(), qPrintable(titles.join(u'\n')));
        QVERIFY(bench.press("Rules") && bench.settled());
        QCOMPARE(titles.filter("Training").size(), 1);
    }

    void aRowSaysWhichRuleDidIt()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("At most"));
        bench.number(0)->setValue(1);
        QVERIFY(bench.settled());
        const auto* before = bench.find<ListBoard>("rules.board")->column(0);
        for (std::size_t place = 0; place < before->rows().size(); ++place)
            if (before->rows()[place].chip == "out: cap") {
                QTest::mouseClick(before->rowAt(place), Qt::LeftButton);
                break;
            }
        QVERIFY(bench.says("rules.why").contains(u"At most 1 of a category – out, 1 of"_qs));
    }

    void rulesAreKeptComparedAndWritten()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("At most") && bench.add("Promoted"));
        QVERIFY(bench.click("rules.compare") && Workbench::choose("With what stands now"));
        QVERIFY(bench.sees("'at most 3 of a category' is added"));
        auto* drawer = bench.find<RulesDrawer>("rules.drawer");
        drawer->exportTo(bench.path("rules.json"));
        const QStringList titles = bench.titles();
        QVERIFY(bench.click("rules.close"));
        QVERIFY(bench.press("Rules") && bench.settled());
        QCOMPARE(bench.titles(), titles);
        QVERIFY(bench.click("rules.more") && Workbench::choose("Remove all rules") && bench.settled());
        QVERIFY(bench.titles().isEmpty());
        drawer->importFrom(bench.path("rules.json"));
        QVERIFY(bench.settled());
        QCOMPARE(bench.titles(), titles);
        bench.write("broken.json", "{}");
        drawer->importFrom(bench.path("broken.json"));
        QVERIFY(bench.sees("This is not a file of rules"));
        QCOMPARE(bench.titles(), titles);
        drawer->close(); // keeps what was edited last
        const auto again = Workspace::open(bench.session.file());
        const std::string key =
            "rules/" + std::to_string(bench.session.datasetId()) + "/" + std::to_string(bench.session.b()->row.id);
        QVERIFY(again->note(key)->value().find("promoted") != std::string::npos);
    }

    void savedRulesBecomeARecipe()
    {
        Opened bench;
        QVERIFY(bench.start() && bench.add("At most"));
        bench.number(0)->setValue(1);
        QVERIFY(bench.settled());
        const auto edited = bench.items(1);
        const ModelId before = bench.session.b()->row.id;
        QVERIFY(bench.click("rules.save"));
        QCOMPARE(bench.find<QLineEdit>("rules.name")->text(), bench.session.b()->name() + " + rules");
        bench.find<QLineEdit>("rules.name")->setText("Calmer");
        QVERIFY(bench.click("rules.save.new") && bench.idle());
        QTRY_VERIFY(bench.session.b()->row.id != before);
        QCOMPARE(bench.session.b()->name(), QString("Calmer"));
        QVERIFY(bench.settled());
        QVERIFY(bench.items(0) == edited && bench.items(1) == edited); // what stands is what was saved
        QCOMPARE(bench.titles(), QStringList{"At most 1 of a category"});
        QVERIFY(!bench.find("rules.undo")->isEnabled());

        bench.number(0)->setValue(2);
        QVERIFY(bench.settled() && bench.items(1) != edited);
        QVERIFY(bench.click("rules.save") && bench.click("rules.save.change") && bench.idle() && bench.settled());
        QTRY_VERIFY(bench.items(0) == bench.items(1));
        QCOMPARE(bench.session.b()->name(), QString("Calmer")); // in its place
        const auto* funnel = funnelOf(bench.session.b()->recommender.get());
        QVERIFY(funnel && std::get<CapRule>(funnel->recipe().rules.rules[0].action).most == 2);
    }

    void kindsWithoutAnythingToLookAtSayWhy()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("item-knn") && bench.go("explore") && bench.press("Rules"));
        QTRY_VERIFY(bench.find<QPushButton>("rules.add")->isEnabled());
        QVERIFY(bench.click("rules.add"));
        QVERIFY(!Workbench::choose("In stock – the catalog does not tell what is in stock")); // greyed
        QVERIFY(bench.click("rules.add") && Workbench::choose("Pin"));
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.find("rules.row.0"));
    }
};

QTEST_MAIN(RulesDrawerTest)
#include "rules_drawer_test.moc"
