// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/weigh.h"

#include "core/data/import_recipe.h"

#include <algorithm>
#include <optional>

namespace orrery {
namespace {

bool countsAnything(const Dataset& dataset)
{
    const EventLog& log = dataset.log();
    return log.empty() || log.kinds().empty() ||
           std::ranges::any_of(log.kinds(), [&](EventKind kind) { return dataset.kindWeights()[kind] > 0; });
}

// A recipe of a newer version, which is not understood, stays what it is.
std::string recipeWith(const std::string& json, const KindWeights& weights)
{
    if (json.empty())
        return json;
    auto recipe = recipeFromJson(json);
    if (!recipe)
        return json;
    recipe->kindWeights = weights == KindWeights() ? std::nullopt : std::optional(weights);
    return toJson(*recipe);
}

} // namespace

Result<Imported> weighed(Imported whole, const KindWeights& weights)
{
    whole.dataset = whole.dataset->withKindWeights(weights);
    if (!countsAnything(*whole.dataset))
        return error(Code::InvalidArgument, "No event would count",
                     "Give one kind of event that there is a weight above 0", whole.dataset->name());
    whole.report.duplicates = whole.dataset->interactions().merged();
    whole.report.recipe = recipeWith(whole.report.recipe, weights);
    return whole;
}

} // namespace orrery
