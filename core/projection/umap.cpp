// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/umap.h"

#include "core/base/parallel.h"
#include "core/params/param_table.h"
#include "core/projection/graph_layout.h"
#include "core/retrieval/hnsw_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, groups = 16, rowsPerChunk = 128;
constexpr float mostPull = 4, softening = .001F;
constexpr float extent = 10; // of the layout at the beginning
constexpr auto betweenPictures = std::chrono::milliseconds(250);

using Lanes = std::array<float, lanes>;

/// Not std::clamp: the compiler turns this into instructions for several lanes.
inline float within(float x, float most)
{
    x = x < most ? x : most;
    return x > -most ? x : -most;
}

/// x^exponent for x >= 0, to 5 digits: |exponent| <= 4. The same on any machine, and several at a time.
inline float power(float x, float exponent)
{
    const auto bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t whole = (bits - 0x3f3504f3) >> 23; // leaves a rest in [sqrt(1/2), sqrt(2))
    const float rest = std::bit_cast<float>(bits - (whole << 23));
    const float s = (rest - 1) / (rest + 1), square = s * s; // log2 by the series of the inverse hyperbolic tangent
    const float log2 = static_cast<float>(whole) + s * (2.885390F + square * (.961797F + square * .577078F));
    const float scaled = within(exponent * log2, 126);
    const float shifted = scaled + 0x1.8p23F; // rounds to a whole number, which is then in the lowest bits
    const std::int32_t nearest = std::bit_cast<std::int32_t>(shifted) - 0x4b400000;
    const float f = (scaled - (shifted - 0x1.8p23F)) * .6931472F;
    const float exp = 1 + f * (1 + f * (.5F + f * (.1666667F + f * (.04166667F + f * .008333333F))));
    return exp * std::bit_cast<float>((nearest + 127) << 23);
}

inline std::uint32_t mixed(std::uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x21f0aaadU;
    x = (x ^ (x >> 15)) * 0xd35a2d97U;
    return x ^ (x >> 15);
}

float sumOf(Lanes values)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane)
            values[lane] += values[lane + half];
    return values[0];
}

float held(float pull) { return within(pull, mostPull); }

class Optimizer {
public:
    Optimizer(const SymmetricGraph& graph, const UmapConfig& config, Layout& layout, const JobContext& job)
        : m_job(job), m_layout(layout), m_moved(layout.size()), m_epochs(config.epochsFor(graph.rows())),
          m_negatives(static_cast<std::size_t>(config.negatives)), m_learningRate(config.learningRate),
          m_seed(job.rng("umap").next())
    {
        const UmapCurve curve = fitCurve(static_cast<double>(config.minDist), static_cast<double>(config.spread));
        m_a = static_cast<float>(curve.a);
        m_b = static_cast<float>(curve.b);
        takeEdges(graph);
    }

    Status run(const std::function<void(const Layout&)>& drawn)
    {
        auto last = std::chrono::steady_clock::now();
        for (int epoch = 1; epoch < m_epochs; ++epoch) {
            m_alpha = m_learningRate * static_cast<float>(m_epochs - epoch) / static_cast<float>(m_epochs);
            for (std::size_t group = 0; group < groups; ++group)
                if (auto moved = move(group, static_cast<std::uint32_t>(epoch)); !moved)
                    return moved;
            m_job.progress(epoch / static_cast<double>(m_epochs), fmt::format("epoch {} of {}", epoch, m_epochs));
            if (const auto now = std::chrono::steady_clock::now(); drawn && now - last > betweenPictures) {
                drawn(m_layout);
                last = now;
            }
        }
        return {};
    }

private:
    /// An edge attracts in an epoch where the product of both passes a whole multiple of 2^32.
    struct Edge {
        std::uint32_t other = 0;
        std::uint32_t rate = 0; ///< weight by the largest, of 2^32
        [[nodiscard]] bool due(std::uint32_t epoch) const { return epoch * rate < rate; }
    };

    /// Without those too weak to attract once.
    void takeEdges(const SymmetricGraph& graph)
    {
        const float largest = graph.weights.empty() ? 1 : *std::ranges::max_element(graph.weights);
        m_starts.push_back(0);
        m_edges.reserve(graph.others.size());
        for (std::size_t row = 0; row < graph.rows(); ++row) {
            for (std::size_t edge = graph.starts[row]; edge < graph.starts[row + 1]; ++edge)
                if (const float weight = graph.weights[edge]; weight >= largest / static_cast<float>(m_epochs))
                    m_edges.push_back({graph.others[edge], rateOf(weight / largest)});
            m_starts.push_back(m_edges.size());
        }
    }

    static std::uint32_t rateOf(float share)
    {
        return static_cast<std::uint32_t>(std::min(static_cast<double>(share) * 0x1p32, 0x1p32 - 1));
    }

    /// Rows group, group + groups, ...: first all find where to go, then all go there.
    Status move(std::size_t group, std::uint32_t epoch)
    {
        const std::size_t rows = (m_layout.size() + groups - 1 - group) / groups;
        const auto inGroup = [&](auto&& act) {
            return parallelFor(m_job, rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
                for (std::size_t i = first; i < last; ++i)
                    act(group + i * groups);
            });
        };
        auto found = inGroup([&](std::size_t row) { m_moved[row] = placeOf(row, epoch); });
        for (std::size_t row = group; found && row < m_layout.size(); row += groups)
            m_layout[row] = m_moved[row];
        return found;
    }

    [[nodiscard]] MapPoint placeOf(std::size_t row, std::uint32_t epoch) const
    {
        MapPoint at = m_layout[row];
        std::uint32_t draw =
            mixed(static_cast<std::uint32_t>(m_seed) ^
                  mixed(static_cast<std::uint32_t>(row) ^ mixed(epoch ^ static_cast<std::uint32_t>(m_seed >> 32))));
        std::size_t waiting = 0; // pushes that this row is owed: given as many at a time as there are lanes
        for (std::size_t edge = m_starts[row]; edge < m_starts[row + 1]; ++edge) {
            if (!m_edges[edge].due(epoch))
                continue;
            const MapPoint other = m_layout[m_edges[edge].other];
            attract(at, other); // by this edge,
            attract(at, other); // and by its like in the other's list
            for (waiting += m_negatives; waiting >= lanes; waiting -= lanes, draw += lanes)
                repel(at, draw, lanes);
        }
        if (waiting > 0)
            repel(at, draw, waiting);
        return at;
    }

    void attract(MapPoint& at, MapPoint other) const
    {
        const float dx = at.x - other.x, dy = at.y - other.y, square = dx * dx + dy * dy;
        if (square <= 0)
            return;
        const float p = m_a * power(square, m_b);
        const float pull = -2 * m_b * p / (square * (1 + p));
        at.x += m_alpha * held(pull * dx);
        at.y += m_alpha * held(pull * dy);
    }

    /// By rows drawn at random: the first `count` lanes.
    void repel(MapPoint& at, std::uint32_t draw, std::size_t count) const
    {
        std::array<std::uint32_t, lanes> drawn;
        Lanes dx, dy;
        const auto rows = static_cast<std::uint64_t>(m_layout.size());
        for (std::size_t lane = 0; lane < lanes; ++lane)
            drawn[lane] = static_cast<std::uint32_t>((mixed(draw + static_cast<std::uint32_t>(lane)) * rows) >> 32);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const MapPoint other = m_layout[drawn[lane]];
            dx[lane] = at.x - other.x;
            dy[lane] = at.y - other.y;
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float square = dx[lane] * dx[lane] + dy[lane] * dy[lane];
            const float push = 2 * m_b / ((softening + square) * (1 + m_a * power(square, m_b)));
            const auto counts = static_cast<float>(lane < count);
            dx[lane] = counts * held(push * dx[lane]);
            dy[lane] = counts * held(push * dy[lane]);
        }
        at.x += m_alpha * sumOf(dx);
        at.y += m_alpha * sumOf(dy);
    }

    const JobContext& m_job;
    Layout& m_layout;
    Layout m_moved;
    int m_epochs;
    std::size_t m_negatives;
    float m_learningRate, m_alpha = 0, m_a = 0, m_b = 0;
    std::uint64_t m_seed;
    std::vector<std::size_t> m_starts;
    std::vector<Edge> m_edges;
};

/// What a step of `curve` changes: the gradient and the curvature (Gauss-Newton) of the squared error.
struct CurveError {
    double error = 0;
    std::array<double, 2> gradient{};
    std::array<double, 3> curvature{}; ///< aa, ab, bb
};

CurveError errorOf(UmapCurve curve, double minDist, double spread)
{
    constexpr int places = 300;
    CurveError sum;
    for (int i = 0; i < places; ++i) {
        const double d = 3 * spread * i / (places - 1);
        const double wanted = d < minDist ? 1 : std::exp(-(d - minDist) / spread);
        const double p = d > 0 ? std::pow(d, 2 * curve.b) : 0, value = 1 / (1 + curve.a * p);
        const double apart = value - wanted;
        const double byA = -value * value * p, byB = d > 0 ? byA * curve.a * 2 * std::log(d) : 0;
        sum.error += apart * apart;
        sum.gradient[0] += apart * byA;
        sum.gradient[1] += apart * byB;
        sum.curvature[0] += byA * byA;
        sum.curvature[1] += byA * byB;
        sum.curvature[2] += byB * byB;
    }
    return sum;
}

const ParamTable<UmapConfig>& table()
{
    static const auto declared =
        ParamTable<UmapConfig>{}
            .number("neighbours", "Neighbours",
                    "How many of the nearest shape the map; few show fine structure, many the whole; 10 to 50 is usual",
                    &UmapConfig::neighbours, 2, 200, ParamScale::Logarithmic)
            .number("min-dist", "Least distance", "How close points may lie; 0 for dense clumps; 0 to .5 is usual",
                    &UmapConfig::minDist, 0, .99)
            .number("epochs", "Epochs", "Rounds of moving; 0: 500 up to 10,000 vectors, 200 beyond",
                    &UmapConfig::epochs, 0, 5000)
            .number("spread", "Spread", "How far apart clumps lie", &UmapConfig::spread, .5, 5)
            .advanced()
            .number("negatives", "Pushes", "Random points that push for each neighbour that attracts",
                    &UmapConfig::negatives, 1, 50)
            .advanced()
            .number("learning-rate", "Learning rate", "How far points move in the first epoch; falls to 0",
                    &UmapConfig::learningRate, .01, 5, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

struct Extent {
    MapPoint low{std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
    MapPoint size{};
};

Extent extentOf(std::span<const MapPoint> layout)
{
    Extent found;
    MapPoint high{std::numeric_limits<float>::lowest(), std::numeric_limits<float>::lowest()};
    for (const MapPoint at : layout) {
        found.low = {std::min(found.low.x, at.x), std::min(found.low.y, at.y)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y)};
    }
    found.size = {high.x - found.low.x, high.y - found.low.y};
    return found;
}

/// Into [0, 10] along both axes, one that was given along the longer one only, and a little apart: equal points could
/// never part.
Layout scaled(std::span<const MapPoint> layout, bool given, const JobContext& job)
{
    const Extent from = extentOf(layout);
    const float longer = std::max(from.size.x, from.size.y);
    const auto scaleOf = [&](float size) {
        const float by = given ? longer : size;
        return by > 0 ? extent / by : 0.F;
    };
    const float scaleX = scaleOf(from.size.x), scaleY = scaleOf(from.size.y);
    Rng rng = job.rng("umap.start");
    const auto noise = [&] { return static_cast<float>(1e-4 * rng.normal()); };
    Layout places;
    places.reserve(layout.size());
    for (const MapPoint at : layout) {
        const float x = (at.x - from.low.x) * scaleX + noise();
        places.push_back({x, (at.y - from.low.y) * scaleY + noise()});
    }
    return places;
}

Result<Layout> run(const ProjectionInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    return GraphLayout{
        .scaled = scaled,
        .neighbours = static_cast<std::size_t>(config->neighbours) - 1,
        .weighted = fuzzyUnion,
        .moved = [&](const SymmetricGraph& graph, Layout& layout,
                     const JobContext& part) { return optimizeUmap(graph, *config, layout, input.drawn, part); },
    }
        .run(input, job);
}

Cost estimate(std::size_t rows, std::size_t length, const ParamSet& params)
{
    const UmapConfig config = table().read(params).value_or(UmapConfig{});
    const auto n = static_cast<double>(rows), k = static_cast<double>(config.neighbours);
    const double linking = rows <= 4096 ? n * n * static_cast<double>(length) * 2e-11
                                        : n * std::log2(n) * (3e-6 + 2e-7 * static_cast<double>(length));
    const double moving = n * k * config.epochsFor(rows) * (4e-8 + 1e-8 * config.negatives);
    const std::size_t edges = 2 * rows * static_cast<std::size_t>(config.neighbours);
    return {linking + moving, HnswIndex::bytesFor(rows, length, {}) + edges * 32 + rows * 4 * sizeof(MapPoint)};
}

} // namespace

UmapCurve fitCurve(double minDist, double spread)
{
    UmapCurve curve;
    CurveError now = errorOf(curve, minDist, spread);
    double damping = 1e-3; // Levenberg & Marquardt
    for (int step = 0; step < 500 && damping < 1e12; ++step) {
        const double aa = now.curvature[0] * (1 + damping), ab = now.curvature[1],
                     bb = now.curvature[2] * (1 + damping), size = aa * bb - ab * ab;
        const UmapCurve next{curve.a - (bb * now.gradient[0] - ab * now.gradient[1]) / size,
                             curve.b - (aa * now.gradient[1] - ab * now.gradient[0]) / size};
        const CurveError then = errorOf(next, minDist, spread);
        if (next.a > 0 && next.b > 0 && then.error < now.error) {
            curve = next;
            now = then;
            damping /= 10;
        } else {
            damping *= 10;
        }
    }
    return curve;
}

Status optimizeUmap(const SymmetricGraph& graph, const UmapConfig& config, Layout& layout,
                    const std::function<void(const Layout&)>& drawn, const JobContext& job)
{
    return Optimizer(graph, config, layout, job).run(drawn);
}

ProjectionMethod umapMethod()
{
    return {
        .id = "umap",
        .title = "UMAP",
        .summary = "Lays neighbours next to each other and pushes all others away. Clumps are real more often than "
                   "the distances between them.",
        .whenToUse = "To see clumps and what lies beside what; look at the share of neighbours kept before you believe "
                     "a detail",
        .paper = "L. McInnes, J. Healy & J. Melville, UMAP: Uniform Manifold Approximation and Projection for "
                 "Dimension Reduction, 2018",
        .seeded = true,
        .optimizes = true,
        .neighbours = true,
        .params = table().specs(),
        .run = run,
        .estimate = estimate,
    };
}

} // namespace orrery
