// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import_recipe.h"
#include "tests/ui/workbench.h"
#include "ui/components/share_bar.h"
#include "ui/theme/tokens.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QMimeData>
#include <QTableWidget>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Forty people and thirty books of two authors; order lines write the numbers in three ways, the catalog pads them.
QByteArray ordersOf(int month)
{
    QByteArray csv = "order_id,customer_id,isbn,quantity,price,order_date\n";
    int order = 0;
    for (int p = 0; p < 40; ++p)
        for (int i = 0; i < 30; ++i)
            if ((p + i + month) % 4 == 0) {
                const QString key = i % 7 == 3   ? QStringLiteral("%1.0").arg(100 + i)
                                    : i % 7 == 5 ? QStringLiteral(" %1").arg(100 + i)
                                                 : QString::number(100 + i);
                csv += QStringLiteral("%1,c%2,%3,%4,9.5,2026-0%5-%6\n")
                           .arg(order++ / 3)
                           .arg(p)
                           .arg(key)
                           .arg((p + i) % 17 == 0 ? -1 : 1 + i % 2)
                           .arg(month)
                           .arg(1 + (p + i) % 28, 2, 10, QChar(u'0'))
                           .toUtf8();
            }
    return csv + QStringLiteral("999,c1,POST,1,3,2026-0%1-02\n999,c2,POST,1,3,2026-0%1-03\n").arg(month).toUtf8();
}

QByteArray books()
{
    QByteArray csv = "isbn,title,author,price\n";
    for (int i = 0; i < 34; ++i)
        csv += QStringLiteral("00%1,Book %2,%3,%4\n")
                   .arg(100 + i)
                   .arg(i)
                   .arg(i % 2 ? "Austen" : "Eliot")
                   .arg(8 + i % 5)
                   .toUtf8();
    return csv;
}

class Shop : public Workbench {
public:
    bool drop(const QStringList& files)
    {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString& file : files)
            urls << QUrl::fromLocalFile(file);
        data.setUrls(urls);
        QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window(), &enter);
        QDropEvent event(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window(), &event);
        return idle();
    }
    bool dropMay() { return drop({write("orders-2026-05.csv", ordersOf(5)), write("books.csv", books())}); }

    QString bar(const QString& name)
    {
        const auto* shown = find<ShareBar>(name);
        return shown ? shown->shown() : QString();
    }
    bool press(const QString& name) { return click(name) && idle(); }
    bool leaveOut(const QString& id)
    {
        const QString name = "join.leaveOut." + id;
        if (!QTest::qWaitFor([&] { return find<QCheckBox>(name) != nullptr; }, 5'000))
            return false;
        auto* box = find<QCheckBox>(name);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(space::sm, box->height() / 2)); // beside its words is nothing
        return box->isChecked();
    }
    bool fixAll()
    {
        return press("join.items.trim") && press("join.items.leading-zeros") && press("join.items.point-zero");
    }
};

} // namespace

class JoinViewTest : public QObject {
    Q_OBJECT
private slots:
    void droppedTablesAreJoinedOnceTheirKeysMeet()
    {
        Shop bench;
        bench.window();
        QVERIFY(bench.dropMay());
        QCOMPARE(bench.window().currentPage(), QString("data"));
        QCOMPARE(bench.find<QComboBox>("join.use.0")->currentText(), QString("events"));
        QCOMPARE(bench.find<QComboBox>("join.use.1")->currentText(), QString("catalog"));
        QCOMPARE(bench.bar("join.items.events"), QString("0 of 302 events are in the catalog: 0.0 %"));
        QVERIFY(!bench.find("join.people.events"));
        QVERIFY2(bench.says("join.items.leading-zeros.gain").startsWith("would find"),
                 qPrintable(bench.says("join.items.leading-zeros.gain")));
        QVERIFY(bench.fixAll());
        QCOMPARE(bench.bar("join.items.events"), QString("300 of 302 events are in the catalog: 99.3 %"));
        QCOMPARE(bench.bar("join.items.rows"), QString("30 of 34 rows of the catalog have an event: 88.2 %"));
        QVERIFY(bench.leaveOut("POST"));
        QVERIFY(bench.press("join.import"));
        const auto& dataset = bench.session.dataset();
        QVERIFY(dataset);
        QCOMPARE(dataset->itemCount(), std::size_t{34});
        QVERIFY(!dataset->findItem("POST"));
        QCOMPARE(dataset->title(*dataset->findItem("103")), std::string("Book 3"));
        QVERIFY(!bench.find("join.import")); // the profile is shown
        const auto recipe = recipeFromJson(bench.session.report().recipe);
        QVERIFY(recipe && recipe->options.leftOut == std::vector<std::string>{"POST"});
        QVERIFY(recipe->options.returns == Returns::Net); // offered, as there are some
    }

    void nextMonthIsDoneAsLastTime()
    {
        Shop bench;
        bench.window();
        QVERIFY(bench.dropMay());
        QVERIFY(!bench.find("join.asLastTime"));
        QVERIFY(bench.fixAll());
        QVERIFY(bench.press("join.import"));
        const DatasetId may = bench.session.datasetId();
        QVERIFY(bench.drop({bench.write("books.csv", books()), bench.write("orders-2026-06.csv", ordersOf(6))}));
        QVERIFY2(bench.says("join.recipeText").contains("orders-2026-05"), qPrintable(bench.says("join.recipeText")));
        QVERIFY(bench.press("join.asLastTime"));
        QVERIFY(bench.bar("join.items.events").endsWith("99.3 %"));
        QVERIFY(bench.press("join.import"));
        QVERIFY(bench.session.datasetId() != may);
        QCOMPARE(bench.session.dataset()->name(), std::string("orders-2026-06"));
        QVERIFY(bench.session.dataset()->findItem("103"));
    }

    void aFolderStandsForItsTables()
    {
        Shop bench;
        bench.window();
        QVERIFY(QDir(bench.folder.path()).mkdir("shop"));
        bench.write("shop/orders.csv", ordersOf(5));
        bench.write("shop/books.csv", books());
        QVERIFY(bench.drop({bench.path("shop")}));
        QVERIFY(bench.find("join.import"));
    }

    void aFileThatIsTakenForTheWrongThingIsPutRight()
    {
        Shop bench;
        bench.window();
        QVERIFY(bench.dropMay());
        auto* use = bench.find<QComboBox>("join.use.1");
        use->setCurrentIndex(use->findText("not used"));
        emit use->activated(use->currentIndex());
        QVERIFY(bench.idle());
        QVERIFY(!bench.find("join.items.events")); // nothing to join with
        use = bench.find<QComboBox>("join.use.0");
        use->setCurrentIndex(use->findText("not used"));
        emit use->activated(use->currentIndex());
        QVERIFY(bench.idle());
        QVERIFY(!bench.find("join.import")->isEnabled());
        QVERIFY2(bench.says("join.verdict").contains("None of the files tells who did what"),
                 qPrintable(bench.says("join.verdict")));
    }

    void theColumnsOfATableAreChosen()
    {
        Shop bench;
        bench.window();
        QVERIFY(bench.dropMay());
        QVERIFY(bench.press("join.columns.1"));
        auto* table = bench.find<QTableWidget>("roles.table");
        QVERIFY(table);
        auto* author = qobject_cast<QComboBox*>(table->cellWidget(0, 2));
        QCOMPARE(author->currentText(), QString("item: tags"));
        author->setCurrentIndex(author->findText("item"));
        QVERIFY(!bench.find("roles.import")->isEnabled()); // two keys
        author->setCurrentIndex(author->findText("not used"));
        QVERIFY(bench.press("roles.import"));
        QVERIFY(bench.find("join.import"));
        QVERIFY(bench.fixAll());
        QVERIFY(bench.press("join.import"));
        QVERIFY(!bench.session.dataset()->items().tags("author"));
    }

    void aTableThatCannotBeReadLeavesEverythingAsItWas()
    {
        Shop bench;
        QVERIFY(bench.importClub());
        bench.window();
        const auto before = bench.session.dataset();
        QSignalSpy said(&bench.session, &WorkspaceSession::messageRaised);
        QVERIFY(bench.drop({bench.write("orders.csv", ordersOf(5)), bench.write("empty.csv", "")}));
        QCOMPARE(said.count(), 1);
        QVERIFY(said[0][0].value<Message>().text.contains("empty.csv"));
        QVERIFY(!bench.find("join.import"));
        // All events are left out: an error, and the panel stays.
        QVERIFY(bench.drop({bench.write("a.csv", "person,item\nann,POST\n"), bench.write("b.csv", books())}));
        QVERIFY(bench.leaveOut("POST"));
        QVERIFY(bench.press("join.import"));
        QCOMPARE(said.count(), 2);
        QVERIFY(said[1][0].value<Message>().text.contains("No event is left"));
        QVERIFY(bench.find("join.import")->isEnabled());
        QVERIFY(bench.session.dataset() == before);
        QVERIFY(bench.press("join.cancel"));
        QVERIFY(!bench.find("join.import"));
    }

    void itIsDrawnInBothThemesAndSizes()
    {
        Shop bench;
        bench.window();
        QVERIFY(bench.dropMay());
        QVERIFY(bench.press("join.items.leading-zeros"));
        const QDir gallery(QStringLiteral(ORRERY_BINARY_DIR "/gallery"));
        QVERIFY(gallery.mkpath("."));
        for (const auto& [choice, name] :
             {std::pair(ThemeChoice::Light, "light"), std::pair(ThemeChoice::Dark, "dark")})
            for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
                bench.theme.choose(choice);
                bench.window().resize(size);
                QVERIFY(bench.idle());
                QTest::qWait(50);
                const QString file = gallery.filePath(QStringLiteral("join-%1-%2.png").arg(size.width()).arg(name));
                QVERIFY(bench.window().grab().save(file));
                const QWidget* bar = bench.find("join.items.events");
                QVERIFY(bar->width() > 400);
            }
    }
};

QTEST_MAIN(JoinViewTest)
#include "join_view_test.moc"
