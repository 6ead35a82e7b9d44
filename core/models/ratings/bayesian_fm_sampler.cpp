// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/bayesian_fm_sampler.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t rowsPerChunk = 256;
constexpr std::size_t cellsPerChunk = 1 << 16;
constexpr std::size_t lanes = 16;

/// Gamma of shape >= 1/2 and rate 1 (Marsaglia & Tsang 2000).
double gammaOf(double shape, Rng& rng)
{
    if (shape < 1)
        return gammaOf(shape + 1, rng) * std::pow(1 - rng.uniform(), 1 / shape);
    const double d = shape - 1. / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = rng.normal();
        const double v = std::pow(1 + c * x, 3);
        if (v > 0 && std::log(1 - rng.uniform()) < .5 * x * x + d - d * v + d * std::log(v))
            return d * v;
    }
}

/// The ratings in the order of one side.
struct Order {
    std::vector<std::uint64_t> starts;
    std::vector<std::uint32_t> partners; ///< the row of the other side, a cell
    std::vector<float> error;            ///< rating minus prediction, a cell
    std::vector<std::uint16_t> settings; ///< when, a cell; empty without context
    std::vector<float> h;                ///< of the coordinate that is drawn: what it is multiplied with, a cell
};

/// The coordinate that is drawn, of the partners of a side and of the settings.
struct Partners {
    const float* other;
    const float* settings; ///< null for the linear weights, whose partner is 1, and without context
};

/// Sums over the ratings of a row: of h * error, and of h^2.
struct RowSums {
    float errors = 0;
    float squares = 0;
};

void gather(Order& order, std::size_t row, Partners partners)
{
    for (auto cell = order.starts[row]; cell < order.starts[row + 1]; ++cell)
        order.h[cell] = partners.other[order.partners[cell]];
    if (partners.settings)
        for (auto cell = order.starts[row]; cell < order.starts[row + 1]; ++cell)
            order.h[cell] += partners.settings[order.settings[cell]];
}

// Fixed lanes: the compiler may use vectors, and the sum does not depend on which.
RowSums sumsOf(const Order& order, std::size_t row)
{
    std::array<float, lanes> errors{}, squares{};
    auto cell = order.starts[row];
    const auto end = order.starts[row + 1];
    for (; cell + lanes <= end; cell += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float value = order.h[cell + lane];
            errors[lane] += value * order.error[cell + lane];
            squares[lane] += value * value;
        }
    for (std::size_t lane = 0; cell < end; ++cell, ++lane) {
        const float value = order.h[cell];
        errors[lane] += value * order.error[cell];
        squares[lane] += value * value;
    }
    return {std::accumulate(errors.begin(), errors.end(), 0.F), std::accumulate(squares.begin(), squares.end(), 0.F)};
}

struct Normal {
    double mean = 0;
    double precision = 1;
};

/// A weight, given that `errors` and `squares` are the sums of its column under its present value.
float drawn(float present, double errors, double squares, double noise, Normal prior, Rng& rng)
{
    const double precision = prior.precision + noise * squares;
    const double mean =
        (prior.precision * prior.mean + noise * (errors + static_cast<double>(present) * squares)) / precision;
    return static_cast<float>(mean + rng.normal() / std::sqrt(precision));
}

class Chain {
public:
    Chain(const Interactions& interactions, const FmFeatures& features, const BayesianFmConfig& config,
          const JobContext& job);
    Status run(const std::function<void(const FmState&)>& keep);

private:
    struct Half {
        std::string name;
        const SideFeatures* features;
        Order order;
        FmSide* side;
        std::vector<RowSums> sums; ///< by row
        std::vector<float> before; ///< the totals of a coordinate before it is drawn
    };

    void initialize(FmSide& side, const SideFeatures& features, std::size_t rows, const std::string& name);
    void drawNoiseAndBias();
    Status drawSide(Half& half, const FmSide& other);
    Status drawCoordinate(Half& half, std::size_t coordinate, Partners partners);
    void drawOwn(Half& half, std::size_t coordinate, Partners partners, std::size_t first, std::size_t last);
    Status drawContext();
    Status drawContextCoordinate(std::size_t coordinate);
    void sumBySetting(std::size_t coordinate, std::size_t firstPerson, std::size_t lastPerson, std::span<RowSums> sums);
    void drawFeatures(Half& half, std::size_t coordinate);
    void drawPriors(FmSide& side, const SideFeatures& features, std::size_t coordinate);
    void drawPrior(FmSide& side, std::size_t coordinate, std::size_t group, std::span<const float> weights);
    void shiftErrors(Half& half, std::size_t coordinate, std::size_t first, std::size_t last);
    void toItems();
    void toPeople();

    const BayesianFmConfig& m_config;
    const JobContext& m_job;
    std::size_t m_coordinates;
    FmState m_state;
    Half m_people, m_items;
    Half m_context;                     ///< without an order: it walks that of the people
    std::vector<std::uint32_t> m_place; ///< in item order, of a cell in person order
    std::vector<float> m_ones;          ///< h of the linear coordinate
    Rng m_rng;
    int m_iteration = 0;
};

std::vector<std::uint32_t> indicesOf(std::span<const ItemIndex> items)
{
    std::vector<std::uint32_t> indices;
    indices.reserve(items.size());
    for (const ItemIndex item : items)
        indices.push_back(item.value);
    return indices;
}

/// The other order, and where each cell stands in it.
Order transposed(const Order& order, std::size_t columns, std::vector<std::uint32_t>& place)
{
    Order out;
    out.starts.assign(columns + 1, 0);
    for (const std::uint32_t column : order.partners)
        ++out.starts[column + 1];
    for (std::size_t c = 0; c < columns; ++c)
        out.starts[c + 1] += out.starts[c];
    out.partners.resize(order.partners.size());
    out.error.resize(order.partners.size());
    out.settings.resize(order.settings.size());
    place.resize(order.partners.size());
    auto next = out.starts;
    for (std::uint32_t row = 0; row + 1 < order.starts.size(); ++row)
        for (auto cell = order.starts[row]; cell < order.starts[row + 1]; ++cell) {
            const auto to = next[order.partners[cell]]++;
            out.partners[to] = row;
            if (!order.settings.empty())
                out.settings[to] = order.settings[cell];
            place[cell] = static_cast<std::uint32_t>(to);
        }
    return out;
}

Chain::Chain(const Interactions& interactions, const FmFeatures& features, const BayesianFmConfig& config,
             const JobContext& job)
    : m_config(config), m_job(job),
      m_coordinates(static_cast<std::size_t>(config.factors) + 1), m_people{"people", &features.people,
                                                                            {},       &m_state.people,
                                                                            {},       {}},
      m_items{"items", &features.items, {}, &m_state.items, {}, {}}, m_context{"context", &features.context.ofSettings,
                                                                               {},        &m_state.context,
                                                                               {},        {}},
      m_ones(std::max(interactions.users(), interactions.items()), 1.F), m_rng(job.rng("bfm.chain"))
{
    m_people.order = {{interactions.starts().begin(), interactions.starts().end()},
                      indicesOf(interactions.allItems()),
                      {interactions.allValues().begin(), interactions.allValues().end()},
                      features.context.settings,
                      {}};
    m_items.order = transposed(m_people.order, interactions.items(), m_place);
    m_people.order.h.resize(m_place.size());
    m_items.order.h.resize(m_place.size());
    initialize(m_state.people, features.people, interactions.users(), "people");
    initialize(m_state.items, features.items, interactions.items(), "items");
    initialize(m_state.context, features.context.ofSettings, 0, "context");
    m_state.context.total = Matrix(m_coordinates, features.context.settingCount);
}

// Small random vectors of their own; weights and features start at zero, so the first error is the rating itself less
// a few hundredths, and the first iteration may take it as the rating.
void Chain::initialize(FmSide& side, const SideFeatures& features, std::size_t rows, const std::string& name)
{
    side.own = Matrix(m_coordinates, rows);
    side.features = Matrix(m_coordinates, features.count());
    side.mean = Matrix(m_coordinates, features.groupCount() + 1);
    side.precision = Matrix(m_coordinates, features.groupCount() + 1);
    std::ranges::fill(side.precision.all(), 1.F);
    Rng rng = m_job.rng("bfm.start." + name);
    for (std::size_t c = 1; c < m_coordinates; ++c)
        for (float& value : side.own.row(c))
            value = m_config.initSpread * static_cast<float>(rng.normal());
    side.total = side.own;
}

Status Chain::run(const std::function<void(const FmState&)>& keep)
{
    const int burnt = std::min(m_config.iterations - 1, static_cast<int>(m_config.burnIn * float(m_config.iterations)));
    const int left = m_config.iterations - burnt, kept = std::min(m_config.samples, left);
    for (std::uint32_t row = 0; row + 1 < m_people.order.starts.size(); ++row)
        for (auto cell = m_people.order.starts[row]; cell < m_people.order.starts[row + 1]; ++cell)
            for (std::size_t c = 1; c < m_coordinates; ++c)
                m_people.order.error[cell] -=
                    m_state.people.own.row(c)[row] * m_state.items.own.row(c)[m_people.order.partners[cell]];
    for (m_iteration = 0; m_iteration < m_config.iterations; ++m_iteration) {
        m_job.progress(double(m_iteration) / m_config.iterations,
                       fmt::format("sample {} of {}", m_iteration + 1, m_config.iterations));
        drawNoiseAndBias();
        if (const auto done = drawSide(m_people, m_state.items); !done)
            return done;
        toItems();
        if (const auto done = drawSide(m_items, m_state.people); !done)
            return done;
        toPeople();
        if (const auto done = drawContext(); !done)
            return done;
        // Evenly over what is left after the burn-in, the last one included.
        const int step = m_iteration - burnt + 1;
        if (step > 0 && step * kept / left != (step - 1) * kept / left)
            keep(m_state);
    }
    return {};
}

void Chain::drawNoiseAndBias()
{
    auto& error = m_people.order.error;
    const auto n = static_cast<double>(error.size());
    double sum = 0, squares = 0;
    for (const float e : error) {
        sum += static_cast<double>(e);
        squares += static_cast<double>(e) * static_cast<double>(e);
    }
    m_job.measure("training RMSE", m_iteration, std::sqrt(squares / n));
    if (m_iteration == 0) { // the mean of all ratings is still in the error
        squares -= sum * sum / n;
    }
    m_state.noisePrecision = 2 * gammaOf((1 + n) / 2, m_rng) / (1 + squares);
    const double shift = sum / n + m_rng.normal() / std::sqrt(n * m_state.noisePrecision);
    m_state.bias += shift;
    for (float& e : error)
        e -= static_cast<float>(shift);
}

Status Chain::drawSide(Half& half, const FmSide& other)
{
    for (std::size_t c = 0; c < m_coordinates; ++c) {
        drawPriors(*half.side, *half.features, c);
        const bool when = c > 0 && m_state.context.total.cols() > 0;
        const Partners partners{c == 0 ? m_ones.data() : other.total.row(c).data(),
                                when ? m_state.context.total.row(c).data() : nullptr};
        if (const auto done = drawCoordinate(half, c, partners); !done)
            return done;
    }
    return std::isfinite(half.order.error.empty() ? 0.F : half.order.error.front())
               ? Status{}
               : error(Code::Numeric, "Training diverged", "Check the ratings for extreme values");
}

Status Chain::drawCoordinate(Half& half, std::size_t coordinate, Partners partners)
{
    const std::size_t rows = half.side->own.cols();
    half.sums.resize(rows);
    const auto total = half.side->total.row(coordinate);
    half.before.assign(total.begin(), total.end());
    const auto drew = parallelFor(m_job, rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        drawOwn(half, coordinate, partners, first, last);
    });
    if (!drew)
        return drew;
    drawFeatures(half, coordinate);
    return parallelFor(m_job, rows, rowsPerChunk,
                       [&](std::size_t first, std::size_t last) { shiftErrors(half, coordinate, first, last); });
}

void Chain::drawOwn(Half& half, std::size_t coordinate, Partners partners, std::size_t first, std::size_t last)
{
    Rng rng = m_job.rng(fmt::format("bfm.{}.{}.{}.{}", half.name, m_iteration, coordinate, first));
    const Normal prior{static_cast<double>(half.side->mean.row(coordinate)[0]),
                       static_cast<double>(half.side->precision.row(coordinate)[0])};
    const auto own = half.side->own.row(coordinate), total = half.side->total.row(coordinate);
    for (std::size_t row = first; row < last; ++row) {
        gather(half.order, row, partners);
        RowSums& sums = half.sums[row] = sumsOf(half.order, row);
        const float next = drawn(own[row], static_cast<double>(sums.errors), static_cast<double>(sums.squares),
                                 m_state.noisePrecision, prior, rng);
        const float change = next - own[row];
        own[row] = next;
        total[row] += change;
        sums.errors -= change * sums.squares;
    }
}

void Chain::drawFeatures(Half& half, std::size_t coordinate)
{
    const auto weights = half.side->features.row(coordinate), total = half.side->total.row(coordinate);
    for (std::size_t f = 0; f < half.features->count(); ++f) {
        const auto column = half.features->column(f);
        double errors = 0, squares = 0;
        for (std::size_t i = 0; i < column.rows.size(); ++i) {
            const RowSums& sums = half.sums[column.rows[i]];
            errors += static_cast<double>(column.values[i] * sums.errors);
            squares += static_cast<double>(column.values[i] * column.values[i] * sums.squares);
        }
        const std::size_t group = half.features->groups[f] + 1;
        const Normal prior{static_cast<double>(half.side->mean.row(coordinate)[group]),
                           static_cast<double>(half.side->precision.row(coordinate)[group])};
        const float next = drawn(weights[f], errors, squares, m_state.noisePrecision, prior, m_rng);
        const float change = next - weights[f];
        weights[f] = next;
        for (std::size_t i = 0; i < column.rows.size(); ++i) {
            total[column.rows[i]] += change * column.values[i];
            half.sums[column.rows[i]].errors -= change * column.values[i] * half.sums[column.rows[i]].squares;
        }
    }
}

void Chain::shiftErrors(Half& half, std::size_t coordinate, std::size_t first, std::size_t last)
{
    const auto total = half.side->total.row(coordinate);
    for (std::size_t row = first; row < last; ++row) {
        const float change = total[row] - half.before[row];
        for (auto cell = half.order.starts[row]; cell < half.order.starts[row + 1]; ++cell)
            half.order.error[cell] -= change * half.order.h[cell];
    }
}

// The settings are few: their sums go over all ratings, in chunks of people, and are added in order.
void Chain::sumBySetting(std::size_t coordinate, std::size_t firstPerson, std::size_t lastPerson,
                         std::span<RowSums> sums)
{
    Order& order = m_people.order;
    for (std::size_t person = firstPerson; person < lastPerson; ++person)
        for (auto cell = order.starts[person]; cell < order.starts[person + 1]; ++cell) {
            const float h = coordinate == 0 ? 1
                                            : m_state.people.total.row(coordinate)[person] +
                                                  m_state.items.total.row(coordinate)[order.partners[cell]];
            RowSums& sum = sums[order.settings[cell]];
            sum.errors += h * order.error[cell];
            sum.squares += h * h;
            order.h[cell] = h;
        }
}

Status Chain::drawContext()
{
    for (std::size_t c = 0; c < m_coordinates && m_state.context.total.cols() > 0; ++c) {
        drawPriors(m_state.context, *m_context.features, c);
        if (const auto done = drawContextCoordinate(c); !done)
            return done;
    }
    return {};
}

Status Chain::drawContextCoordinate(std::size_t coordinate)
{
    const std::size_t people = m_state.people.own.cols();
    const std::size_t settingCount = m_state.context.total.cols();
    std::vector<RowSums> parts(chunkCount(people, rowsPerChunk) * settingCount);
    const auto summed = parallelFor(m_job, people, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        sumBySetting(coordinate, first, last,
                     std::span(parts).subspan(first / rowsPerChunk * settingCount, settingCount));
    });
    if (!summed)
        return summed;
    m_context.sums.assign(settingCount, {});
    for (std::size_t i = 0; i < parts.size(); ++i) {
        m_context.sums[i % settingCount].errors += parts[i].errors;
        m_context.sums[i % settingCount].squares += parts[i].squares;
    }
    const auto total = m_state.context.total.row(coordinate);
    m_context.before.assign(total.begin(), total.end());
    drawFeatures(m_context, coordinate);
    return parallelFor(m_job, people, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        Order& order = m_people.order;
        for (auto cell = order.starts[first]; cell < order.starts[last]; ++cell) {
            const std::uint16_t setting = order.settings[cell];
            order.error[cell] -= (total[setting] - m_context.before[setting]) * order.h[cell];
        }
    });
}

void Chain::drawPriors(FmSide& side, const SideFeatures& features, std::size_t coordinate)
{
    drawPrior(side, coordinate, 0, side.own.row(coordinate));
    const auto weights = side.features.row(coordinate);
    for (std::size_t first = 0; first < features.count();) {
        const auto group = features.groups[first];
        std::size_t last = first;
        while (last < features.count() && features.groups[last] == group)
            ++last;
        drawPrior(side, coordinate, group + 1, weights.subspan(first, last - first));
        first = last;
    }
}

// Hyperpriors as in libFM: mean ~ N(0, 1 / precision), precision ~ Gamma(1/2, 1/2).
void Chain::drawPrior(FmSide& side, std::size_t coordinate, std::size_t group, std::span<const float> weights)
{
    float& mean = side.mean.row(coordinate)[group];
    float& precision = side.precision.row(coordinate)[group];
    const auto n = static_cast<double>(weights.size());
    double sum = 0, squares = 0;
    for (const float weight : weights) {
        const double from = static_cast<double>(weight) - static_cast<double>(mean);
        sum += static_cast<double>(weight);
        squares += from * from;
    }
    const double rate = 1 + squares + static_cast<double>(mean) * static_cast<double>(mean);
    precision = static_cast<float>(2 * gammaOf((2 + n) / 2, m_rng) / rate);
    mean = static_cast<float>(sum / (n + 1) + m_rng.normal() / std::sqrt((n + 1) * static_cast<double>(precision)));
}

void Chain::toItems()
{
    for (std::size_t cell = 0; cell < m_place.size(); ++cell)
        m_items.order.error[m_place[cell]] = m_people.order.error[cell];
}

void Chain::toPeople()
{
    for (std::size_t cell = 0; cell < m_place.size(); ++cell)
        m_people.order.error[cell] = m_items.order.error[m_place[cell]];
}

} // namespace

Status sampleBayesianFm(const Interactions& interactions, const FmFeatures& features, const BayesianFmConfig& config,
                        const JobContext& job, const std::function<void(const FmState&)>& keep)
{
    return Chain(interactions, features, config, job).run(keep);
}

} // namespace orrery
