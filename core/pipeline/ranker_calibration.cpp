// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/ranker_calibration.h"

#include "core/base/words.h"
#include "core/ranking/asked_candidates.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostQuestions = 400, rowsAQuestion = 50;

/// What one question tells.
struct Told {
    std::vector<float> labels;
    std::vector<float> relevance;                        ///< margins, aligned
    std::array<std::vector<float>, chanceCount> chances; ///< the same; empty of what was not learned
    std::vector<float> features;                         ///< of some of the candidates
};

/// All questions of one time.
class Period {
public:
    Period(const LearntRanker& ranker, const FeatureView& view) : m_ranker(ranker), m_view(view) {}

    [[nodiscard]] Status ask(const Retrieve& retrieve, const TrainingPlan& plan, const JobContext& job)
    {
        const auto sittings = TrainingSittings::find(m_view.events(), plan, job);
        if (!sittings)
            return tl::unexpected(sittings.error());
        m_told.resize(sittings->size());
        return askCandidates(*sittings, retrieve, job, [&](std::size_t place, const AskedCandidates& asked) {
            Rng rng(seedFor(job.seed(), fmt::format("calibration.rows.{}", sittings->streamOf(place))));
            m_told[place] = tellOf(asked, rng);
        });
    }

    [[nodiscard]] std::size_t questions() const { return m_told.size(); }

    /// Rows of features, by question; none of questions without candidates.
    [[nodiscard]] Matrix features(std::vector<std::uint32_t>& starts) const
    {
        std::size_t all = 0;
        for (const Told& one : m_told)
            all += one.features.size();
        Matrix rows = Matrix::unset(all / m_view.width(), m_view.width());
        auto* next = rows.all().data();
        starts.clear();
        for (const Told& one : m_told) {
            if (one.features.empty())
                continue;
            starts.push_back(
                static_cast<std::uint32_t>(static_cast<std::size_t>(next - rows.all().data()) / m_view.width()));
            next = std::ranges::copy(one.features, next).out;
        }
        starts.push_back(static_cast<std::uint32_t>(rows.rows()));
        return rows;
    }

    /// The likeliest correction of margins, where a label of at least `from` is a yes.
    template <class Margins>
    [[nodiscard]] Result<ChanceCorrection> correction(const Margins& marginsOf, float from, const JobContext& job) const
    {
        std::vector<float> margins, labels;
        for (const Told& one : m_told) {
            const std::vector<float>& of = marginsOf(one);
            margins.insert(margins.end(), of.begin(), of.end());
            for (const float label : one.labels)
                labels.push_back(label >= from ? 1.F : 0.F);
        }
        return fitCorrection(margins, labels, job);
    }

private:
    [[nodiscard]] Told tellOf(const AskedCandidates& asked, Rng& rng) const
    {
        const std::size_t rows = asked.found.size();
        Told told;
        told.labels = asked.labels;
        Matrix features = Matrix::unset(rows, m_view.width());
        m_view.fill({asked.query}, asked.found, features.ref());
        told.relevance.resize(rows);
        m_ranker.relevance.predict(features.view(), told.relevance);
        for (std::size_t chance = 0; chance < chanceCount; ++chance)
            if (const auto& trees = m_ranker.chances.at(chance)) {
                told.chances.at(chance).resize(rows);
                trees->predict(features.view(), told.chances.at(chance));
            }
        std::vector<std::uint32_t> order(rows);
        std::iota(order.begin(), order.end(), 0U);
        rng.shuffle(std::span(order));
        for (std::size_t i = 0; i < std::min(rows, rowsAQuestion); ++i) {
            const auto row = features.row(order[i]);
            told.features.insert(told.features.end(), row.begin(), row.end());
        }
        return told;
    }

    const LearntRanker& m_ranker;
    const FeatureView& m_view;
    std::vector<Told> m_told;
};

Status correct(const Period& later, LearntRanker& ranker, const JobContext& job)
{
    auto relevance = later.correction(
        [](const Told& one) -> const auto& { return one.relevance; }, 1, job);
    if (!relevance)
        return tl::unexpected(relevance.error());
    if (ranker.objective == GbdtObjective::Pointwise)
        ranker.ofRelevance = *relevance;
    for (std::size_t chance = 0; chance < chanceCount; ++chance) {
        if (!ranker.chances.at(chance))
            continue;
        auto correction = later.correction(
            [chance](const Told& one) -> const auto& { return one.chances.at(chance); }, leastLabels.at(chance), job);
        if (!correction)
            return tl::unexpected(correction.error());
        ranker.corrections.at(chance) = *correction;
    }
    return {};
}

} // namespace

Status calibrate(LearntRanker& ranker, const FeatureView& view, const Retrieve& retrieve, const TrainingPlan& plan,
                 const JobContext& job)
{
    TrainingPlan first = plan, second = plan;
    first.until = second.from = plan.validFrom;
    first.validFrom = second.validFrom = endOfTime;
    first.mostGroups = second.mostGroups = mostQuestions;
    Period earlier(ranker, view), later(ranker, view);
    if (const auto done = earlier.ask(retrieve, first, job.part(0, .4)); !done)
        return done;
    if (const auto done = later.ask(retrieve, second, job.part(.4, .8)); !done)
        return done;
    if (const auto done = correct(later, ranker, job.part(.8, .9)); !done)
        return done;
    std::vector<std::uint32_t> startsBefore, startsAfter;
    const Matrix before = earlier.features(startsBefore), after = later.features(startsAfter);
    if (before.rows() == 0 || after.rows() == 0)
        return {};
    auto drift =
        driftBetween(view.features(), {before.view(), startsBefore}, {after.view(), startsAfter}, job.part(.9, 1));
    if (!drift)
        return tl::unexpected(drift.error());
    ranker.drift = std::move(*drift);
    ranker.drifted = fmt::format("candidates of {} from {} on, with those of {} from {} on",
                                 counted(earlier.questions(), "question"), dateText(plan.from),
                                 counted(later.questions(), "question"), dateText(plan.validFrom));
    return {};
}

} // namespace orrery
