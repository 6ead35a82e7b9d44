// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/evaluate_command.h"

#include "app/cli/console.h"
#include "app/cli/leaderboard.h"
#include "core/base/words.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

// A stored model is judged as it is when it learned from just this training part; otherwise its twin is trained on it.
ModelChoice fairChoice(ModelChoice choice, const Split& split)
{
    if (choice.stored && choice.algorithm && choice.stored->trainHash != split.train->hash())
        choice.stored.reset();
    return choice;
}

Status judge(Judged& judged, const OpenedData& data, const Split& split, const Protocol& protocol,
             const JobContext& job)
{
    job.progress(0, judged.choice.name);
    const JobContext own = judged.choice.stored ? job.withSeed(judged.choice.stored->seed) : job;
    const auto model = makeReady(fairChoice(judged.choice, split), data, split.train, own.part(0, 0.7));
    if (!model)
        return tl::unexpected(model.error());
    auto report = orrery::evaluate(split, *model->recommender, protocol, own.part(0.7, 1));
    if (!report)
        return tl::unexpected(report.error());
    judged.reports.push_back(std::move(*report));
    judged.trainingSeconds.push_back(model->seconds);
    return {};
}

Result<std::vector<Judged>> judgeAll(const std::vector<ModelChoice>& choices, const OpenedData& data,
                                     const std::vector<Split>& splits, const Protocol& protocol, const JobContext& job)
{
    std::vector<Judged> all;
    const double share = 1.0 / static_cast<double>(choices.size() * splits.size());
    double from = 0;
    for (const auto& choice : choices) {
        Judged judged{choice, {}, {}};
        for (const auto& split : splits) {
            if (const auto done = judge(judged, data, split, protocol, job.part(from, from + share)); !done)
                return tl::unexpected(done.error());
            from += share;
        }
        all.push_back(std::move(judged));
    }
    sortByFirstMetric(all);
    return all;
}

Json splitJson(const Split& split)
{
    return {{"kind", idOf(split.kind)},
            {"description", split.description},
            {"hash", split.hash},
            {"asOf", timeJson(split.asOf)},
            {"training", split.train->interactions().size()},
            {"test", split.test->interactions().size()}};
}

Json protocolJson(const Protocol& protocol)
{
    Json out = {{"relevantFrom", number(protocol.relevantFrom)},
                {"bootstrapRounds", protocol.bootstrapRounds},
                {"bootstrapSeed", protocol.bootstrapSeed}};
    for (const auto& metric : protocol.metrics)
        out["metrics"].push_back(metric.id());
    return out;
}

std::string splitText(const std::vector<Split>& splits)
{
    if (splits.size() == 1)
        return splits.front().description + "\n\n";
    return fmt::format("{} folds, the mean of all; the first: {}\n\n", splits.size(), splits.front().description);
}

} // namespace

std::string_view EvaluateCommand::examples() const
{
    return "orrery-cli evaluate --train u1.base --test u1.test --model svd --set factors=100 "
           "--metrics rmse,mae,ndcg@10 --json\n"
           "orrery-cli evaluate --data ml-latest-small --split temporal --test-share 0.2 --model popularity "
           "--model implicit-als --metrics ndcg@10,coverage@10\n"
           "orrery-cli evaluate --data u.data --split random --folds 5 --model svd --metrics rmse";
}

void EvaluateCommand::declare(CLI::App& app)
{
    m_models.declare(app, ModelOptions::Number::Several);
    m_evaluation.declare(app);
    m_data.declare(app);
}

Result<Output> EvaluateCommand::run(const Context& context)
{
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto choices = m_models.choices(*data);
    if (!choices)
        return tl::unexpected(choices.error());
    const auto protocol = m_evaluation.protocol(*data->dataset, context);
    if (!protocol)
        return tl::unexpected(protocol.error());
    const auto splits = m_evaluation.splits(*data, context);
    if (!splits)
        return tl::unexpected(splits.error());
    const auto judged = judgeAll(*choices, *data, *splits, *protocol, context.job.part(0.2, 1));
    if (!judged)
        return tl::unexpected(judged.error());
    Json json;
    json["dataset"] = datasetJson(*data->dataset);
    json["seed"] = context.seed;
    json["protocol"] = protocolJson(*protocol);
    json["splits"] = Json::array();
    for (const auto& split : *splits)
        json["splits"].push_back(splitJson(split));
    json["models"] = Json::array();
    for (const auto& one : *judged)
        json["models"].push_back(judgedJson(one));
    const std::string& note = data->dataset->from().note;
    return Output{dump(json), (note.empty() ? "" : note + "\n") + splitText(*splits) + leaderboardText(*judged)};
}

} // namespace orrery::cli
