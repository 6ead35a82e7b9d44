// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/leaderboard.h"

#include "app/cli/text_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

const std::vector<MetricValue>& valuesOf(const Judged& judged) { return judged.reports.front().values; }

Json reportJson(const EvaluationReport& report, double trainingSeconds)
{
    Json out;
    for (const auto& value : report.values)
        out["metrics"][value.metric.id()] = {
            {"mean", value.mean}, {"low", value.interval.low}, {"high", value.interval.high}};
    out["people"] = report.people.size();
    out["rankedPeople"] = report.rankedPeople;
    out["skippedPeople"] = report.skippedPeople();
    out["peopleWithoutHistory"] = report.peopleWithoutHistory;
    out["ratings"] = report.ratings;
    out["ratingsFilled"] = report.ratingsFilled;
    out["protocol"] = report.protocolHash;
    out["seconds"] = {{"training", trainingSeconds}, {"evaluation", report.seconds}};
    return out;
}

std::string cell(const Judged& judged, std::size_t metric)
{
    const double mean = judged.mean(metric);
    return std::isnan(mean) ? "does not apply" : fmt::format("{:.4f}", mean);
}

std::string spread(const Judged& judged)
{
    const auto& first = valuesOf(judged).front();
    if (judged.reports.size() > 1)
        return std::isnan(judged.deviation(0)) ? "" : fmt::format("{:.4f}", judged.deviation(0));
    return std::isnan(first.interval.low) ? ""
                                          : fmt::format("{:.4f} to {:.4f}", first.interval.low, first.interval.high);
}

/// What the first one is ahead of another by, in the first metric, on the same people; none over folds, and where the
/// metric does not apply.
std::optional<Difference> ahead(const Judged& first, const Judged& other)
{
    if (&first == &other || first.reports.size() != 1)
        return std::nullopt;
    const auto found = difference(other.reports.front(), first.reports.front(), valuesOf(first).front().metric.id());
    return found ? std::optional(*found) : std::nullopt;
}

} // namespace

double Judged::mean(std::size_t metric) const
{
    double sum = 0;
    for (const auto& report : reports)
        sum += report.values[metric].mean;
    return sum / static_cast<double>(reports.size());
}

double Judged::deviation(std::size_t metric) const
{
    if (reports.size() < 2)
        return none;
    const double middle = mean(metric);
    double squares = 0;
    for (const auto& report : reports)
        squares += (report.values[metric].mean - middle) * (report.values[metric].mean - middle);
    return std::sqrt(squares / static_cast<double>(reports.size() - 1));
}

void sortByFirstMetric(std::vector<Judged>& judged)
{
    std::ranges::stable_sort(judged, [](const Judged& a, const Judged& b) {
        const double ofA = a.mean(0), ofB = b.mean(0);
        if (std::isnan(ofA) || std::isnan(ofB))
            return !std::isnan(ofA) && std::isnan(ofB);
        return valuesOf(a).front().metric.metric->higherIsBetter ? ofA > ofB : ofA < ofB;
    });
}

Json judgedJson(const Judged& judged, const Judged& first)
{
    Json out = {{"model", judged.choice.name}};
    out["algorithm"] = judged.choice.algorithm ? Json(judged.choice.algorithm->id) : Json();
    out["parameters"] = paramsJson(judged.choice.params);
    if (judged.choice.stored)
        out["stored"] = judged.choice.stored->id;
    out.update(reportJson(judged.reports.front(), judged.trainingSeconds.front()));
    if (const auto by = ahead(first, judged))
        out["firstIsAheadBy"] = {
            {"mean", by->mean}, {"low", by->interval.low}, {"high", by->interval.high}, {"p", by->p}};
    if (judged.reports.size() == 1)
        return out;
    // Each fold has its own numbers; what stands on top is over all of them.
    out["folds"] = Json::array();
    for (std::size_t i = 0; i < judged.reports.size(); ++i)
        out["folds"].push_back(reportJson(judged.reports[i], judged.trainingSeconds[i]));
    for (const char* ofOneFold : {"people", "rankedPeople", "skippedPeople", "peopleWithoutHistory", "ratings",
                                  "ratingsFilled", "protocol", "seconds"})
        out.erase(ofOneFold);
    for (std::size_t m = 0; m < valuesOf(judged).size(); ++m)
        out["metrics"][valuesOf(judged)[m].metric.id()] = {{"mean", judged.mean(m)},
                                                           {"deviation", judged.deviation(m)}};
    return out;
}

std::string leaderboardText(const std::vector<Judged>& judged)
{
    const auto& values = valuesOf(judged.front());
    const bool folds = judged.front().reports.size() > 1;
    std::vector<std::string> header = {"model"};
    for (const auto& value : values) {
        header.push_back(value.metric.title());
        if (header.size() == 2)
            header.push_back(folds ? "deviation" : "95 % interval");
    }
    if (!folds && judged.size() > 1)
        header.push_back(fmt::format("{} is ahead by", judged.front().choice.name));
    TextTable table(header);
    for (const auto& one : judged) {
        std::vector<std::string> cells = {one.choice.name};
        for (std::size_t m = 0; m < values.size(); ++m) {
            cells.push_back(cell(one, m));
            if (m == 0)
                cells.push_back(spread(one));
        }
        if (!folds && judged.size() > 1) {
            const auto by = ahead(judged.front(), one);
            cells.push_back(by ? fmt::format("{:.4f}, p {:.3f}", by->mean, by->p) : "");
        }
        table.add(std::move(cells));
    }
    return table.text();
}

} // namespace orrery::cli
