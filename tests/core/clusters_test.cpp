// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of vectors. Gold: scikit-learn by fixtures/clusters/recipe.py.
#include "core/base/rng.h"
#include "core/projection/clusters.h"

#include <QtTest>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;

namespace {

std::vector<std::vector<double>> tableOf(const std::string& name)
{
    std::ifstream file(fmt::format("{}/clusters/{}", ORRERY_FIXTURES, name));
    std::vector<std::vector<double>> table;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        table.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            table.back().push_back(std::stod(cell));
    }
    return table;
}

Matrix rowsOf(const std::vector<std::vector<double>>& table, std::size_t count)
{
    Matrix rows(count, 3);
    for (std::size_t row = 0; row < count; ++row)
        std::ranges::transform(table[row], rows.row(row).begin(),
                               [](double value) { return static_cast<float>(value); });
    return rows;
}

Matrix fixture() { return rowsOf(tableOf("rows.csv"), 240); }

/// So many heaps around centres that lie ten standard deviations apart or more; row r is in heap r % heaps.
Matrix heaps(std::size_t count, std::size_t length, std::size_t heaps)
{
    Rng rng(7);
    Matrix rows(count, length);
    for (std::size_t row = 0; row < count; ++row)
        for (std::size_t d = 0; d < length; ++d)
            rows.row(row)[d] = static_cast<float>(rng.normal() + (d == row % heaps ? 20.0 : 0.0));
    return rows;
}

/// Of the rows, how many have the same partner in both up to the names of the clusters; noCluster is its own.
std::size_t agreeing(const std::vector<std::uint32_t>& found, const std::vector<std::uint32_t>& expected)
{
    std::map<std::uint32_t, std::map<std::uint32_t, std::size_t>> together;
    for (std::size_t row = 0; row < found.size(); ++row)
        ++together[found[row]][expected[row]];
    std::set<std::uint32_t> used;
    std::size_t agree = 0;
    for (const auto& [cluster, with] : together) {
        const auto most = std::ranges::max_element(with, {}, [](const auto& pair) { return pair.second; });
        if ((cluster == noCluster) == (most->first == noCluster) && used.insert(most->first).second)
            agree += most->second;
    }
    return agree;
}

std::vector<std::uint32_t> hdbscanGold()
{
    std::vector<std::uint32_t> gold;
    for (const auto& row : tableOf("hdbscan.csv"))
        gold.push_back(row[0] < 0 ? noCluster : static_cast<std::uint32_t>(row[0]));
    return gold;
}

} // namespace

class ClustersTest : public QObject {
    Q_OBJECT
private slots:
    void kMeansEndsWhereScikitLearnDoes()
    {
        const auto table = tableOf("rows.csv");
        const Matrix rows = fixture();
        for (const auto& gold : tableOf("k_means.csv")) {
            const auto clusters = static_cast<std::size_t>(gold[0]);
            const auto found = kMeansFrom(rows.view(), rowsOf(table, clusters), 1000, {}).value();
            // Rows and distances are floats here, doubles there.
            QVERIFY2(std::abs(found.inertia - gold[1]) < 1e-5 * gold[1],
                     qPrintable(QString("%1 %2").arg(found.inertia).arg(gold[1])));
        }
    }

    void itsStartsFindTheLeastInertia()
    {
        const Matrix rows = fixture();
        for (const auto& gold : tableOf("k_means.csv")) {
            const KMeansConfig config{static_cast<int>(gold[0]), 30, 1000};
            const auto found = kMeans(rows.view(), config, {}).value();
            // The least of 50 starts; another least one may be found, but hardly a lower one.
            QVERIFY2(found.inertia < 1.001 * gold[2], qPrintable(QString("%1 %2").arg(found.inertia).arg(gold[2])));
        }
    }

    void inertiaAndCentresAreTheDefinition()
    {
        const Matrix rows = heaps(500, 5, 4);
        const auto found = kMeans(rows.view(), {4, 3, 100}, {}).value();
        std::vector<std::vector<double>> sums(4, std::vector<double>(6, 0));
        double inertia = 0;
        for (std::size_t row = 0; row < 500; ++row) {
            const std::uint32_t cluster = found.clusters.clusterOf[row];
            QCOMPARE(cluster, found.clusters.clusterOf[row % 4]);
            ++sums[cluster][5];
            for (std::size_t d = 0; d < 5; ++d) {
                const auto value = static_cast<double>(rows.row(row)[d]);
                sums[cluster][d] += value;
                inertia += std::pow(value - static_cast<double>(found.centres.row(cluster)[d]), 2);
            }
        }
        QVERIFY(std::abs(inertia - found.inertia) < 1e-4 * inertia);
        for (std::size_t c = 0; c < 4; ++c)
            for (std::size_t d = 0; d < 5; ++d)
                QVERIFY(std::abs(sums[c][d] / sums[c][5] - static_cast<double>(found.centres.row(c)[d])) < 1e-4);
    }

    void emptyClustersTakeTheFarthestRow()
    {
        Matrix rows(4, 1), centres(3, 1);
        const float values[] = {0, 1, 2, 50};
        std::ranges::copy(values, rows.all().begin());
        centres.row(0)[0] = 1;
        centres.row(1)[0] = 1000; // nobody's
        centres.row(2)[0] = 1000;
        const auto found = kMeansFrom(rows.view(), std::move(centres), 100, {}).value();
        QCOMPARE(std::set<std::uint32_t>(found.clusters.clusterOf.begin(), found.clusters.clusterOf.end()).size(),
                 std::size_t{3});
        QCOMPARE(found.inertia, .5); // {0, 1} or {1, 2} together
        // More clusters than different rows: nothing breaks.
        QCOMPARE(kMeans(Matrix(6, 2).view(), {4, 2, 10}, {}).value().inertia, 0.0);
    }

    void threadsChangeNothing()
    {
        const Matrix rows = heaps(20'000, 7, 3);
        const auto one = kMeans(rows.view(), {9, 2, 20}, JobContext({1, 1})).value();
        const auto four = kMeans(rows.view(), {9, 2, 20}, JobContext({1, 4})).value();
        QVERIFY(one.clusters.clusterOf == four.clusters.clusterOf);
        QVERIFY(std::ranges::equal(one.centres.all(), four.centres.all()));
        QCOMPARE(one.inertia, four.inertia);
        const Matrix fewer = heaps(12'000, 7, 3); // by the index
        QVERIFY(densityClusters(fewer.view(), SpaceMetric::Euclidean, {}, JobContext({1, 1})).value().clusterOf ==
                densityClusters(fewer.view(), SpaceMetric::Euclidean, {}, JobContext({1, 4})).value().clusterOf);
    }

    void densityClustersAreThoseOfScikitLearn()
    {
        const Matrix rows = fixture();
        const auto gold = hdbscanGold();
        // All rows as neighbours: the same algorithm, so the same rows in the same clusters.
        const auto whole = densityClusters(rows.view(), SpaceMetric::Euclidean, {15, 10, 239}, {}).value();
        QCOMPARE(agreeing(whole.clusterOf, gold), gold.size());
        QCOMPARE(whole.clusters, std::size_t{4});
        // The graph of near ones hardly differs: at most one row in 50.
        const auto near = densityClusters(rows.view(), SpaceMetric::Euclidean, {15, 10, 30}, {}).value();
        QVERIFY(agreeing(near.clusterOf, gold) >= gold.size() * 49 / 50);
    }

    void heapsAreFoundByTheIndexToo()
    {
        const Matrix rows = heaps(12'000, 8, 5);
        const auto found = densityClusters(rows.view(), SpaceMetric::Euclidean, {200, 10, 30}, {}).value();
        QCOMPARE(found.clusters, std::size_t{5});
        std::size_t right = 0;
        std::set<std::uint32_t> names;
        for (std::uint32_t heap = 0; heap < 5; ++heap) {
            std::map<std::uint32_t, std::size_t> counts;
            for (std::size_t row = heap; row < rows.rows(); row += 5)
                ++counts[found.clusterOf[row]];
            const auto most = std::ranges::max_element(counts, {}, [](const auto& pair) { return pair.second; });
            names.insert(most->first);
            right += most->second;
        }
        QCOMPARE(names.size(), std::size_t{5});
        QVERIFY(!names.contains(noCluster));
        QVERIFY(right > rows.rows() * 9 / 10); // outer rows of a heap may be noise
    }

    void cosineLooksAtDirectionsOnly()
    {
        Rng rng(3);
        Matrix rows(300, 2);
        for (std::size_t row = 0; row < 300; ++row) {
            const double angle = (row % 3 == 0 ? .2 : row % 3 == 1 ? 1.2 : 2.5) + .03 * rng.normal();
            const double size = std::exp(rng.normal());
            rows.row(row)[0] = static_cast<float>(size * std::cos(angle));
            rows.row(row)[1] = static_cast<float>(size * std::sin(angle));
        }
        const auto found = densityClusters(rows.view(), SpaceMetric::Cosine, {40, 5, 30}, {}).value();
        QCOMPARE(found.clusters, std::size_t{3});
    }

    void equalRowsAndFewRowsAreFine()
    {
        QCOMPARE(densityClusters(Matrix(50, 3).view(), SpaceMetric::Euclidean, {}, {}).value().clusterOf.size(),
                 std::size_t{50});
        QCOMPARE(densityClusters(Matrix(1, 3).view(), SpaceMetric::Euclidean, {}, {}).value().clusters, std::size_t{0});
        // Two places, each of 30 equal rows.
        Matrix rows(60, 1);
        for (std::size_t row = 30; row < 60; ++row)
            rows.row(row)[0] = 5;
        const auto found = densityClusters(rows.view(), SpaceMetric::Euclidean, {10, 5, 20}, {}).value();
        QCOMPARE(found.clusters, std::size_t{2});
        QCOMPARE(found.clusterOf[0], 0U); // equally large: that of the first row
        QCOMPARE(found.clusterOf[59], 1U);
    }

    void wrongSettingsAreRefusedAndJobsStop()
    {
        Matrix rows = heaps(100, 3, 2);
        QVERIFY(!kMeans(rows.view(), {0, 1, 10}, {}));
        QVERIFY(!kMeans(rows.view(), {101, 1, 10}, {}));
        QVERIFY(!kMeansFrom(rows.view(), Matrix(2, 4), 10, {}));
        QVERIFY(!densityClusters(rows.view(), SpaceMetric::Dot, {}, {}));
        QVERIFY(!densityClusters(rows.view(), SpaceMetric::Euclidean, {15, 32, 30}, {}));
        QVERIFY(!densityClusters(rows.view(), SpaceMetric::Euclidean, {1, 5, 30}, {}));
        const CancelToken token;
        token.cancel();
        QCOMPARE(kMeans(rows.view(), {3, 1, 10}, JobContext({}, token)).error().code, Code::Cancelled);
        QCOMPARE(densityClusters(rows.view(), SpaceMetric::Euclidean, {}, JobContext({}, token)).error().code,
                 Code::Cancelled);
        rows.row(3)[1] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!kMeans(rows.view(), {3, 1, 10}, {}));
        QVERIFY(!densityClusters(rows.view(), SpaceMetric::Euclidean, {}, {}));
    }
};

QTEST_APPLESS_MAIN(ClustersTest)
#include "clusters_test.moc"
