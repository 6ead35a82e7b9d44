// SPDX-License-Identifier: GPL-3.0-or-later
// Nearest vectors: exactly, and by the graph.
#include "core/base/rng.h"
#include "core/retrieval/byte_screen.h"
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

/// What bounds have a hard time with.
struct Hard {
    const char* name;
    Matrix vectors;
};

template <class Change> Hard changed(const char* name, std::size_t length, Change change)
{
    Hard hard{name, clustered(3000, length)};
    Rng rng(5);
    for (std::size_t row = 0; row < 3000; ++row)
        change(row, hard.vectors.row(row), rng);
    return hard;
}

void makeEqual(std::size_t, std::span<float> row, Rng&) { std::ranges::fill(row, .7F); }
void makeNearlyEqual(std::size_t, std::span<float> row, Rng& rng)
{
    for (float& value : row)
        value = 1 + 1e-6F * static_cast<float>(rng.normal());
}
void repeat(std::size_t n, std::span<float> row, Rng&)
{
    for (std::size_t d = 0; d < row.size(); ++d)
        row[d] = static_cast<float>(n % 7 == d % 7) - .25F;
}
void moveFarAway(std::size_t, std::span<float> row, Rng&)
{
    for (float& value : row)
        value += 1000;
}
void makeOneNumberHuge(std::size_t n, std::span<float> row, Rng&) { row[n % row.size()] = 3e4F; }
void spreadLengths(std::size_t, std::span<float> row, Rng& rng)
{
    const double length = std::pow(10., 50 * rng.uniform() - 30);
    for (float& value : row)
        value = static_cast<float>(length * static_cast<double>(value));
}
void spoil(std::size_t n, std::span<float> row, Rng&)
{
    constexpr float inf = std::numeric_limits<float>::infinity();
    if (n % 500 == 3)
        row[0] = n % 1000 == 3 ? inf : -inf;
    if (n % 500 == 4)
        row.back() = std::numeric_limits<float>::quiet_NaN();
    if (n % 500 == 5)
        std::ranges::fill(row, 0.F);
    if (n % 500 == 6)
        std::ranges::fill(row, 3e38F);
    if (n % 500 == 7)
        std::ranges::fill(row, 1e-45F);
}

std::vector<Hard> hardOnes(std::size_t length)
{
    std::vector<Hard> all;
    all.push_back({"clustered", clustered(3000, length)});
    all.push_back(changed("equal", length, makeEqual));
    all.push_back(changed("nearly equal", length, makeNearlyEqual));
    all.push_back(changed("repeated", length, repeat));
    all.push_back(changed("far away", length, moveFarAway));
    all.push_back(changed("one huge", length, makeOneNumberHuge));
    all.push_back(changed("all lengths", length, spreadLengths));
    all.push_back(changed("spoiled", length, spoil));
    return all;
}

/// The product of every row as ExactSearch has it, and the bounds of the screen.
bool isWithinBounds(const ByteScreen& screen, const Matrix& vectors, std::span<const float> vector)
{
    const auto asked = screen.ask(vector);
    if (!asked)
        return true;
    std::vector<float> products(vectors.rows()), slacks(vectors.rows());
    screen.bound(*asked, 0, products, slacks);
    for (std::size_t row = 0; row < vectors.rows(); ++row) {
        const float product = similarityOf(vector, vectors.row(row), SpaceMetric::Dot);
        // Of rows beyond what it knows the slack is infinite; NaN compares with nothing.
        if (product > products[row] + slacks[row] || product < products[row] - slacks[row] ||
            (std::isnan(product) && std::isfinite(slacks[row])))
            return false;
    }
    return true;
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

    void boundsHold()
    {
        for (const std::size_t length : {1, 21, 64, 300})
            for (const Hard& hard : hardOnes(length)) {
                const auto screen = ByteScreen::build(hard.vectors.view(), {}).value();
                for (std::size_t query = 0; query < 3000; query += 157)
                    QVERIFY2(isWithinBounds(screen, hard.vectors, hard.vectors.row(query)), hard.name);
            }
    }

    void boundsAreNarrow()
    {
        const Matrix vectors = clustered(3000, 64);
        const auto screen = ByteScreen::build(vectors.view(), {}).value();
        std::vector<float> products(3000), slacks(3000);
        for (std::size_t query = 0; query < 3000; query += 100) {
            screen.bound(screen.ask(vectors.row(query)).value(), 0, products, slacks);
            const float square = similarityOf(vectors.row(query), vectors.row(query), SpaceMetric::Dot);
            for (std::size_t row = 0; row < 3000; ++row) {
                // Half a step is at most 1 / 254 of the largest number, so all 64 are off by 8 / 254 of it at most, and
                // by .58 of that where they lie anywhere within the step.
                const float own = similarityOf(vectors.row(row), vectors.row(row), SpaceMetric::Dot);
                QVERIFY(slacks[row] < .02F * std::sqrt(square * own));
            }
        }
    }

    void theScreenChangesNoAnswer()
    {
        for (const std::size_t length : {1, 21, 64})
            for (const Hard& hard : hardOnes(length))
                for (const SpaceMetric metric : metrics) {
                    const ExactSearch all(hard.vectors.view(), metric);
                    const auto screened = ExactSearch::screened(hard.vectors.view(), metric, {}).value();
                    for (std::uint32_t query = 0; query < 3000; query += 331)
                        for (const std::size_t n : {1, 10, 100}) {
                            const auto asked = hard.vectors.row(query);
                            const auto truth = all.nearest(asked, n, {}).value();
                            QVERIFY2(screened.nearest(asked, n, {}).value() == truth, hard.name);
                            const auto others = all.nearest(asked, n, {}, query).value();
                            QVERIFY2(screened.nearest(asked, n, {}, query).value() == others, hard.name);
                        }
                }
    }

    void theScreenChangesNoAnswerOnAnyThreads()
    {
        const Matrix vectors = clustered(70'000, 20); // several chunks
        for (const SpaceMetric metric : metrics) {
            const ExactSearch all(vectors.view(), metric);
            const auto screened = ExactSearch::screened(vectors.view(), metric, {}).value();
            for (std::uint32_t query = 0; query < 70'000; query += 9001) {
                const auto truth = all.nearest(vectors.row(query), 50, {}, query).value();
                for (const int threads : {1, 4})
                    QVERIFY(screened.nearest(vectors.row(query), 50, JobContext({1, threads}), query).value() == truth);
            }
        }
    }

    void aQuestionBeyondTheScreenIsAnsweredAllTheSame()
    {
        const Matrix vectors = clustered(1000, 16);
        const ExactSearch all(vectors.view(), SpaceMetric::Dot);
        const auto screened = ExactSearch::screened(vectors.view(), SpaceMetric::Dot, {}).value();
        for (const float value : {0.F, 1e-40F, 1e30F, std::numeric_limits<float>::infinity()}) {
            const std::vector<float> asked(16, value);
            QVERIFY(screened.nearest(asked, 5, {}).value() == all.nearest(asked, 5, {}).value());
        }
        QVERIFY(screened.nearest(vectors.row(0), 0, {})->empty());
        QVERIFY(screened.nearest(vectors.row(0), 5000, {}).value() == all.nearest(vectors.row(0), 5000, {}).value());
        QVERIFY(
            ExactSearch::screened(Matrix(0, 16).view(), SpaceMetric::Dot, {})->nearest(vectors.row(0), 5, {})->empty());
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
