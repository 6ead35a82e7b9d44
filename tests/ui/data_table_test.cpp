// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/data_table.h"

#include "ui/components/save_file.h"
#include "ui/itemmodels/row_proxy.h"
#include "ui/itemmodels/table_model.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QDir>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <limits>

#include <sys/resource.h>

using namespace orrery::ui;

namespace {

struct Film {
    QString title;
    double mean;
    int ratings;
};

const std::vector<Film> films = {{"Heat (1995)", 3.95, 102},
                                 {"Amélie (2001)", 4.18, 120},
                                 {"Fargo, \"the\" film (1996)", 4.12, 1810},
                                 {"Clueless (1995)", std::numeric_limits<double>::quiet_NaN(), 0}};

class FilmModel : public TableModel {
public:
    FilmModel() { show(films); }
    void show(const std::vector<Film>& shown)
    {
        const auto film = [shown](int row) { return shown[static_cast<std::size_t>(row)]; };
        const QLocale english(QLocale::English);
        using Kind = TableColumn::Kind;
        reset(static_cast<int>(shown.size()),
              {{"Title", Kind::Text, [=](int row) { return film(row).title; }},
               {"Mean", Kind::Number, [=](int row) { return QString::number(film(row).mean, 'f', 1); },
                [=](int row) { return QVariant(film(row).mean); }},
               {"Ratings", Kind::Number, [=](int row) { return english.toString(film(row).ratings); },
                [=](int row) { return QVariant(film(row).ratings); },
                [=](int row) { return film(row).ratings / 1810.0; }}});
    }
};

QStringList shownTitles(const DataTable& table)
{
    QStringList out;
    const QAbstractItemModel* model = table.view()->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        out += model->index(row, 0).data().toString().section(' ', 0, 0).remove(',');
    }
    return out;
}

QPoint middleOf(const DataTable& table, int row, int column)
{
    return table.view()->visualRect(table.view()->model()->index(row, column)).center();
}

struct Shown {
    Shown()
    {
        table.setTitle("Films");
        table.setModel(&model);
        table.resize(700, 300);
        table.show();
        table.activateWindow();
        search = table.findChild<QLineEdit*>();
    }
    [[nodiscard]] bool says(const QString& text) const
    {
        const auto labels = table.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text() == text; });
    }
    void clickHeader(int column)
    {
        const QHeaderView* header = table.view()->horizontalHeader();
        const int x = header->sectionViewportPosition(column) + header->sectionSize(column) / 2;
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(x, header->height() / 2));
    }

    FilmModel model;
    DataTable table;
    QLineEdit* search;
};

} // namespace

class DataTableTest : public QObject {
    Q_OBJECT
private slots:
    void rowsStandAsInTheModelAtFirst()
    {
        Shown shown;
        QCOMPARE(shownTitles(shown.table), (QStringList{"Heat", "Amélie", "Fargo", "Clueless"}));
        QVERIFY(shown.says("4"));
    }

    void aClickOnAHeaderSortsByNumbersNotTheirText()
    {
        Shown shown;
        shown.clickHeader(2);
        shown.clickHeader(2);
        const QStringList one = shownTitles(shown.table);
        shown.clickHeader(2);
        const QStringList other = shownTitles(shown.table);
        const QStringList rising = {"Clueless", "Heat", "Amélie", "Fargo"};
        const QStringList falling = {"Fargo", "Amélie", "Heat", "Clueless"};
        QVERIFY((one == rising && other == falling) || (one == falling && other == rising));
    }

    void theUnknownComesLastInBothOrders()
    {
        Shown shown;
        shown.table.sortBy(1, Qt::AscendingOrder);
        QCOMPARE(shownTitles(shown.table), (QStringList{"Heat", "Fargo", "Amélie", "Clueless"}));
        shown.table.sortBy(1, Qt::DescendingOrder);
        QCOMPARE(shownTitles(shown.table), (QStringList{"Amélie", "Fargo", "Heat", "Clueless"}));
    }

    void equalRowsKeepTheirOrder()
    {
        Shown shown;
        shown.model.show({{"B", 1, 5}, {"A", 1, 5}, {"C", 1, 7}, {"D", 1, 5}});
        shown.table.sortBy(2, Qt::DescendingOrder);
        QCOMPARE(shownTitles(shown.table), (QStringList{"C", "B", "A", "D"}));
    }

    void everyTypedWordMustOccurInSomeColumn()
    {
        Shown shown;
        QTest::keyClick(&shown.table, Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(shown.search->hasFocus());
        QTest::keyClicks(shown.search, "1995 102");
        QCOMPARE(shownTitles(shown.table), QStringList{"Heat"});
        QVERIFY(shown.says("1 of 4"));
        QCOMPARE(shown.table.shownRows(), 1);
        shown.search->clear();
        QTest::keyClicks(shown.search, "AMELIE");
        QCOMPARE(shownTitles(shown.table), QStringList{"Amélie"});
        QTest::keyClick(shown.search, Qt::Key_Escape);
        QCOMPARE(shown.table.shownRows(), 4);
        QVERIFY(shown.says("4"));
    }

    void searchingKeepsOrderAndSelection()
    {
        Shown shown;
        shown.table.sortBy(2, Qt::DescendingOrder);
        shown.table.selectSourceRow(0);
        shown.table.setSearch("1995");
        QCOMPARE(shownTitles(shown.table), (QStringList{"Heat", "Clueless"}));
        QCOMPARE(shown.table.currentSourceRow(), 0);
        shown.table.sortBy(2, Qt::AscendingOrder);
        QCOMPARE(shown.table.currentSourceRow(), 0);
        QCOMPARE(shown.table.view()->currentIndex().row(), 1);
    }

    void clicksAndKeysTellTheRowOfTheModel()
    {
        Shown shown;
        shown.table.sortBy(2, Qt::DescendingOrder);
        QSignalSpy activated(&shown.table, &DataTable::rowActivated);
        QTest::mouseClick(shown.table.view()->viewport(), Qt::LeftButton, {}, middleOf(shown.table, 0, 0));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated.last()[0].toInt(), 2); // Fargo
        QTest::keyClick(shown.table.view(), Qt::Key_Down);
        QCOMPARE(activated.count(), 2);
        QCOMPARE(activated.last()[0].toInt(), 1);
        QTest::mouseClick(shown.table.view()->viewport(), Qt::LeftButton, {}, middleOf(shown.table, 1, 0));
        QCOMPARE(activated.count(), 3); // again the same row: asked for again
    }

    void selectingByProgramIsSilent()
    {
        Shown shown;
        QSignalSpy activated(&shown.table, &DataTable::rowActivated);
        shown.table.selectSourceRow(2);
        QCOMPARE(shown.table.currentSourceRow(), 2);
        shown.table.setSearch("heat");
        QCOMPARE(shown.table.currentSourceRow(), -1);
        shown.table.selectSourceRow(99);
        QCOMPARE(shown.table.currentSourceRow(), -1);
        QCOMPARE(activated.count(), 0);
    }

    void copyTakesTheSelectedRowsWithTheirTitles()
    {
        Shown shown;
        shown.table.sortBy(2, Qt::DescendingOrder);
        QTest::mouseClick(shown.table.view()->viewport(), Qt::LeftButton, {}, middleOf(shown.table, 0, 0));
        QTest::mouseClick(shown.table.view()->viewport(), Qt::LeftButton, Qt::ShiftModifier,
                          middleOf(shown.table, 1, 0));
        QTest::keyClick(shown.table.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), "Title\tMean\tRatings\n"
                                                    "Fargo, \"the\" film (1996)\t4.1\t1,810\n"
                                                    "Amélie (2001)\t4.2\t120\n");
    }

    void copyTakesAllWhenNothingIsSelected()
    {
        Shown shown;
        shown.table.setSearch("heat");
        shown.table.copySelection();
        QCOMPARE(QApplication::clipboard()->text(), "Title\tMean\tRatings\nHeat (1995)\t4.0\t102\n");
    }

    void exportWritesNumbersInFull()
    {
        Shown shown;
        const QTemporaryDir folder;
        QVERIFY(shown.table.exportCsv(folder.filePath("films.csv")));
        QFile file(folder.filePath("films.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), "Title,Mean,Ratings\r\n"
                                                    "Heat (1995),3.95,102\r\n"
                                                    "Amélie (2001),4.18,120\r\n"
                                                    "\"Fargo, \"\"the\"\" film (1996)\",4.12,1810\r\n"
                                                    "Clueless (1995),,0\r\n");
    }

    void exportSaysWhenItCannot()
    {
        Shown shown;
        const auto done = shown.table.exportCsv("/no/such/folder/films.csv");
        QVERIFY(!done);
        QCOMPARE(done.error().where, std::string("/no/such/folder/films.csv"));
        QVERIFY(done.error().message.find("No such file") != std::string::npos);
        QVERIFY(!done.error().hint.empty());
    }

    void aFullDiskLeavesTheOldFile()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("films.csv");
        QVERIFY(saveFile(file, "what was there"));
        // As on a full disk: a file of this process cannot grow beyond 64 bytes.
        struct rlimit before = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const struct rlimit small = {64, before.rlim_max};
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto done = saveFile(file, QByteArray(100'000, 'x'));
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, handler);
        QVERIFY(!done);
        QCOMPARE(done.error().code, orrery::Code::Io);
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("what was there"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // nothing half-written beside it
    }

    void aSuffixComesFromTheChosenFormat()
    {
        QCOMPARE(withSuffix("a/chart", "Drawing (*.svg)", {"png", "svg"}), QString("a/chart.svg"));
        QCOMPARE(withSuffix("chart.PNG", "Drawing (*.svg)", {"png", "svg"}), QString("chart.PNG"));
        QCOMPARE(withSuffix("figure 1.2", {}, {"png", "svg"}), QString("figure 1.2.png"));
    }

    void aNewSnapshotIsShownAtOnce()
    {
        Shown shown;
        shown.table.sortBy(2, Qt::AscendingOrder);
        shown.model.show({{"B", 1, 5}, {"A", 1, 3}});
        QCOMPARE(shownTitles(shown.table), (QStringList{"A", "B"}));
        QVERIFY(shown.says("2"));
    }

    void rowsAreThirtyTwoPixelsHigh()
    {
        Shown shown;
        QCOMPARE(shown.table.view()->rowHeight(0), 32);
        QCOMPARE(shown.table.view()->rowHeight(3), 32);
    }

    void columnsFillTheWidth()
    {
        Shown shown;
        shown.table.resize(900, 300);
        const QHeaderView* header = shown.table.view()->horizontalHeader();
        QVERIFY(std::abs(header->length() - shown.table.view()->viewport()->width()) <= 3);
    }

    void theProxyKeepsTheRulesOfModels()
    {
        FilmModel model;
        RowProxy proxy;
        const QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(&model);
        const QPersistentModelIndex fargo = proxy.index(2, 0);
        proxy.sort(2, Qt::DescendingOrder);
        QCOMPARE(fargo.row(), 0);
        proxy.search("1995");
        QCOMPARE(proxy.rowCount(), 2);
        QVERIFY(!proxy.mapFromSource(model.index(2, 0)).isValid());
        model.show({{"X 1995", 1, 1}});
        QCOMPARE(proxy.rowCount(), 1);
        proxy.setSourceModel(nullptr);
        QCOMPARE(proxy.rowCount(), 0);
    }

private:
    Theme m_theme{*qApp};
};

QTEST_MAIN(DataTableTest)
#include "data_table_test.moc"
