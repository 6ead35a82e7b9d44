// SPDX-License-Identifier: GPL-3.0-or-later
// The map: the widget with mouse and keys, its labels and colours, and the lens of Explore that shows it.
#include "tests/ui/workbench.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/save_file.h"
#include "ui/components/widgets.h"
#include "ui/map/map_colours.h"
#include "ui/map/map_view.h"
#include "ui/pages/explore/map_legend.h"

#include <QComboBox>
#include <QTableView>

#include <cmath>

using namespace orrery;
using namespace orrery::ui;

namespace {

constexpr int side = 20; ///< points in a row of the grid below

/// A view of a square of points, one unit apart: point y * side + x lies at (x, y).
struct Shown {
    Shown()
    {
        std::vector<MapPoint> points;
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                points.push_back({static_cast<float>(x), static_cast<float>(y)});
        grid = std::make_shared<const PointGrid>(points);
        PointLooks looks;
        looks.palette = {qRgb(200, 30, 30)};
        looks.colours.assign(points.size(), 0);
        looks.sizes.assign(points.size(), 1);
        looks.ground = qRgb(255, 255, 255);
        looks.grey = qRgb(190, 190, 190);
        view.resize(600, 500);
        view.setPoints(grid, looks, [](std::uint32_t id) { return QStringLiteral("Point %1").arg(id); });
        view.show();
        exposed = QTest::qWaitForWindowExposed(&view);
    }

    [[nodiscard]] QPoint at(double x, double y) const
    {
        return view.camera().toScreen({static_cast<float>(x), static_cast<float>(y)}).toPoint();
    }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mousePress(&view, Qt::LeftButton, modifiers, from);
        for (int step = 1; step <= 4; ++step)
            moveTo(from + (to - from) * step / 4, modifiers);
        QTest::mouseRelease(&view, Qt::LeftButton, modifiers, to);
    }
    void moveTo(QPoint to, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButtons buttons = Qt::LeftButton)
    {
        QMouseEvent event(QEvent::MouseMove, to, view.mapToGlobal(to), Qt::NoButton, buttons, modifiers);
        QApplication::sendEvent(&view, &event);
    }
    [[nodiscard]] QColor colourAt(QPoint at) { return view.grab().toImage().pixelColor(at); }

    std::shared_ptr<const PointGrid> grid;
    MapView view;
    bool exposed = false;
};

} // namespace

class MapTest : public QObject {
    Q_OBJECT
private slots:
    void allIsInViewAtFirst()
    {
        Shown shown;
        QVERIFY(shown.exposed);
        for (const auto& [x, y] : {std::pair{0, 0}, {side - 1, side - 1}})
            QVERIFY(shown.view.rect().adjusted(20, 20, -20, -20).contains(shown.at(x, y)));
        QVERIFY(shown.colourAt(shown.at(5, 5)).red() > shown.colourAt(shown.at(5, 5)).green() + 60);
        QCOMPARE(shown.colourAt(shown.at(5.5, 5.5)), QColor(Qt::white));
    }

    void draggingMovesTheMap()
    {
        Shown shown;
        const QPoint before = shown.at(7, 7);
        shown.drag({300, 250}, {350, 270});
        QCOMPARE(shown.at(7, 7), before + QPoint(50, 20));
        QVERIFY(shown.view.selection().empty());
    }

    void theWheelZoomsAtThePointer()
    {
        Shown shown;
        const QPoint at = shown.at(4, 9);
        const double scale = shown.view.camera().scale;
        QWheelEvent event(at, shown.view.mapToGlobal(at), {}, {0, 240}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&shown.view, &event);
        QVERIFY((shown.at(4, 9) - at).manhattanLength() <= 2); // both are rounded to pixels
        QVERIFY(std::abs(shown.view.camera().scale / scale - 1.25 * 1.25) < 1e-9);
    }

    void hoveringNamesWhatIsNear()
    {
        Shown shown;
        QSignalSpy hovered(&shown.view, &MapView::hoveredChanged);
        shown.moveTo(shown.at(3, 2) + QPoint(4, -3), {}, Qt::NoButton);
        QCOMPARE(shown.view.hovered().value(), std::uint32_t{2 * side + 3});
        QCOMPARE(hovered.count(), 1);
        shown.moveTo({2, 2}, {}, Qt::NoButton);
        QVERIFY(!shown.view.hovered());
    }

    void aClickChooses()
    {
        Shown shown;
        QSignalSpy clicked(&shown.view, &MapView::clicked);
        QTest::mouseClick(&shown.view, Qt::LeftButton, {}, shown.at(8, 1));
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toUInt(), 1U * side + 8);
        QCOMPARE(shown.view.current().value(), 1U * side + 8);
    }

    void shiftAndDragSelectsARectangle()
    {
        Shown shown;
        QSignalSpy changed(&shown.view, &MapView::selectionChanged);
        shown.drag(shown.at(1.5, 1.5), shown.at(4.5, 3.5), Qt::ShiftModifier);
        QCOMPARE(shown.view.selection(), (std::vector<std::uint32_t>{42, 43, 44, 62, 63, 64}));
        QCOMPARE(changed.count(), 1);
        // What is not selected is grey, but there.
        const QColor grey = shown.colourAt(shown.at(10, 10));
        QVERIFY(grey != QColor(Qt::white) && grey.red() - grey.green() < 10);
        const QColor red = shown.colourAt(shown.at(3, 3));
        QVERIFY(red.red() - red.green() > 60);
    }

    void modifiersAddAndTakeAway()
    {
        Shown shown;
        shown.view.setTool(MapView::Tool::Rectangle);
        shown.drag(shown.at(-.5, -.5), shown.at(1.5, .5));
        QCOMPARE(shown.view.selection(), (std::vector<std::uint32_t>{0, 1}));
        shown.drag(shown.at(.5, -.5), shown.at(2.5, .5), Qt::ControlModifier);
        QCOMPARE(shown.view.selection(), (std::vector<std::uint32_t>{0, 1, 2}));
        shown.drag(shown.at(-.5, -.5), shown.at(.5, .5), Qt::AltModifier);
        QCOMPARE(shown.view.selection(), (std::vector<std::uint32_t>{1, 2}));
        QTest::mouseClick(&shown.view, Qt::LeftButton, Qt::ControlModifier, shown.at(9, 0));
        QCOMPARE(shown.view.selection(), (std::vector<std::uint32_t>{1, 2, 9}));
        QTest::keyClick(&shown.view, Qt::Key_Escape);
        QVERIFY(shown.view.selection().empty());
    }

    void theLassoHoldsItsInside()
    {
        Shown shown;
        shown.view.setTool(MapView::Tool::Lasso);
        const QPoint corner = shown.at(4.5, 4.5); // a triangle with its right angle here
        QTest::mousePress(&shown.view, Qt::LeftButton, {}, corner);
        shown.moveTo(shown.at(8.5, 4.5));
        shown.moveTo(shown.at(4.5, 8.5));
        QTest::mouseRelease(&shown.view, Qt::LeftButton, {}, shown.at(4.5, 8.5));
        std::vector<std::uint32_t> expected;
        for (std::uint32_t y = 5; y < 9; ++y)
            for (std::uint32_t x = 5; x < 9; ++x)
                if (x - 4.5 + y - 4.5 < 4)
                    expected.push_back(y * side + x);
        QCOMPARE(shown.view.selection(), expected);
    }

    void keysMoveAndZoom()
    {
        Shown shown;
        shown.view.setFocus();
        const MapCamera start = shown.view.camera();
        QTest::keyClick(&shown.view, Qt::Key_Right);
        QVERIFY(shown.view.camera().x > start.x);
        QTest::keyClick(&shown.view, Qt::Key_Down);
        QVERIFY(shown.view.camera().y > start.y);
        QTest::keyClick(&shown.view, Qt::Key_Plus);
        QTRY_VERIFY(shown.view.camera().scale > 1.2 * start.scale);
        QTest::keyClick(&shown.view, Qt::Key_Home);
        QTRY_VERIFY(std::abs(shown.view.camera().scale - start.scale) < 1e-9);
    }

    void drawnForAFileItHasAllItsNamesAsWords()
    {
        Shown shown;
        shown.view.setLabels({{{9, 9}, QStringLiteral("a region of its own"), 1, true}});
        const QByteArray drawing = drawingOf(shown.view.size(), QStringLiteral("map"), QStringLiteral("seed 7"),
                                             [&](QPainter& painter) { shown.view.drawTo(painter, 2); });
        QVERIFY(drawing.contains("seed 7"));
        QVERIFY(drawing.contains("a region of its own"));
    }

    void labelsNeverTouch()
    {
        Rng rng(5);
        std::vector<MapLabel> labels;
        labels.reserve(300);
        for (int i = 0; i < 300; ++i)
            labels.push_back({{static_cast<float>(19 * rng.uniform()), static_cast<float>(19 * rng.uniform())},
                              QStringLiteral("label number %1").arg(i),
                              static_cast<float>(rng.uniform()),
                              i % 3 == 0});
        Shown shown;
        shown.view.setLabels(labels);
        const MapCamera whole = shown.view.camera();
        for (const double zoom : {1.0, 2.5, 6.0}) {
            shown.view.setCamera(whole.zoomed(zoom, {300, 250}));
            shown.view.grab();
            const auto& placed = shown.view.placedLabels();
            QVERIFY2(placed.size() >= 3, qPrintable(QString::number(placed.size())));
            for (std::size_t i = 0; i < placed.size(); ++i) {
                QVERIFY(QRectF(shown.view.rect()).contains(placed[i].rect));
                for (std::size_t j = i + 1; j < placed.size(); ++j)
                    QVERIFY(!placed[i].rect.intersects(placed[j].rect));
            }
        }
    }

    void densityIsDrawnOfMany()
    {
        Rng rng(2);
        std::vector<MapPoint> points;
        for (std::size_t i = 0; i < MapRaster::mostDiscs + 50'000; ++i)
            points.push_back({static_cast<float>(rng.normal()), static_cast<float>(rng.normal())});
        const auto grid = std::make_shared<const PointGrid>(points);
        PointLooks looks{{qRgb(0, 0, 200)},
                         std::vector<std::uint8_t>(points.size(), 0),
                         std::vector<std::uint8_t>(points.size(), 0),
                         {},
                         qRgb(255, 255, 255),
                         qRgb(180, 180, 180)};
        MapRaster raster(grid, looks);
        QImage image(400, 400, QImage::Format_RGB32);
        raster.paint(image, MapCamera{0, 0, 50, QSizeF(400, 400)});
        // Denser in the middle than at the rim, and blue everywhere.
        const auto blueness = [&image](QRect rect) {
            double sum = 0;
            for (int y = rect.top(); y <= rect.bottom(); ++y)
                for (int x = rect.left(); x <= rect.right(); ++x)
                    sum += 255 - qRed(image.pixel(x, y));
            return sum / (rect.width() * rect.height());
        };
        QVERIFY(blueness({180, 180, 40, 40}) > 2 * blueness({300, 180, 40, 40}));
        QVERIFY(blueness({300, 180, 40, 40}) > 0);
    }

    void movedPointsKeepWhatIsChosenAndWhereOneLooks()
    {
        Shown shown;
        shown.drag(shown.at(1.5, 1.5), shown.at(4.5, 3.5), Qt::ShiftModifier);
        const auto selected = shown.view.selection();
        QVERIFY(!selected.empty());
        shown.view.setCurrent(7);
        const MapCamera closer = shown.view.camera().zoomed(3, {200, 200});
        shown.view.setCamera(closer);
        std::vector<MapPoint> moved;
        for (std::uint32_t id = 0; id < shown.grid->size(); ++id)
            moved.push_back({shown.grid->point(id).y, shown.grid->point(id).x});
        const auto grid = std::make_shared<const PointGrid>(moved);
        PointLooks looks{{qRgb(0, 0, 0)},
                         std::vector<std::uint8_t>(moved.size(), 0),
                         std::vector<std::uint8_t>(moved.size(), 0),
                         {},
                         qRgb(255, 255, 255),
                         qRgb(180, 180, 180)};
        const auto titles = [](std::uint32_t) { return QString(); };
        shown.view.setPoints(grid, looks, titles, true);
        QCOMPARE(shown.view.selection(), selected);
        QCOMPARE(shown.view.current().value(), 7U);
        QVERIFY(shown.view.camera() == closer);
        shown.view.setPoints(grid, looks, titles);
        QVERIFY(shown.view.selection().empty() && !shown.view.current());
        QVERIFY(shown.view.camera() != closer);
    }
};

QTEST_MAIN(MapTest)
#include "map_test.moc"
