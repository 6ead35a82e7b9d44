// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/benchmark_cold_start.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/text_table.h"
#include "core/data/filter.h"
#include "core/evaluation/cold_start.h"

#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t fewEvents = 4; // of people who count as new: fewer than five

/// What a model was judged by: one report, or those without and with the visit.
struct ColdJudged {
    std::string name;
    std::vector<EvaluationReport> reports;
    double seconds = 0; ///< of training
};

Result<std::vector<Split>> splitsFor(const BenchmarkProtocol& protocol, const std::shared_ptr<const Dataset>& dataset,
                                     std::uint64_t seed)
{
    const ColdStart what = protocol.coldStart;
    const ColdStartPlan plan{.testShare = protocol.plan.testShare, .seed = seed};
    const auto one = [](Result<Split> split) -> Result<std::vector<Split>> {
        if (!split)
            return tl::unexpected(split.error());
        return std::vector<Split>{std::move(*split)};
    };
    if (what == ColdStart::People)
        return one(coldPeopleSplit(dataset, plan, fewEvents));
    if (what == ColdStart::FirstEvents)
        return one(firstEventsSplit(dataset, plan, fewEvents));
    if (what != ColdStart::NextItem)
        return one(coldItemsSplit(dataset, plan, what == ColdStart::Items ? RankedItems::New : RankedItems::All));
    auto both = nextItemSplits(dataset, plan);
    if (!both)
        return tl::unexpected(both.error());
    return std::vector<Split>{std::move(both->without), std::move(both->with)};
}

Result<Protocol> askedBy(const BenchmarkProtocol& published, std::uint64_t seed)
{
    Protocol protocol;
    protocol.relevantFrom = 0; // of ratings: that it was rated
    protocol.bootstrapSeed = seed;
    auto metrics = parseMetrics(published.metrics);
    if (!metrics)
        return tl::unexpected(metrics.error());
    protocol.metrics = std::move(*metrics);
    return protocol;
}

Result<ColdJudged> judge(const ModelChoice& choice, const std::vector<Split>& splits, const Protocol& protocol,
                         const JobContext& job)
{
    const auto model = makeReady(choice, {}, splits.front().train, job.part(0, .8));
    if (!model)
        return tl::unexpected(model.error());
    ColdJudged judged{choice.name, {}, model->seconds};
    for (const Split& split : splits) {
        auto report = orrery::evaluate(split, *model->recommender, protocol, job.part(.8, 1));
        if (!report)
            return tl::unexpected(report.error());
        judged.reports.push_back(std::move(*report));
    }
    return judged;
}

std::string differenceText(const Difference& d)
{
    return fmt::format("{:+.4f} ({:+.4f} to {:+.4f}), p {:.3f}", d.mean, d.interval.low, d.interval.high, d.p);
}

Json differenceJson(const Difference& d)
{
    return {{"mean", d.mean}, {"low", d.interval.low}, {"high", d.interval.high}, {"p", d.p}, {"people", d.people}};
}

/// A table a metric: the model, what it reached, and the paired difference; of the first model alone there is none.
class ColdReport {
public:
    ColdReport(const BenchmarkProtocol& protocol, std::vector<ColdJudged> judged)
        : m_visits(protocol.coldStart == ColdStart::NextItem), m_judged(std::move(judged))
    {
    }

    Status write(Json& json, std::string& text) const
    {
        const auto& values = m_judged.front().reports.front().values;
        for (const ColdJudged& judged : m_judged)
            json["models"].push_back({{"model", judged.name}, {"trainingSeconds", judged.seconds}});
        for (const MetricValue& value : values) {
            const std::string id = value.metric.id();
            TextTable table(m_visits ? std::vector<std::string>{"model", id + " without", "with", "difference"}
                                     : std::vector<std::string>{"model", id, m_judged.front().name + " minus it"});
            for (std::size_t n = 0; n < m_judged.size(); ++n)
                if (const auto row = addRow(n, id, table, json["models"][n]["metrics"][id]); !row)
                    return row;
            text += "\n" + table.text();
        }
        return {};
    }

private:
    Status addRow(std::size_t n, const std::string& id, TextTable& table, Json& json) const
    {
        const auto& reports = m_judged[n].reports;
        std::vector<std::string> cells{m_judged[n].name};
        for (const EvaluationReport& report : reports) {
            cells.push_back(fmt::format("{:.4f}", report.find(id)->mean));
            json["means"].push_back(report.find(id)->mean);
        }
        if (n == 0 && !m_visits) {
            cells.emplace_back();
            table.add(std::move(cells));
            return {};
        }
        const auto found = m_visits ? difference(reports.front(), reports.back(), id)
                                    : difference(reports.front(), m_judged.front().reports.front(), id);
        if (!found)
            return tl::unexpected(found.error());
        cells.push_back(differenceText(*found));
        json["difference"] = differenceJson(*found);
        table.add(std::move(cells));
        return {};
    }

    bool m_visits;
    std::vector<ColdJudged> m_judged;
};

} // namespace

Result<Output> benchmarkColdStart(const std::shared_ptr<const Dataset>& dataset,
                                  const std::vector<ModelChoice>& choices, const BenchmarkProtocol& protocol,
                                  const Context& context)
{
    const auto splits = splitsFor(protocol, dataset, context.seed);
    if (!splits)
        return tl::unexpected(splits.error());
    const auto asked = askedBy(protocol, context.seed);
    if (!asked)
        return tl::unexpected(asked.error());
    std::vector<ColdJudged> judged;
    const double share = .9 / static_cast<double>(choices.size());
    for (std::size_t n = 0; n < choices.size(); ++n) {
        if (const std::string why = whyNot(*choices[n].algorithm, *splits->front().train); !why.empty()) {
            context.console.note(why);
            continue;
        }
        const double from = .1 + share * static_cast<double>(n);
        auto one = judge(choices[n], *splits, *asked, context.job.part(from, from + share));
        if (!one)
            return tl::unexpected(one.error());
        judged.push_back(std::move(*one));
    }
    if (judged.empty())
        return error(Code::InvalidArgument, "No model that was named can be trained on this data");
    Json json = {{"dataset", datasetJson(*dataset)}, {"protocol", protocol.id}, {"seed", context.seed}};
    json["split"] = splits->front().description;
    std::string text = fmt::format("{}\n{}\n", protocol.title, splits->front().description);
    if (const auto written = ColdReport(protocol, std::move(judged)).write(json, text); !written)
        return tl::unexpected(written.error());
    return Output{dump(json), text};
}

} // namespace orrery::cli
