// SPDX-License-Identifier: GPL-3.0-or-later
// Features checked against training: PSI by hand, what is lost, and files of strangers.
#include "core/base/rng.h"
#include "core/ranking/feature_check.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// "Age" of a person, "Price" and "Stock" of an item; stock is always known.
std::vector<Feature> threeFeatures()
{
    return {{"person.age", "Age", "How old.", FeatureGroup::Person, FeatureUnit::Days, 0, 1000, true},
            {"item.price", "Price", "What it costs.", FeatureGroup::Item, FeatureUnit::Money, 0, 500, true},
            {"item.stock", "Stock", "Pieces.", FeatureGroup::Item, FeatureUnit::Count, 0, 100, false}};
}

/// Questions of `size` rows each: the age is the question's, prices and stock are uniform on 0 to 100.
struct Rows {
    Matrix values;
    std::vector<std::uint32_t> starts{0};

    Rows(std::size_t questions, std::size_t size, std::uint64_t seed, float priceTimes = 1)
        : values(questions * size, 3)
    {
        Rng rng(seed);
        for (std::size_t row = 0; row < values.rows(); ++row) {
            if (row % size == 0) {
                m_age = static_cast<float>(100 * rng.uniform());
                starts.push_back(static_cast<std::uint32_t>(row + size));
            }
            values.row(row)[0] = m_age;
            values.row(row)[1] = priceTimes * static_cast<float>(100 * rng.uniform());
            values.row(row)[2] = static_cast<float>(rng.below(20));
        }
    }
    void set(std::size_t column, float value)
    {
        for (std::size_t row = 0; row < values.rows(); ++row)
            values.row(row)[column] = value;
    }
    [[nodiscard]] FeatureRows view() const { return {values.view(), starts}; }

private:
    float m_age = 0;
};

FeatureSnapshot snapshotFrom(const Rows& rows) { return snapshotOf("1-abc", threeFeatures(), rows.view(), {}).value(); }

FeatureReport checked(const Rows& rows, CheckFor what = CheckFor::Drift, std::string_view version = "1-abc")
{
    static const FeatureSnapshot training = snapshotFrom(Rows(400, 10, 1));
    return check(version, threeFeatures(), training, rows.view(), what);
}

} // namespace

class FeatureCheckTest : public QObject {
    Q_OBJECT

private slots:
    void stabilityByHand()
    {
        // Shares (.25, .75) and (.75, .25): .5 ln 3 twice. Half a row more in each bin: 25.5 / 101 and 75.5 / 101.
        const std::vector<double> before{25, 75}, after{75, 25};
        const double e = 25.5 / 101, a = 75.5 / 101;
        QVERIFY(std::abs(stabilityIndex(before, after) - 2 * (a - e) * std::log(a / e)) < 1e-12);
        QCOMPARE(stabilityIndex(before, before), 0.0);
        // An empty bin counts as half a row, so that the index is finite.
        const std::vector<double> whole{10, 0};
        const double one = 10.5 / 11, half = .5 / 11;
        const std::vector<double> other{0, 10};
        QVERIFY(std::abs(stabilityIndex(whole, other) - 2 * (one - half) * std::log(one / half)) < 1e-12);
    }

    void binsHoldAsManyEach()
    {
        const FeatureSnapshot snapshot = snapshotFrom(Rows(400, 10, 1));
        const FeatureSpread& price = snapshot.spreads[1];
        QCOMPARE(price.counts, std::vector<std::uint32_t>(10, 400));
        for (std::size_t bin = 0; bin < 9; ++bin)
            QVERIFY(std::abs(price.edges[bin] - 10 * float(bin + 1)) < 3); // three standard errors of a quantile: 2.4
        QVERIFY(price.lowest >= 0 && price.highest <= 100);
        QCOMPARE(price.median(), price.edges[4]);
        QCOMPARE(snapshot.spreads[0].known(), std::size_t{400}); // once a question
    }

    void equalValuesShareABin()
    {
        Rows rows(10, 10, 1);
        rows.set(1, 0);
        for (std::size_t row = 0; row < 5; ++row)
            rows.values.row(row)[1] = 7;
        rows.values.row(5)[1] = missing;
        const FeatureSpread price = snapshotFrom(rows).spreads[1];
        QCOMPARE(price.edges, std::vector<float>{0});
        QCOMPARE(price.counts, (std::vector<std::uint32_t>{94, 5}));
        QCOMPARE(price.missing, 1U);
        rows.set(1, missing);
        const FeatureSpread none = snapshotFrom(rows).spreads[1];
        QCOMPARE(none.counts, std::vector<std::uint32_t>{0});
        QCOMPARE(none.missing, 100U);
        QVERIFY(std::isnan(none.median()));
    }

    void likeTrainingIsOk()
    {
        const FeatureReport report = checked(Rows(300, 10, 2));
        QVERIFY(report.usable());
        QVERIFY(report.warnings().empty());
        for (const FeatureFinding& finding : report.findings)
            QVERIFY(finding.verdict == FeatureVerdict::Ok && finding.psi < movedFrom);
    }

    void fewRowsAreNoDrift()
    {
        int alarms = 0;
        for (std::uint64_t seed = 10; seed < 60; ++seed)
            for (const FeatureFinding& finding : checked(Rows(30, 2, seed)).findings)
                alarms += finding.verdict == FeatureVerdict::Drifted ? 1 : 0;
        QVERIFY2(alarms <= 15, qPrintable(QString::number(alarms))); // of 150; the index itself is above .25 in many
    }

    void halfThePriceIsDrift()
    {
        const FeatureReport report = checked(Rows(300, 10, 2, .5F));
        QVERIFY(report.usable());
        QCOMPARE(report.findings[1].verdict, FeatureVerdict::Drifted);
        // Five bins of .2 and five of 0 against ten of .1.
        QVERIFY(report.findings[1].psi > 1);
        QCOMPARE(report.warnings().size(), std::size_t{1});
        QVERIFY(report.warnings().front().starts_with("Price: its values are spread differently"));
    }

    void otherRangesAreFound()
    {
        QCOMPARE(checked(Rows(300, 10, 2, 2)).findings[1].verdict, FeatureVerdict::OutOfRange); // as in training
        const FeatureReport report = checked(Rows(1, 10, 2, 100), CheckFor::Request);
        QCOMPARE(report.findings[1].verdict, FeatureVerdict::OutOfRange);
        QVERIFY(report.findings[1].outOfRange > 0);
        QVERIFY(report.usable());
    }

    void whatIsLostMakesARankerUnusable()
    {
        Rows rows(1, 10, 2);
        rows.set(1, missing);
        const FeatureReport report = checked(rows, CheckFor::Request);
        QVERIFY(!report.usable());
        QCOMPARE(report.findings[1].verdict, FeatureVerdict::Missing);
        QCOMPARE(report.trouble,
                 std::string("The ranker has not learned to do without \"Price\", which is not known here."));
    }

    void whatTrainingLackedTooIsNotLost()
    {
        Rows training(400, 10, 1), rows(1, 10, 2);
        for (std::size_t row = 0; row < training.values.rows(); row += 20)
            training.values.row(row)[1] = missing; // 5 %
        rows.set(1, missing);
        const auto report = check("1-abc", threeFeatures(), snapshotFrom(training), rows.view(), CheckFor::Request);
        QVERIFY(report.usable());
        QCOMPARE(report.findings[1].verdict, FeatureVerdict::Ok); // of one question
        Rows many(300, 10, 2);
        many.set(1, missing);
        const auto drift = check("1-abc", threeFeatures(), snapshotFrom(training), many.view(), CheckFor::Drift);
        QVERIFY(drift.usable());
        QCOMPARE(drift.findings[1].verdict, FeatureVerdict::Missing);
    }

    void whatMustBeKnownIsFoundMissing()
    {
        Rows rows(300, 10, 2);
        rows.values.row(7)[2] = missing;
        QCOMPARE(checked(rows).findings[2].verdict, FeatureVerdict::Missing);
    }

    void anotherVersionIsRefused()
    {
        const FeatureReport report = checked(Rows(1, 10, 2), CheckFor::Request, "2-abc");
        QVERIFY(!report.usable());
        QVERIFY(report.trouble.find("2-abc") != std::string::npos);
        Rows wide(1, 10, 2);
        auto two = threeFeatures();
        two.pop_back();
        QVERIFY(!snapshotOf("1", two, wide.view(), {}).has_value());
    }

    void periodsAreCompared()
    {
        const Rows before(300, 10, 1), same(300, 10, 2), dearer(300, 10, 3, 1.5F);
        const auto steady = driftBetween(threeFeatures(), before.view(), same.view(), {}).value();
        for (const FeatureDrift& one : steady)
            QCOMPARE(one.inWords(), std::string_view("stable"));
        const auto drift = driftBetween(threeFeatures(), before.view(), dearer.view(), {}).value();
        QCOMPARE(drift[1].inWords(), std::string_view("drifted"));
        QVERIFY(drift[1].medianAfter > drift[1].medianBefore);
        QCOMPARE(drift[2].inWords(), std::string_view("stable"));
        Rows lost(300, 10, 2);
        lost.set(1, missing);
        const auto gone = driftBetween(threeFeatures(), before.view(), lost.view(), {}).value();
        QCOMPARE(gone[1].missingAfter, 1.0);
        QCOMPARE(gone[1].inWords(), std::string_view("drifted"));
    }

    void snapshotsAreTheSameOnAnyNumberOfThreads()
    {
        const Rows rows(200, 10, 1);
        const auto one = snapshotOf("1", threeFeatures(), rows.view(), JobContext({1, 1})).value();
        QVERIFY(one == snapshotOf("1", threeFeatures(), rows.view(), JobContext({1, 4})).value());
    }

    void storedAndRead()
    {
        Rows rows(40, 10, 1);
        rows.set(2, missing);
        const FeatureSnapshot snapshot = snapshotFrom(rows);
        Artifact artifact;
        save(snapshot, artifact);
        QVERIFY(loadSnapshot(artifact).value() == snapshot);
    }

    void damageIsAnError()
    {
        const FeatureSnapshot good = snapshotFrom(Rows(40, 10, 1));
        Artifact stored;
        save(good, stored);
        for (const auto& [name, array] : stored.arrays()) {
            Artifact lacking;
            for (const auto& [other, kept] : stored.arrays())
                if (other != name)
                    lacking.putRaw(other, kept);
            QVERIFY2(!loadSnapshot(lacking).has_value(), name.c_str());
            if (name == "features/version")
                continue;
            Artifact cut = stored;
            auto shorter = array;
            shorter.bytes.resize(shorter.bytes.size() - 4);
            cut.putRaw(name, shorter);
            QVERIFY2(!loadSnapshot(cut).has_value(), name.c_str());
        }
        FeatureSnapshot unsorted = good;
        std::swap(unsorted.spreads[1].edges[0], unsorted.spreads[1].edges[1]);
        FeatureSnapshot outside = good;
        outside.spreads[1].highest = outside.spreads[1].edges.front();
        for (const FeatureSnapshot& bad : {unsorted, outside}) {
            Artifact artifact;
            save(bad, artifact);
            QVERIFY(!loadSnapshot(artifact).has_value());
        }
    }
};

QTEST_GUILESS_MAIN(FeatureCheckTest)
#include "feature_check_test.moc"
