// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/category_popularity.h"

#include "core/models/baselines/item_scores.h"
#include "core/models/content/content_features.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <variant>

namespace orrery {
namespace {

ItemScoresParts partsWith(std::vector<float> scores)
{
    return {std::move(scores), TermKind::Popularity, "how many people used an item of its categories", Scale::Count};
}

bool hasTags(const AttributeTable& items)
{
    return std::ranges::any_of(items.columns(), [](const AttributeColumn& column) {
        const auto* tags = std::get_if<TagColumn>(&column.data);
        return tags && !tags->tags.empty();
    });
}

FeatureConfig categoriesOf(const Dataset& dataset)
{
    FeatureConfig config;
    config.tags = TagUse::Attributes;
    config.numberWeight = 0;
    config.textWeight = hasTags(dataset.items()) ? 0 : 1;
    return config;
}

struct Uses {
    double people = 0, items = 0;

    void add(double count)
    {
        people += count;
        items += count > 0 ? 1 : 0;
    }
    [[nodiscard]] double mean() const { return items > 0 ? people / items : 0; }
};

std::vector<double> peopleOf(const Interactions& interactions)
{
    std::vector<double> people(interactions.items(), 0.0);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell)
        people[interactions.allItems()[cell].value] += interactions.allValues()[cell] > 0 ? 1 : 0;
    return people;
}

std::vector<float> scoresFor(const SparseMatrix& categories, const std::vector<double>& people)
{
    std::vector<Uses> uses(categories.columnCount);
    Uses all;
    for (std::size_t item = 0; item < people.size(); ++item) {
        all.add(people[item]);
        for (const std::uint32_t category : categories.row(item).columns)
            uses[category].add(people[item]);
    }
    std::vector<float> scores;
    for (std::size_t item = 0; item < people.size(); ++item) {
        const auto own = categories.row(item).columns;
        double sum = 0;
        for (const std::uint32_t category : own)
            sum += uses[category].mean();
        scores.push_back(static_cast<float>(own.empty() ? all.mean() : sum / static_cast<double>(own.size())));
    }
    return scores;
}

Result<ModelPtr> fitCategoryPopularity(const FitInput& input, const ParamSet&, const JobContext& job)
{
    const auto categories = contentFeatures(*input.train, categoriesOf(*input.train), job);
    if (!categories)
        return tl::unexpected(categories.error());
    return std::make_shared<const ItemScores>(
        partsWith(scoresFor(categories->rows, peopleOf(input.train->interactions()))),
        categoryPopularityAlgorithm().can);
}

Result<ModelPtr> loadCategoryPopularity(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}), categoryPopularityAlgorithm().can);
}

Cost estimateCategoryPopularity(const DatasetShape& shape, const ParamSet&)
{
    const Cost content = costOfFeatures(shape);
    return {content.seconds + static_cast<double>(shape.interactions) * 2e-9, content.bytes + shape.items * 16};
}

} // namespace

Algorithm categoryPopularityAlgorithm()
{
    Algorithm a;
    a.id = "category-popularity";
    a.title = "Popular categories";
    a.family = "Non-personal";
    a.summary = "Gives each item how much the items of its categories are used, also one that nobody used yet. Where "
                "items have no categories, their words stand for these.";
    a.whenToUse = "As the bar for new items, which have no popularity of their own.";
    a.paper = "Schein, Popescul, Ungar & Pennock: Methods and metrics for cold-start recommendations, SIGIR 2002";
    a.fallback = "The same list as for everybody: items of the categories that are used most.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "The popularity of categories says nothing of similar items.";
    a.needs = {Need::ItemContent};
    a.fit = fitCategoryPopularity;
    a.load = loadCategoryPopularity;
    a.estimate = estimateCategoryPopularity;
    return a;
}

} // namespace orrery
