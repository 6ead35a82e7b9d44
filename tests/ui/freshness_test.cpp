// SPDX-License-Identifier: GPL-3.0-or-later
// New events come to the dataset on screen: models learn them, and everybody's lists are kept and exported.
#include "core/store/freshness.h"
#include "tests/ui/workbench.h"
#include "ui/components/data_table.h"
#include "ui/components/widgets.h"
#include "ui/pages/recipes/model_state.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QLineEdit>
#include <QSpinBox>
#include <QTableView>
#include <QTimer>

#include <algorithm>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// A known person, a new one and a new film; later than all of the club.
QByteArray later()
{
    return "person,item,rating,timestamp\n"
           "p7,Film 02,5,1700000000\n"
           "p7,Film 99,4,1700000100\n"
           "eve,Film 99,5,1700000200\n";
}

/// The club with A, B and a third model that is not shown.
struct Club : Workbench {
    Club()
    {
        ready = importClub() && train("popularity") && train("item-knn") && (third = train("co-occurrence")) != 0;
        session.selectPerson(UserIndex{7});
        session.selectItem(ItemIndex{3});
        ready = idle() && ready;
    }
    bool append(const QByteArray& csv)
    {
        session.appendData({write("later.csv", csv).toStdString()});
        return idle();
    }
    /// What the label of that name says in full.
    QString state(const QString& name)
    {
        const auto* label = find<ElidedLabel>(name);
        return label ? label->fullText() : QString();
    }
    bool selectModel(int row)
    {
        const auto* table = find<DataTable>("recipes.models");
        if (!table)
            return false;
        QTableView* view = table->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                          view->visualRect(view->model()->index(row, 0)).center());
        return table->currentSourceRow() == row;
    }
    ModelId third = 0;
    bool ready = false;
};

QStringList linesOf(const QString& file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()).trimmed().split('\n') : QStringList();
}

/// Types `file` into the file dialog that opens next, and accepts it.
void answerFileDialog(const QString& file)
{
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, qApp, [timer, file] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (!dialog)
            return;
        timer->deleteLater();
        dialog->findChild<QLineEdit*>("fileNameEdit")->setText(file);
        QTest::keyClick(dialog, Qt::Key_Return);
    });
    timer->start(20);
}

} // namespace

class FreshnessTest : public QObject {
    Q_OBJECT
private slots:
    void appendingKeepsWhoAndWhatIsSelected()
    {
        Club bench;
        QVERIFY(bench.ready);
        const ModelId a = bench.session.a()->row.id, b = bench.session.b()->row.id;
        const std::size_t events = bench.session.dataset()->log().size();
        const QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        QVERIFY(bench.append(later()));
        const Dataset& dataset = *bench.session.dataset();
        QCOMPARE(dataset.log().size(), events + 3);
        QCOMPARE(bench.session.person().user, std::optional(UserIndex{7}));
        QCOMPARE(bench.session.item(), std::optional(ItemIndex{3}));
        QCOMPARE(bench.session.a()->row.id, a);
        QCOMPARE(bench.session.b()->row.id, b);
        QCOMPARE(dataset.personIds().name(60), std::string_view("eve"));
        const auto message = said.at(0).at(0).value<Message>();
        QVERIFY2(message.text.contains("3 events of later.csv added: 1 new person, 1 new item"),
                 qPrintable(message.text));
        QVERIFY(bench.session.digest() && bench.session.digest()->dataset == bench.session.dataset());
    }

    void aGuestIsKeptAsAPerson()
    {
        Club bench;
        QVERIFY(bench.ready && bench.go("explore"));
        bench.session.selectGuest();
        QVERIFY(bench.idle() && !bench.find("history.keep")); // there is nothing to keep
        bench.session.editHistory({ItemIndex{2}, 5.F});
        bench.session.editHistory({ItemIndex{4}, 4.F});
        QVERIFY(bench.idle() && bench.click("history.keep"));
        auto* dialog = bench.window().findChild<QInputDialog*>();
        QVERIFY(dialog);
        dialog->setTextValue("eve");
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(bench.idle());
        const Dataset& dataset = *bench.session.dataset();
        QCOMPARE(bench.session.person().user, dataset.findPerson("eve"));
        QCOMPARE(dataset.interactions().row(*dataset.findPerson("eve")).size(), std::size_t{2});
        QVERIFY(bench.session.person().edits.empty());
        QVERIFY(!bench.find("history.keep"));
    }

    void modelsThatAreShownLearnWhatCame()
    {
        Club bench;
        QVERIFY(bench.ready);
        const ModelId a = bench.session.a()->row.id;
        QVERIFY(bench.append(later()));
        const std::size_t events = bench.session.dataset()->log().size();
        QCOMPARE(bench.session.a()->row.id, a);
        for (const ModelEntry* shown : {bench.session.a(), bench.session.b()}) {
            QCOMPARE(*shown->row.events, events);
            QCOMPARE(shown->row.upTo, Timestamp{1'700'000'200});
            QCOMPARE(shown->recommender->model()->itemCount(), std::size_t{25});
        }
        QCOMPARE(bench.session.behind(), std::vector<ModelId>{bench.third});
        QCOMPARE(*eventsSince(bench.session.model(bench.third)->row, *bench.session.dataset()), std::size_t{3});
        QCOMPARE(bench.session.model(bench.third)->recommender->model()->itemCount(), std::size_t{24});
    }

    void everyModelSaysOfWhenItsDataIs()
    {
        Club bench;
        QVERIFY(bench.ready && bench.go("recipes") && bench.selectModel(2));
        QCOMPARE(bench.state("recipes.dataOf"), QString("Trained on data up to 12 Sep 2021; nothing came since."));
        QVERIFY(!bench.find("recipes.refreshAll"));
        QVERIFY(!bench.find("recipes.refresh")->isEnabled());
        QVERIFY(bench.append(later()));
        QVERIFY(bench.selectModel(2));
        QCOMPARE(bench.state("recipes.dataOf"), QString("Trained on data up to 12 Sep 2021; 3 events came since."));
        QVERIFY(bench.click("recipes.refresh") && bench.idle());
        QCOMPARE(bench.state("recipes.dataOf"), QString("Trained on data up to 14 Nov 2023; nothing came since."));
    }

    void allThatAreBehindAreRefreshedAtOnce()
    {
        Club bench;
        QVERIFY(bench.ready);
        bench.session.setA(std::nullopt);
        bench.session.setB(std::nullopt);
        QVERIFY(bench.append(later()));
        QCOMPARE(bench.session.behind().size(), std::size_t{3});
        QVERIFY(bench.go("recipes"));
        QVERIFY(bench.click("recipes.refreshAll") && bench.idle());
        QVERIFY(bench.session.behind().empty());
        QVERIFY(!bench.find("recipes.refreshAll"));
    }

    void anAppendThatCannotBeReadChangesNothing()
    {
        Club bench;
        QVERIFY(bench.ready);
        const auto dataset = bench.session.dataset();
        const QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        bench.session.appendData({bench.path("nowhere.csv").toStdString()});
        QVERIFY(bench.idle());
        QVERIFY(bench.append("nothing of use\n"));
        QCOMPARE(said.size(), qsizetype{2});
        QCOMPARE(bench.session.dataset(), dataset);
        const auto stored = Workspace::open(bench.session.file())->datasets();
        QCOMPARE((*stored)[0].hash, dataset->hash());
    }

    void aCancelledAppendChangesNothing()
    {
        Club bench;
        QVERIFY(bench.ready);
        const auto dataset = bench.session.dataset();
        bench.session.appendData({bench.write("later.csv", later()).toStdString()});
        bench.jobs.cancelAll();
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset(), dataset);
        QCOMPARE((*Workspace::open(bench.session.file())->datasets())[0].hash, dataset->hash());
    }

    void twoAppendsInARowAreBothThere()
    {
        Club bench;
        QVERIFY(bench.ready);
        const std::size_t events = bench.session.dataset()->log().size();
        bench.session.appendData({bench.write("later.csv", later()).toStdString()});
        bench.session.appendData(
            {bench.write("more.csv", "person,item,rating,timestamp\nada,Film 01,5,1700000300\n").toStdString()});
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.dataset()->log().size(), events + 4);
        QVERIFY(bench.session.dataset()->findPerson("ada") && bench.session.dataset()->findPerson("eve"));
        QCOMPARE(*bench.session.a()->row.events, events + 4);
    }

    void aRefreshedModelKeepsANameGivenMeanwhile()
    {
        Club bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.append(later()));
        bench.session.refresh({bench.third});
        bench.session.renameModel(bench.third, "Together");
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.model(bench.third)->name(), QString("Together"));
        QCOMPARE(QString::fromStdString(bench.session.model(bench.third)->recommender->name()), QString("Together"));
        const auto rows = Workspace::open(bench.session.file())->models(bench.session.datasetId());
        QCOMPARE(rows->back().name, std::string("Together"));
        QVERIFY(bench.session.behind().empty());
    }

    void listsOfEverybodyAreKeptAndGoStale()
    {
        Club bench;
        QVERIFY(bench.ready && bench.go("recipes") && bench.selectModel(2));
        QVERIFY(bench.state("recipes.listsOf").startsWith("No lists of everybody are kept"));
        QVERIFY(bench.click("recipes.makeLists") && bench.idle());
        QCOMPARE(bench.state("recipes.listsOf"), QString("Lists for 60 people, made just now."));
        QVERIFY(!bench.find("recipes.makeLists")->isEnabled());
        QVERIFY(bench.append(later()));
        QVERIFY(bench.selectModel(2));
        QCOMPARE(bench.state("recipes.listsOf"),
                 QString("Lists for 60 people, made just now, before 3 newer events. An export makes new ones."));
        bench.session.openWorkspace(bench.session.file());
        QVERIFY(bench.idle() && bench.selectModel(2));
        QVERIFY(bench.state("recipes.listsOf").contains("before 3 newer events"));
        QVERIFY(bench.click("recipes.makeLists") && bench.idle());
        QCOMPARE(bench.state("recipes.listsOf"), QString("Lists for 61 people, made just now."));
        QVERIFY(bench.click("recipes.refresh") && bench.idle());
        QVERIFY(bench.state("recipes.listsOf").contains("before it was trained again"));
    }

    void agesAreTold()
    {
        const QDateTime now = QDateTime::fromString("2023-11-14T12:00:00Z", Qt::ISODate);
        QCOMPARE(age("2023-11-14T11:59:30Z", now), QString("just now"));
        QCOMPARE(age("2023-11-14T11:56:30Z", now), QString("3 min ago"));
        QCOMPARE(age("2023-11-14T06:00:00Z", now), QString("6 h ago"));
        QCOMPARE(age("2023-11-04T12:00:00Z", now), QString("10 days ago"));
    }

    void listsAreExportedFromTheWindow()
    {
        Club bench;
        QVERIFY(bench.ready && bench.go("recipes") && bench.selectModel(0));
        bench.find<QSpinBox>("recipes.listLength")->setValue(3);
        const QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        answerFileDialog(bench.path("lists.jsonl"));
        QVERIFY(bench.click("recipes.exportLists") && bench.idle());
        QCOMPARE(linesOf(bench.path("lists.jsonl")).size(), qsizetype{60});
        const auto message = said.back().at(0).value<Message>();
        QVERIFY2(message.text.contains("60 people, 180 rows"), qPrintable(message.text));
    }

    void anExportOfCurrentListsIsThatOfNewOnes()
    {
        Club bench;
        QVERIFY(bench.ready);
        const auto exported = [&](const QString& name, std::size_t n) {
            const QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
            bench.session.exportLists(bench.third, bench.path(name).toStdString(), "csv", n);
            return bench.idle() && !said.isEmpty() ? said.back().at(0).value<Message>().hint : QString("not done");
        };
        QCOMPARE(exported("new.csv", 5), QString());
        bench.session.makeLists(bench.third);
        QVERIFY(bench.idle());
        QVERIFY(exported("kept.csv", 5).contains("kept"));
        QCOMPARE(linesOf(bench.path("kept.csv")), linesOf(bench.path("new.csv")));
        QVERIFY(linesOf(bench.path("kept.csv")).size() > 200);
        QCOMPARE(exported("longer.csv", WorkspaceSession::keptLength + 1), QString());
        QVERIFY(bench.append(later()));
        QCOMPARE(exported("stale.csv", 5), QString()); // never of lists that are stale
    }
};

QTEST_MAIN(FreshnessTest)
#include "freshness_test.moc"
