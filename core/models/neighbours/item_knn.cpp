// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/item_knn.h"

#include "core/models/item_to_item.h"
#include "core/models/neighbours/item_similarity.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/params/param_table.h"

#include <algorithm>

namespace orrery {
namespace {

struct ItemKnnConfig {
    int neighbours = 50;
    Similarity similarity = Similarity::Cosine;
    float shrinkage = 10;
    float k1 = SimilarityConfig{}.k1;
    float b = SimilarityConfig{}.b;
    Weighting weighting = Weighting::Value;
    Entries entries = Entries::Liked;
};

const ParamTable<ItemKnnConfig>& table()
{
    static const auto declared =
        ParamTable<ItemKnnConfig>{}
            .number("neighbours", "Neighbours", "Similar items kept for each item; 20 to 200 is usual",
                    &ItemKnnConfig::neighbours, 1, 2000, ParamScale::Logarithmic)
            .choice("similarity", "Similarity",
                    "When two items count as alike: cosine uses the weights below, Jaccard only who used both; TF-IDF "
                    "and BM25 trust people of few items more",
                    &ItemKnnConfig::similarity, similarityChoices())
            .number("shrinkage", "Shrinkage",
                    "Holds back similarities that few people vouch for; 0 trusts all, 10 to 100 is usual",
                    &ItemKnnConfig::shrinkage, 0, 1000)
            .choice("weighting", "Weight of an entry",
                    "What one entry of a history counts: that it is there, its value, or its value against the "
                    "person's mean",
                    &ItemKnnConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &ItemKnnConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .number("bm25-k1", "k1 of BM25", "How soon more of the same counts no more; 1.2 to 100 is usual",
                    &ItemKnnConfig::k1, 0, 1000)
            .advanced()
            .number("bm25-b", "b of BM25", "How much items of many people are held back; 0.75 is usual",
                    &ItemKnnConfig::b, 0, 1)
            .advanced();
    return declared;
}

Result<ModelPtr> fitItemKnn(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    auto neighbours = mostSimilarColumns(*matrix, static_cast<std::size_t>(config->neighbours),
                                         {config->similarity, config->shrinkage, config->k1, config->b}, job);
    if (!neighbours)
        return tl::unexpected(neighbours.error());
    return std::make_shared<const ItemToItem>(
        ItemToItemParts{std::move(*neighbours), weigher, PopularFallback(input.train->interactions())},
        itemKnnAlgorithm().can);
}

Result<ModelPtr> loadItemKnn(const Artifact& artifact) { return ItemToItem::load(artifact, itemKnnAlgorithm().can); }

Cost estimateItemKnn(const DatasetShape& shape, const ParamSet& params)
{
    const ItemKnnConfig config = table().read(params).value_or(ItemKnnConfig{});
    const auto work = overlaps::Work::of(shape, config.entries);
    const double kept = work.kept(static_cast<std::size_t>(config.neighbours));
    return {work.seconds(3.2e-9) + kept * 4e-8, overlaps::bytesOfItemToItem(shape, work, kept)};
}

} // namespace

Algorithm itemKnnAlgorithm()
{
    Algorithm a;
    a.id = "item-knn";
    a.title = "Item kNN";
    a.family = "Neighbourhood";
    a.summary = "Finds for each item the items that the same people used, and offers what is close to the person's "
                "history. Every recommendation traces back to single items of that history.";
    a.whenToUse = "As a first personal model: quick to train, easy to explain, and it follows a history as it grows.";
    a.paper = "Sarwar, Karypis, Konstan & Riedl: Item-based collaborative filtering recommendation algorithms, "
              "WWW 2001; Deshpande & Karypis: Item-based top-N recommendation algorithms, ACM TOIS 2004";
    a.fallback = PopularFallback::declaration();
    a.starter = true;
    a.params = table().specs();
    a.fit = fitItemKnn;
    a.load = loadItemKnn;
    a.estimate = estimateItemKnn;
    return a;
}

} // namespace orrery
