// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/group_table.h"

#include "app/cli/text_table.h"
#include "core/data/import/fields.h"
#include "core/evaluation/group_scores.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr std::string_view everything = "all";

Result<std::vector<PeopleGroup>> chosen(const std::vector<std::string>& by, const std::vector<PeopleGroup>& groups)
{
    std::vector<PeopleGroup> found;
    for (const std::string& name : by) {
        const auto fits = [&](const PeopleGroup& group) {
            return name == everything || reading::lowerCase(group.name) == reading::lowerCase(name);
        };
        if (std::ranges::none_of(groups, fits))
            return error(Code::InvalidArgument, fmt::format("People cannot be grouped by '{}'", name),
                         fmt::format("They can by {}", fmt::join(namesOf(groups), ", ")));
        for (const PeopleGroup& group : groups)
            if (fits(group) && std::ranges::none_of(found, [&](const PeopleGroup& held) {
                    return held.name == group.name && held.value == group.value;
                }))
                found.push_back(group);
    }
    return found;
}

Result<MetricChoice> metricOf(const Protocol& protocol)
{
    for (const MetricChoice& metric : protocol.metrics)
        if (metric.metric->kind != MetricKind::Catalog)
            return metric;
    return error(Code::InvalidArgument, "None of the metrics is of people", "Add one, such as ndcg@10, to --metrics");
}

Json valueJson(double mean, const Interval& interval)
{
    return {{"mean", mean}, {"low", interval.low}, {"high", interval.high}};
}

std::string scoreText(const GroupScore& score)
{
    if (std::isnan(score.mean))
        return "";
    return std::isnan(score.interval.low)
               ? fmt::format("{:.4f}", score.mean)
               : fmt::format("{:.4f} ({:.4f} to {:.4f})", score.mean, score.interval.low, score.interval.high);
}

std::string differenceText(const std::optional<Difference>& ahead)
{
    if (!ahead)
        return "";
    return std::isnan(ahead->p) ? fmt::format("{:+.4f}", ahead->mean)
                                : fmt::format("{:+.4f}, p {:.3f}", ahead->mean, ahead->p);
}

/// Cells of one model after another.
class TableMaker {
public:
    TableMaker(std::vector<PeopleGroup> groups, const MetricChoice& metric, const Judged& first, GroupRounds rounds);
    [[nodiscard]] Status add(const Judged& model, const JobContext& job);
    [[nodiscard]] GroupTable made() &&;

private:
    void addScores(const Judged& model, const std::vector<GroupScore>& scores);
    void addDifferences(const std::vector<std::optional<Difference>>& ahead);

    std::vector<PeopleGroup> m_groups;
    std::string m_metric;
    const Judged& m_first;
    GroupRounds m_rounds;
    std::vector<std::string> m_header;
    std::vector<std::vector<std::string>> m_rows;
    Json m_json = Json::array();
};

TableMaker::TableMaker(std::vector<PeopleGroup> groups, const MetricChoice& metric, const Judged& first,
                       GroupRounds rounds)
    : m_groups(std::move(groups)), m_metric(metric.id()), m_first(first),
      m_rounds(rounds), m_header{fmt::format("{} of", metric.title()), "people"}
{
    for (const PeopleGroup& group : m_groups) {
        m_rows.push_back({group.words(), std::to_string(group.people.size())});
        m_json.push_back({{"name", group.name},
                          {"value", group.value},
                          {"people", group.people.size()},
                          {"metric", m_metric},
                          {"models", Json::array()}});
    }
}

Status TableMaker::add(const Judged& model, const JobContext& job)
{
    const EvaluationReport& report = model.reports.front();
    if (std::isnan(report.find(m_metric)->mean))
        return {};
    const auto scores = scoresByGroup(m_groups, report, m_metric, m_rounds, job);
    if (!scores)
        return tl::unexpected(scores.error());
    addScores(model, *scores);
    if (&model == &m_first)
        return {};
    const auto ahead = differencesByGroup(m_groups, report, m_first.reports.front(), m_metric, m_rounds, job);
    if (!ahead)
        return tl::unexpected(ahead.error());
    addDifferences(*ahead);
    return {};
}

void TableMaker::addScores(const Judged& model, const std::vector<GroupScore>& scores)
{
    m_header.push_back(model.choice.name);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        Json one = {{"model", model.choice.name}, {"people", scores[g].people}};
        one.update(valueJson(scores[g].mean, scores[g].interval));
        m_json[g]["models"].push_back(std::move(one));
        m_rows[g].push_back(scoreText(scores[g]));
    }
}

void TableMaker::addDifferences(const std::vector<std::optional<Difference>>& ahead)
{
    m_header.push_back(fmt::format("{} is ahead by", m_first.choice.name));
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        m_rows[g].push_back(differenceText(ahead[g]));
        if (!ahead[g])
            continue;
        Json& one = m_json[g]["models"].back()["firstIsAheadBy"];
        one = valueJson(ahead[g]->mean, ahead[g]->interval);
        one["p"] = ahead[g]->p;
    }
}

GroupTable TableMaker::made() &&
{
    TextTable text(m_header);
    for (auto& row : m_rows)
        text.add(std::move(row));
    return {std::move(m_json), text.text()};
}

} // namespace

Result<GroupTable> groupTable(const std::vector<std::string>& by, const std::vector<Judged>& judged,
                              const OpenedData& data, const Protocol& protocol, const JobContext& job)
{
    const Judged& first = judged.front();
    if (first.reports.size() != 1)
        return error(Code::InvalidArgument, "Scores by people are of one split, not of folds", "Leave out --folds");
    const auto metric = metricOf(protocol);
    if (!metric)
        return tl::unexpected(metric.error());
    const auto all = groupsOf(first.reports.front(), *data.dataset, data.segments, job);
    if (!all)
        return tl::unexpected(all.error());
    auto groups = chosen(by, *all);
    if (!groups)
        return tl::unexpected(groups.error());
    TableMaker table(std::move(*groups), *metric, first, {protocol.bootstrapSeed, protocol.bootstrapRounds});
    for (const Judged& model : judged)
        if (const auto added = table.add(model, job); !added)
            return tl::unexpected(added.error());
    return std::move(table).made();
}

} // namespace orrery::cli
