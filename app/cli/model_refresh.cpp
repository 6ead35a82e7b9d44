// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_refresh.h"

#include "core/base/words.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

Result<ModelRefresh> refreshOne(Workspace& workspace, const ModelRow& row,
                                const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    ModelRefresh out{row, eventsSince(row, *dataset), false, whyNotRefreshed(row)};
    if (out.why.empty() && isUpToDate(row, *dataset))
        out.why = "It is up to date.";
    if (!out.why.empty())
        return out;
    const auto before = workspace.loadRecommender(row.id);
    if (!before)
        return tl::unexpected(before.error());
    auto now = refreshed(row, (*before)->model(), dataset, job);
    if (!now)
        return tl::unexpected(now.error());
    out.row = std::move(now->row);
    out.done = true;
    return workspace.updateModel(out.row, *now->model, now->curves).map([&] { return std::move(out); });
}

} // namespace

Result<std::vector<ModelRefresh>> refreshModels(Workspace& workspace, DatasetId id, std::span<const ModelId> wanted,
                                                const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    auto rows = workspace.models(id);
    if (!rows)
        return tl::unexpected(rows.error());
    if (!wanted.empty())
        std::erase_if(*rows, [&](const ModelRow& row) { return std::ranges::count(wanted, row.id) == 0; });
    std::vector<ModelRefresh> out;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto share = static_cast<double>(rows->size());
        auto one = refreshOne(workspace, (*rows)[i], dataset,
                              job.part(static_cast<double>(i) / share, static_cast<double>(i + 1) / share));
        if (!one)
            return tl::unexpected(one.error());
        out.push_back(std::move(*one));
    }
    return out;
}

Json refreshJson(const std::vector<ModelRefresh>& models)
{
    Json out = Json::array();
    for (const ModelRefresh& model : models) {
        Json json = {{"model", model.row.id}, {"name", model.row.name}, {"refreshed", model.done}};
        if (model.newer)
            json["newerEvents"] = *model.newer;
        if (model.done) {
            json["trainedOn"] = model.row.trainedOn;
            json["seconds"] = model.row.seconds;
        } else {
            json["why"] = model.why;
        }
        out.push_back(std::move(json));
    }
    return out;
}

std::string refreshText(const std::vector<ModelRefresh>& models)
{
    std::string out;
    for (const ModelRefresh& model : models)
        out += model.done ? fmt::format("'{}' was trained on {} in {:.2f} s\n", model.row.name, model.row.trainedOn,
                                        model.row.seconds)
                          : fmt::format("'{}' stays as it is. {}\n", model.row.name, model.why);
    return out;
}

} // namespace orrery::cli
