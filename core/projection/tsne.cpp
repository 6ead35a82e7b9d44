// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/tsne.h"

#include "core/base/parallel.h"
#include "core/params/param_table.h"
#include "core/projection/cauchy_field.h"
#include "core/projection/graph_layout.h"
#include "core/retrieval/hnsw_index.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, rowsPerChunk = 512;
constexpr double tolerance = 1e-5;
constexpr int mostHalvings = 100, iterationsPerMeasure = 50;
constexpr float momentum = .8F, leastGain = .01F, longestStep = 5, leastRate = 200;
constexpr double startDeviation = 1e-4, startNoise = 1e-6;
constexpr auto betweenPictures = std::chrono::milliseconds(250);

/// Weights exp(-b square), squares ascending from 0, and what their entropy needs.
struct Bell {
    std::vector<double> weights;
    double sum = 0, entropy = 0;

    void fit(std::span<const double> squares, double b)
    {
        double moment = 0;
        sum = 0;
        weights.resize(squares.size());
        for (std::size_t i = 0; i < squares.size(); ++i) {
            weights[i] = std::exp(-b * squares[i]);
            sum += weights[i];
            moment += squares[i] * weights[i];
        }
        entropy = std::log(sum) + b * moment / sum;
    }

    /// By bisection, upwards or downwards from about 1 / their mean until it is found between two.
    void calibrate(std::span<const double> squares, double perplexity)
    {
        const double mean = std::accumulate(squares.begin(), squares.end(), 0.) / static_cast<double>(squares.size());
        const double target = std::log(perplexity);
        double low = 0, high = std::numeric_limits<double>::infinity(), b = mean > 0 ? 1 / mean : 1;
        for (int halving = 0; halving < mostHalvings; ++halving) {
            fit(squares, b);
            if (std::abs(entropy - target) < tolerance)
                break;
            (entropy > target ? low : high) = b;
            b = std::isinf(high) ? 2 * b : (low + high) / 2;
        }
    }
};

/// Above the nearest: weights and entropy are the same, and no exponential is 0 for all.
void squaresOf(std::span<const float> distances, SpaceMetric metric, std::vector<double>& squares)
{
    squares.clear();
    for (const float distance : distances) {
        const auto d = static_cast<double>(distance);
        squares.push_back(metric == SpaceMetric::Euclidean ? d * d : d);
    }
    const double nearest = *std::ranges::min_element(squares);
    for (double& square : squares)
        square -= nearest;
}

float sumOf(std::array<float, lanes> values)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane)
            values[lane] += values[lane + half];
    return values[0];
}

/// What attracts and repels the rows of a layout.
class Forces {
public:
    explicit Forces(const SymmetricGraph& affinities) : m_affinities(affinities) {}

    /// tsneSlope's gradient, of affinities that are `exaggeration` times as large.
    Status find(const Layout& layout, float exaggeration, const JobContext& job)
    {
        if (auto repelled = m_field.find(layout, m_repulsions, job); !repelled)
            return repelled;
        m_total = 0;
        for (const Repulsion& repulsion : m_repulsions)
            m_total += static_cast<double>(repulsion.sum);
        const auto share = static_cast<float>(m_total > 0 ? 1 / m_total : 0);
        m_gradient.resize(layout.size());
        return parallelFor(job, layout.size(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
                const MapPoint pull = attraction(layout, row);
                m_gradient[row] = {exaggeration * pull.x - share * m_repulsions[row].x,
                                   exaggeration * pull.y - share * m_repulsions[row].y};
            }
        });
    }

    [[nodiscard]] std::vector<MapPoint>& gradient() { return m_gradient; }

    /// Of the layout that was found last.
    Result<double> divergence(const Layout& layout, const JobContext& job) const
    {
        std::vector<double> parts(chunkCount(layout.size(), rowsPerChunk));
        const auto done = parallelFor(job, layout.size(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row)
                parts[first / rowsPerChunk] += divergenceOf(layout, row);
        });
        if (!done)
            return tl::unexpected(done.error());
        return std::accumulate(parts.begin(), parts.end(), 0.);
    }

private:
    [[nodiscard]] MapPoint attraction(const Layout& layout, std::size_t row) const
    {
        const MapPoint at = layout[row];
        std::array<float, lanes> x{}, y{};
        const std::size_t end = m_affinities.starts[row + 1];
        std::size_t edge = m_affinities.starts[row];
        const auto add = [&](std::size_t from, std::size_t lane) {
            const MapPoint other = layout[m_affinities.others[from]];
            const float dx = at.x - other.x, dy = at.y - other.y;
            const float pull = m_affinities.weights[from] / (1 + dx * dx + dy * dy);
            x[lane] += pull * dx;
            y[lane] += pull * dy;
        };
        for (; edge + lanes <= end; edge += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                add(edge + lane, lane);
        for (std::size_t lane = 0; edge < end; ++edge, ++lane)
            add(edge, lane);
        return {sumOf(x), sumOf(y)};
    }

    [[nodiscard]] double divergenceOf(const Layout& layout, std::size_t row) const
    {
        double sum = 0;
        for (std::size_t edge = m_affinities.starts[row]; edge < m_affinities.starts[row + 1]; ++edge) {
            const MapPoint at = layout[row], other = layout[m_affinities.others[edge]];
            const double p = static_cast<double>(m_affinities.weights[edge]);
            const double dx = static_cast<double>(at.x) - static_cast<double>(other.x),
                         dy = static_cast<double>(at.y) - static_cast<double>(other.y);
            sum += p * std::log(p * (1 + dx * dx + dy * dy) * m_total);
        }
        return sum;
    }

    const SymmetricGraph& m_affinities;
    CauchyField m_field;
    std::vector<Repulsion> m_repulsions;
    std::vector<MapPoint> m_gradient;
    double m_total = 0; ///< of 1 / (1 + d^2) over all pairs
};

class Optimizer {
public:
    Optimizer(const SymmetricGraph& affinities, const TsneConfig& config, Layout& layout, const JobContext& job)
        : m_job(job), m_config(config), m_layout(layout), m_steps(layout.size()), m_gains(layout.size(), {1, 1}),
          m_forces(affinities)
    {
    }

    Status run(const std::function<void(const Layout&)>& drawn)
    {
        auto last = std::chrono::steady_clock::now();
        for (int iteration = 1; iteration <= m_config.iterations; ++iteration) {
            const float exaggeration = iteration <= m_config.iterations / 3 ? m_config.exaggeration : 1;
            auto done = m_forces.find(m_layout, exaggeration, m_job);
            if (done && iteration % iterationsPerMeasure == 0)
                done = measure(iteration);
            if (done)
                done = move(rateFor(exaggeration));
            if (!done)
                return done;
            m_job.progress(iteration / static_cast<double>(m_config.iterations),
                           fmt::format("iteration {} of {}", iteration, m_config.iterations));
            if (const auto now = std::chrono::steady_clock::now(); drawn && now - last > betweenPictures) {
                drawn(m_layout);
                last = now;
            }
        }
        return {};
    }

private:
    [[nodiscard]] float rateFor(float exaggeration) const
    {
        return m_config.learningRate > 0 ? m_config.learningRate
                                         : std::max(leastRate, static_cast<float>(m_layout.size()) / exaggeration);
    }

    Status measure(int iteration)
    {
        return m_forces.divergence(m_layout, m_job).map([&](double divergence) {
            m_job.measure("divergence", iteration, divergence);
        });
    }

    Status move(float rate)
    {
        return parallelFor(m_job, m_layout.size(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
                const MapPoint slope = m_forces.gradient()[row];
                const float x = stepOf(slope.x, m_steps[row].x, m_gains[row].x, rate),
                            y = stepOf(slope.y, m_steps[row].y, m_gains[row].y, rate);
                const float length = std::hypot(x, y), by = length > longestStep ? longestStep / length : 1;
                m_steps[row] = {by * x, by * y};
                m_layout[row] = {m_layout[row].x + by * x, m_layout[row].y + by * y};
            }
        });
    }

    static float stepOf(float slope, float last, float& gain, float rate)
    {
        const bool onwards = (slope > 0) != (last > 0);
        gain = std::max(leastGain, onwards ? gain + .2F : gain * .8F);
        return momentum * last - rate * gain * slope;
    }

    const JobContext& m_job;
    const TsneConfig& m_config;
    Layout& m_layout;
    std::vector<MapPoint> m_steps, m_gains;
    Forces m_forces;
};

const ParamTable<TsneConfig>& table()
{
    static const auto declared =
        ParamTable<TsneConfig>{}
            .number("perplexity", "Perplexity",
                    "How many neighbours count; few show fine structure, many the whole; 5 to 50 is usual",
                    &TsneConfig::perplexity, 2, 200, ParamScale::Logarithmic)
            .number("iterations", "Iterations", "Rounds of moving; 500 to 1000 is usual", &TsneConfig::iterations, 3,
                    10'000, ParamScale::Logarithmic)
            .number("exaggeration", "Early exaggeration",
                    "How many times as strongly neighbours attract in the first third, so that clumps find together",
                    &TsneConfig::exaggeration, 1, 100, ParamScale::Logarithmic)
            .advanced()
            .number("learning-rate", "Learning rate",
                    "How far points move; 0: number of vectors / exaggeration, at least 200", &TsneConfig::learningRate,
                    0, 1e6)
            .advanced();
    return declared;
}

/// At the mean, and so that the axis along which they lie further apart has a deviation of 1e-4; equal points a little
/// apart: they could never part.
Layout scaled(std::span<const MapPoint> layout, bool /*given*/, const JobContext& job)
{
    const auto n = static_cast<double>(layout.size());
    double x = 0, y = 0, xx = 0, yy = 0;
    for (const MapPoint at : layout) {
        x += static_cast<double>(at.x) / n;
        y += static_cast<double>(at.y) / n;
    }
    for (const MapPoint at : layout) {
        xx += (static_cast<double>(at.x) - x) * (static_cast<double>(at.x) - x) / n;
        yy += (static_cast<double>(at.y) - y) * (static_cast<double>(at.y) - y) / n;
    }
    const double deviation = std::sqrt(std::max(xx, yy)), scale = deviation > 0 ? startDeviation / deviation : 0;
    Rng rng = job.rng("tsne.start");
    const auto place = [&](float from, double mean) {
        return static_cast<float>((static_cast<double>(from) - mean) * scale + startNoise * rng.normal());
    };
    Layout places;
    places.reserve(layout.size());
    for (const MapPoint at : layout) {
        const float left = place(at.x, x);
        places.push_back({left, place(at.y, y)});
    }
    return places;
}

/// As many as a perplexity needs (van der Maaten 2014).
std::size_t neighboursFor(double perplexity) { return static_cast<std::size_t>(3 * perplexity); }

Result<Layout> run(const ProjectionInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto wanted = static_cast<double>(config->perplexity);
    return GraphLayout{
        .scaled = scaled,
        .neighbours = neighboursFor(wanted),
        .weighted =
            [&](const NeighbourGraph& graph, const JobContext& part) {
                const double most = static_cast<double>(graph.count) / 3; // where there are few rows
                return tsneAffinities(graph, input.metric, std::clamp(most, 1., wanted), part);
            },
        .moved = [&](const SymmetricGraph& affinities, Layout& layout,
                     const JobContext& part) { return optimizeTsne(affinities, *config, layout, input.drawn, part); },
        .graphUntil = .4,
    }
        .run(input, job);
}

Cost estimate(std::size_t rows, std::size_t length, const ParamSet& params)
{
    const TsneConfig config = table().read(params).value_or(TsneConfig{});
    const std::size_t others = std::min(neighboursFor(static_cast<double>(config.perplexity)), rows);
    const auto n = static_cast<double>(rows), k = static_cast<double>(others), d = static_cast<double>(length);
    const double linking = rows <= 4096 ? n * n * d * 2e-11 : n * std::log2(n) * (3e-6 + 2e-7 * d) + n * k * d * 1e-8;
    const double extent = 30 * std::pow(n, .2); // what layouts of 1,800 to 62,000 rows take, or less
    const double moving = config.iterations * (n * (k * 2e-9 + 1e-7) + extent * extent * 4e-8);
    const std::size_t edges = rows * others;
    return {linking + moving, std::max(HnswIndex::bytesFor(rows, length, {}) + edges * 8, edges * 36) +
                                  rows * (4 * sizeof(MapPoint) + sizeof(Repulsion)) + CauchyField::bytesFor(extent)};
}

} // namespace

Result<SymmetricGraph> tsneAffinities(const NeighbourGraph& graph, SpaceMetric metric, double perplexity,
                                      const JobContext& job)
{
    std::vector<float> shares(graph.distances.size());
    const auto n = static_cast<double>(graph.rows());
    const auto done = parallelFor(job, graph.rows(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
        Bell bell;
        std::vector<double> squares;
        for (std::size_t row = first; row < last && !job.cancelled(); ++row) {
            squaresOf(graph.distancesOf(row), metric, squares);
            bell.calibrate(squares, perplexity);
            for (std::size_t i = 0; i < graph.count; ++i)
                shares[row * graph.count + i] = static_cast<float>(bell.weights[i] / (2 * n * bell.sum));
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return symmetrized(
        graph, shares, [](float there, float back) { return there + back; }, job);
}

Result<TsneSlope> tsneSlope(const SymmetricGraph& affinities, std::span<const MapPoint> layout, const JobContext& job)
{
    Forces forces(affinities);
    const Layout places(layout.begin(), layout.end());
    if (const auto found = forces.find(places, 1, job); !found)
        return tl::unexpected(found.error());
    return forces.divergence(places, job).map([&](double divergence) {
        return TsneSlope{divergence, std::move(forces.gradient())};
    });
}

Status optimizeTsne(const SymmetricGraph& affinities, const TsneConfig& config, Layout& layout,
                    const std::function<void(const Layout&)>& drawn, const JobContext& job)
{
    return Optimizer(affinities, config, layout, job).run(drawn);
}

ProjectionMethod tsneMethod()
{
    return {
        .id = "tsne",
        .title = "t-SNE",
        .summary =
            "Keeps for each vector the few that are nearest to it, by how likely they are its neighbours. Clumps "
            "come apart clearly; how large they are and how far apart means nothing.",
        .whenToUse = "To look closely at who lies beside whom, where UMAP draws clumps too dense; the whole is better "
                     "seen by UMAP or principal components",
        .paper = "L. van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014; G. Linderman et al., "
                 "Fast interpolation-based t-SNE, Nature Methods 2019",
        .seeded = true,
        .optimizes = true,
        .neighbours = true,
        .params = table().specs(),
        .run = run,
        .estimate = estimate,
    };
}

} // namespace orrery
