// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/co_occurrence.h"

#include "core/models/item_to_item.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

enum class Measure { Count, Lift, Jaccard, Cosine };

struct CoOccurrenceConfig {
    Measure measure = Measure::Cosine;
    int support = 2;
    int neighbours = 100;
    Entries entries = Entries::Liked;
};

const ParamTable<CoOccurrenceConfig>& table()
{
    static const auto declared =
        ParamTable<CoOccurrenceConfig>{}
            .choice("measure", "Measure",
                    "When items go together: counts favour what is popular, lift what is rare; Jaccard and cosine lie "
                    "between",
                    &CoOccurrenceConfig::measure,
                    {{"count", "People with both"},
                     {"lift", "Lift: how many times as often as by chance"},
                     {"jaccard", "Jaccard: people with both of people with either"},
                     {"cosine", "Cosine"}})
            .number("support", "Support", "Pairs that fewer people used together are left out; 2 to 20 is usual",
                    &CoOccurrenceConfig::support, 1, 10000, ParamScale::Logarithmic)
            .number("neighbours", "Neighbours", "Items kept for each item; 20 to 200 is usual",
                    &CoOccurrenceConfig::neighbours, 1, 5000, ParamScale::Logarithmic)
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count",
                    &CoOccurrenceConfig::entries, {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}});
    return declared;
}

double valueOf(Measure measure, double together, double a, double b, double all)
{
    switch (measure) {
    case Measure::Count: return together;
    case Measure::Lift: return all * together / (a * b);
    case Measure::Jaccard: return together / (a + b - together);
    case Measure::Cosine: return together / std::sqrt(a * b);
    }
    return 0;
}

double peopleWithEntries(const SparseMatrix& matrix)
{
    double people = 0;
    for (std::size_t p = 0; p < matrix.rowCount(); ++p)
        people += matrix.row(p).size() > 0 ? 1 : 0;
    return people;
}

Result<SparseMatrix> companions(const SparseMatrix& matrix, const CoOccurrenceConfig& config, const JobContext& job)
{
    const SparseMatrix items = matrix.transposed();
    const double people = peopleWithEntries(matrix);
    const auto least = static_cast<double>(config.support);
    return overlaps::best(matrix, items, static_cast<std::size_t>(config.neighbours), job,
                          [&](std::size_t a, std::uint32_t b, const overlaps::Overlap& both) {
                              return both.people < least
                                         ? 0.F
                                         : static_cast<float>(valueOf(
                                               config.measure, both.people, static_cast<double>(items.row(a).size()),
                                               static_cast<double>(items.row(b).size()), people));
                          });
}

Result<ModelPtr> fitCoOccurrence(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, Weighting::Binary, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    auto kept = companions(*matrix, *config, job);
    if (!kept)
        return tl::unexpected(kept.error());
    return std::make_shared<const ItemToItem>(
        ItemToItemParts{std::move(*kept), weigher, PopularFallback(input.train->interactions())},
        coOccurrenceAlgorithm().can);
}

Result<ModelPtr> loadCoOccurrence(const Artifact& artifact)
{
    return ItemToItem::load(artifact, coOccurrenceAlgorithm().can);
}

Cost estimateCoOccurrence(const DatasetShape& shape, const ParamSet& params)
{
    const CoOccurrenceConfig config = table().read(params).value_or(CoOccurrenceConfig{});
    const auto work = overlaps::Work::of(shape, config.entries);
    const double kept = work.kept(static_cast<std::size_t>(config.neighbours), config.support);
    return {work.seconds(1e-8) + kept * 4e-8, overlaps::bytesOfItemToItem(shape, work, kept)};
}

} // namespace

Algorithm coOccurrenceAlgorithm()
{
    Algorithm a;
    a.id = "co-occurrence";
    a.title = "Co-occurrence";
    a.family = "Neighbourhood";
    a.summary = "Counts how often two items were used by the same people, and offers what goes with the history. It is "
                "the source of \"frequently bought together\".";
    a.whenToUse =
        "For lists beside an item (\"goes with\"), and where everybody should be able to check the numbers by "
        "hand.";
    a.paper = "Brin, Motwani, Ullman & Tsur: Dynamic itemset counting and implication rules for market basket data, "
              "SIGMOD 1997; Linden, Smith & York: Amazon.com recommendations: item-to-item collaborative filtering, "
              "IEEE Internet Computing 2003";
    a.fallback = PopularFallback::declaration();
    a.params = table().specs();
    a.fit = fitCoOccurrence;
    a.load = loadCoOccurrence;
    a.estimate = estimateCoOccurrence;
    return a;
}

} // namespace orrery
