// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/evaluate_command.h"

#include "app/cli/console.h"
#include "app/cli/group_table.h"
#include "app/cli/leaderboard.h"
#include "core/base/words.h"
#include "core/evaluation/candidates.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

// A stored model is judged as it is when it learned from just this training part; otherwise its twin is trained on it.
ModelChoice fairChoice(ModelChoice choice, const Split& split)
{
    if (choice.stored && (choice.algorithm || choice.funnel) && choice.stored->trainHash != split.train->hash())
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
    if (judged.reports.empty()) {
        judged.first = model->recommender->model();
        judged.curves = model->curves;
    }
    judged.reports.push_back(std::move(*report));
    judged.trainingSeconds.push_back(model->seconds);
    return {};
}

Result<std::vector<Judged>> judgeAll(const std::vector<ModelChoice>& choices, const OpenedData& data,
                                     const std::vector<PlannedSplit>& splits, const Protocol& protocol,
                                     const JobContext& job)
{
    std::vector<Judged> all;
    const double share = 1.0 / static_cast<double>(choices.size() * splits.size());
    double from = 0;
    for (const auto& choice : choices) {
        Judged judged{choice};
        for (const auto& [plan, split] : splits) {
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
            {"test", split.test->interactions().size()},
            {"candidates", candidatesText(split)}};
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

std::string splitText(const std::vector<PlannedSplit>& splits)
{
    const std::string& first = splits.front().split.description;
    if (splits.size() == 1)
        return first + "\n\n";
    return fmt::format("{} folds, the mean of all; the first: {}\n\n", splits.size(), first);
}

Json keptJson(const std::vector<KeptRuns>& kept, const std::string& file)
{
    Json out = {{"workspace", file}, {"runs", Json::array()}};
    for (const auto& one : kept)
        for (const RunId run : one.runs)
            out["runs"].push_back({{"run", run}, {"model", one.model}, {"name", one.name}});
    return out;
}

std::string keptText(const std::vector<KeptRuns>& kept, const std::string& file)
{
    std::size_t runs = 0;
    for (const auto& one : kept)
        runs += one.runs.size();
    return fmt::format("\n{} stored in {}\n", counted(runs, "run"), file);
}

} // namespace

std::string_view EvaluateCommand::examples() const
{
    return "orrery-cli evaluate --train u1.base --test u1.test --model svd --set factors=100 "
           "--metrics rmse,mae,ndcg@10 --json\n"
           "orrery-cli evaluate --data ml-latest-small --split temporal --test-share 0.2 --model popularity "
           "--model implicit-als --metrics ndcg@10,coverage@10\n"
           "orrery-cli evaluate --data u.data --split random --folds 5 --model svd --metrics rmse\n"
           "orrery-cli evaluate --data datasets/shop --model item-knn --model popularity --by history --by gender\n"
           "orrery-cli evaluate --workspace w.orrery --model \"my svd\" --model popularity";
}

void EvaluateCommand::declare(CLI::App& app)
{
    m_models.declare(app, ModelOptions::Number::Several);
    m_evaluation.declare(app);
    m_data.declare(app);
    m_data.declareSegments(app);
    m_data.declareOut(app);
    app.add_option(
           "--by", m_by,
           "Tell the first metric by groups of people, too: the name of a fact or a segment, 'history' (how much "
           "is known of them), or 'all'; may be repeated")
        ->allow_extra_args(false)
        ->type_name("NAME");
    app.add_flag("--no-store", m_noStore,
                 "Leave the workspace as it is; otherwise the runs are stored there, with the models that were trained "
                 "for them");
}

Result<std::vector<KeptRuns>> EvaluateCommand::keep(OpenedData& data, const std::vector<Judged>& judged,
                                                    const std::vector<PlannedSplit>& splits, const Protocol& protocol,
                                                    const Context& context) const
{
    std::vector<KeptRuns> kept;
    if (m_noStore || !m_data.stores())
        return kept;
    auto named = splits;
    if (!data.narrowed.empty())
        for (PlannedSplit& one : named)
            one.split.description += "; " + data.narrowed;
    const auto done = m_data.store(data, [&](Workspace& workspace, DatasetId id) -> Status {
        return keepRuns({workspace, id, *data.dataset, named, protocol}, judged, context)
            .map([&](std::vector<KeptRuns>&& all) { kept = std::move(all); });
    });
    return done.map([&] { return std::move(kept); });
}

Result<Output> EvaluateCommand::run(const Context& context)
{
    auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    if (const auto done = m_evaluation.narrow(*data); !done)
        return tl::unexpected(done.error());
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
    const auto groups = m_by.empty() ? Result<GroupTable>() : groupTable(m_by, *judged, *data, *protocol, context.job);
    if (!groups)
        return tl::unexpected(groups.error());
    const auto kept = keep(*data, *judged, *splits, *protocol, context);
    if (!kept)
        return tl::unexpected(kept.error());
    Json json;
    json["dataset"] = datasetJson(*data->dataset);
    json["seed"] = context.seed;
    json["protocol"] = protocolJson(*protocol);
    json["splits"] = Json::array();
    for (const auto& one : *splits)
        json["splits"].push_back(splitJson(one.split));
    json["models"] = Json::array();
    for (const auto& one : *judged)
        json["models"].push_back(judgedJson(one, judged->front()));
    if (!m_by.empty())
        json["groups"] = groups->json;
    if (!kept->empty())
        json["stored"] = keptJson(*kept, m_data.storeFile());
    const std::string& note = data->dataset->from().note;
    return Output{dump(json), (note.empty() ? "" : note + "\n") + splitText(*splits) + leaderboardText(*judged) +
                                  (m_by.empty() ? "" : "\n" + groups->text) +
                                  (kept->empty() ? "" : keptText(*kept, m_data.storeFile()))};
}

} // namespace orrery::cli
