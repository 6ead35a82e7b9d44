// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/ranker_report.h"

#include "core/ranking/asked_candidates.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace orrery {
namespace {

/// The ranker that orders; null where there is none.
const LearntRanker* learntOf(const Funnel& funnel)
{
    return funnel.recipe().rankBy == RankBy::Learnt ? funnel.learnt().get() : nullptr;
}

tl::unexpected<Error> noRanker()
{
    return error(Code::Unsupported, "The funnel has no ranker that was learnt from features",
                 "Choose 'learnt from features' and train it");
}

/// Chances, as the trees say them and as corrected, of one thing that may come true.
struct Foretold {
    std::vector<float> raw, corrected, labels;
};
constexpr std::size_t foretoldCount = chanceCount + 1; ///< relevance comes first
using Answers = std::array<Foretold, foretoldCount>;

constexpr std::array<const char*, foretoldCount> titles{"used", "looked at", "put into the cart", "bought"};

Foretold foretell(const TreeEnsemble& trees, const ChanceCorrection& correction, const Matrix& features,
                  const std::vector<float>& labels, float from)
{
    Foretold out;
    std::vector<float> margins(features.rows());
    trees.predict(features.view(), margins);
    for (std::size_t row = 0; row < margins.size(); ++row) {
        out.raw.push_back(static_cast<float>(probabilityOf(static_cast<double>(margins[row]))));
        out.corrected.push_back(
            static_cast<float>(probabilityOf(static_cast<double>(correction.logOdds(margins[row])))));
        out.labels.push_back(labels[row] >= from ? 1.F : 0.F);
    }
    return out;
}

Answers answersOf(const LearntRanker& ranker, const Matrix& features, const std::vector<float>& labels)
{
    Answers out;
    if (ranker.objective == GbdtObjective::Pointwise)
        out[0] = foretell(ranker.relevance, ranker.ofRelevance, features, labels, 1);
    for (std::size_t chance = 0; chance < chanceCount; ++chance)
        if (const auto& trees = ranker.chances.at(chance))
            out.at(chance + 1) =
                foretell(*trees, ranker.corrections.at(chance), features, labels, leastLabels.at(chance));
    return out;
}

double meanOf(const std::vector<float>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

ChanceQuality qualityOf(const std::vector<float>& chances, const std::vector<float>& labels)
{
    return {meanOf(chances), brierScore(chances, labels), meanLogLoss(chances, labels),
            expectedCalibrationError(calibrationOf(chances, labels))};
}

std::vector<ChanceReport> reportsOf(const std::vector<Answers>& answers)
{
    std::vector<ChanceReport> reports;
    for (std::size_t what = 0; what < foretoldCount; ++what) {
        Foretold all;
        for (const Answers& one : answers)
            for (const auto part : {&Foretold::raw, &Foretold::corrected, &Foretold::labels})
                (all.*part).insert((all.*part).end(), (one.at(what).*part).begin(), (one.at(what).*part).end());
        if (all.labels.empty())
            continue;
        reports.push_back({titles.at(what), answers.size(), all.labels.size(), meanOf(all.labels),
                           areaUnderCurve(all.corrected, all.labels), qualityOf(all.raw, all.labels),
                           qualityOf(all.corrected, all.labels), calibrationOf(all.corrected, all.labels)});
    }
    return reports;
}

/// The same sources and models where later events are known.
Result<FunnelPtr> withLater(const Funnel& funnel, const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    auto ground = FunnelGround::open(dataset, job);
    if (!ground)
        return tl::unexpected(ground.error());
    FunnelRecipe recipe = funnel.recipe();
    recipe.rules = {};
    recipe.budgets = {};
    return Funnel::open(std::move(recipe), funnel.parts(), std::move(*ground), job, funnel.learning());
}

} // namespace

Result<std::vector<RankerFeature>> rankerFeatures(const Funnel& funnel)
{
    const LearntRanker* ranker = learntOf(funnel);
    if (!ranker)
        return noRanker();
    if (featureVersion(ranker->sources) != ranker->training.version)
        return error(Code::Unsupported, "The ranker was trained with other features than this program has",
                     "Train the ranker again");
    const std::vector<Feature> declared = features(ranker->sources);
    const std::vector<FeatureUse> uses = ranker->relevance.importance();
    double all = 0;
    for (const FeatureUse& use : uses)
        all += use.gain;
    std::vector<RankerFeature> told;
    for (std::size_t i = 0; i < declared.size() && i < uses.size(); ++i)
        told.push_back({declared[i], all > 0 ? uses[i].gain / all : 0, uses[i].splits,
                        i < ranker->drift.size() ? std::optional(ranker->drift[i]) : std::nullopt});
    std::ranges::stable_sort(told, std::greater<>(), &RankerFeature::gain);
    return told;
}

Result<std::vector<ChanceReport>> chanceReports(const Funnel& funnel, const std::shared_ptr<const Dataset>& dataset,
                                                Timestamp from, std::size_t most, const JobContext& job)
{
    const LearntRanker* ranker = learntOf(funnel);
    if (!ranker)
        return noRanker();
    const auto later = withLater(funnel, dataset, job.part(0, .3));
    if (!later)
        return tl::unexpected(later.error());
    TrainingPlan plan;
    plan.from = from;
    plan.again = funnel.recipe().again;
    plan.mostGroups = most;
    const auto sittings = TrainingSittings::find(*(*later)->ground()->events(), plan, job);
    if (!sittings)
        return tl::unexpected(sittings.error());
    std::vector<Answers> answers(sittings->size());
    const auto done = askCandidates(
        *sittings, [&](const Query& query, const JobContext& own) { return (*later)->candidatesOf(query, own); },
        job.part(.3, 1),
        [&](std::size_t place, const AskedCandidates& asked) {
            const Ranked ranked = (*later)->ranker()->rank(asked.query, asked.found, 0);
            if (ranked.features.rows() == asked.labels.size())
                answers[place] = answersOf(*ranker, ranked.features, asked.labels);
        });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<ChanceReport> reports = reportsOf(answers);
    if (reports.empty() && answers.empty())
        return error(Code::InvalidArgument, "Nobody came back after the ranker was trained",
                     "Train it on an earlier part of the events");
    if (reports.empty())
        return error(Code::Unsupported, "The ranker has not learned how likely anything is",
                     "Take data whose events say what was looked at and bought");
    return reports;
}

} // namespace orrery
