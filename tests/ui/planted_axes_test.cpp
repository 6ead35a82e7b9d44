// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/workbench.h"
#include "ui/pages/explore/map_axes.h"

#include <QSpinBox>

using namespace orrery;
using namespace orrery::ui;

/// The axes of a model of a generated world say which planted dimension each factor stands for.
class PlantedAxesTest : public QObject {
    Q_OBJECT
private slots:
    void factorsAreMatchedWithWhatWasPlanted()
    {
        Workbench bench;
        bench.session.openSample();
        QVERIFY(bench.idle() && bench.session.planted());
        QCOMPARE(bench.session.planted()->dimensions.size(), std::size_t{25});
        ParamSet params;
        params.set("factors", std::int64_t{26}); // one more than there are dimensions
        QVERIFY(bench.train("implicit-als", params));
        MapAxes axes(bench.session);
        show(bench, axes);
        int matched = 0;
        auto* factor = axes.findChild<QSpinBox*>("map.axes.factor");
        for (int f = 1; f <= 26; ++f) {
            factor->setValue(f);
            QVERIFY(bench.idle());
            const auto* label = axes.findChild<QLabel*>("map.axes.planted");
            QVERIFY(label);
            matched += label->text().startsWith("r ");
        }
        QCOMPARE(matched, 25);
        const QString explained = axes.findChild<QLabel*>("map.axes.explained")->text();
        QVERIFY2(explained.contains('%'), qPrintable(explained));
    }

    void dataThatPeopleGaveSaysNothingOfIt()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(!bench.session.planted());
        ParamSet params;
        params.set("factors", std::int64_t{4});
        QVERIFY(bench.train("implicit-als", params));
        MapAxes axes(bench.session);
        show(bench, axes);
        QVERIFY(axes.findChild<QLabel*>("map.axes.title"));
        QVERIFY(!axes.findChild<QLabel*>("map.axes.planted"));
    }

private:
    static void show(Workbench& bench, MapAxes& axes)
    {
        const MapSubjectPtr items = itemsOnMap(bench.session);
        axes.setMap(std::make_shared<const ItemMap>(items->mapOf(bench.session.a()->recommender->model())), items);
        axes.shown();
        QVERIFY(bench.idle());
    }
};

QTEST_MAIN(PlantedAxesTest)
#include "planted_axes_test.moc"
