// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/vector_search.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, rowsPerChunk = 1 << 14;

float sumOf(std::array<float, lanes> sums)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane)
            sums[lane] += sums[lane + half];
    return sums[0];
}

// Fixed lanes: the compiler may use vectors, and the sum does not depend on which.
float dot(const float* a, const float* b, std::size_t length)
{
    std::array<float, lanes> sums{};
    std::size_t d = 0;
    for (; d + lanes <= length; d += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += a[d + lane] * b[d + lane];
    for (std::size_t lane = 0; d < length; ++d, ++lane)
        sums[lane] += a[d] * b[d];
    return sumOf(sums);
}

using Lane __attribute__((vector_size(lanes * sizeof(float)))) = float;

/// Adds as sumOf() does, four at a time.
std::array<float, 4> sumsOf(const std::array<Lane, 4>& of)
{
    const auto halves = [](const Lane& a, const Lane& b) {
        return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    };
    const Lane first = halves(of[0], of[1]), second = halves(of[2], of[3]);
    const Lane fours =
        __builtin_shufflevector(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
        __builtin_shufflevector(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    const auto twos = __builtin_shufflevector(fours, fours, 0, 1, 4, 5, 8, 9, 12, 13) +
                      __builtin_shufflevector(fours, fours, 2, 3, 6, 7, 10, 11, 14, 15);
    const auto ones = __builtin_shufflevector(twos, twos, 0, 2, 4, 6) + __builtin_shufflevector(twos, twos, 1, 3, 5, 7);
    return {ones[0], ones[1], ones[2], ones[3]};
}

/// Of four rows at once: the sums of one hide the latency of the others'.
std::array<float, 4> dots(const float* vector, const float* rows, std::size_t length)
{
    if (length % lanes != 0)
        return {dot(vector, rows, length), dot(vector, rows + length, length), dot(vector, rows + 2 * length, length),
                dot(vector, rows + 3 * length, length)};
    std::array<Lane, 4> sums{};
    for (std::size_t d = 0; d < length; d += lanes) {
        Lane at;
        std::memcpy(&at, vector + d, sizeof at);
        for (std::size_t row = 0; row < 4; ++row) {
            Lane of;
            std::memcpy(&of, rows + row * length + d, sizeof of);
            sums[row] += at * of;
        }
    }
    return sumsOf(sums);
}

float inverseLength(float square) { return square > 0 ? 1 / std::sqrt(square) : 0; }

/// The best so far of many that are offered in ascending rows.
class Best {
public:
    explicit Best(std::size_t wanted) : m_wanted(wanted) { m_held.reserve(2 * wanted + 1); }

    void offer(Near near)
    {
        if (m_wanted == 0 || !(near.similarity > m_least))
            return;
        m_held.push_back(near);
        if (m_held.size() > 2 * m_wanted)
            cut();
    }

    std::vector<Near> take()
    {
        std::ranges::sort(m_held, isNearer);
        m_held.resize(std::min(m_held.size(), m_wanted));
        return std::move(m_held);
    }

private:
    void cut()
    {
        const auto last = m_held.begin() + static_cast<std::ptrdiff_t>(m_wanted) - 1;
        std::ranges::nth_element(m_held, last, isNearer);
        m_held.resize(m_wanted);
        m_least = m_held.back().similarity;
    }

    std::size_t m_wanted;
    std::vector<Near> m_held;
    float m_least = -std::numeric_limits<float>::infinity(); // a later row must be nearer than this
};

} // namespace

ExactSearch::ExactSearch(MatrixView vectors, SpaceMetric metric) : m_vectors(vectors), m_metric(metric)
{
    if (metric == SpaceMetric::Dot)
        return;
    m_scales.reserve(vectors.rows);
    for (std::size_t row = 0; row < vectors.rows; ++row) {
        const float square = dot(vectors.row(row).data(), vectors.row(row).data(), vectors.cols);
        m_scales.push_back(metric == SpaceMetric::Cosine ? inverseLength(square) : square);
    }
}

Result<std::vector<Near>> ExactSearch::nearest(std::span<const float> vector, std::size_t n, const JobContext& job,
                                               std::optional<std::uint32_t> except) const
{
    const float square = dot(vector.data(), vector.data(), vector.size());
    const float own = m_metric == SpaceMetric::Cosine ? inverseLength(square) : square;
    const auto similarity = [&](std::size_t row, float product) {
        switch (m_metric) {
        case SpaceMetric::Cosine: return product * own * m_scales[row];
        case SpaceMetric::Euclidean: return -std::sqrt(std::max(0.F, own + m_scales[row] - 2 * product));
        case SpaceMetric::Dot: break;
        }
        return product;
    };
    std::vector<std::vector<Near>> parts(chunkCount(m_vectors.rows, rowsPerChunk));
    const auto done = parallelFor(job, m_vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        Best best(n);
        const auto offer = [&](std::size_t row, float product) {
            if (row != except)
                best.offer({static_cast<std::uint32_t>(row), similarity(row, product)});
        };
        std::size_t row = first;
        for (; row + 4 <= last; row += 4) {
            const auto products = dots(vector.data(), m_vectors.row(row).data(), m_vectors.cols);
            for (std::size_t of = 0; of < 4; ++of)
                offer(row + of, products[of]);
        }
        for (; row < last; ++row)
            offer(row, dot(vector.data(), m_vectors.row(row).data(), m_vectors.cols));
        parts[first / rowsPerChunk] = best.take();
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<Near> all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    std::ranges::sort(all, isNearer);
    all.resize(std::min(all.size(), n));
    return all;
}

float similarityOf(std::span<const float> a, std::span<const float> b, SpaceMetric metric)
{
    const float product = dot(a.data(), b.data(), a.size());
    if (metric == SpaceMetric::Dot)
        return product;
    const float squareA = dot(a.data(), a.data(), a.size()), squareB = dot(b.data(), b.data(), b.size());
    if (metric == SpaceMetric::Cosine)
        return product * inverseLength(squareA) * inverseLength(squareB);
    return -std::sqrt(std::max(0.F, squareA + squareB - 2 * product));
}

} // namespace orrery
