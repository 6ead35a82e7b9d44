// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/benchmark_speed.h"

#include "app/cli/json.h"
#include "app/cli/memory_meter.h"
#include "app/cli/text_table.h"
#include "core/models/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace orrery::cli {
namespace {

/// The quickest of some trainings, and the most memory that one of them took.
struct Measured {
    double seconds = std::numeric_limits<double>::infinity();
    std::optional<std::size_t> bytes; ///< beyond what was there before; none where the system does not tell
};

struct SpeedRow {
    const ModelChoice* choice;
    Cost estimated;
    Measured one, all; ///< on one thread, on all
};

Status measure(Measured& measured, const ModelChoice& choice, const std::shared_ptr<const Dataset>& dataset,
               const JobContext& job)
{
    const MemoryMeter memory;
    const auto start = std::chrono::steady_clock::now();
    const auto model = train(*choice.algorithm, {dataset}, choice.params, job);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (!model)
        return tl::unexpected(model.error());
    measured.seconds = std::min(measured.seconds, took.count());
    if (const auto bytes = memory.mostSinceStart())
        measured.bytes = std::max(measured.bytes.value_or(0), *bytes);
    return {};
}

Status measureBoth(SpeedRow& row, const std::shared_ptr<const Dataset>& dataset, int repeat, const Context& context)
{
    for (int i = 0; i < repeat; ++i)
        for (Measured* measured : {&row.one, &row.all}) {
            const int threads = measured == &row.one ? 1 : context.job.threads();
            const auto done =
                measure(*measured, *row.choice, dataset, JobContext({context.seed, threads}, context.token));
            if (!done)
                return done;
        }
    return {};
}

double ratio(double measured, double estimated) { return estimated > 0 ? measured / estimated : 0; }

std::string megabytes(double bytes) { return fmt::format("{:.1f}", bytes / 1e6); }

std::string tableOf(const std::vector<SpeedRow>& rows)
{
    TextTable table(
        {"model", "one thread s", "all s", "speed-up", "estimated s", "ratio", "memory MB", "estimated MB", "ratio"});
    for (const SpeedRow& row : rows) {
        const auto bytes = static_cast<double>(row.one.bytes.value_or(0));
        const auto expected = static_cast<double>(row.estimated.bytes);
        table.add({row.choice->name, fmt::format("{:.3f}", row.one.seconds), fmt::format("{:.3f}", row.all.seconds),
                   fmt::format("{:.2f}", row.one.seconds / row.all.seconds),
                   fmt::format("{:.3f}", row.estimated.seconds),
                   fmt::format("{:.2f}", ratio(row.one.seconds, row.estimated.seconds)),
                   row.one.bytes ? megabytes(bytes) : "", megabytes(expected),
                   row.one.bytes ? fmt::format("{:.2f}", ratio(bytes, expected)) : ""});
    }
    return table.text();
}

Json rowJson(const SpeedRow& row)
{
    Json out = {{"model", row.choice->name},
                {"algorithm", row.choice->algorithm->id},
                {"seconds", {{"oneThread", row.one.seconds}, {"allThreads", row.all.seconds}}},
                {"estimated", {{"seconds", row.estimated.seconds}, {"bytes", row.estimated.bytes}}}};
    if (row.one.bytes)
        out["bytes"] = *row.one.bytes;
    return out;
}

} // namespace

Result<Output> benchmarkSpeed(const std::shared_ptr<const Dataset>& dataset, const std::vector<ModelChoice>& choices,
                              int repeat, const Context& context)
{
    (void)dataset->interactions(); // derived once, and no part of any training
    std::vector<SpeedRow> rows;
    for (const ModelChoice& choice : choices) {
        context.job.progress(static_cast<double>(rows.size()) / static_cast<double>(choices.size()), choice.name);
        SpeedRow row{&choice, expectedCost(*choice.algorithm, dataset->shape(), choice.params), {}, {}};
        if (const auto done = measureBoth(row, dataset, repeat, context); !done)
            return tl::unexpected(done.error());
        rows.push_back(row);
    }
    Json json = {{"dataset", datasetJson(*dataset)}, {"threads", context.job.threads()}, {"models", Json::array()}};
    for (const SpeedRow& row : rows)
        json["models"].push_back(rowJson(row));
    return Output{dump(json), fmt::format("All is {} threads. Memory is the most beyond the data, on one thread.\n\n",
                                          context.job.threads()) +
                                  tableOf(rows)};
}

} // namespace orrery::cli
