// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/pipeline/asked_funnel.h"
#include "core/pipeline/funnel_training.h"
#include "core/ranking/asked_candidates.h"

#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostQuestions = 1000;
constexpr float neverFound = 1e-6F;

/// Of one question: lengths of the lists, and source and place of each hit.
struct Hits {
    std::vector<std::uint32_t> lengths;
    std::vector<std::pair<std::size_t, std::size_t>> found;
};

Hits hitsOf(const AskedCandidates& asked)
{
    Hits hits{asked.found.found, {}};
    for (std::size_t row = 0; row < asked.found.size(); ++row)
        if (asked.labels[row] > 0)
            for (std::size_t source = 0; source < asked.found.sources; ++source)
                if (const std::uint16_t place = asked.found.placesOf(row)[source]; place > 0)
                    hits.found.emplace_back(source, place);
    return hits;
}

std::vector<PlaceCounts> countsOf(const std::vector<Hits>& questions, std::size_t sources)
{
    std::vector<PlaceCounts> counts(sources);
    for (const Hits& question : questions) {
        for (std::size_t source = 0; source < question.lengths.size(); ++source) {
            auto& [asked, hits] = counts[source];
            asked.resize(std::max<std::size_t>(asked.size(), question.lengths[source]), 0);
            hits.resize(asked.size(), 0);
            for (std::size_t place = 0; place < question.lengths[source]; ++place)
                ++asked[place];
        }
        for (const auto& [source, place] : question.found)
            if (place <= counts[source].hits.size())
                ++counts[source].hits[place - 1];
    }
    return counts;
}

} // namespace

Result<PlaceChancesPtr> learnMerge(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                   const std::shared_ptr<const Dataset>& dataset, const JobContext& job,
                                   RankerPeriods periods)
{
    TrainingPlan plan;
    plan.from = dataset->timeOfShare(periods.from);
    plan.again = recipe.again;
    plan.mostGroups = mostQuestions;
    if (plan.from == noTime)
        return error(Code::InvalidArgument, "A merge learns from what came later, and these events have no times",
                     "Merge by places");
    FunnelRecipe wide = sourcesOnly(recipe);
    wide.mergeBy = MergeBy::ReciprocalRank;
    wide.keep = mostProposed(wide); // whole lists are looked at
    job.progress(0, "training its models on what was before");
    const auto funnel = askedFunnel(wide, parts, dataset, plan.from, job.part(0, .6));
    if (!funnel)
        return tl::unexpected(funnel.error());
    const auto sittings = TrainingSittings::find(*(*funnel)->ground()->events(), plan, job);
    if (!sittings)
        return tl::unexpected(sittings.error());
    job.progress(.6, "asking for candidates");
    std::vector<Hits> questions(sittings->size());
    const auto done = askCandidates(
        *sittings, [&](const Query& query, const JobContext& own) { return (*funnel)->candidatesOf(query, own); },
        job.part(.6, 1), [&](std::size_t place, const AskedCandidates& asked) { questions[place] = hitsOf(asked); });
    if (!done)
        return tl::unexpected(done.error());
    auto out = std::make_shared<PlaceChances>();
    const auto counts = countsOf(questions, (*funnel)->recipe().sources.size());
    std::uint64_t hits = 0;
    for (std::size_t source = 0; source < counts.size(); ++source) {
        hits += std::accumulate(counts[source].hits.begin(), counts[source].hits.end(), std::uint64_t{0});
        out->sources.push_back(titleOf((*funnel)->recipe().sources[source]));
        out->byPlace.push_back(placeChances(counts[source]));
        if (out->byPlace.back().empty()) // it found nothing for anybody
            out->byPlace.back() = {neverFound};
    }
    if (hits == 0)
        return error(
            Code::InvalidArgument,
            fmt::format("In {} nothing was used that the sources found", counted(questions.size(), "question")),
            "Merge by places");
    out->learnedFrom = fmt::format("{} from {} on; {}", counted(questions.size(), "question"), dateText(plan.from),
                                   counted(hits, "hit"));
    return PlaceChancesPtr(std::move(out));
}

} // namespace orrery
