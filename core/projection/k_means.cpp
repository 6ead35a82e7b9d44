// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/clusters.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, mostChunks = 64, fewestRowsPerChunk = 1024, multipliesPerCheck = 1 << 24;

// Fixed lanes: the compiler may use vectors, and the sum does not depend on which.
float squaredDistance(const float* a, const float* b, std::size_t length)
{
    std::array<float, lanes> sums{};
    std::size_t d = 0;
    for (; d + lanes <= length; d += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += (a[d + lane] - b[d + lane]) * (a[d + lane] - b[d + lane]);
    for (std::size_t lane = 0; d < length; ++d, ++lane)
        sums[lane] += (a[d] - b[d]) * (a[d] - b[d]);
    return std::accumulate(sums.begin(), sums.end(), 0.F);
}

using Lane __attribute__((vector_size(lanes * sizeof(float)))) = float;
constexpr std::size_t rowsAtOnce = 4;

/// Centres side by side in lanes, so that the distances of a row to as many are summed at once.
class CentreLanes {
public:
    explicit CentreLanes(const Matrix& centres)
        : m_centres(centres.rows()), m_length(centres.cols()),
          m_values(chunkCount(centres.rows(), lanes) * centres.cols(), Lane{})
    {
        for (std::size_t c = 0; c < m_centres; ++c)
            for (std::size_t d = 0; d < m_length; ++d)
                m_values[c / lanes * m_length + d][c % lanes] = centres.row(c)[d];
    }

    struct Nearest {
        std::uint32_t centre = 0;
        float distance = std::numeric_limits<float>::max(); ///< squared
    };
    /// Of these rows, of equally near ones the first.
    [[nodiscard]] std::array<Nearest, rowsAtOnce> nearest(const std::array<const float*, rowsAtOnce>& rows) const
    {
        std::array<Nearest, rowsAtOnce> found;
        for (std::size_t first = 0; first < m_centres; first += lanes) {
            const Lane* values = &m_values[first / lanes * m_length];
            std::array<Lane, rowsAtOnce> sums{};
            for (std::size_t d = 0; d < m_length; ++d)
                for (std::size_t row = 0; row < rowsAtOnce; ++row) {
                    const Lane apart = rows[row][d] - values[d];
                    sums[row] += apart * apart;
                }
            for (std::size_t row = 0; row < rowsAtOnce; ++row)
                for (std::size_t lane = 0; lane < std::min(lanes, m_centres - first); ++lane)
                    if (sums[row][lane] < found[row].distance)
                        found[row] = {static_cast<std::uint32_t>(first + lane), sums[row][lane]};
        }
        return found;
    }

private:
    std::size_t m_centres, m_length;
    std::vector<Lane, AlignedAllocator<Lane>> m_values; ///< [blocks of centres x length]
};

/// Depends on the number of rows only.
std::size_t rowsPerChunk(std::size_t rows) { return std::max(fewestRowsPerChunk, chunkCount(rows, mostChunks)); }

/// forRow(chunk, row, last) for every `step`-th row of a chunk, which ends at `last`; a cancel is seen within a chunk,
/// too.
template <class ForRow>
Status forRows(const JobContext& job, std::size_t rows, std::size_t multiplies, ForRow forRow, std::size_t step = 1)
{
    const std::size_t grain = rowsPerChunk(rows), rowsPerCheck = step * (multipliesPerCheck / (multiplies + 1) + 1);
    const auto done = parallelFor(job, rows, grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; row += step) {
            if ((row - first) % rowsPerCheck == 0 && job.cancelled())
                return;
            forRow(first / grain, row, last);
        }
    });
    return done ? job.check() : done;
}

/// Rows and what they are assigned to.
class Lloyd {
public:
    Lloyd(MatrixView vectors, Matrix centres, const JobContext& job)
        : m_vectors(vectors), m_centres(std::move(centres)), m_job(job), m_clusterOf(vectors.rows, noCluster),
          m_distances(vectors.rows, 0)
    {
    }

    /// Assigns all rows to their nearest centres, of equally near ones to the first; whether any moved.
    Result<bool> assign()
    {
        std::vector<std::uint8_t> moved(mostChunks + 1, 0);
        const std::size_t multiplies = m_centres.rows() * m_vectors.cols;
        const CentreLanes centres(m_centres);
        const auto assignRows = [&](std::size_t chunk, std::size_t first, std::size_t last) {
            std::array<const float*, rowsAtOnce> rows{};
            for (std::size_t i = 0; i < rowsAtOnce; ++i) // at the end the last row again
                rows[i] = m_vectors.row(std::min(first + i, last - 1)).data();
            const auto found = centres.nearest(rows);
            for (std::size_t row = first; row < std::min(first + rowsAtOnce, last); ++row) {
                const auto& [centre, distance] = found[row - first];
                if (centre != m_clusterOf[row])
                    moved[chunk] = 1;
                m_clusterOf[row] = centre;
                m_distances[row] = distance;
            }
        };
        const auto done = forRows(m_job, m_vectors.rows, rowsAtOnce * multiplies, assignRows, rowsAtOnce);
        if (!done)
            return tl::unexpected(done.error());
        return std::ranges::count(moved, 1) > 0;
    }

    /// Puts each centre in the middle of its rows.
    Status moveCentres()
    {
        const std::size_t size = m_centres.rows() * m_vectors.cols, rows = m_vectors.rows;
        const std::size_t chunks = chunkCount(rows, rowsPerChunk(rows));
        std::vector<std::vector<double>> sums(chunks, std::vector<double>(size, 0));
        std::vector<double> counts(m_centres.rows(), 0);
        const auto done = forRows(m_job, rows, m_vectors.cols, [&](std::size_t chunk, std::size_t row, std::size_t) {
            double* sum = &sums[chunk][m_clusterOf[row] * m_vectors.cols];
            for (std::size_t d = 0; d < m_vectors.cols; ++d)
                sum[d] += static_cast<double>(m_vectors.row(row)[d]);
        });
        if (!done)
            return done;
        for (std::size_t chunk = 1; chunk < chunks; ++chunk)
            std::transform(sums[0].begin(), sums[0].end(), sums[chunk].begin(), sums[0].begin(), std::plus<>());
        for (const std::uint32_t cluster : m_clusterOf)
            ++counts[cluster];
        fillEmpty(sums[0], counts);
        for (std::size_t c = 0; c < m_centres.rows(); ++c)
            for (std::size_t d = 0; d < m_vectors.cols && counts[c] > 0; ++d)
                m_centres.row(c)[d] = static_cast<float>(sums[0][c * m_vectors.cols + d] / counts[c]);
        return {};
    }

    [[nodiscard]] double inertia() const
    {
        double sum = 0;
        for (const float distance : m_distances)
            sum += static_cast<double>(distance);
        return sum;
    }

    [[nodiscard]] KMeans take(int rounds)
    {
        const double total = inertia();
        return {{m_centres.rows(), std::move(m_clusterOf)}, std::move(m_centres), total, rounds};
    }

private:
    /// Gives each cluster without rows the farthest row of another that keeps some.
    void fillEmpty(std::vector<double>& sums, std::vector<double>& counts)
    {
        for (std::size_t c = 0; c < counts.size(); ++c) {
            if (counts[c] > 0)
                continue;
            std::size_t farthest = m_vectors.rows;
            for (std::size_t row = 0; row < m_vectors.rows; ++row)
                if (counts[m_clusterOf[row]] > 1 &&
                    (farthest == m_vectors.rows || m_distances[row] > m_distances[farthest]))
                    farthest = row;
            if (farthest == m_vectors.rows)
                return;
            for (std::size_t d = 0; d < m_vectors.cols; ++d) {
                const auto value = static_cast<double>(m_vectors.row(farthest)[d]);
                sums[m_clusterOf[farthest] * m_vectors.cols + d] -= value;
                sums[c * m_vectors.cols + d] += value;
            }
            --counts[m_clusterOf[farthest]];
            ++counts[c];
            m_clusterOf[farthest] = static_cast<std::uint32_t>(c);
            m_distances[farthest] = 0;
        }
    }

    MatrixView m_vectors;
    Matrix m_centres;
    const JobContext& m_job;
    std::vector<std::uint32_t> m_clusterOf;
    std::vector<float> m_distances; ///< squared, of each row to its centre
};

/// Draws a row in proportion to its weight; the last with any where rounding runs past the end.
std::size_t draw(std::span<const float> weights, double total, Rng& rng)
{
    double left = rng.uniform() * total;
    std::size_t chosen = 0;
    for (std::size_t row = 0; row < weights.size(); ++row) {
        if (weights[row] <= 0)
            continue;
        chosen = row;
        left -= static_cast<double>(weights[row]);
        if (left < 0)
            break;
    }
    return chosen;
}

/// k-means++: each centre is a row, the likelier the farther it is from those before.
Result<Matrix> startOf(MatrixView vectors, std::size_t clusters, Rng& rng, const JobContext& job)
{
    Matrix centres(clusters, vectors.cols);
    std::vector<float> distances(vectors.rows, std::numeric_limits<float>::max());
    std::size_t chosen = rng.below(vectors.rows);
    for (std::size_t c = 0; c < clusters; ++c) {
        std::ranges::copy(vectors.row(chosen), centres.row(c).begin());
        const auto done = forRows(job, vectors.rows, vectors.cols, [&](std::size_t, std::size_t row, std::size_t) {
            distances[row] =
                std::min(distances[row], squaredDistance(vectors.row(row).data(), centres.row(c).data(), vectors.cols));
        });
        if (!done)
            return tl::unexpected(done.error());
        double total = 0;
        for (const float distance : distances)
            total += static_cast<double>(distance);
        chosen = total > 0 ? draw(distances, total, rng) : rng.below(vectors.rows);
    }
    return centres;
}

Status checkVectors(MatrixView vectors, std::size_t clusters)
{
    if (clusters < 1 || clusters > vectors.rows)
        return error(Code::InvalidArgument, fmt::format("{} rows cannot make {} clusters", vectors.rows, clusters),
                     "Take from 1 to as many clusters as there are rows");
    if (!std::ranges::all_of(vectors.all(), [](float value) { return std::isfinite(value); }))
        return error(Code::InvalidArgument, "A vector is not finite");
    return {};
}

} // namespace

Result<KMeans> kMeansFrom(MatrixView vectors, Matrix centres, int mostRounds, const JobContext& job)
{
    if (auto fine = checkVectors(vectors, centres.rows()); !fine)
        return tl::unexpected(fine.error());
    if (centres.cols() != vectors.cols)
        return error(Code::InvalidArgument, "Centres and rows are of different lengths");
    Lloyd lloyd(vectors, std::move(centres), job);
    for (int round = 0;; ++round) {
        const auto moved = lloyd.assign();
        if (!moved)
            return tl::unexpected(moved.error());
        if (!*moved || round == mostRounds)
            return lloyd.take(round);
        if (auto done = lloyd.moveCentres(); !done)
            return tl::unexpected(done.error());
    }
}

Result<KMeans> kMeans(MatrixView vectors, const KMeansConfig& config, const JobContext& job)
{
    if (config.clusters > 10'000 || config.starts < 1 || config.starts > 100 || config.mostRounds < 1)
        return error(Code::InvalidArgument, "The settings of k-means are out of range");
    const auto clusters = static_cast<std::size_t>(std::max(0, config.clusters));
    if (auto fine = checkVectors(vectors, clusters); !fine)
        return tl::unexpected(fine.error());
    Rng rng = job.rng("kmeans.start");
    KMeans best;
    for (int start = 0; start < config.starts; ++start) {
        job.progress(static_cast<double>(start) / config.starts,
                     fmt::format("start {} of {}", start + 1, config.starts));
        auto centres = startOf(vectors, clusters, rng, job);
        if (!centres)
            return tl::unexpected(centres.error());
        auto found = kMeansFrom(vectors, std::move(*centres), config.mostRounds, job);
        if (!found)
            return tl::unexpected(found.error());
        if (start == 0 || found->inertia < best.inertia)
            best = std::move(*found);
    }
    return best;
}

} // namespace orrery
