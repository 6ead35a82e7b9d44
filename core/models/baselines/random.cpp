// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/random.h"

#include "core/models/baselines/item_scores.h"

#include <algorithm>

namespace orrery {
namespace {

ItemScoresParts partsWith(std::vector<float> scores)
{
    return {std::move(scores), TermKind::Fallback, "drawn by lot: nothing else counts", Scale::Rank};
}

Result<ModelPtr> fitRandom(const FitInput& input, const ParamSet&, const JobContext& job)
{
    Rng rng = job.rng("random.scores");
    std::vector<float> scores(input.train->itemCount());
    std::ranges::generate(scores, [&rng] { return static_cast<float>(rng.uniform()); });
    return std::make_shared<const ItemScores>(partsWith(std::move(scores)), randomAlgorithm().can);
}

Result<ModelPtr> loadRandom(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}), randomAlgorithm().can);
}

/// The draw itself does not look at the events; asking for them costs a little.
Cost estimateRandom(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.items) * 1.2e-8 + static_cast<double>(shape.interactions) * 1e-12,
            shape.items * sizeof(float) + sizeof(ItemScores)};
}

} // namespace

Algorithm randomAlgorithm()
{
    Algorithm a;
    a.id = "random";
    a.title = "Random";
    a.family = "Non-personal";
    a.summary = "Draws the order of the items by lot, once, the same for everybody. Another seed gives another order.";
    a.whenToUse = "As the floor: what a measure gives to a list that knows nothing at all.";
    a.paper = "Herlocker, Konstan, Terveen & Riedl: Evaluating collaborative filtering recommender systems, "
              "ACM TOIS 2004";
    a.fallback = "The same list as for everybody: the order that was drawn.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "Chance has no notion of similar items.";
    a.seeded = true;
    a.fit = fitRandom;
    a.load = loadRandom;
    a.estimate = estimateRandom;
    return a;
}

} // namespace orrery
