// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/workbench.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/widgets.h"
#include "ui/map/map_view.h"
#include "ui/pages/explore/facet_chart.h"
#include "ui/pages/explore/map_legend.h"
#include "ui/pages/explore/map_panel.h"
#include "ui/pages/explore/map_picture.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSlider>
#include <QSpinBox>
#include <QTableView>

#include <cmath>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Explore with a model that has vectors, on the map.
struct Mapped : Workbench {
    Mapped()
    {
        ParamSet few;
        few.set("factors", std::int64_t{4});
        window().resize(1280, 800);
        ready = importClub() && train("popularity") && train("implicit-als", few) && go("explore") && press("Map") &&
                idle();
    }
    MapView& view() { return *find<MapView>("map.view"); }
    MapView& other() { return *find<MapView>("map2.view"); }
    bool choose(const QString& words)
    {
        for (QMenu* menu : window().findChildren<QMenu*>())
            for (QAction* action : menu->actions())
                if (action->text() == words) {
                    action->trigger();
                    menu->close();
                    return idle();
                }
        return false;
    }
    bool colourBy(const QString& words)
    {
        auto* colour = find<QComboBox>("map.colour");
        const int at = colour->findText(words);
        colour->setCurrentIndex(at);
        return at >= 0 && idle();
    }
    bool lookAtPeople()
    {
        auto* vectors = find<QComboBox>("map.vectors");
        vectors->setCurrentIndex(vectors->count() - 1);
        return idle();
    }
    bool ready = false;
};

void dragAcross(QWidget& widget, const QRect& rect)
{
    QTest::mousePress(&widget, Qt::LeftButton, Qt::ShiftModifier, rect.topLeft());
    for (const QPoint& to : {rect.center(), rect.bottomRight()}) {
        QMouseEvent event(QEvent::MouseMove, to, widget.mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                          Qt::ShiftModifier);
        QApplication::sendEvent(&widget, &event);
    }
    QTest::mouseRelease(&widget, Qt::LeftButton, Qt::ShiftModifier, rect.bottomRight());
}

} // namespace

class MapLensTest : public QObject {
    Q_OBJECT
private slots:
    void theLensShowsItemsWithVectors()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        const auto* vectors = bench.find<QComboBox>("map.vectors"); // popularity has none
        QCOMPARE(vectors->itemText(0), QString("Implicit ALS"));
        QCOMPARE(vectors->itemText(vectors->count() - 1), QString("People of Implicit ALS"));
        QCOMPARE(vectors->count(), 3); // and a line between
        QCOMPARE(bench.view().pointCount(), bench.session.dataset()->itemCount());
    }

    void aClickedPointIsTheSelectedItem()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QSignalSpy clicked(&bench.view(), &MapView::clicked);
        for (int y = 10; y < bench.view().height() && clicked.isEmpty(); y += 8)
            for (int x = 10; x < bench.view().width() && clicked.isEmpty(); x += 8)
                QTest::mouseClick(&bench.view(), Qt::LeftButton, {}, {x, y});
        QCOMPARE(clicked.count(), 1);
        QVERIFY(bench.session.item());
        QCOMPARE(bench.view().current().value(), clicked[0][0].toUInt());
    }

    void peopleCanBeLookedAt()
    {
        Mapped bench;
        QVERIFY(bench.ready && bench.lookAtPeople());
        const Dataset& data = *bench.session.dataset();
        QCOMPARE(bench.view().pointCount(), data.personCount());
        QVERIFY(!bench.find<QPushButton>("map.person"));
        QVERIFY(bench.find<QComboBox>("map.colour")->findText("Held-out error") < 0);

        QCOMPARE(bench.find<QComboBox>("map.colour")->currentText(), QString("Activity")); // the club has no genres
        std::size_t told = 0;
        for (const auto& entry : bench.find<MapLegend>("map.legend")->entries())
            told += entry.count;
        QCOMPARE(told, data.personCount());

        bench.find<QPushButton>("map.showTable")->click();
        QVERIFY(bench.idle());
        auto* table = bench.find<DataTable>("map.table");
        QCOMPARE(table->shownRows(), static_cast<int>(data.personCount()));
        bench.session.selectPerson(UserIndex{4});
        QVERIFY(bench.idle());
        const auto current = bench.view().current();
        QVERIFY(current);

        QVERIFY(bench.click("map.clusters"));
        QVERIFY(bench.choose("6 groups (k-means)"));
        QCOMPARE(bench.find<QComboBox>("map.colour")->currentText(), QString("Clusters of Implicit ALS"));
        QVERIFY(bench.session.derived()->columns().empty()); // nothing of it is said of items
        QTRY_VERIFY(table->view()->model()->columnCount() > 0);
        bool isColumn = false;
        for (int at = 0; at < table->view()->model()->columnCount(); ++at)
            isColumn = isColumn || table->view()->model()->headerData(at, Qt::Horizontal).toString() ==
                                       QString("Clusters of Implicit ALS");
        QVERIFY(isColumn);

        bench.find<QComboBox>("map.vectors")->setCurrentIndex(0);
        QVERIFY(bench.idle());
        QCOMPARE(bench.view().pointCount(), data.itemCount());
    }

    void aClickedPersonIsThePersonOfAllPages()
    {
        Mapped bench;
        QVERIFY(bench.ready && bench.lookAtPeople());
        QSignalSpy clicked(&bench.view(), &MapView::clicked);
        for (int y = 10; y < bench.view().height() && clicked.isEmpty(); y += 8)
            for (int x = 10; x < bench.view().width() && clicked.isEmpty(); x += 8)
                QTest::mouseClick(&bench.view(), Qt::LeftButton, {}, {x, y});
        QCOMPARE(clicked.count(), 1);
        QVERIFY(bench.session.person().user);
        QVERIFY(!bench.session.item());
        QVERIFY(bench.idle());
        QCOMPARE(bench.view().current().value(), clicked[0][0].toUInt());
    }

    void exportedMapsSayWhatTheyShow()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        const auto* legend = bench.find<MapLegend>("map.legend");
        QVERIFY(legend);
        const auto savedAs = [&](const char* name, const std::vector<MapPanel*>& maps) {
            return saveMaps(bench.path(name), maps, *legend, QStringLiteral("seed 7")).has_value();
        };
        auto* one = bench.find<MapPanel>("map.panel");
        QVERIFY(savedAs("one.png", {one}));
        const QImage single(bench.path("one.png"));
        QCOMPARE(single.text("Description"), QString("seed 7"));
        QVERIFY(single.width() > 2 * one->view().width());
        QVERIFY(bench.click("map.two") && bench.idle());
        auto* other = bench.find<MapPanel>("map2.panel");
        QVERIFY(savedAs("two.svg", {one, other}));
        QFile drawing(bench.path("two.svg"));
        QVERIFY(drawing.open(QIODevice::ReadOnly));
        const QByteArray text = drawing.readAll();
        QCOMPARE(text.count("Implicit ALS by UMAP"), 3); // two captions, and the first is the title
        QVERIFY(text.contains(legend->entries().front().words.toUtf8()));
        QVERIFY(!savedAs("nowhere/map.png", {one}));
    }

    void misplacedOnesAreNamedWithTheirReason()
    {
        Workbench bench;
        bench.window().resize(1280, 800);
        bench.session.openSample();
        QVERIFY(bench.idle() && bench.train("implicit-als") && bench.go("explore") && bench.press("Map") &&
                bench.idle());
        QVERIFY(bench.click("map.side.2") && bench.click("map.oddities.misplaced"));
        QTRY_VERIFY(bench.sees("Drama among ")); // of the sample, a comedy among documentaries
        QPushButton* all = nullptr;
        for (auto* link : bench.window().findChildren<QPushButton*>())
            all = link->isVisible() && link->text().startsWith("Select all") ? link : all;
        QVERIFY(all);
        all->click();
        QVERIFY(!bench.find<MapView>("map.view")->selection().empty());
    }

    void aModelBesideItselfIsTheSamePicture()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.two") && bench.idle());
        QCOMPARE(bench.other().pointCount(), bench.view().pointCount());
        for (std::uint32_t point = 0; point < bench.view().pointCount(); ++point)
            QCOMPARE(bench.other().point(point), bench.view().point(point));
    }

    void anItemSelectedElsewhereIsShown()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        bench.session.selectItem(ItemIndex{3});
        QVERIFY(bench.idle());
        QVERIFY(bench.view().current());
    }

    void howFarTheMapMayBeBelievedIsAColour()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.sees("trust 0."));
        auto* colour = bench.find<QComboBox>("map.colour");
        colour->setCurrentIndex(colour->findText("Neighbours kept"));
        QVERIFY(bench.idle()); // worked out when somebody wants to see it
        const auto& legend = bench.find<MapLegend>("map.legend")->entries();
        QVERIFY(!legend.empty());
        for (const auto& entry : legend)
            QVERIFY2(entry.words != "unknown", qPrintable(entry.words)); // every item has a vector here
    }

    void anotherThemeIsAnotherGround()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        for (const ThemeChoice choice : {ThemeChoice::Dark, ThemeChoice::Light}) {
            bench.theme.choose(choice);
            QVERIFY(bench.idle());
            const QColor corner = bench.view().grab().toImage().pixelColor(2, 2);
            QCOMPARE(corner, tokensFor(&bench.view()).surface);
        }
    }

    void thePersonIsShownAmongTheItems()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        bench.session.selectPerson(UserIndex{4});
        QVERIFY(bench.idle());
        QVERIFY(!bench.view().pin());
        QVERIFY(bench.click("map.person") && bench.idle());
        const auto pin = bench.view().pin();
        QVERIFY(pin);
        QVERIFY(pin->title.contains("p4"));
        QVERIFY(!pin->linked.empty());
        const auto history = bench.session.query().history;
        for (const std::uint32_t point : pin->linked) // nothing they have seen is recommended
            QVERIFY(
                std::ranges::none_of(history, [&](const HistoryEntry& entry) { return entry.item.value == point; }));
        bench.session.selectPerson(UserIndex{5});
        QVERIFY(bench.idle());
        QVERIFY(bench.view().pin()->title.contains("p5"));
        QVERIFY(bench.click("map.person"));
        QVERIFY(!bench.view().pin());
    }

    void anotherDatasetTakesThePointsAway()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.view().pointCount() > 0);
        MapView& view = bench.view();
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        QCOMPARE(view.pointCount(), std::size_t{0});
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.rect().center()); // nothing there to choose
    }

    void theSelectionIsATable()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(!bench.find("map.table"));
        dragAcross(bench.view(), bench.view().rect().adjusted(1, 1, -1, -1));
        auto* table = bench.find<DataTable>("map.table");
        QVERIFY(table);
        QCOMPARE(table->shownRows(), static_cast<int>(bench.session.dataset()->itemCount()));
        QVERIFY(table->exportCsv(bench.path("selection.csv")));
    }

    void withoutVectorsTheLensSaysWhatToDo()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("popularity") && bench.go("explore"));
        QVERIFY(bench.press("Map"));
        QVERIFY(bench.sees("No vectors yet"));
    }

    void coloursSayWhatTheyMean()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        auto* colour = bench.find<QComboBox>("map.colour");
        auto* legend = bench.find<MapLegend>("map.legend");
        QVERIFY(colour->count() >= 3);
        for (int choice = 0; choice < colour->count(); ++choice) {
            colour->setCurrentIndex(choice);
            std::size_t items = 0;
            for (const auto& entry : legend->entries())
                items += entry.count;
            QVERIFY2(legend->entries().empty() || items == bench.session.dataset()->itemCount(),
                     qPrintable(colour->currentText()));
        }
        QVERIFY(legend->entries().empty()); // the last is one colour for all
    }

    void twoMapsShareHoverAndSelection()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        ParamSet few;
        few.set("factors", std::int64_t{5});
        const ModelId svd = bench.train("svd", few);
        QVERIFY(svd != 0 && bench.go("explore"));
        bench.session.setB(svd);
        QVERIFY(bench.click("map.two") && bench.idle());
        QCOMPARE(bench.find<QComboBox>("map2.vectors")->currentData().toInt(), static_cast<int>(svd));
        QCOMPARE(bench.other().pointCount(), bench.view().pointCount()); // all items, in the same order
        emit bench.view().hoveredChanged(3U);
        QCOMPARE(bench.other().hovered().value(), 3U);
        emit bench.other().hoveredChanged(std::nullopt);
        QVERIFY(!bench.view().hovered());
        emit bench.other().selectionChanged({1, 4, 5});
        QCOMPARE(bench.view().selection(), (std::vector<std::uint32_t>{1, 4, 5}));
        QCOMPARE(bench.other().selection(), bench.view().selection());
        QVERIFY(bench.click("map.two"));
        QVERIFY(!bench.find("map2.view"));
    }

    void barsNarrowTheMapAndTheTableDown()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.side.0") && bench.idle());
        QTRY_VERIFY(bench.find("map.facet.0"));
        auto* chart = bench.find<FacetChart>("map.facet.0"); // how often it was rated
        QVERIFY(bench.view().selection().empty());
        int chosen = -1;
        for (int bin = 0; bin < 20 && bench.view().selection().empty(); ++bin) {
            QTest::mouseClick(chart, Qt::LeftButton, {}, chart->binRect(bin).center());
            chosen = bin;
        }
        QVERIFY(chart->chosen() == 1U << chosen);
        const auto selected = bench.view().selection();
        QVERIFY(!selected.empty() && selected.size() <= bench.view().pointCount());
        QCOMPARE(bench.find<DataTable>("map.table")->shownRows(), static_cast<int>(selected.size()));
        QVERIFY(bench.says("map.filter.count").contains(QString::number(selected.size())));
        // Around the first of them is less still.
        QVERIFY(bench.click("map.filter.clear"));
        QVERIFY(bench.view().selection().empty());
        QCOMPARE(chart->chosen(), 0U);
        // By keys alone.
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_Right);
        for (int step = 0; step < chosen; ++step)
            QTest::keyClick(chart, Qt::Key_Right);
        QTest::keyClick(chart, Qt::Key_Space);
        QCOMPARE(bench.view().selection(), selected);
        QVERIFY(chart->accessibleDescription().contains("chosen"));
        QTest::keyClick(chart, Qt::Key_Escape);
        QVERIFY(bench.view().selection().empty());
    }

    void theWholeMapIsATableForKeys()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.showTable"));
        auto* table = bench.find<DataTable>("map.table");
        QVERIFY(table);
        QCOMPARE(table->shownRows(), static_cast<int>(bench.session.dataset()->itemCount()));
        emit table->rowActivated(6);
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.item()->value, 6U);
        QVERIFY(bench.view().current());
    }

    void clustersBecomeAttributes()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.clusters"));
        QVERIFY(bench.choose("6 groups (k-means)"));
        QCOMPARE(bench.session.derived()->columns().size(), std::size_t{1});
        QCOMPARE(bench.find<QComboBox>("map.colour")->currentText(), QString("Clusters of Implicit ALS"));
        const auto& legend = bench.find<MapLegend>("map.legend")->entries();
        std::size_t items = 0;
        for (const auto& entry : legend)
            items += entry.count;
        QCOMPARE(items, bench.session.dataset()->itemCount());
        QVERIFY(bench.click("map.side.0") && bench.idle());
        QVERIFY(bench.sees("All 24"));
        QTRY_VERIFY(bench.find("map.facet.0"));
        QVERIFY(bench.find<FacetChart>("map.facet.0")->accessibleName().startsWith("Clusters"));
    }

    void noveltyAndHeldOutErrorAreColours()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.colourBy("Novelty (bits)"));
        QVERIFY(bench.find<MapLegend>("map.legend")->entries().size() > 1);
        QVERIFY(bench.colourBy("Held-out error"));
        const auto unknownOnly = bench.find<MapLegend>("map.legend")->entries();
        QCOMPARE(unknownOnly.size(), std::size_t{1});
        QVERIFY(unknownOnly[0].words.contains("trained on everything"));
        bench.session.setAsOf(bench.session.dataset()->timeOfShare(.7));
        ParamSet few;
        few.set("factors", std::int64_t{4});
        const ModelId held = bench.train("implicit-als", few, "Earlier");
        QVERIFY(held != 0 && bench.go("explore"));
        auto* vectors = bench.find<QComboBox>("map.vectors");
        vectors->setCurrentIndex(vectors->findText("Earlier"));
        QVERIFY(bench.idle());
        QVERIFY(bench.find<MapLegend>("map.legend")->entries().size() > 1);
    }

    void theHistoryIsAPathInTime()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        bench.session.selectPerson(UserIndex{4});
        QVERIFY(bench.idle() && bench.view().path().empty());
        QVERIFY(bench.click("map.path") && bench.idle());
        auto history = bench.session.query().history;
        std::ranges::stable_sort(history, {}, &HistoryEntry::at);
        QCOMPARE(bench.view().path().size(), history.size());
        QCOMPARE(bench.view().path().front(), history.front().item.value);
        QCOMPARE(bench.view().path().back(), history.back().item.value);
        bench.session.selectPerson(UserIndex{9});
        QVERIFY(bench.idle());
        QVERIFY(bench.view().path().front() != history.front().item.value ||
                bench.view().path().size() != history.size());
    }

    void axesAreNamedByTheirEnds()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.side.1") && bench.idle());
        QTRY_VERIFY(bench.sees("One end")); // new labels are shown by the event loop
        QCOMPARE(bench.find<QComboBox>("map.colour")->currentText(), QString("Factor 1"));
        bench.find<QSpinBox>("map.axes.factor")->setValue(3);
        QVERIFY(bench.idle());
        QTRY_COMPARE(bench.says("map.axes.title"), QString("Factor 3"));
        QVERIFY(!bench.find("map.axes.from")->isEnabled()); // nothing is selected
        emit bench.view().selectionChanged({0, 2, 4});
        QVERIFY(bench.click("map.axes.from"));
        emit bench.view().selectionChanged({1, 3});
        QVERIFY(bench.click("map.axes.to") && bench.idle());
        QTRY_VERIFY(bench.says("map.axes.title").startsWith("From Film"));
        QVERIFY(bench.find<QComboBox>("map.colour")->currentText().startsWith("From Film"));
    }

    void theTrainingCanBeWatched()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.side.3") && bench.click("map.epochs.watch") && bench.idle());
        auto* slider = bench.find<QSlider>("map.epochs.slider");
        QVERIFY(slider);
        QVERIFY(slider->maximum() > 0);
        const auto placesOf = [&] {
            std::vector<MapPoint> places;
            for (std::uint32_t id = 0; id < bench.view().pointCount(); ++id)
                places.push_back(bench.view().point(id));
            return places;
        };
        const auto last = placesOf();
        slider->setValue(0);
        QVERIFY(bench.says("map.epochs.epoch").startsWith("Epoch 1 of"));
        QVERIFY(placesOf() != last);
        bench.session.selectItem(ItemIndex{3});
        QVERIFY(bench.idle() && bench.view().current().value() == 3U);
        slider->setValue(slider->maximum());
        QVERIFY(placesOf() == last);
        QVERIFY(bench.view().current().value() == 3U);
        QVERIFY(bench.click("map.epochs.play"));
        QVERIFY(QTest::qWaitFor([&] { return slider->value() > 0 && slider->value() < slider->maximum(); }));
        QVERIFY(bench.click("map.epochs.play"));
    }

    void hubsAreNamedAndChosen()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.colourBy("Neighbour of (hubs)"));
        QVERIFY(bench.find<MapLegend>("map.legend")->entries().size() > 1);
        QVERIFY(bench.click("map.side.2") && bench.click("map.oddities.hubs") && bench.idle());
        QPushButton* orphans = nullptr;
        const auto isThere = [&] {
            for (auto* link : bench.window().findChildren<QPushButton*>())
                if (link->text().startsWith("Select all") && link->text().contains("orphan"))
                    orphans = link;
            return orphans != nullptr;
        };
        QTRY_VERIFY(isThere());
        if (orphans->isEnabled()) {
            orphans->click();
            QVERIFY(orphans->text().contains(QString::number(bench.view().selection().size())));
        }
    }

    void neighboursInTheInspectorAreChosenOnTheMap()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        bench.session.selectItem(ItemIndex{3}, bench.session.models().back().row.id);
        QVERIFY(bench.idle() && bench.press("Neighbours"));
        QTRY_VERIFY(bench.find("neighbours.select"));
        QVERIFY(bench.click("neighbours.select") && bench.idle());
        QCOMPARE(bench.view().selection().size(), std::size_t{9}); // eight, and the item
        QVERIFY(std::ranges::count(bench.view().selection(), 3U) == 1);
    }

    void settingsDrawTheMapAgainAndMeasureAnIndex()
    {
        Mapped bench;
        QVERIFY(bench.ready);
        QVERIFY(bench.click("map.side.4") && bench.idle());
        QVERIFY(bench.sees("UMAP"));
        auto* spin = bench.find("map.settings.method")->findChild<QDoubleSpinBox*>();
        QVERIFY(spin);
        QSignalSpy looked(&bench.view(), &MapView::cameraChanged);
        spin->setValue(spin->value() + 3);
        QVERIFY(bench.click("map.settings.again") && bench.idle());
        QVERIFY(!looked.isEmpty());
        QVERIFY(bench.click("map.settings.measure") && bench.idle());
        QVERIFY(bench.sees("The index of 24 items takes"));
    }
};

QTEST_MAIN(MapLensTest)
#include "map_lens_test.moc"
