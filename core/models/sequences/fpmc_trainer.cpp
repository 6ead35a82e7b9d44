// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/sequences/fpmc_trainer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr int mostRejections = 16; ///< of drawn items that were chosen, before a step is left out
constexpr std::size_t stepsPerCheck = 128;

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

/// Vectors, and what Adagrad has seen of each coordinate.
struct Vectors {
    Matrix values, seen;

    Vectors(std::size_t rows, std::size_t factors) : values(rows, factors), seen(rows, factors)
    {
        std::ranges::fill(seen.all(), 1.F);
    }
};

float dot(const float* a, const float* b, std::size_t size)
{
    float sum = 0;
    for (std::size_t d = 0; d < size; ++d)
        sum += a[d] * b[d];
    return sum;
}

class Trainer {
public:
    Trainer(const Interactions& interactions, const FpmcSteps& steps, const FpmcConfig& config, const JobContext& job)
        : m_interactions(interactions), m_steps(steps), m_config(config), m_job(job),
          m_k(static_cast<std::size_t>(config.factors)), m_people(interactions.users(), m_k),
          m_items(interactions.items(), m_k), m_next(interactions.items(), m_k), m_last(interactions.items(), m_k),
          m_bias(interactions.items()), m_biasSeen(interactions.items(), 1.F), m_before(m_k), m_between(m_k),
          m_rng(job.rng("fpmc.steps"))
    {
        for (std::uint32_t item = 0; item < interactions.items(); ++item)
            if (!interactions.column(ItemIndex{item}).users.empty())
                m_used.push_back(item);
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
                take(steps[s]);
            }
            if (!std::isfinite(m_loss))
                return error(Code::Numeric, fmt::format("Training diverged in epoch {}", epoch),
                             "Lower the learning rate or raise the regularization");
            m_job.measure("training loss", epoch, m_loss / std::max(m_met, 1.0));
            m_job.measure("training AUC", epoch, m_inOrder / std::max(m_met, 1.0));
        }
        return FpmcFactors{std::move(m_people.values), std::move(m_items.values), std::move(m_next.values),
                           std::move(m_last.values), std::move(m_bias)};
    }

private:
    void initialize()
    {
        std::vector<bool> people(m_interactions.users()), items(m_interactions.items());
        for (const FpmcStep& step : m_steps.steps)
            people[step.person] = items[step.item] = true;
        fill(m_people.values, people, "fpmc.init.people");
        fill(m_items.values, items, "fpmc.init.items");
        fill(m_next.values, items, "fpmc.init.next");
        fill(m_last.values, items, "fpmc.init.last");
    }

    void fill(Matrix& rows, const std::vector<bool>& known, std::string_view stream)
    {
        Rng rng = m_job.rng(stream);
        const double spread = .5 / std::sqrt(static_cast<double>(m_k));
        for (std::size_t row = 0; row < known.size(); ++row)
            if (known[row])
                for (float& value : rows.row(row))
                    value = static_cast<float>(spread * (2 * rng.uniform() - 1));
    }

    /// False when only chosen items came up.
    [[nodiscard]] bool drawOther(const FpmcStep& step, std::uint32_t& other)
    {
        const auto known = m_interactions.row(UserIndex{step.person}).items;
        for (int attempt = 0; attempt < mostRejections; ++attempt) {
            other = m_used[m_rng.below(m_used.size())];
            if (!std::ranges::binary_search(known, ItemIndex{other}))
                return true;
        }
        return false;
    }

    [[nodiscard]] std::span<const std::uint32_t> basketOf(const FpmcStep& step) const
    {
        return std::span(m_steps.baskets).subspan(step.first, step.count);
    }

    void gatherBasket(const FpmcStep& step)
    {
        std::ranges::fill(m_before, 0.F);
        for (const std::uint32_t item : basketOf(step))
            for (std::size_t d = 0; d < m_k; ++d)
                m_before[d] += m_last.values.row(item)[d] / static_cast<float>(step.count);
    }

    [[nodiscard]] float scoreOf(const FpmcStep& step, std::uint32_t item) const
    {
        return m_bias[item] + dot(m_people.values.row(step.person).data(), m_items.values.row(item).data(), m_k) +
               dot(m_before.data(), m_next.values.row(item).data(), m_k);
    }

    /// Of several, the one with the highest score.
    [[nodiscard]] bool drawHardest(const FpmcStep& step, std::uint32_t& hardest)
    {
        float highest = 0;
        bool any = false;
        for (int n = 0; n < m_config.candidates; ++n) {
            std::uint32_t other = 0;
            if (!drawOther(step, other))
                break;
            const float reached = m_config.candidates > 1 ? scoreOf(step, other) : 0;
            if (!any || reached > highest) {
                highest = reached;
                hardest = other;
            }
            any = true;
        }
        return any;
    }

    void take(const FpmcStep& step)
    {
        gatherBasket(step);
        std::uint32_t other = 0;
        if (!drawHardest(step, other))
            return;
        const float ahead = scoreOf(step, step.item) - scoreOf(step, other);
        const float miss = 1 / (1 + std::exp(ahead));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        m_inOrder += ahead > 0 ? 1 : 0;
        ++m_met;
        moveTaste(step, other, miss);
        if (step.count > 0)
            moveTransition(step, other, miss);
        move(m_bias[step.item], m_biasSeen[step.item], miss);
        move(m_bias[other], m_biasSeen[other], -miss);
    }

    /// Adagrad (Duchi, Hazan & Singer, JMLR 2011): each coordinate's own step size.
    void move(float& value, float& seen, float slope) const
    {
        slope -= m_config.regularization * value;
        seen += slope * slope;
        value += m_config.learningRate * slope / std::sqrt(seen);
    }

    /// `by` along `direction`.
    void moveRow(Vectors& of, std::uint32_t row, const float* __restrict direction, float by)
    {
        float* __restrict values = of.values.row(row).data();
        float* __restrict seen = of.seen.row(row).data();
        for (std::size_t d = 0; d < m_k; ++d)
            move(values[d], seen[d], by * direction[d]);
    }

    void gatherDifference(const Vectors& of, std::uint32_t chosen, std::uint32_t other)
    {
        for (std::size_t d = 0; d < m_k; ++d)
            m_between[d] = of.values.row(chosen)[d] - of.values.row(other)[d];
    }

    /// Person, chosen and other item, each by the others' old values.
    void moveTaste(const FpmcStep& step, std::uint32_t other, float by)
    {
        gatherDifference(m_items, step.item, other);
        const float* person = m_people.values.row(step.person).data();
        moveRow(m_items, step.item, person, by);
        moveRow(m_items, other, person, -by);
        moveRow(m_people, step.person, m_between.data(), by);
    }

    void moveTransition(const FpmcStep& step, std::uint32_t other, float by)
    {
        gatherDifference(m_next, step.item, other);
        moveRow(m_next, step.item, m_before.data(), by);
        moveRow(m_next, other, m_before.data(), -by);
        for (const std::uint32_t item : basketOf(step))
            moveRow(m_last, item, m_between.data(), by / static_cast<float>(step.count));
    }

    const Interactions& m_interactions;
    const FpmcSteps& m_steps;
    const FpmcConfig& m_config;
    const JobContext& m_job;
    std::size_t m_k;
    Vectors m_people, m_items, m_next, m_last;
    std::vector<float> m_bias, m_biasSeen;
    std::vector<std::uint32_t> m_used; ///< items that somebody used
    std::vector<float> m_before, m_between;
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
