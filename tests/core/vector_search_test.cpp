// SPDX-License-Identifier: GPL-3.0-or-later
// Nearest vectors: exactly, and by the graph.
#include "core/base/rng.h"
#include "core/retrieval/hnsw_index.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;

namespace {

/// Around 40 centres, of very different lengths.
Matrix clustered(std::size_t rows, std::size_t length, std::uint64_t seed = 1)
{
    Rng rng(seed);
    Matrix centres(40, length), vectors(rows, length);
    for (float& value : centres.all())
        value = static_cast<float>(rng.normal());
    for (std::size_t row = 0; row < rows; ++row) {
        const auto centre = centres.row(rng.below(40));
        const double size = std::exp(rng.normal() / 2);
        for (std::size_t d = 0; d < length; ++d)
            vectors.row(row)[d] = static_cast<float>(size * (static_cast<double>(centre[d]) + .7 * rng.normal()));
    }
    return vectors;
}

double recallOf(const HnswIndex& index, const ExactSearch& exact, const Matrix& vectors, std::size_t queries)
{
    std::size_t found = 0;
    for (std::uint32_t q = 0; q < queries; ++q) {
        const auto truth = exact.nearest(vectors.row(q), 10, {}, q).value();
        for (const Near& near : index.nearest(vectors.row(q), 10, q))
            found += std::ranges::count(truth, near.row, &Near::row);
    }
    return static_cast<double>(found) / static_cast<double>(10 * queries);
}

constexpr SpaceMetric metrics[] = {SpaceMetric::Cosine, SpaceMetric::Dot, SpaceMetric::Euclidean};

} // namespace

class VectorSearchTest : public QObject {
    Q_OBJECT
private slots:
    void exactIsWhatTheDefinitionSays()
    {
        const Matrix vectors = clustered(500, 21);
        for (const SpaceMetric metric : metrics) {
            const auto found = ExactSearch(vectors.view(), metric).nearest(vectors.row(3), 500, {}, 3).value();
            QCOMPARE(found.size(), std::size_t{499});
            for (std::size_t i = 0; i < found.size(); ++i) {
                const auto row = vectors.row(found[i].row);
                double product = 0, a = 0, b = 0, apart = 0;
                for (std::size_t d = 0; d < 21; ++d) {
                    const auto x = static_cast<double>(vectors.row(3)[d]), y = static_cast<double>(row[d]);
                    product += x * y;
                    a += x * x;
                    b += y * y;
                    apart += (x - y) * (x - y);
                }
                const double expected = metric == SpaceMetric::Cosine ? product / std::sqrt(a * b)
                                        : metric == SpaceMetric::Dot  ? product
                                                                      : -std::sqrt(apart);
                QVERIFY(std::abs(static_cast<double>(found[i].similarity) - expected) < 1e-3);
                QVERIFY(i == 0 || isNearer(found[i - 1], found[i]));
            }
        }
    }

    void threadsChangeNothing()
    {
        const Matrix vectors = clustered(40'000, 8);
        const ExactSearch search(vectors.view(), SpaceMetric::Cosine);
        QVERIFY(search.nearest(vectors.row(9), 50, JobContext({1, 1})).value() ==
                search.nearest(vectors.row(9), 50, JobContext({1, 4})).value());
    }

    void equallyNearGoByRow()
    {
        Matrix vectors(6, 2);
        for (std::size_t row = 0; row < 6; ++row)
            vectors.row(row)[0] = 1;
        const auto found = ExactSearch(vectors.view(), SpaceMetric::Dot).nearest(vectors.row(0), 3, {}, 1).value();
        QCOMPARE(found[0].row, 0U);
        QCOMPARE(found[1].row, 2U);
        QCOMPARE(found[2].row, 3U);
    }

    void aVectorOfZerosIsNearNothing()
    {
        Matrix vectors(3, 4);
        vectors.row(1)[0] = 2;
        const auto found = ExactSearch(vectors.view(), SpaceMetric::Cosine).nearest(vectors.row(0), 3, {}).value();
        QCOMPARE(found[0].similarity, 0.F);
    }

    void theGraphFindsMostOfTheTrueNeighbours()
    {
        const Matrix vectors = clustered(5000, 24);
        for (const SpaceMetric metric : metrics) {
            const auto index = HnswIndex::build(vectors.view(), metric, {}, {});
            QVERIFY(index.has_value());
            const double recall = recallOf(*index, ExactSearch(vectors.view(), metric), vectors, 200);
            QVERIFY2(recall >= .95, qPrintable(QString("%1: %2").arg(int(metric)).arg(recall)));
        }
    }

    void theSameVectorsMakeTheSameGraph()
    {
        const Matrix vectors = clustered(2000, 16);
        const auto one = HnswIndex::build(vectors.view(), SpaceMetric::Cosine, {}, {});
        const auto two = HnswIndex::build(vectors.view(), SpaceMetric::Cosine, {}, {});
        for (std::uint32_t q = 0; q < 200; ++q)
            QVERIFY(one->nearest(vectors.row(q), 20, q, 20) == two->nearest(vectors.row(q), 20, q, 20));
    }

    void whatIsAddedIsFoundAtOnce()
    {
        const Matrix vectors = clustered(1000, 16), later = clustered(50, 16, 2);
        for (const SpaceMetric metric : metrics) {
            auto index = HnswIndex::build(vectors.view(), metric, {}, {});
            for (std::size_t row = 0; row < 50; ++row) {
                QVERIFY(index->add(later.row(row)).has_value());
                const auto found = index->nearest(later.row(row), 1000 + row + 1);
                const auto self = std::ranges::find(found, static_cast<std::uint32_t>(1000 + row), &Near::row);
                QVERIFY(self != found.end());
                if (metric != SpaceMetric::Dot)
                    QCOMPARE(found.front().row, static_cast<std::uint32_t>(1000 + row));
            }
            QCOMPARE(index->size(), std::size_t{1050});
            QCOMPARE(index->tail(), std::size_t{50});
            QVERIFY(!index->add(std::vector<float>(3)).has_value());
        }
    }

    void badInputIsNamed()
    {
        Matrix vectors = clustered(20, 4);
        HnswConfig config;
        config.links = 1;
        QCOMPARE(HnswIndex::build(vectors.view(), SpaceMetric::Dot, config, {}).error().code, Code::InvalidArgument);
        vectors.row(7)[2] = std::numeric_limits<float>::quiet_NaN();
        const auto index = HnswIndex::build(vectors.view(), SpaceMetric::Dot, {}, {});
        QCOMPARE(index.error().where, std::string("row 8"));
    }

    void nothingAndOneAreFine()
    {
        const Matrix none(0, 4), one = clustered(1, 4);
        for (const SpaceMetric metric : metrics) {
            const auto empty = HnswIndex::build(none.view(), metric, {}, {});
            QVERIFY(empty->nearest(one.row(0), 5).empty());
            const auto single = HnswIndex::build(one.view(), metric, {}, {});
            QCOMPARE(single->nearest(one.row(0), 5).size(), std::size_t{1});
            QVERIFY(single->nearest(one.row(0), 5, 0).empty());
            QVERIFY(ExactSearch(none.view(), metric).nearest(one.row(0), 5, {}).value().empty());
        }
    }

    void aCancelIsHeard()
    {
        const Matrix vectors = clustered(5000, 32);
        CancelToken token;
        token.cancel();
        QCOMPARE(HnswIndex::build(vectors.view(), SpaceMetric::Cosine, {}, JobContext({1, 1}, token)).error().code,
                 Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(VectorSearchTest)
#include "vector_search_test.moc"
