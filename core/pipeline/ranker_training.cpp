// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/asked_funnel.h"
#include "core/pipeline/funnel_training.h"
#include "core/pipeline/ranker_calibration.h"
#include "core/ranking/training_set.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::int64_t chanceTrees = 100;
constexpr double rowsAChild = 2000; ///< a leaf weighs a 2,000th of the rows, 1 to 30

/// What suits rankers of funnels, whatever the trees' own defaults: shallow, slow and cautious, each row by itself.
/// Chosen on parts of two datasets that played no part in what is reported; see CONTRIBUTING.
Result<GbdtParams> paramsFor(const FunnelRecipe& recipe, std::size_t rows)
{
    ParamSet set;
    set.set("objective", std::string("pointwise"));
    set.set("depth", std::int64_t{3});
    set.set("learning-rate", .05);
    set.set("min-child-weight", std::clamp(static_cast<double>(rows) / rowsAChild, 1.0, 30.0));
    set.set("lambda", 10.0);
    set.set("subsample", .8);
    set.set("column-sample", .5);
    for (const auto& [id, value] : recipe.trees.values())
        set.set(id, value);
    return readGbdtParams(set);
}

bool tellsOf(const Dataset& dataset, Chance chance)
{
    const auto is = [chance](EventKind kind) {
        switch (chance) {
        case Chance::Click: return kind == EventKind::View || kind == EventKind::Click;
        case Chance::Cart: return kind == EventKind::Cart;
        case Chance::Purchase: break;
        }
        return kind == EventKind::Purchase;
    };
    return std::ranges::any_of(dataset.log().kinds(), is);
}

/// Labels of at least this count as one.
TrainingRows yesOrNo(const TrainingRows& rows, float from)
{
    TrainingRows out;
    out.features = rows.features;
    for (const float label : rows.labels)
        out.labels.push_back(label >= from ? 1.F : 0.F);
    return out;
}

// A kind that hardly occurs teaches nothing: then there is no chance, and that is no failure.
Status trainChances(const Dataset& dataset, const TrainingSet& set, const GbdtParams& params, const JobContext& job,
                    LearntRanker& ranker)
{
    for (std::size_t i = 0; i < chanceCount; ++i) {
        if (!tellsOf(dataset, static_cast<Chance>(i)))
            continue;
        auto trees = trainTrees(yesOrNo(set.train.rows, leastLabels.at(i)),
                                yesOrNo(set.validation.rows, leastLabels.at(i)), params, job);
        if (trees)
            ranker.chances.at(i) = std::move(trees->trees);
        else if (trees.error().code != Code::InvalidArgument)
            return tl::unexpected(trees.error());
    }
    return {};
}

std::string describe(const TrainedTrees& trees, const TrainingSet& set)
{
    std::string words = fmt::format("{}; {} questions, {} rows", trees.trainedBy, set.train.questions.size(),
                                    set.train.rows.labels.size());
    if (!trees.validation.empty())
        words += fmt::format("; {} {:.3f} of {} questions", trees.metric, trees.validation[trees.bestRound],
                             set.validation.questions.size());
    return words;
}

} // namespace

Result<LearntRankerPtr> trainRanker(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                    const std::shared_ptr<const Dataset>& dataset, const JobContext& job,
                                    RankerPeriods periods, PlaceChancesPtr merge)
{
    if (const std::string why = whyNoGbdt(); !why.empty())
        return error(Code::Unsupported, why, "Order the candidates as merged, or by a model");
    if (const auto readable = paramsFor(recipe, 0); !readable)
        return tl::unexpected(readable.error());
    TrainingPlan plan;
    plan.from = dataset->timeOfShare(periods.from);
    plan.validFrom = dataset->timeOfShare(periods.validFrom);
    plan.again = recipe.again;
    if (plan.from == noTime)
        return error(Code::InvalidArgument, "A ranker learns from what came later, and these events have no times",
                     "Order the candidates as merged, or by a model");
    job.progress(0, "training its models on what was before");
    const auto funnel = askedFunnel(sourcesOnly(recipe), parts, dataset, plan.from, job.part(0, .4), std::move(merge));
    if (!funnel)
        return tl::unexpected(funnel.error());
    LearntRanker ranker;
    ranker.mergedBy = (*funnel)->mergedBy();
    for (const SourceChoice& source : (*funnel)->recipe().sources)
        ranker.sources.push_back(titleOf(source));
    const auto view = (*funnel)->ground()->features(ranker.sources, job);
    if (!view)
        return tl::unexpected(view.error());
    job.progress(.4, "asking for candidates");
    const auto retrieve = [&funnel](const Query& query, const JobContext& own) {
        return (*funnel)->candidatesOf(query, own);
    };
    const auto set = makeTrainingSet(**view, retrieve, plan, job.part(.4, .55));
    if (!set)
        return tl::unexpected(set.error());
    job.progress(.55, "training trees");
    const auto params = paramsFor(recipe, set->train.rows.labels.size());
    const bool strengths = isRanking(params->objective) || params->objective == GbdtObjective::Squared;
    auto trees = strengths ? trainTrees(set->train.rows, set->validation.rows, *params, job.part(.55, .75))
                           : trainTrees(yesOrNo(set->train.rows, 1), yesOrNo(set->validation.rows, 1), *params,
                                        job.part(.55, .75));
    if (!trees)
        return tl::unexpected(trees.error());
    if (trees->trees.importance().empty() ||
        std::ranges::all_of(trees->trees.importance(), [](const FeatureUse& use) { return use.splits == 0; }))
        return error(Code::InvalidArgument,
                     fmt::format("The ranker found nothing to learn from {} questions", set->train.questions.size()),
                     "Order the candidates as merged, or by a model");
    ranker.objective = params->objective;
    ranker.trainedBy = describe(*trees, *set);
    ranker.relevance = std::move(trees->trees);
    GbdtParams chances = *params;
    chances.objective = GbdtObjective::Pointwise;
    chances.trees = static_cast<int>(std::min<std::int64_t>(chances.trees, chanceTrees));
    if (const auto done = trainChances(*dataset, *set, chances, job.part(.75, .85), ranker); !done)
        return tl::unexpected(done.error());
    auto snapshot = snapshotOf((*view)->version(), (*view)->features(), set->train.featureRows(), job.part(.85, .87));
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    ranker.training = std::move(*snapshot);
    job.progress(.87, "comparing chances with what came of them");
    if (const auto done = calibrate(ranker, **view, retrieve, plan, job.part(.87, 1)); !done)
        return tl::unexpected(done.error());
    return std::make_shared<const LearntRanker>(std::move(ranker));
}

} // namespace orrery
