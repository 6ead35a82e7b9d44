// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/ranking_trainer.h"

#include "core/base/parallel.h"
#include "core/models/implicit/als_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery::implicit {
namespace {

using als::Lane;
using als::lanes;
using als::lanesOf;

constexpr std::size_t grid = 4;        ///< groups of people, and hands of items
constexpr std::size_t itemGroups = 32; ///< dealt into the hands
constexpr std::size_t groupsPerHand = itemGroups / grid;
constexpr int mostRejections = 16; ///< of drawn items that were liked, before a step is left out

/// Where rows lie in memory: group by group, with about equally many cells in each.
struct Layout {
    std::vector<std::uint32_t> placeOf; ///< by index
    std::vector<std::uint32_t> indexAt; ///< by place
    std::vector<std::uint32_t> starts;  ///< first place of each group, and the end
};

/// Deals rows, shuffled and then by descending count, to groups in a snake; shuffles each group.
Layout dealt(std::span<const std::uint32_t> counts, std::size_t groups, Rng rng)
{
    std::vector<std::uint32_t> order(counts.size());
    std::iota(order.begin(), order.end(), 0U);
    rng.shuffle(std::span(order));
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t index) { return counts[index]; });
    std::vector<std::vector<std::uint32_t>> members(groups);
    for (std::size_t n = 0; n < order.size(); ++n) {
        const std::size_t turn = n % (2 * groups);
        members[turn < groups ? turn : 2 * groups - 1 - turn].push_back(order[n]);
    }
    Layout layout{std::vector<std::uint32_t>(counts.size()), {}, {0}};
    for (auto& group : members) {
        rng.shuffle(std::span(group));
        for (const std::uint32_t index : group) {
            layout.placeOf[index] = static_cast<std::uint32_t>(layout.indexAt.size());
            layout.indexAt.push_back(index);
        }
        layout.starts.push_back(static_cast<std::uint32_t>(layout.indexAt.size()));
    }
    return layout;
}

/// The cells by place of the person, then group of the item, so that a block finds its own without a search.
struct PlacedCells {
    std::vector<std::uint64_t> starts; ///< [people * itemGroups + 1]
    std::vector<std::uint32_t> items;  ///< places
    std::vector<float> weights;
};

PlacedCells placed(const als::Cells& cells, const Layout& people, const Layout& items)
{
    std::vector<std::uint8_t> groupOf(cells.columnCount);
    for (std::size_t group = 0; group < itemGroups; ++group)
        for (std::uint32_t place = items.starts[group]; place < items.starts[group + 1]; ++place)
            groupOf[place] = static_cast<std::uint8_t>(group);
    PlacedCells out{{0}, std::vector<std::uint32_t>(cells.size()), std::vector<float>(cells.size())};
    out.starts.reserve(cells.rows() * itemGroups + 1);
    std::uint64_t end = 0;
    for (const std::uint32_t row : people.indexAt) {
        std::array<std::uint64_t, itemGroups> next{};
        for (const std::uint32_t column : cells.columnsOf(row))
            ++next[groupOf[items.placeOf[column]]];
        for (auto& start : next) {
            const std::uint64_t count = std::exchange(start, end);
            end += count;
            out.starts.push_back(end);
        }
        for (std::uint64_t cell = cells.starts[row]; cell < cells.starts[row + 1]; ++cell) {
            const std::uint32_t place = items.placeOf[cells.columns[cell]];
            const std::uint64_t to = next[groupOf[place]]++;
            out.items[to] = place;
            out.weights[to] = cells.weights[cell];
        }
    }
    return out;
}

/// Draws places of one hand in proportion to their weights (Vose's alias method; Vose, 1991).
class Drawer {
public:
    Drawer(std::span<const std::uint32_t> places, std::span<const float> weightOf) : m_weighted(!weightOf.empty())
    {
        for (const std::uint32_t place : places)
            m_slots.push_back({place, place, 1});
        if (m_weighted)
            share(weightOf);
    }

    [[nodiscard]] std::uint32_t draw(Rng& rng) const
    {
        const Slot& slot = m_slots[rng.below(m_slots.size())];
        if (!m_weighted)
            return slot.place;
        return rng.uniform() < static_cast<double>(slot.keep) ? slot.place : slot.alias;
    }
    [[nodiscard]] bool empty() const { return m_slots.empty(); }

private:
    struct Slot {
        std::uint32_t place, alias;
        float keep; ///< how probable `place` is once the slot is drawn
    };

    void share(std::span<const float> weightOf)
    {
        double sum = 0;
        for (const Slot& slot : m_slots)
            sum += static_cast<double>(weightOf[slot.place]);
        const double perSlot = std::max(sum, 1e-30) / static_cast<double>(m_slots.size());
        std::vector<double> left;
        std::vector<std::uint32_t> small, large;
        for (std::uint32_t n = 0; n < m_slots.size(); ++n) {
            left.push_back(static_cast<double>(weightOf[m_slots[n].place]) / perSlot);
            (left[n] < 1 ? small : large).push_back(n);
        }
        while (!small.empty() && !large.empty()) {
            const std::uint32_t low = small.back();
            const std::uint32_t high = large.back();
            small.pop_back();
            m_slots[low].keep = static_cast<float>(left[low]);
            m_slots[low].alias = m_slots[high].place;
            left[high] -= 1 - left[low];
            if (left[high] < 1) {
                large.pop_back();
                small.push_back(high);
            }
        }
    }

    bool m_weighted;
    std::vector<Slot> m_slots;
};

/// What a block met on its way.
struct Met {
    double loss = 0;
    double likelihood = 1; ///< a product whose -ln belongs to the loss: one logarithm for many steps
    double inOrder = 0;
    double steps = 0;

    /// Adds -w ln sigma(x), given sigma(-x); for x of any size.
    void addSoftLoss(float x, float miss, float weight = 1)
    {
        if (!(miss < 1)) {
            loss -= static_cast<double>(weight) * static_cast<double>(x);
        } else if (weight != 1) {
            loss -= static_cast<double>(weight) * std::log1p(-static_cast<double>(miss));
        } else {
            likelihood *= static_cast<double>(1 - miss);
            if (likelihood < 1e-200)
                loss -= std::log(std::exchange(likelihood, 1));
        }
    }

    Met& operator+=(const Met& other)
    {
        loss += other.loss - std::log(other.likelihood);
        inOrder += other.inOrder;
        steps += other.steps;
        return *this;
    }
};

float sigma(float x) { return 1 / (1 + std::exp(-x)); }

float differenceDot(const float* p, const float* a, const float* b, std::size_t stride)
{
    Lane even{}, odd{};
    std::size_t d = 0;
    for (; d + 2 * lanes <= stride; d += 2 * lanes) {
        even += *lanesOf(p + d) * (*lanesOf(a + d) - *lanesOf(b + d));
        odd += *lanesOf(p + d + lanes) * (*lanesOf(a + d + lanes) - *lanesOf(b + d + lanes));
    }
    if (d < stride)
        even += *lanesOf(p + d) * (*lanesOf(a + d) - *lanesOf(b + d));
    return als::sumOf(even + odd);
}

/// The step of a pair, each row by the others' old values.
void movePair(float* __restrict p, float* __restrict a, float* __restrict b, std::size_t stride, float step, float keep)
{
    for (std::size_t d = 0; d < stride; d += lanes) {
        const Lane person = *lanesOf(p + d);
        const Lane liked = *lanesOf(a + d);
        const Lane other = *lanesOf(b + d);
        *lanesOf(p + d) = keep * person + step * (liked - other);
        *lanesOf(a + d) = keep * liked + step * person;
        *lanesOf(b + d) = keep * other - step * person;
    }
}

void moveOne(float* __restrict p, float* __restrict a, std::size_t stride, float step, float keep)
{
    for (std::size_t d = 0; d < stride; d += lanes) {
        const Lane person = *lanesOf(p + d);
        const Lane item = *lanesOf(a + d);
        *lanesOf(p + d) = keep * person + step * item;
        *lanesOf(a + d) = keep * item + step * person;
    }
}

class Trainer {
public:
    Trainer(const als::Cells& cells, const RankingConfig& config, const JobContext& job, const WarmStart& start)
        : m_config(config), m_epochs(start.rounds(config.epochs)), m_job(job),
          m_stride(als::paddedTo(static_cast<std::size_t>(config.factors), lanes)),
          m_keep(1 - config.learningRate * config.regularization), m_people(cells.rows(), m_stride),
          m_items(cells.columnCount, m_stride), m_bias(cells.columnCount), m_liked(grid)
    {
        std::vector<std::uint32_t> ofPeople(cells.rows()), ofItems(cells.columnCount);
        for (std::size_t row = 0; row < cells.rows(); ++row)
            ofPeople[row] = static_cast<std::uint32_t>(cells.columnsOf(row).size());
        for (const std::uint32_t column : cells.columns)
            ++ofItems[column];
        m_peopleLayout = dealt(ofPeople, grid, job.rng("ranking.people"));
        m_itemsLayout = dealt(ofItems, itemGroups, job.rng("ranking.items"));
        m_cells = placed(cells, m_peopleLayout, m_itemsLayout);
        initialize(m_people, m_peopleLayout, ofPeople, start.people, "ranking.init.people");
        initialize(m_items, m_itemsLayout, ofItems, start.items, "ranking.init.items");
        for (std::size_t item = 0; item < start.itemBias.size(); ++item)
            m_bias[m_itemsLayout.placeOf[item]] = start.itemBias[item];
        if (config.negatives == Negatives::Popular)
            for (const std::uint32_t index : m_itemsLayout.indexAt)
                m_popularity.push_back(static_cast<float>(ofItems[index]));
        for (auto& marks : m_liked)
            marks.assign(cells.columnCount, 0);
        makeRankWeights(cells.columnCount);
    }

    [[nodiscard]] Result<RankingFactors> run()
    {
        Rng rng = m_job.rng("ranking.hands");
        for (int epoch = 1; epoch <= m_epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_epochs, fmt::format("epoch {} of {}", epoch, m_epochs));
            rng.shuffle(std::span<std::size_t>(m_groups));
            dealHands();
            Met met;
            for (std::size_t diagonal = 0; diagonal < grid; ++diagonal)
                if (const auto done = runDiagonal(epoch, diagonal, met); !done)
                    return tl::unexpected(done.error());
            if (!std::isfinite(met.loss))
                return diverged(epoch);
            report(epoch, met);
        }
        return collected();
    }

private:
    /// Rows without a cell stay zero: noise must not look like knowledge.
    void initialize(Matrix& rows, const Layout& layout, std::span<const std::uint32_t> counts, MatrixView known,
                    std::string_view stream)
    {
        Rng rng = m_job.rng(stream);
        const double spread = 1 / std::sqrt(static_cast<double>(m_config.factors)) / 2;
        for (std::size_t index = 0; index < counts.size(); ++index) {
            if (counts[index] == 0)
                continue;
            const auto row = rows.row(layout.placeOf[index]).first(static_cast<std::size_t>(m_config.factors));
            for (float& value : row)
                value = static_cast<float>(spread * (2 * rng.uniform() - 1));
            std::ranges::copy(knownRow(known, index), row.begin());
        }
    }

    /// Weston et al.: the loss of rank r is the sum of 1 / n up to r; here as a share of that of the last rank.
    void makeRankWeights(std::size_t items)
    {
        if (m_config.loss != RankingLoss::Warp)
            return;
        m_rankWeights.assign(items + 1, 0.F);
        double sum = 0;
        for (std::size_t rank = 1; rank <= items; ++rank)
            m_rankWeights[rank] = static_cast<float>(sum += 1 / static_cast<double>(rank));
        for (float& weight : m_rankWeights)
            weight /= static_cast<float>(sum);
    }

    void dealHands()
    {
        m_hands.clear();
        for (std::size_t hand = 0; hand < grid; ++hand) {
            std::vector<std::uint32_t> places;
            for (std::size_t n = 0; n < groupsPerHand; ++n) {
                const std::size_t group = m_groups[hand * groupsPerHand + n];
                for (std::uint32_t p = m_itemsLayout.starts[group]; p < m_itemsLayout.starts[group + 1]; ++p)
                    places.push_back(p);
            }
            m_hands.emplace_back(places, m_popularity);
        }
    }

    [[nodiscard]] Status runDiagonal(int epoch, std::size_t diagonal, Met& met)
    {
        std::array<Met, grid> parts;
        const auto done = parallelFor(m_job, grid, 1, [&](std::size_t group, std::size_t) {
            parts[group] = runBlock(group, (group + diagonal) % grid,
                                    m_job.rng(fmt::format("ranking.{}.{}.{}", epoch, diagonal, group)));
        });
        for (const Met& part : parts)
            met += part;
        return done;
    }

    [[nodiscard]] Met runBlock(std::size_t peopleGroup, std::size_t hand, Rng rng)
    {
        Met met;
        if (m_hands[hand].empty())
            return met;
        const std::uint32_t end = m_peopleLayout.starts[peopleGroup + 1];
        for (std::uint32_t person = m_peopleLayout.starts[peopleGroup]; person < end && !m_job.cancelled(); ++person) {
            mark(person, hand, 1);
            runPerson(person, hand, rng, met);
            mark(person, hand, 0);
        }
        return met;
    }

    template <class Visit> void forEachCell(std::uint32_t person, std::size_t hand, const Visit& visit) const
    {
        for (std::size_t n = 0; n < groupsPerHand; ++n) {
            const std::size_t bucket = person * itemGroups + m_groups[hand * groupsPerHand + n];
            for (std::uint64_t cell = m_cells.starts[bucket]; cell < m_cells.starts[bucket + 1]; ++cell)
                visit(cell);
        }
    }

    void mark(std::uint32_t person, std::size_t hand, std::uint8_t value)
    {
        forEachCell(person, hand, [&](std::uint64_t cell) { m_liked[hand][m_cells.items[cell]] = value; });
    }

    void runPerson(std::uint32_t person, std::size_t hand, Rng& rng, Met& met)
    {
        float* p = m_people.row(person).data();
        forEachCell(person, hand, [&](std::uint64_t cell) {
            const std::uint32_t liked = m_cells.items[cell];
            switch (m_config.loss) {
            case RankingLoss::Pairwise: return pairStep(p, liked, hand, rng, met);
            case RankingLoss::Warp: return warpStep(p, liked, hand, rng, met);
            case RankingLoss::Logistic: return logisticStep(p, liked, m_cells.weights[cell], hand, rng, met);
            }
        });
    }

    [[nodiscard]] float* row(std::uint32_t item) { return m_items.ref().data + item * m_stride; }

    /// False when only liked items came up.
    [[nodiscard]] bool drawOther(std::size_t hand, Rng& rng, std::uint32_t& other) const
    {
        for (int attempt = 0; attempt < mostRejections; ++attempt) {
            other = m_hands[hand].draw(rng);
            if (m_liked[hand][other] == 0)
                return true;
        }
        return false;
    }

    /// Of several the hardest, where that is asked for.
    [[nodiscard]] bool drawCandidate(const float* p, std::size_t hand, Rng& rng, std::uint32_t& other)
    {
        if (!drawOther(hand, rng, other))
            return false;
        if (m_config.negatives != Negatives::Hardest)
            return true;
        float highest = score(p, other);
        for (int n = 1; n < m_config.draws; ++n) {
            std::uint32_t next = 0;
            if (!drawOther(hand, rng, next))
                break;
            const float reached = score(p, next);
            if (reached > highest) {
                highest = reached;
                other = next;
            }
        }
        return true;
    }

    [[nodiscard]] float score(const float* p, std::uint32_t item)
    {
        return m_bias[item] + als::dot(p, row(item), m_stride);
    }

    void pairStep(float* p, std::uint32_t liked, std::size_t hand, Rng& rng, Met& met)
    {
        std::uint32_t other = 0;
        if (!drawCandidate(p, hand, rng, other))
            return;
        const float ahead = m_bias[liked] - m_bias[other] + differenceDot(p, row(liked), row(other), m_stride);
        const float miss = sigma(-ahead);
        move(p, liked, other, m_config.learningRate * miss);
        met.addSoftLoss(ahead, miss);
        met.inOrder += ahead > 0 ? 1 : 0;
        ++met.steps;
    }

    void move(float* p, std::uint32_t liked, std::uint32_t other, float step)
    {
        movePair(p, row(liked), row(other), m_stride, step, m_keep);
        m_bias[liked] = m_keep * m_bias[liked] + step;
        m_bias[other] = m_keep * m_bias[other] - step;
    }

    /// Draws until an item comes within the margin of 1; the sooner, the lower the liked one must rank.
    void warpStep(float* p, std::uint32_t liked, std::size_t hand, Rng& rng, Met& met)
    {
        const float reached = score(p, liked);
        ++met.inOrder;
        ++met.steps;
        for (int trial = 1; trial <= m_config.draws; ++trial) {
            std::uint32_t other = 0;
            if (!drawOther(hand, rng, other))
                return;
            const float behind = 1 - reached + score(p, other);
            if (!(behind <= 0)) {
                const std::size_t rank = (m_rankWeights.size() - 1) / static_cast<std::size_t>(trial);
                const float weight = m_rankWeights[std::max<std::size_t>(rank, 1)];
                move(p, liked, other, m_config.learningRate * weight);
                met.loss += static_cast<double>(weight * behind);
                met.inOrder -= behind > 1 ? 1 : 0;
                return;
            }
        }
    }

    void logisticStep(float* p, std::uint32_t liked, float weight, std::size_t hand, Rng& rng, Met& met)
    {
        pull(p, liked, 1, weight, met);
        for (int n = 0; n < m_config.draws; ++n) {
            std::uint32_t other = 0;
            if (drawOther(hand, rng, other))
                pull(p, other, -1, 1, met);
        }
    }

    /// Up for sign 1, down for -1.
    void pull(float* p, std::uint32_t item, float sign, float weight, Met& met)
    {
        const float reached = sign * score(p, item);
        const float miss = sigma(-reached);
        const float step = sign * weight * m_config.learningRate * miss;
        moveOne(p, row(item), m_stride, step, m_keep);
        m_bias[item] = m_keep * m_bias[item] + step;
        met.addSoftLoss(reached, miss, weight);
        ++met.steps;
    }

    void report(int epoch, const Met& met) const
    {
        const double steps = std::max(met.steps, 1.0);
        m_job.measure("training loss", epoch, met.loss / steps);
        if (m_config.loss != RankingLoss::Logistic)
            m_job.measure("training AUC", epoch, met.inOrder / steps);
        m_job.offerVectors(epoch, [this] { return unfolded(m_items, m_itemsLayout); });
    }

    [[nodiscard]] Result<RankingFactors> collected() const
    {
        RankingFactors factors{unfolded(m_people, m_peopleLayout), unfolded(m_items, m_itemsLayout), {}};
        for (const std::uint32_t place : m_itemsLayout.placeOf)
            factors.itemBias.push_back(m_bias[place]);
        const auto finite = [](std::span<const float> values) {
            return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
        };
        if (!finite(factors.people.all()) || !finite(factors.items.all()) || !finite(factors.itemBias))
            return diverged(m_epochs);
        return factors;
    }

    /// Back to index order, without the padding.
    [[nodiscard]] Matrix unfolded(const Matrix& rows, const Layout& layout) const
    {
        Matrix out(rows.rows(), static_cast<std::size_t>(m_config.factors));
        for (std::size_t index = 0; index < out.rows(); ++index)
            std::ranges::copy(rows.row(layout.placeOf[index]).first(out.cols()), out.row(index).begin());
        return out;
    }

    [[nodiscard]] static tl::unexpected<Error> diverged(int epoch)
    {
        return error(Code::Numeric, fmt::format("Training diverged in epoch {}: the loss is no longer a number", epoch),
                     "Lower the learning rate or raise the regularization");
    }

    const RankingConfig& m_config;
    int m_epochs;
    const JobContext& m_job;
    std::size_t m_stride;
    float m_keep;
    Matrix m_people, m_items; ///< in layout order, padded with zeros to whole lanes
    std::vector<float> m_bias;
    std::vector<std::vector<std::uint8_t>> m_liked; ///< [hand][place]: of the person at work; one hand, one thread
    Layout m_peopleLayout, m_itemsLayout;
    PlacedCells m_cells;
    std::vector<float> m_popularity;  ///< by place; Popular only
    std::vector<float> m_rankWeights; ///< by rank; Warp only
    std::vector<std::size_t> m_groups = [] {
        std::vector<std::size_t> all(itemGroups);
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }();
    std::vector<Drawer> m_hands;
};

} // namespace

Result<RankingFactors> trainRanking(const als::Cells& cells, const RankingConfig& config, const JobContext& job,
                                    const WarmStart& start)
{
    return Trainer(cells, config, job, start).run();
}

} // namespace orrery::implicit
