// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rating_knn.h"

#include "core/models/artifact.h"

#include <array>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr int mostNeighbours = 1'000, mostSupport = 1'000, mostKept = 100'000;

double meanOf(std::span<const float> values)
{
    return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviationOf(std::span<const float> values)
{
    const double mean = meanOf(values);
    double squares = 0;
    for (const float value : values)
        squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    return values.empty() ? 0 : std::sqrt(squares / static_cast<double>(values.size()));
}

bool within(std::int64_t value, std::int64_t low, std::int64_t high) { return low <= value && value <= high; }

} // namespace

RatingNorm normOf(RatingVariant variant, std::span<const float> values, double bias, double allSpread)
{
    switch (variant) {
    case RatingVariant::Basic: break;
    case RatingVariant::Means: return {meanOf(values), 1};
    case RatingVariant::ZScores: {
        const double spread = deviationOf(values);
        return {meanOf(values), spread > 0 ? spread : allSpread};
    }
    case RatingVariant::Baseline: return {bias, 1};
    }
    return {};
}

double spreadOf(std::span<const float> values)
{
    const double spread = deviationOf(values);
    return spread > 0 ? spread : 1;
}

ParamTable<RatingKnnConfig> ratingKnnTable(KnnSide side)
{
    const bool items = side == KnnSide::Items;
    ParamTable<RatingKnnConfig> table;
    table
        .choice("variant", "Ratings count",
                items ? "As they are, or as they differ from the item's mean (in its standard deviations), or bias"
                      : "As they are, or as they differ from the person's mean (in its standard deviations), or bias",
                &RatingKnnConfig::variant,
                {{"basic", "As they are"},
                 {"means", "Against the mean"},
                 {"z-score", "In standard deviations"},
                 {"baseline", "Against the bias baseline"}})
        .choice("similarity", "Similarity",
                items ? "When two items count as alike, by the people who rated both (Jaccard: by who rated them)"
                      : "When two people count as alike, by the items that both rated (Jaccard: by what they rated)",
                &RatingKnnConfig::similarity,
                {{"cosine", "Cosine"},
                 {"adjusted-cosine", "Adjusted cosine"},
                 {"pearson", "Pearson correlation"},
                 {"pearson-baseline", "Pearson against the baseline"},
                 {"msd", "Mean squared difference"},
                 {"jaccard", "Jaccard"}})
        .number("shrinkage", "Shrinkage",
                "Holds back similarities that little vouches for; 0 trusts all; 10 suits differences, 100 the Pearsons",
                &RatingKnnConfig::shrinkage, 0, 10'000)
        .number("neighbours", "Neighbours",
                items ? "Of what the person rated, so many of the most similar items count; 20 to 80 is usual"
                      : "Of those who rated the item, so many of the most similar people count; 20 to 80 is usual",
                &RatingKnnConfig::neighbours, 1, mostNeighbours, ParamScale::Logarithmic)
        .number("min-neighbours", "At least", "With fewer neighbours the bias baseline answers",
                &RatingKnnConfig::minNeighbours, 1, mostNeighbours, ParamScale::Logarithmic)
        .advanced()
        .number("min-support", "Least in common", "Two with fewer ratings in common do not count as alike",
                &RatingKnnConfig::minSupport, 1, mostSupport, ParamScale::Logarithmic)
        .advanced();
    if (items)
        table
            .number("kept", "Similar items kept",
                    "Of each item only the most similar are stored, so that memory grows with items times this",
                    &RatingKnnConfig::kept, 1, mostKept, ParamScale::Logarithmic)
            .advanced();
    return table;
}

void RatingKnnConfig::save(Artifact& artifact) const
{
    artifact.put("knn-settings", std::span<const std::int64_t>(std::array<std::int64_t, 6>{
                                     static_cast<std::int64_t>(variant), static_cast<std::int64_t>(similarity),
                                     neighbours, minNeighbours, minSupport, kept}));
    artifact.putNumber("shrinkage", static_cast<double>(shrinkage));
}

Result<RatingKnnConfig> RatingKnnConfig::load(const Artifact& artifact)
{
    const auto numbers = artifact.integers("knn-settings", 6);
    if (!numbers)
        return tl::unexpected(numbers.error());
    const auto shrinkage = artifact.number("shrinkage");
    if (!shrinkage)
        return tl::unexpected(shrinkage.error());
    const auto& n = *numbers;
    if (!within(n[0], 0, 3) || !within(n[1], 0, 5) || !within(n[2], 1, mostNeighbours) ||
        !within(n[3], 1, mostNeighbours) || !within(n[4], 1, mostSupport) || !within(n[5], 1, mostKept) ||
        !(*shrinkage >= 0))
        return error(Code::Corrupt, "The stored model's 'knn-settings' are out of range", "Train the model again",
                     "knn-settings");
    RatingKnnConfig config;
    config.variant = static_cast<RatingVariant>(n[0]);
    config.similarity = static_cast<RatingMeasure>(n[1]);
    config.neighbours = static_cast<int>(n[2]);
    config.minNeighbours = static_cast<int>(n[3]);
    config.minSupport = static_cast<int>(n[4]);
    config.kept = static_cast<int>(n[5]);
    config.shrinkage = static_cast<float>(*shrinkage);
    return config;
}

std::vector<Term> neighbourTerms(const BaselinePart& baseline, const KnnQuestion& question,
                                 std::vector<NeighbourSay> neighbours)
{
    std::vector<Term> terms;
    // Of the baseline variant everybody's ratings of one item (one person's of all items) share what drops out.
    double shared = 0;
    if (question.variant == RatingVariant::Baseline) {
        terms = baseline.terms(question.item, question.personBias, true);
        shared = terms[0].value + terms[question.side == KnnSide::People ? 1 : 2].value;
    } else if (question.variant != RatingVariant::Basic) {
        const bool item = question.side == KnnSide::Items;
        terms.push_back({item ? TermKind::ItemBias : TermKind::PersonBias,
                         {},
                         item ? "mean rating of this item" : "mean rating of this person",
                         question.own.centre});
    }
    double weights = 0;
    for (const NeighbourSay& neighbour : neighbours)
        weights += static_cast<double>(neighbour.similarity);
    for (NeighbourSay& neighbour : neighbours) {
        neighbour.term.value = question.own.spread * static_cast<double>(neighbour.similarity) *
                               (neighbour.norm.of(neighbour.rating) - shared) / weights;
        terms.push_back(std::move(neighbour.term));
    }
    return terms;
}

} // namespace orrery
