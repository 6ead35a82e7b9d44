// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/funnel_options.h"

#include "core/base/whole_file.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel_training.h"
#include "core/store/funnel_store.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t largestRecipe = 2 << 20; // bytes

Result<FunnelPart> partNamed(const std::string& name, const std::vector<ModelRow>& rows, const OpenedData& data,
                             const Dataset& train)
{
    const auto row = std::ranges::find(rows, name, &ModelRow::name);
    if (row != rows.end() && findAlgorithm(row->algorithm)) {
        auto recommender = data.workspace->loadRecommender(row->id);
        if (!recommender)
            return tl::unexpected(recommender.error());
        FunnelPart part = partOf(*row, *recommender);
        if (row->trainHash != train.hash())
            part.model = nullptr;
        return part;
    }
    const auto known = catalogue();
    const auto algorithm =
        std::ranges::find_if(known, [&name](const Algorithm& one) { return one.id == name || one.title == name; });
    if (algorithm == known.end())
        return error(Code::InvalidArgument, fmt::format("The recipe names '{}', which is no model", name),
                     "Name a model of the workspace, or an algorithm ('orrery-cli models' lists them)");
    return FunnelPart{name, nullptr, &*algorithm, {}, 1};
}

} // namespace

Result<FunnelRecipe> readFunnelRecipe(const std::string& file)
{
    const auto text = textOfFile(file, largestRecipe);
    if (!text)
        return tl::unexpected(text.error());
    auto recipe = funnelFromJson(*text);
    if (!recipe) {
        Error failure = recipe.error();
        failure.where = failure.where.empty() ? file : fmt::format("{}, {}", file, failure.where);
        return tl::unexpected(std::move(failure));
    }
    return recipe;
}

Result<std::vector<FunnelPart>> partsFor(const FunnelRecipe& recipe, const OpenedData& data, const Dataset& train)
{
    std::vector<ModelRow> rows;
    if (data.workspace) {
        auto stored = data.workspace->models(data.id);
        if (!stored)
            return tl::unexpected(stored.error());
        rows = std::move(*stored);
    }
    std::vector<FunnelPart> parts;
    for (const std::string& name : modelsOf(recipe)) {
        auto part = partNamed(name, rows, data, train);
        if (!part)
            return tl::unexpected(part.error());
        parts.push_back(std::move(*part));
    }
    return parts;
}

Result<FunnelPtr> makeFunnel(const FunnelRecipe& recipe, std::optional<ModelId> stored, const OpenedData& data,
                             const std::shared_ptr<const Dataset>& train, const JobContext& job)
{
    auto parts = partsFor(recipe, data, *train);
    if (!parts)
        return tl::unexpected(parts.error());
    if (!stored)
        return trainFunnel(recipe, *parts, train, job, data.segments);
    auto trained = trainParts(recipe, *parts, train, job.part(0, .8));
    if (!trained)
        return tl::unexpected(trained.error());
    const auto funnel = data.workspace->loadFunnel(*stored);
    if (!funnel)
        return tl::unexpected(funnel.error());
    const auto ground = FunnelGround::open(train, job.part(.8, .9), data.segments);
    if (!ground)
        return tl::unexpected(ground.error());
    return openFunnel(*funnel, *trained, *ground, job.part(.9, 1));
}

} // namespace orrery::cli
