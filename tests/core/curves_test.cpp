// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/curves.h"

#include <QtTest>

using namespace orrery;

namespace {

struct Listener : JobObserver {
    void progressed(double fraction, std::string_view doing) override
    {
        fractions.push_back(fraction);
        words.emplace_back(doing);
    }
    void measured(std::string_view series, double step, double value) override
    {
        curves[std::string(series)].emplace_back(step, value);
    }

    std::vector<double> fractions;
    std::vector<std::string> words;
    Curves curves;
};

} // namespace

class CurvesTest : public QObject {
    Q_OBJECT
private slots:
    void whatIsMeasuredIsKeptAndPassedOn()
    {
        Listener listener;
        CurveRecorder recorder(JobContext({}, {}, &listener));
        recorder.job().measure("loss", 1, 0.5);
        recorder.job().measure("RMSE", 1, 0.75);
        recorder.job().measure("loss", 2, 0.25);
        const Curves expected = {{"loss", {{1, 0.5}, {2, 0.25}}}, {"RMSE", {{1, 0.75}}}};
        QVERIFY(recorder.curves() == expected);
        QVERIFY(listener.curves == expected);
    }

    void progressKeepsItsPlaceInTheWholeJob()
    {
        Listener listener;
        const JobContext whole({}, {}, &listener);
        CurveRecorder recorder(whole.part(0.5, 1));
        recorder.job().part(0, 0.5).progress(1, "half way");
        QCOMPARE(listener.fractions, std::vector<double>{0.75});
        QCOMPARE(listener.words, std::vector<std::string>{"half way"});
    }

    void nobodyNeedsToListen()
    {
        CurveRecorder recorder{JobContext()};
        recorder.job().progress(0.5, "work");
        recorder.job().measure("loss", 1, 0.5);
        QCOMPARE(recorder.curves().at("loss").size(), std::size_t{1});
    }

    void itIsStillTheSameJob()
    {
        const CancelToken token;
        CurveRecorder recorder(JobContext({7, 3}, token));
        QCOMPARE(recorder.job().seed(), std::uint64_t{7});
        QCOMPARE(recorder.job().threads(), 3);
        token.cancel();
        QVERIFY(!recorder.job().check());
    }
};

QTEST_APPLESS_MAIN(CurvesTest)
#include "curves_test.moc"
