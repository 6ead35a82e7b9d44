// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/vector_search.h"

#include "core/base/parallel.h"
#include "core/retrieval/byte_screen.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, rowsPerChunk = 1 << 14, suspectsPerChunk = 1 << 10, rowsAtOnce = 64;
constexpr std::size_t fewest = 8; // rows for each that is wanted, or suspected: with fewer, looking at all is as quick
constexpr float nothing = -std::numeric_limits<float>::infinity();
// Of a key, below which one that differs may be as similar: square roots make equal what is a rounding apart.
constexpr float sameRoot = 0x1p-20F;

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

/// A row that may be among the n nearest: its key is not below `lower` and not above `upper`.
struct Suspect {
    std::uint32_t row = 0;
    float lower = 0, upper = 0;
};

/// Those that n others are not certainly nearer than.
class Suspects {
public:
    Suspects(std::size_t wanted, float least) : m_wanted(wanted) { raise(least); }

    /// Keys below cannot be among the n nearest.
    [[nodiscard]] float bound() const { return m_bound; }
    [[nodiscard]] float least() const { return m_least; }
    void offer(Suspect suspect)
    {
        if (std::isnan(suspect.lower))
            suspect.lower = nothing;
        m_held.push_back(suspect);
        if (m_held.size() >= m_limit)
            cut();
    }
    void cut()
    {
        if (m_held.size() >= m_wanted) {
            const auto last = m_held.begin() + static_cast<std::ptrdiff_t>(m_wanted) - 1;
            std::ranges::nth_element(m_held, last, std::greater{}, &Suspect::lower);
            raise(last->lower);
        }
        std::erase_if(m_held, [this](const Suspect& one) { return one.upper < m_bound; });
        m_limit = 2 * std::max(m_held.size(), m_wanted);
    }
    [[nodiscard]] std::vector<Suspect> take() { return std::move(m_held); }

private:
    void raise(float least)
    {
        m_least = std::max(m_least, least);
        m_bound = m_least - sameRoot * std::abs(m_least);
    }

    std::size_t m_wanted, m_limit = 2 * m_wanted;
    float m_least = nothing, m_bound = nothing;
    std::vector<Suspect> m_held;
};

/// The n nearest of all parts.
std::vector<Near> nearestOfParts(const std::vector<std::vector<Near>>& parts, std::size_t n)
{
    std::vector<Near> all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    std::ranges::sort(all, isNearer);
    all.resize(std::min(all.size(), n));
    return all;
}

void raise(std::atomic<float>& value, float to)
{
    float now = value.load(std::memory_order_relaxed);
    while (now < to && !value.compare_exchange_weak(now, to, std::memory_order_relaxed)) {
    }
}

} // namespace

/// What rows are compared by, of one question: the more, the nearer. Grows with the product, rounding included, so that
/// bounds of a product are bounds of a key.
struct ExactSearch::Keys {
    SpaceMetric metric;
    float own = 0;
    const float* scales = nullptr;
    std::optional<ByteScreen::Asked> asked; ///< none where the screen says nothing

    /// visit(key), where key(row, product) is that of the metric.
    template <class Visit> auto with(Visit visit) const
    {
        switch (metric) {
        case SpaceMetric::Cosine:
            return visit(
                [own = own, scales = scales](std::size_t row, float product) { return product * own * scales[row]; });
        case SpaceMetric::Euclidean:
            return visit([own = own, scales = scales](std::size_t row, float product) {
                return -std::max(0.F, own + scales[row] - 2 * product);
            });
        case SpaceMetric::Dot: break;
        }
        return visit([](std::size_t, float product) { return product; });
    }
    [[nodiscard]] float similarity(float key) const
    {
        return metric == SpaceMetric::Euclidean ? -std::sqrt(-key) : key;
    }
};

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

Result<ExactSearch> ExactSearch::screened(MatrixView vectors, SpaceMetric metric, const JobContext& job)
{
    auto screen = ByteScreen::build(vectors, job);
    if (!screen)
        return tl::unexpected(screen.error());
    ExactSearch search(vectors, metric);
    search.m_screen = std::make_shared<const ByteScreen>(std::move(*screen));
    return search;
}

std::size_t ExactSearch::screenBytes(std::size_t rows, std::size_t length)
{
    return ByteScreen::bytesFor(rows, length);
}

ExactSearch::Keys ExactSearch::keysFor(std::span<const float> vector) const
{
    const float square = dot(vector.data(), vector.data(), vector.size());
    return {m_metric, m_metric == SpaceMetric::Cosine ? inverseLength(square) : square, m_scales.data(),
            m_screen ? m_screen->ask(vector) : std::nullopt};
}

Result<std::vector<Near>> ExactSearch::nearest(std::span<const float> vector, std::size_t n, const JobContext& job,
                                               std::optional<std::uint32_t> except) const
{
    const Keys keys = keysFor(vector);
    if (!keys.asked || n == 0 || n > m_vectors.rows / fewest)
        return amongAll(vector, keys, n, job, except);
    const auto rows = suspects(keys, n, job, except);
    if (!rows)
        return tl::unexpected(rows.error());
    return rows->size() > m_vectors.rows / fewest ? amongAll(vector, keys, n, job, except)
                                                  : among(*rows, vector, keys, n, job);
}

Result<std::vector<Near>> ExactSearch::amongAll(std::span<const float> vector, const Keys& keys, std::size_t n,
                                                const JobContext& job, std::optional<std::uint32_t> except) const
{
    std::vector<std::vector<Near>> parts(chunkCount(m_vectors.rows, rowsPerChunk));
    const auto scan = [&](std::size_t first, std::size_t last, auto key) {
        Best best(n);
        const auto offer = [&](std::size_t row, float product) {
            if (row != except)
                best.offer({static_cast<std::uint32_t>(row), keys.similarity(key(row, product))});
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
    };
    const auto done = parallelFor(job, m_vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        keys.with([&](auto key) { scan(first, last, key); });
    });
    if (!done)
        return tl::unexpected(done.error());
    return nearestOfParts(parts, n);
}

Result<std::vector<std::uint32_t>> ExactSearch::suspects(const Keys& keys, std::size_t n, const JobContext& job,
                                                         std::optional<std::uint32_t> except) const
{
    // Chunks share how near n rows of one of them certainly are: which of them is first changes how many are suspected,
    // never who is nearest.
    std::atomic<float> least{nothing};
    std::vector<std::vector<Suspect>> parts(chunkCount(m_vectors.rows, rowsPerChunk));
    const auto scan = [&](std::size_t first, std::size_t last, auto key) {
        Suspects suspects(n, least.load(std::memory_order_relaxed));
        std::array<float, rowsAtOnce> products{}, slacks{}, uppers{};
        for (std::size_t at = first; at < last; at += rowsAtOnce) {
            const std::size_t count = std::min(rowsAtOnce, last - at);
            m_screen->bound(*keys.asked, at, std::span(products).first(count), std::span(slacks).first(count));
            const float bound = suspects.bound();
            int some = 0;
            for (std::size_t i = 0; i < count; ++i) {
                uppers[i] = key(at + i, products[i] + slacks[i]);
                some |= uppers[i] < bound ? 0 : 1; // NaN: nothing is known
            }
            for (std::size_t i = 0; some != 0 && i < count; ++i)
                if (!(uppers[i] < bound) && at + i != except)
                    suspects.offer(
                        {static_cast<std::uint32_t>(at + i), key(at + i, products[i] - slacks[i]), uppers[i]});
        }
        suspects.cut();
        raise(least, suspects.least());
        parts[first / rowsPerChunk] = suspects.take();
    };
    const auto done = parallelFor(job, m_vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        keys.with([&](auto key) { scan(first, last, key); });
    });
    if (!done)
        return tl::unexpected(done.error());
    Suspects all(n, least.load(std::memory_order_relaxed));
    for (const auto& part : parts)
        for (const Suspect& one : part)
            if (!(one.upper < all.bound()))
                all.offer(one);
    all.cut();
    std::vector<std::uint32_t> rows;
    for (const Suspect& one : all.take())
        rows.push_back(one.row);
    std::ranges::sort(rows);
    return rows;
}

Result<std::vector<Near>> ExactSearch::among(std::span<const std::uint32_t> rows, std::span<const float> vector,
                                             const Keys& keys, std::size_t n, const JobContext& job) const
{
    std::vector<std::vector<Near>> parts(chunkCount(rows.size(), suspectsPerChunk));
    const auto done = parallelFor(job, rows.size(), suspectsPerChunk, [&](std::size_t first, std::size_t last) {
        Best best(n);
        keys.with([&](auto key) {
            for (const std::uint32_t row : rows.subspan(first, last - first)) {
                const float product = dot(vector.data(), m_vectors.row(row).data(), m_vectors.cols);
                best.offer({row, keys.similarity(key(row, product))});
            }
        });
        parts[first / suspectsPerChunk] = best.take();
    });
    if (!done)
        return tl::unexpected(done.error());
    return nearestOfParts(parts, n);
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
