// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/new_rows.h"

#include "core/base/words.h"
#include "core/evaluation/candidates.h"
#include "core/evaluation/protocol_json.h"

#include <algorithm>
#include <array>

namespace orrery {
namespace {

constexpr std::size_t colours = 8;

} // namespace

std::string freeName(const std::string& wanted, const std::function<bool(const std::string&)>& isTaken)
{
    std::string name = wanted;
    for (int number = 2; isTaken(name); ++number)
        name = wanted + " " + std::to_string(number);
    return name;
}

std::string freeName(const std::string& wanted, std::span<const ModelRow> models)
{
    return freeName(wanted, [&](const std::string& name) {
        return std::ranges::find(models, name, &ModelRow::name) != models.end();
    });
}

int freeColour(std::span<const ModelRow> models, std::size_t ahead)
{
    std::array<std::size_t, colours> used{};
    for (const ModelRow& row : models)
        ++used[static_cast<std::size_t>(row.colour) % colours];
    for (std::size_t i = 0; i < ahead; ++i)
        ++*std::ranges::min_element(used);
    return static_cast<int>(std::ranges::min_element(used) - used.begin());
}

void setTrainedOn(ModelRow& row, const SplitPlan& plan, const Split& split)
{
    row.trainedOn =
        split.asOf == endOfTime ? "the training part: " + split.description : "before " + dateText(split.asOf);
    row.trainHash = split.train->hash();
    row.asOf = split.asOf;
    row.heldOut = true;
    row.splitJson = toJson(plan);
}

RunRow runRow(ModelId model, const SplitPlan& plan, const Split& split, const Protocol& protocol, std::uint64_t seed,
              EvaluationReport report)
{
    RunRow run;
    run.model = model;
    run.protocolHash = report.protocolHash;
    run.splitDescription = split.description;
    run.protocolJson = toJson(plan, protocol, candidatesText(split));
    run.build = buildName();
    run.seed = seed;
    run.report = std::move(report);
    return run;
}

} // namespace orrery
