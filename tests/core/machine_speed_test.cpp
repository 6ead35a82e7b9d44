// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine_speed.h"

#include "core/models/catalogue.h"

#include <QtTest>

#include <cmath>

using namespace orrery;

class MachineSpeedTest : public QObject {
    Q_OBJECT
private slots:
    void isMeasuredOnce()
    {
        const double first = machineSpeed();
        QVERIFY(std::isfinite(first) && first > 0);
        QCOMPARE(machineSpeed(), first);
    }

    void scalesTimeAndNotMemory()
    {
        const Algorithm& svd = **requireAlgorithm("svd");
        const DatasetShape shape{600, 400, 60'000};
        const Cost declared = svd.estimate(shape, {});
        const Cost expected = expectedCost(svd, shape, {});
        QCOMPARE(expected.seconds * machineSpeed(), declared.seconds);
        QCOMPARE(expected.bytes, declared.bytes);
    }
};

QTEST_GUILESS_MAIN(MachineSpeedTest)
#include "machine_speed_test.moc"
