// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/benchmark_accuracy.h"

#include "app/cli/benchmark_protocols.h"
#include "app/cli/console.h"
#include "app/cli/leaderboard.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>

namespace orrery::cli {
namespace {

/// Whom a protocol cannot judge, and why not: "Trending needs times."
struct Passed {
    std::string title, why;
};

/// A protocol on the data at hand, and who was judged by it.
struct ProtocolRun {
    const BenchmarkProtocol* protocol;
    std::vector<Split> splits;
    std::vector<Judged> judged; ///< best first
    std::vector<Passed> passed;
};

Result<Protocol> askedBy(const BenchmarkProtocol& published, const Dataset& dataset, std::uint64_t seed)
{
    Protocol protocol = Protocol::standard(dataset);
    protocol.bootstrapSeed = seed;
    protocol.bootstrapRounds = 0;
    auto chosen = parseMetrics(published.metrics);
    if (!chosen)
        return tl::unexpected(chosen.error());
    protocol.metrics = std::move(*chosen);
    return protocol;
}

// Why this protocol cannot judge this model, or "".
std::string whyPassed(const BenchmarkProtocol& protocol, const Algorithm& algorithm, const Dataset& train)
{
    if (protocol.ofRatings && !algorithm.can.ratings)
        return algorithm.title + " predicts no ratings.";
    return whyNot(algorithm, train);
}

Status judgeOne(Judged& judged, const Split& split, const Protocol& protocol, const JobContext& job)
{
    const auto model = makeReady(judged.choice, {}, split.train, job.part(0, 0.8));
    if (!model)
        return tl::unexpected(model.error());
    auto report = orrery::evaluate(split, *model->recommender, protocol, job.part(0.8, 1));
    if (!report)
        return tl::unexpected(report.error());
    judged.reports.push_back(report->withoutPeople());
    judged.trainingSeconds.push_back(model->seconds);
    return {};
}

Status judgeAll(ProtocolRun& run, const std::vector<ModelChoice>& choices, const Protocol& protocol,
                const JobContext& job)
{
    const double share = 1.0 / static_cast<double>(choices.size() * run.splits.size());
    double from = 0;
    for (const ModelChoice& choice : choices) {
        Judged judged{choice};
        const std::string why = whyPassed(*run.protocol, *choice.algorithm, *run.splits.front().train);
        for (const Split& split : run.splits) {
            const JobContext part = job.part(from, from + share);
            from += share;
            if (!why.empty())
                continue;
            part.progress(0, fmt::format("{}: {}", run.protocol->id, choice.name));
            if (const auto done = judgeOne(judged, split, protocol, part); !done)
                return done;
        }
        if (why.empty())
            run.judged.push_back(std::move(judged));
        else
            run.passed.push_back({choice.algorithm->title, why});
    }
    sortByFirstMetric(run.judged);
    return {};
}

Result<ProtocolRun> runProtocol(const BenchmarkProtocol& published, const std::shared_ptr<const Dataset>& dataset,
                                const std::vector<ModelChoice>& choices, const Context& context, const JobContext& job)
{
    auto splits = benchmarkSplits(published, dataset, context.seed);
    if (!splits)
        return tl::unexpected(splits.error());
    const auto protocol = askedBy(published, *splits->front().train, context.seed);
    if (!protocol)
        return tl::unexpected(protocol.error());
    ProtocolRun run{&published, std::move(*splits), {}, {}};
    if (const auto done = judgeAll(run, choices, *protocol, job); !done)
        return tl::unexpected(done.error());
    return run;
}

double trainingSeconds(const Judged& judged)
{
    double sum = 0;
    for (const double seconds : judged.trainingSeconds)
        sum += seconds;
    return sum;
}

std::string publishedText(const PublishedValue* value)
{
    return value ? fmt::format("{:.4g} {}", value->value, value->source) : std::string();
}

/// The titles of those who were passed over for the same reason, by reason: "predicts no ratings".
std::map<std::string, std::vector<std::string>> passedByReason(const ProtocolRun& run)
{
    std::map<std::string, std::vector<std::string>> titles;
    for (const auto& [title, why] : run.passed) {
        std::string reason = why.starts_with(title + ' ') ? why.substr(title.size() + 1) : why;
        if (reason.ends_with('.'))
            reason.pop_back();
        titles[reason].push_back(title);
    }
    return titles;
}

std::string runText(const ProtocolRun& run, std::string_view data)
{
    std::string text = fmt::format("{} ({})\n", run.protocol->title, run.protocol->source);
    text += run.splits.front().description + "\n\n";
    if (!run.judged.empty()) {
        const auto& metrics = run.judged.front().reports.front().values;
        std::vector<std::string> header = {"model"};
        for (const auto& value : metrics) {
            header.push_back(value.metric.id());
            if (!data.empty())
                header.emplace_back("published");
        }
        header.emplace_back("training s");
        TextTable table(header);
        for (const Judged& judged : run.judged) {
            std::vector<std::string> cells = {judged.choice.name};
            for (std::size_t i = 0; i < metrics.size(); ++i) {
                cells.push_back(fmt::format("{:.4f}", judged.mean(i)));
                if (!data.empty())
                    cells.push_back(publishedText(
                        publishedValue(data, run.protocol->id, judged.choice.algorithm->id, metrics[i].metric.id())));
            }
            cells.push_back(fmt::format("{:.2f}", trainingSeconds(judged)));
            table.add(std::move(cells));
        }
        text += table.text();
    }
    for (const auto& [why, titles] : passedByReason(run))
        text += fmt::format("not judged ({}): {}\n", why, fmt::join(titles, ", "));
    return text + "\n";
}

Json runJson(const ProtocolRun& run, std::string_view data)
{
    Json out = {{"protocol", run.protocol->id},   {"title", run.protocol->title},
                {"source", run.protocol->source}, {"split", run.splits.front().description},
                {"folds", run.splits.size()},     {"models", Json::array()},
                {"passed", Json::array()}};
    for (const Passed& passed : run.passed)
        out["passed"].push_back(passed.why);
    for (const Judged& judged : run.judged) {
        Json model = judgedJson(judged, run.judged.front());
        for (const auto& value : judged.reports.front().values)
            if (const auto* known =
                    publishedValue(data, run.protocol->id, judged.choice.algorithm->id, value.metric.id()))
                model["published"][value.metric.id()] = {{"value", known->value}, {"source", known->source}};
        out["models"].push_back(std::move(model));
    }
    return out;
}

} // namespace

Result<Output> benchmarkAccuracy(const std::shared_ptr<const Dataset>& dataset, const std::vector<ModelChoice>& choices,
                                 const std::string& protocol, const Context& context)
{
    const std::string_view data = knownDataset(*dataset);
    Json json = {{"dataset", datasetJson(*dataset)}, {"published", data}, {"seed", context.seed}};
    json["protocols"] = Json::array();
    std::string text = data.empty() ? std::string() : fmt::format("These are the data of {}.\n\n", data);
    std::vector<const BenchmarkProtocol*> asked;
    for (const BenchmarkProtocol& one : benchmarkProtocols())
        if (one.coldStart == ColdStart::None &&
            (protocol.empty() ? !one.ofRatings || dataset->feedback() == Feedback::Explicit : one.id == protocol))
            asked.push_back(&one);
    const double share = 0.9 / static_cast<double>(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const double from = 0.1 + share * static_cast<double>(i);
        const auto run = runProtocol(*asked[i], dataset, choices, context, context.job.part(from, from + share));
        if (!run && (run.error().code != Code::InvalidArgument || asked.size() == 1))
            return tl::unexpected(run.error());
        if (!run) {
            context.console.note(fmt::format("{}: {}", asked[i]->id, run.error().message));
            continue;
        }
        json["protocols"].push_back(runJson(*run, data));
        text += runText(*run, data);
    }
    return Output{dump(json), text};
}

} // namespace orrery::cli
