// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/overlap_work.h"

#include "core/base/rng.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::size_t people = 300, items = 400;

/// A few entries of each person, of items whose popularity is lognormal.
std::vector<std::set<std::uint32_t>> drawnRows()
{
    Rng rng(7);
    std::vector<double> upTo;
    for (std::size_t item = 0; item < items; ++item)
        upTo.push_back((upTo.empty() ? 0 : upTo.back()) + std::exp(.9 * rng.normal()));
    std::vector<std::set<std::uint32_t>> rows(people);
    for (auto& row : rows)
        while (row.size() < 12) {
            const auto drawn = std::ranges::upper_bound(upTo, rng.uniform() * upTo.back());
            row.insert(static_cast<std::uint32_t>(drawn - upTo.begin()));
        }
    return rows;
}

std::shared_ptr<const Dataset> datasetOf(const std::vector<std::set<std::uint32_t>>& rows)
{
    DatasetBuilder builder;
    for (std::size_t person = 0; person < rows.size(); ++person) {
        std::string row;
        for (const std::uint32_t item : rows[person])
            row += fmt::format("i{} ", item);
        builder.implicit().row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

/// Of each item, how many others have at least `support` people in common with it.
std::vector<std::size_t> partnersOf(const std::vector<std::set<std::uint32_t>>& rows, int support)
{
    std::vector<std::vector<int>> common(items, std::vector<int>(items));
    for (const auto& row : rows)
        for (const std::uint32_t a : row)
            for (const std::uint32_t b : row)
                common[a][b] += a != b ? 1 : 0;
    std::vector<std::size_t> partners;
    for (const auto& row : common)
        partners.push_back(
            static_cast<std::size_t>(std::ranges::count_if(row, [&](int both) { return both >= support; })));
    return partners;
}

bool near(double expected, double counted) { return std::abs(expected / counted - 1) < .15; } // what it promises

} // namespace

class OverlapWorkTest : public QObject {
    Q_OBJECT
private slots:
    void expectsThePairsThatMeet()
    {
        const auto rows = drawnRows();
        const auto work = overlaps::Work::of(datasetOf(rows)->shape(), Entries::All);
        QCOMPARE(work.cells, 12.0 * people);
        QCOMPARE(work.pairs, 144.0 * people);
        for (const int support : {1, 2}) {
            double meet = 0, kept = 0;
            for (const std::size_t partners : partnersOf(rows, support)) {
                meet += static_cast<double>(partners);
                kept += static_cast<double>(std::min<std::size_t>(partners, 20));
            }
            QVERIFY2(near(work.meeting(support), meet), qPrintable(QString::number(work.meeting(support) / meet)));
            QVERIFY2(near(work.kept(20, support), kept), qPrintable(QString::number(work.kept(20, support) / kept)));
        }
    }

    void knowsWhenNothingIsLeftOut()
    {
        const auto work = overlaps::Work::of(datasetOf(drawnRows())->shape(), Entries::All);
        QVERIFY(work.keepsAll(items));
        QVERIFY(!work.keepsAll(20));
        QCOMPARE(work.kept(items), work.compared);
    }

    void nothingTakesNothing()
    {
        const auto work = overlaps::Work::of({}, Entries::Liked);
        QCOMPARE(work.seconds(1), 0.0);
        QCOMPARE(work.kept(10), 0.0);
    }
};

QTEST_GUILESS_MAIN(OverlapWorkTest)
#include "overlap_work_test.moc"
