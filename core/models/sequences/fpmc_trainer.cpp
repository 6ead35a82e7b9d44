// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/fpmc_trainer.h"

#include "core/models/implicit/adagrad.h"
#include "core/models/implicit/als_kernels.h"
#include "core/models/implicit/row_filter.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

using adagrad::Vectors;

constexpr int mostRejections = 16; ///< of drawn items that were chosen, before a step is left out
constexpr std::size_t stepsPerCheck = 128;
constexpr std::size_t lookAhead = 2; ///< steps; about as long as rows take from memory

struct Moment {
    Timestamp at = noTime;
    std::uint32_t item = 0;
};

/// What counts of a row, newest first, of one moment the lower item first.
std::vector<Moment> momentsOf(const Interactions::Row& row, const HistoryWeigher& weigher)
{
    std::vector<Moment> moments;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (row.values[i] >= weigher.from())
            moments.push_back({row.times[i], row.items[i].value});
    std::ranges::stable_sort(moments, std::greater{}, &Moment::at);
    return moments;
}

class Trainer {
public:
    Trainer(const Interactions& interactions, const FpmcSteps& steps, const FpmcConfig& config, const JobContext& job)
        : m_interactions(interactions), m_steps(steps), m_config(config),
          m_job(job), m_adagrad{config.learningRate, config.regularization},
          m_k(static_cast<std::size_t>(config.factors)), m_stride(als::paddedTo(m_k, als::lanes)),
          m_people(interactions.users(), m_stride), m_items(interactions.items(), 2 * m_stride),
          m_last(interactions.items(), m_stride), m_bias(interactions.items()), m_biasSeen(interactions.items(), 1.F),
          m_query(1, 2 * m_stride), m_between(1, 2 * m_stride), m_rng(job.rng("fpmc.steps"))
    {
        for (std::uint32_t item = 0; item < interactions.items(); ++item)
            if (!interactions.column(ItemIndex{item}).users.empty())
                m_used.push_back(item);
        for (std::uint32_t person = 0; person < interactions.users(); ++person)
            m_chosen.add(interactions.row(UserIndex{person}).items, [](ItemIndex item) { return item.value; });
        initialize();
    }

    [[nodiscard]] Result<FpmcFactors> run()
    {
        std::vector<FpmcStep> steps = m_steps.steps;
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
            m_rng.shuffle(std::span(steps));
            m_loss = m_inOrder = m_met = 0;
            for (std::size_t s = 0; s < steps.size(); ++s) {
                if (s % stepsPerCheck == 0)
                    if (const auto alive = m_job.check(); !alive)
                        return tl::unexpected(alive.error());
                if (s + lookAhead < steps.size())
                    prefetch(steps[s + lookAhead]);
                take(steps[s]);
            }
            if (!std::isfinite(m_loss))
                return error(Code::Numeric, fmt::format("Training diverged in epoch {}", epoch),
                             "Lower the learning rate or raise the regularization");
            m_job.measure("training loss", epoch, m_loss / std::max(m_met, 1.0));
            m_job.measure("training AUC", epoch, m_inOrder / std::max(m_met, 1.0));
        }
        return FpmcFactors{unpadded(m_people, 0), unpadded(m_items, 0), unpadded(m_items, m_stride),
                           unpadded(m_last, 0), std::move(m_bias)};
    }

private:
    void initialize()
    {
        std::vector<bool> people(m_interactions.users()), items(m_interactions.items());
        for (const FpmcStep& step : m_steps.steps)
            people[step.person] = items[step.item] = true;
        fill(m_people, 0, people, "fpmc.init.people");
        fill(m_items, 0, items, "fpmc.init.items");
        fill(m_items, m_stride, items, "fpmc.init.next");
        fill(m_last, 0, items, "fpmc.init.last");
    }

    /// The factors from column `first` on.
    void fill(Vectors& rows, std::size_t first, const std::vector<bool>& known, std::string_view stream)
    {
        Rng rng = m_job.rng(stream);
        const double spread = .5 / std::sqrt(static_cast<double>(m_k));
        for (std::size_t row = 0; row < known.size(); ++row)
            if (known[row])
                for (float& value : rows.values.row(row).subspan(first, m_k))
                    value = static_cast<float>(spread * (2 * rng.uniform() - 1));
    }

    [[nodiscard]] Matrix unpadded(const Vectors& rows, std::size_t first) const
    {
        Matrix out(rows.values.rows(), m_k);
        for (std::size_t row = 0; row < out.rows(); ++row)
            std::ranges::copy(rows.values.row(row).subspan(first, m_k), out.row(row).begin());
        return out;
    }

    /// False when only chosen items came up.
    [[nodiscard]] bool drawOther(const FpmcStep& step, std::uint32_t& other)
    {
        const auto known = m_interactions.row(UserIndex{step.person}).items;
        for (int attempt = 0; attempt < mostRejections; ++attempt) {
            other = m_used[m_rng.below(m_used.size())];
            if (!m_chosen.mayContain(step.person, other) || !std::ranges::binary_search(known, ItemIndex{other}))
                return true;
        }
        return false;
    }

    [[nodiscard]] std::span<const std::uint32_t> basketOf(const FpmcStep& step) const
    {
        return std::span(m_steps.baskets).subspan(step.first, step.count);
    }

    void prefetch(const FpmcStep& step)
    {
        for (const float* row : {m_people.row(step.person), m_people.seenOf(step.person)})
            adagrad::prefetch(row, m_stride);
        for (const float* row : {m_items.row(step.item), m_items.seenOf(step.item)})
            adagrad::prefetch(row, 2 * m_stride);
        for (const std::uint32_t item : basketOf(step))
            for (const float* row : {m_last.row(item), m_last.seenOf(item)})
                adagrad::prefetch(row, m_stride);
    }

    /// [person, mean of the basket]: its product with an item's [items_i, next_i] is what they score.
    void gatherQuery(const FpmcStep& step)
    {
        float* query = m_query.row(0).data();
        std::copy_n(m_people.row(step.person), m_stride, query);
        std::fill_n(query + m_stride, m_stride, 0.F);
        const float share = 1 / static_cast<float>(std::max(step.count, 1U));
        for (const std::uint32_t item : basketOf(step)) {
            const float* last = m_last.row(item);
            for (std::size_t d = 0; d < m_stride; ++d)
                query[m_stride + d] += last[d] * share;
        }
    }

    [[nodiscard]] float scoreOf(std::uint32_t item)
    {
        return m_bias[item] + als::dot(m_query.row(0).data(), m_items.row(item), 2 * m_stride);
    }

    /// Of several, the one with the highest score. All are drawn first, so that their vectors are on the way.
    [[nodiscard]] bool drawHardest(const FpmcStep& step, std::uint32_t& hardest)
    {
        m_drawn.clear();
        std::uint32_t other = 0;
        while (m_drawn.size() < static_cast<std::size_t>(m_config.candidates) && drawOther(step, other)) {
            adagrad::prefetch(m_items.row(other), 2 * m_stride);
            m_drawn.push_back(other);
        }
        if (m_drawn.empty())
            return false;
        hardest = m_drawn.front();
        if (m_drawn.size() == 1)
            return true;
        float highest = scoreOf(hardest);
        for (const std::uint32_t item : std::span(m_drawn).subspan(1)) {
            const float reached = scoreOf(item);
            hardest = reached > highest ? item : hardest;
            highest = std::max(reached, highest);
        }
        return true;
    }

    void take(const FpmcStep& step)
    {
        gatherQuery(step);
        std::uint32_t other = 0;
        if (!drawHardest(step, other))
            return;
        adagrad::prefetch(m_items.seenOf(other), 2 * m_stride);
        const float ahead = scoreOf(step.item) - scoreOf(other);
        const float miss = 1 / (1 + std::exp(ahead));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        m_inOrder += ahead > 0 ? 1 : 0;
        ++m_met;
        moveVectors(step, other, miss);
        adagrad::move(m_bias[step.item], m_biasSeen[step.item], miss, m_adagrad);
        adagrad::move(m_bias[other], m_biasSeen[other], -miss, m_adagrad);
    }

    /// Each by the others' old values. Without a basket what tells of transitions stays.
    void moveVectors(const FpmcStep& step, std::uint32_t other, float by)
    {
        const std::size_t size = step.count > 0 ? 2 * m_stride : m_stride;
        const float* query = m_query.row(0).data();
        float* between = m_between.row(0).data();
        const float* chosen = m_items.row(step.item);
        const float* passed = m_items.row(other);
        for (std::size_t d = 0; d < size; ++d)
            between[d] = chosen[d] - passed[d];
        move(m_items, step.item, query, size, by);
        move(m_items, other, query, size, -by);
        move(m_people, step.person, between, m_stride, by);
        for (const std::uint32_t item : basketOf(step))
            move(m_last, item, between + m_stride, m_stride, by / static_cast<float>(step.count));
    }

    void move(Vectors& of, std::size_t row, const float* direction, std::size_t size, float by) const
    {
        adagrad::move(of.row(row), of.seenOf(row), direction, size, by, m_adagrad);
    }

    const Interactions& m_interactions;
    const FpmcSteps& m_steps;
    const FpmcConfig& m_config;
    const JobContext& m_job;
    adagrad::Steps m_adagrad;
    std::size_t m_k, m_stride;
    Vectors m_people; ///< [people x stride]
    Vectors m_items;  ///< [items x 2 stride]: items_i, next_i
    Vectors m_last;   ///< [items x stride]
    std::vector<float> m_bias, m_biasSeen;
    std::vector<std::uint32_t> m_used; ///< items that somebody used
    implicit::RowFilter m_chosen;      ///< of people
    std::vector<std::uint32_t> m_drawn;
    Matrix m_query, m_between; ///< [1 x 2 stride]
    Rng m_rng;
    double m_loss = 0, m_inOrder = 0, m_met = 0;
};

} // namespace

FpmcSteps fpmcSteps(const Interactions& interactions, const HistoryWeigher& weigher, std::size_t basket)
{
    FpmcSteps out;
    for (std::uint32_t person = 0; person < interactions.users(); ++person) {
        const auto moments = momentsOf(interactions.row(UserIndex{person}), weigher);
        const auto start = static_cast<std::uint32_t>(out.baskets.size());
        for (const Moment& moment : moments)
            out.baskets.push_back(moment.item);
        std::size_t before = 0; // first entry from before the moment
        for (const Moment& moment : moments) {
            while (before < moments.size() && moments[before].at >= moment.at)
                ++before;
            out.steps.push_back({person, moment.item, start + static_cast<std::uint32_t>(before),
                                 static_cast<std::uint32_t>(std::min(basket, moments.size() - before))});
        }
    }
    return out;
}

Result<FpmcFactors> trainFpmc(const Interactions& interactions, const FpmcSteps& steps, const FpmcConfig& config,
                              const JobContext& job)
{
    return Trainer(interactions, steps, config, job).run();
}

} // namespace orrery
