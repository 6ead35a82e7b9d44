// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/svd_trainer.h"

#include "core/base/parallel.h"
#include "core/models/ratings/sgd_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using sgd::Cell;
using sgd::Side;

constexpr std::size_t grid = 4;
constexpr std::size_t nearBytes = 1 << 18; // the items of a block stay in the second cache: prefetching only costs

/// Where people (or items) lie in memory: group by group, so that a block touches one contiguous piece.
struct Layout {
    std::vector<std::uint32_t> placeOf;           ///< by index
    std::array<std::uint32_t, grid + 1> starts{}; ///< first place of each group

    [[nodiscard]] std::size_t groupOf(std::uint32_t place) const
    {
        return static_cast<std::size_t>(std::upper_bound(starts.begin() + 1, starts.end() - 1, place) -
                                        (starts.begin() + 1));
    }
};

/// Deals rows to groups in a snake by descending count, so that the groups have about equally many ratings.
Layout dealt(std::span<const std::uint32_t> counts)
{
    std::vector<std::uint32_t> order(counts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
    std::array<std::vector<std::uint32_t>, grid> groups;
    for (std::size_t n = 0; n < order.size(); ++n) {
        const std::size_t turn = n % (2 * grid);
        groups[turn < grid ? turn : 2 * grid - 1 - turn].push_back(order[n]);
    }
    Layout layout;
    layout.placeOf.resize(counts.size());
    std::uint32_t place = 0;
    for (std::size_t g = 0; g < grid; ++g) {
        for (const std::uint32_t index : groups[g])
            layout.placeOf[index] = place++;
        layout.starts[g + 1] = place;
    }
    return layout;
}

class Trainer {
public:
    Trainer(const Interactions& interactions, std::span<const std::uint8_t> heldOut, const SvdConfig& config,
            const JobContext& job, const WarmStart& start)
        : m_interactions(interactions), m_heldOut(heldOut), m_config(config), m_job(job), m_start(start),
          m_epochs(start.rounds(config.epochs)), m_stride(sgd::strideOf(static_cast<std::size_t>(config.factors))),
          m_zero(1, m_stride), m_itemsFar(interactions.items() / grid * m_stride * sizeof(float) > nearBytes)
    {
    }

    [[nodiscard]] Result<RatingFactors> run()
    {
        count();
        if (m_total == 0)
            return error(Code::InvalidArgument, "There are no ratings to learn from", "Import ratings first");
        m_peopleLayout = dealt(m_peopleCounts);
        m_itemsLayout = dealt(m_itemCounts);
        if (const auto done = fillBlocks(); !done)
            return tl::unexpected(done.error());
        initialize(m_people, m_peopleLayout, m_peopleCounts, {m_start.people, m_start.personBias}, "svd.people");
        initialize(m_items, m_itemsLayout, m_itemCounts, {m_start.items, m_start.itemBias}, "svd.items");
        if (const auto done = runEpochs(); !done)
            return tl::unexpected(done.error());
        return collected();
    }

private:
    [[nodiscard]] bool learns(std::size_t cell) const { return m_heldOut.empty() || m_heldOut[cell] == 0; }

    template <class Visit> void forEachCell(const Visit& visit) const
    {
        const auto starts = m_interactions.starts();
        for (std::uint32_t person = 0; person < m_interactions.users(); ++person)
            for (std::size_t cell = starts[person]; cell < starts[person + 1]; ++cell)
                if (learns(cell))
                    visit(person, m_interactions.allItems()[cell].value, m_interactions.allValues()[cell]);
    }

    void count()
    {
        m_peopleCounts.assign(m_interactions.users(), 0);
        m_itemCounts.assign(m_interactions.items(), 0);
        double sum = 0;
        forEachCell([&](std::uint32_t person, std::uint32_t item, float value) {
            ++m_peopleCounts[person];
            ++m_itemCounts[item];
            ++m_total;
            sum += static_cast<double>(value);
        });
        m_mean = sum / static_cast<double>(std::max<std::size_t>(m_total, 1));
    }

    /// Within a block: person after person in seeded order, so that the person's vector stays in the nearest cache,
    /// and each person's items in seeded order.
    [[nodiscard]] Status fillBlocks()
    {
        for (auto& block : m_blocks)
            block.reserve(m_total / m_blocks.size() + m_total / 64);
        std::vector<std::uint32_t> people(m_interactions.users());
        std::iota(people.begin(), people.end(), 0U);
        Rng rng = m_job.rng("svd.order");
        rng.shuffle(std::span(people));
        std::vector<std::size_t> cells;
        for (const std::uint32_t person : people) {
            if (m_job.cancelled())
                break;
            cells.clear();
            for (std::size_t cell = m_interactions.starts()[person]; cell < m_interactions.starts()[person + 1]; ++cell)
                if (learns(cell))
                    cells.push_back(cell);
            rng.shuffle(std::span(cells));
            for (const std::size_t cell : cells)
                addCell(person, cell);
        }
        return m_job.check();
    }

    void addCell(std::uint32_t person, std::size_t cell)
    {
        const std::uint32_t p = m_peopleLayout.placeOf[person];
        const std::uint32_t q = m_itemsLayout.placeOf[m_interactions.allItems()[cell].value];
        const auto value = static_cast<float>(static_cast<double>(m_interactions.allValues()[cell]) - m_mean);
        m_blocks[m_peopleLayout.groupOf(p) * grid + m_itemsLayout.groupOf(q)].push_back({p, q, value});
    }

    struct Known {
        MatrixView vectors;
        std::span<const float> bias;
    };

    /// Rows without a rating stay zero: noise must not look like knowledge.
    void initialize(Side& side, const Layout& layout, std::span<const std::uint32_t> counts, const Known& known,
                    std::string_view stream)
    {
        side = Side(counts.size(), m_stride);
        Rng rng = m_job.rng(stream);
        for (std::size_t index = 0; index < counts.size(); ++index) {
            if (counts[index] == 0)
                continue;
            const std::uint32_t place = layout.placeOf[index];
            const auto row = side.vectors.row(place).first(factors());
            for (float& value : row)
                value = static_cast<float>(rng.normal()) * m_config.initSpread;
            std::ranges::copy(knownRow(known.vectors, index), row.begin());
            side.bias[place] = index < known.bias.size() ? known.bias[index] : 0;
        }
    }

    [[nodiscard]] Status runEpochs()
    {
        Rng rng = m_job.rng("svd.diagonals");
        std::array<std::size_t, grid> diagonals{};
        std::iota(diagonals.begin(), diagonals.end(), std::size_t{0});
        for (int epoch = 1; epoch <= m_epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_epochs, fmt::format("epoch {} of {}", epoch, m_epochs));
            rng.shuffle(std::span<std::size_t>(diagonals));
            m_steps = stepsOf(epoch);
            double squares = 0;
            for (const std::size_t diagonal : diagonals)
                if (const auto done = runDiagonal(diagonal, squares); !done)
                    return done;
            const double rmse = std::sqrt(squares / static_cast<double>(m_total));
            if (!std::isfinite(rmse))
                return diverged(epoch);
            m_job.measure("training RMSE", epoch, rmse);
            m_job.offerVectors(epoch, [this] {
                RatingFactors factors;
                unfold(m_items, m_itemsLayout, factors.items, factors.itemBias);
                return std::move(factors.items);
            });
        }
        return {};
    }

    [[nodiscard]] sgd::Steps stepsOf(int epoch) const
    {
        const float rate = sgd::rateOf(epoch, m_epochs, m_config.learningRate, m_config.finalRate);
        const float biasRate = m_config.biased ? rate : 0;
        return {rate, 1 - rate * m_config.regularization, biasRate, 1 - biasRate * m_config.biasRegularization};
    }

    [[nodiscard]] Status runDiagonal(std::size_t diagonal, double& squares)
    {
        std::array<double, grid> parts{};
        const auto done = parallelFor(m_job, grid, 1, [&](std::size_t group, std::size_t) {
            parts[group] = runBlock(m_blocks[group * grid + (group + diagonal) % grid]);
        });
        squares += std::accumulate(parts.begin(), parts.end(), 0.0);
        return done;
    }

    [[nodiscard]] double runBlock(std::span<const Cell> cells)
    {
        double squares = 0;
        for (std::size_t first = 0, last = 0; first < cells.size() && !m_job.cancelled(); first = last) {
            while (last < cells.size() && cells[last].person == cells[first].person)
                ++last;
            const std::uint32_t person = cells[first].person;
            squares += sgd::descend(cells.subspan(first, last - first), m_people.lanesOf(person), m_people.bias[person],
                                    m_items, m_zero.lanesOf(0), m_itemsFar, m_steps);
        }
        return squares;
    }

    [[nodiscard]] Result<RatingFactors> collected()
    {
        RatingFactors factors;
        factors.mean = m_mean;
        unfold(m_people, m_peopleLayout, factors.people, factors.personBias);
        unfold(m_items, m_itemsLayout, factors.items, factors.itemBias);
        if (!isFinite(factors)) // the last steps may have run away without showing in the loss yet
            return diverged(m_epochs);
        return factors;
    }

    /// Back from layout order to index order, without the padding.
    void unfold(const Side& side, const Layout& layout, Matrix& vectors, std::vector<float>& bias) const
    {
        vectors = Matrix(layout.placeOf.size(), factors());
        bias.resize(layout.placeOf.size());
        for (std::size_t index = 0; index < layout.placeOf.size(); ++index) {
            const std::uint32_t place = layout.placeOf[index];
            std::ranges::copy(side.vectors.row(place).first(factors()), vectors.row(index).begin());
            bias[index] = side.bias[place];
        }
    }

    [[nodiscard]] static tl::unexpected<Error> diverged(int epoch)
    {
        return error(Code::Numeric,
                     fmt::format("Training diverged in epoch {}: the error is no longer a number", epoch),
                     "Lower the learning rate");
    }

    [[nodiscard]] std::size_t factors() const { return static_cast<std::size_t>(m_config.factors); }

    const Interactions& m_interactions;
    std::span<const std::uint8_t> m_heldOut;
    const SvdConfig& m_config;
    const JobContext& m_job;
    const WarmStart& m_start;
    int m_epochs;
    std::size_t m_stride;
    sgd::Steps m_steps;
    double m_mean = 0;
    std::size_t m_total = 0;
    std::vector<std::uint32_t> m_peopleCounts, m_itemCounts;
    Layout m_peopleLayout, m_itemsLayout;
    std::array<std::vector<Cell>, grid * grid> m_blocks; ///< [people group * grid + items group]
    Side m_people{0, 0}, m_items{0, 0};
    Side m_zero; ///< one row of zeros, for after the last
    bool m_itemsFar;
};

} // namespace

Result<RatingFactors> trainSvd(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                               const SvdConfig& config, const JobContext& job, const WarmStart& start)
{
    return Trainer(interactions, heldOut, config, job, start).run();
}

/// Measured on ratings in MovieLens layout: 18 ns an update at 100 factors, 13 at 64.
Cost costOfSvd(const DatasetShape& shape, const SvdConfig& config)
{
    Cost cost = costOfRatingFactors(shape, config.factors, config.tuneFoldIn);
    const double ratings = static_cast<double>(shape.interactions);
    cost.seconds += ratings * config.epochs * (6e-9 + 1.5e-10 * static_cast<double>(config.factors));
    cost.bytes += shape.interactions * (sizeof(Cell) + sizeof(Cell) / 4); // blocks are of unequal size
    return cost;
}

} // namespace orrery
