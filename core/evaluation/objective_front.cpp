// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/objective_front.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/evaluation/preview_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t grain = 4;
constexpr std::array levels{0.0, .1, .3, 1.0, 3.0};

using Field = double Objectives::*;

/// Objectives that this funnel can follow: a chance that the ranker has learned, margins and sellers that are told.
std::vector<Field> usable(const Funnel& funnel)
{
    std::vector<Field> fields{&Objectives::diversity};
    if (funnel.ground()->catalog()->hasMargins())
        fields.push_back(&Objectives::margin);
    if (funnel.ground()->catalog()->groupCount(ItemGroup::Seller) > 1)
        fields.push_back(&Objectives::sellers);
    constexpr std::array<Field, chanceCount> chances{&Objectives::click, &Objectives::cart, &Objectives::purchase};
    for (std::size_t chance = 0; chance < chanceCount; ++chance)
        if (funnel.recipe().rankBy == RankBy::Learnt && funnel.learnt() && funnel.learnt()->chances.at(chance))
            fields.push_back(chances.at(chance));
    return fields;
}

std::vector<Objectives> settingsToTry(const Funnel& funnel, const FrontPlan& plan)
{
    const std::vector<Field> fields = usable(funnel);
    std::vector<Objectives> tried{funnel.recipe().objectives};
    const auto add = [&](const Objectives& one) {
        if (tried.size() < plan.points && std::ranges::count(tried, one) == 0)
            tried.push_back(one);
    };
    add({});
    for (const Field field : fields)
        for (std::size_t level = 1; level < levels.size(); ++level) {
            Objectives one;
            one.*field = levels.at(level);
            add(one);
        }
    Rng rng(seedFor(plan.seed, "objective front"));
    for (std::size_t draws = 0; tried.size() < plan.points && draws < 20 * plan.points; ++draws) {
        Objectives one;
        for (const Field field : fields)
            one.*field = levels.at(rng.below(levels.size()));
        add(one);
    }
    return tried;
}

/// As good in all that both have, and better in one.
bool dominates(const ObjectivePoint& a, const ObjectivePoint& b, std::span<const RuleMeasure::Kind> kinds)
{
    bool better = false;
    for (const auto kind : kinds) {
        const double ofA = a.value(kind), ofB = b.value(kind);
        if (std::isnan(ofA) || std::isnan(ofB))
            continue;
        if (ofA < ofB)
            return false;
        better = better || ofA > ofB;
    }
    return better;
}

} // namespace

double ObjectivePoint::value(RuleMeasure::Kind kind) const
{
    const auto found = std::ranges::find(measures, kind, &RuleMeasure::kind);
    return found == measures.end() ? std::numeric_limits<double>::quiet_NaN() : found->after;
}

Result<std::vector<ObjectivePoint>> objectiveFront(const Funnel& funnel, std::span<const Query> queries,
                                                   std::span<const std::vector<ItemIndex>> later, const FrontPlan& plan,
                                                   const JobContext& job)
{
    const RuleCatalog& catalog = *funnel.ground()->catalog();
    const std::vector<Objectives> tried = settingsToTry(funnel, plan);
    const RulePreview::Settings settings{.k = plan.k, .rounds = 200, .seed = plan.seed};
    const ListMeasures counter(catalog, plan.k, settings.newDays);
    std::vector<std::vector<std::vector<Reranked>>> lists(tried.size(),
                                                          std::vector<std::vector<Reranked>>(queries.size()));
    std::vector<std::vector<MeasureParts>> parts(tried.size(), std::vector<MeasureParts>(queries.size()));
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last && !job.cancelled(); ++q) {
            auto run = funnel.run(queries[q], plan.k, TrailLevel::None, single);
            if (!run)
                continue;
            const std::vector<float> worth = placeScores(run->forRules());
            const JudgedPerson person{later[q], worth, bestWorth(worth, plan.k)};
            for (std::size_t point = 0; point < tried.size() && !job.cancelled(); ++point) {
                run->scores = scoresBy(tried[point], catalog, run->candidates, run->ranked);
                lists[point][q] = funnel.reranker().rerank(run->forRules(), run->request, plan.k);
                parts[point][q] = counter.of(lists[point][q], person);
            }
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<ObjectivePoint> points;
    for (std::size_t point = 0; point < tried.size(); ++point) {
        auto measures = measured(catalog, lists.front(), lists[point], parts.front(), parts[point], settings, job);
        if (!measures)
            return tl::unexpected(measures.error());
        points.push_back({tried[point], std::move(*measures), false});
    }
    for (ObjectivePoint& point : points)
        point.onFront =
            std::ranges::none_of(points, [&](const ObjectivePoint& other) { return dominates(other, point, plan.of); });
    return points;
}

} // namespace orrery
