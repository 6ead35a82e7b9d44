// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/freshness.h"

#include "core/base/words.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace orrery {
namespace {

std::size_t eventsBefore(const EventLog& log, Timestamp at)
{
    if (at == endOfTime || !log.hasTimes())
        return log.size();
    return static_cast<std::size_t>(
        std::ranges::count_if(log.times(), [at](Timestamp time) { return time == noTime || time < at; }));
}

// One that does not know what events counted learned when that could not be changed.
bool countsAlike(const ModelRow& row, const Dataset& dataset)
{
    return !row.kindWeights || *row.kindWeights == textOf(dataset.parts().kindWeights);
}

std::string wordsFor(const ModelRow& row, bool continued)
{
    const std::string what = row.asOf == endOfTime ? "all data" : "before " + dateText(row.asOf);
    return continued ? what + ", going on from what it was" : what;
}

} // namespace

void setTrainedOn(ModelRow& row, const Dataset& train)
{
    const EventLog& log = train.log();
    row.trainHash = train.hash();
    row.events = log.size();
    row.upTo = log.hasTimes() && !log.empty() ? *std::ranges::max_element(log.times()) : noTime;
    row.kindWeights = textOf(train.parts().kindWeights);
}

std::optional<std::size_t> eventsSince(const ModelRow& row, const Dataset& dataset)
{
    if (!row.events)
        return std::nullopt;
    const std::size_t now = eventsBefore(dataset.log(), row.asOf);
    return now - std::min(now, *row.events);
}

bool isUpToDate(const ModelRow& row, const Dataset& dataset)
{
    if (row.asOf == endOfTime)
        return row.trainHash == dataset.hash();
    // Its own part of the dataset would have to be made for its hash.
    const auto since = eventsSince(row, dataset);
    return since && *since == 0 && countsAlike(row, dataset);
}

std::string whyNotRefreshed(const ModelRow& row)
{
    const Algorithm* algorithm = findAlgorithm(row.algorithm);
    if (row.algorithm == "imported-list")
        return "Its lists were computed elsewhere: import newer ones.";
    if (row.algorithm == funnelAlgorithm)
        return "A funnel goes with its models: refresh these, and train its ranker again.";
    if (!algorithm)
        return fmt::format("This build of Orrery does not have '{}'.", row.algorithm);
    const bool isOfPart = row.heldOut && row.asOf == endOfTime; // the training file of two, for example
    if (!row.splitJson.empty() || isOfPart)
        return "It was trained on one part of the data, to be judged on the other.";
    return {};
}

Result<Refreshed> refreshed(const ModelRow& row, ModelPtr before, const std::shared_ptr<const Dataset>& dataset,
                            const JobContext& job)
{
    if (const std::string why = whyNotRefreshed(row); !why.empty())
        return error(Code::InvalidArgument, why, "Train another model", row.name);
    const Algorithm& algorithm = *findAlgorithm(row.algorithm);
    const auto params = paramsFromJson(algorithm.params, row.paramsJson);
    if (!params)
        return tl::unexpected(params.error());
    const auto start = std::chrono::steady_clock::now();
    const auto known = row.asOf == endOfTime ? dataset : dataset->before(row.asOf);
    if (!algorithm.warmStart || !countsAlike(row, *dataset))
        before = nullptr;
    CurveRecorder recorder(job);
    auto model = train(algorithm, {known, {}, before}, *params, recorder.job());
    if (!model)
        return tl::unexpected(model.error());
    Refreshed out{row, std::move(*model), recorder.curves()};
    setTrainedOn(out.row, *known);
    out.row.trainedOn = wordsFor(row, before != nullptr);
    out.row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    out.row.build = buildName();
    out.row.createdAt.clear();
    return out;
}

} // namespace orrery
