// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/scoreboard.h"

#include "core/base/hash.h"
#include "core/evaluation/folds.h"
#include "core/evaluation/protocol_json.h"
#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace orrery::ui {
namespace {

constexpr int hashDigits = 4;

QString tr(const char* words) { return QCoreApplication::translate("Scoreboard", words); }

Scoreboard::Shown shownWith(const RunRow& run)
{
    const QString ranked = ranksAll(run.protocolJson) ? QString() : tr("; among stored items");
    if (const auto fold = foldOfRun(run.protocolJson, run.splitDescription))
        return {Hasher{}.text(fold->group).hex(), text(fold->title) + ranked};
    return {run.protocolHash, text(run.splitDescription) + ranked};
}

/// One row for the runs of a model on several folds.
Scored meanOf(const ModelEntry& entry, std::vector<RunRow> folds, const Scoreboard::Shown& shown)
{
    std::vector<EvaluationReport> reports;
    reports.reserve(folds.size());
    for (const RunRow& run : folds)
        reports.push_back(run.report);
    RunRow mean = folds.front();
    mean.id = 0;
    mean.protocolHash = shown.key;
    mean.splitDescription = shown.title.toStdString();
    mean.report = meanOfFolds(reports);
    mean.report.protocolHash = mean.protocolHash;
    mean.report.splitDescription = mean.splitDescription;
    return {entry, std::move(mean), std::move(folds), {}};
}

/// From fold to fold, over those that both were judged on.
std::optional<Difference> differenceOfFolds(const Scored& a, const Scored& b, const std::string& metricId)
{
    std::vector<double> differences;
    for (const RunRow& ofA : a.folds)
        for (const RunRow& ofB : b.folds) {
            const MetricValue *from = ofA.report.find(metricId), *to = ofB.report.find(metricId);
            if (ofA.protocolHash == ofB.protocolHash && from && to && !std::isnan(to->mean - from->mean))
                differences.push_back(to->mean - from->mean);
        }
    if (differences.empty())
        return {};
    const auto [low, high] = std::ranges::minmax(differences);
    const double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
    return Difference{sum / static_cast<double>(differences.size()), {low, high}, 0};
}

} // namespace

QString metricText(const MetricChoice& metric, double value)
{
    if (std::isnan(value))
        return QStringLiteral("–");
    return metric.metric->isShare ? percent(value, 1) : decimal(value, 3);
}

std::vector<Scoreboard::Shown> Scoreboard::protocols(const WorkspaceSession& session)
{
    std::vector<Shown> all;
    for (auto run = session.runs().rbegin(); run != session.runs().rend(); ++run)
        if (Shown shown = shownWith(*run); std::ranges::find(all, shown.key, &Shown::key) == all.end())
            all.push_back(std::move(shown));
    return all;
}

Scoreboard::Scoreboard(const WorkspaceSession& session, const std::string& key)
    : m_datasetHash(session.dataset() ? session.dataset()->hash() : std::string())
{
    // What is newer comes later and takes the place of the older one.
    std::map<ModelId, std::map<std::string, RunRow>> newest;
    Shown shown;
    for (const RunRow& run : session.runs())
        if (const Shown with = shownWith(run); with.key == key) {
            newest[run.model].insert_or_assign(run.protocolHash, run);
            shown = with;
        }
    m_title = shown.title;
    for (const ModelEntry& entry : session.models()) {
        std::vector<RunRow> runs;
        for (auto& [hash, run] : newest[entry.row.id])
            runs.push_back(std::move(run));
        if (runs.empty())
            continue;
        if (runs.front().protocolHash == key)
            m_rows.push_back({entry, std::move(runs.front()), {}, {}});
        else
            m_rows.push_back(meanOf(entry, std::move(runs), shown));
    }
    if (m_rows.empty())
        return;
    for (const MetricValue& value : m_rows.front().run.report.values) {
        const std::string id = value.metric.id();
        if (std::ranges::any_of(m_rows, [&](const Scored& row) { return !std::isnan(this->value(row, id)); }))
            m_metrics.push_back(value.metric);
    }
}

const MetricChoice* Scoreboard::metric(const QString& id) const
{
    const auto found = std::ranges::find(m_metrics, id.toStdString(), &MetricChoice::id);
    return found == m_metrics.end() ? nullptr : &*found;
}

double Scoreboard::value(const Scored& row, const std::string& metricId) const
{
    const MetricValue* found = row.run.report.find(metricId);
    return found ? found->mean : std::numeric_limits<double>::quiet_NaN();
}

void Scoreboard::sortBy(const QString& metricId)
{
    const MetricChoice* by = metric(metricId);
    if (!by)
        return;
    const double sign = by->metric->higherIsBetter ? -1 : 1;
    const double last = std::numeric_limits<double>::infinity();
    std::ranges::stable_sort(m_rows, {}, [&](const Scored& row) {
        const double held = value(row, metricId.toStdString());
        return std::isnan(held) ? last : sign * held;
    });
}

void Scoreboard::compareWithA(std::optional<ModelId> a, const QString& metricId, const Reports& reports)
{
    m_comparedBy = metricId;
    const auto base = std::ranges::find_if(m_rows, [&](const Scored& row) { return a && row.model.row.id == *a; });
    const auto baseReport = base == m_rows.end() ? reports.end() : reports.find(base->run.id);
    for (Scored& row : m_rows) {
        row.againstA.reset();
        if (base != m_rows.end() && !row.folds.empty() && &row != &*base)
            row.againstA = differenceOfFolds(*base, row, metricId.toStdString());
        const auto report = reports.find(row.run.id);
        if (baseReport == reports.end() || report == reports.end() || report == baseReport)
            continue;
        if (const auto found = difference(*baseReport->second, *report->second, metricId.toStdString()))
            row.againstA = *found;
    }
}

ChartAxis Scoreboard::axisOf(const MetricChoice& metric) const
{
    ChartAxis axis;
    axis.title = text(metric.title());
    axis.percent = metric.metric->isShare;
    return axis;
}

QString Scoreboard::overText() const
{
    if (folds() > 0)
        return tr("mean of %1, from the lowest to the highest")
            .arg(counted(static_cast<double>(folds()), tr("fold"), tr("folds")));
    return tr("over %1, 95 % interval")
        .arg(counted(double(m_rows.front().run.report.rankedPeople), tr("person"), tr("people")));
}

ChartSpec Scoreboard::ranking(const QString& metricId) const
{
    ChartSpec spec;
    spec.title = tr("Who ranks best");
    spec.kind = ChartKind::Dots;
    spec.provenance = provenance();
    spec.empty = tr("No model has this metric");
    const MetricChoice* shown = metric(metricId);
    if (!shown)
        return spec;
    spec.y = axisOf(*shown);
    const bool perPerson = shown->metric->kind != MetricKind::Catalog;
    spec.y.title += tr(", ") + (perPerson || folds() > 0 ? overText() : tr("of all lists together"));
    std::size_t place = 0;
    for (const Scored& row : m_rows) {
        const MetricValue* held = row.run.report.find(metricId.toStdString());
        if (!held || std::isnan(held->mean))
            continue;
        spec.categories << row.model.name();
        ChartSeries series{row.model.name(), row.model.row.colour, {}};
        // One category a series: the others are not drawn.
        series.points.resize(place++, {0, std::numeric_limits<double>::quiet_NaN(), {}, {}, {}});
        ChartPoint point{0, held->mean, {}, {}, row.model.name()};
        if (!std::isnan(held->interval.low)) {
            point.low = held->interval.low;
            point.high = held->interval.high;
        }
        series.points.push_back(point);
        spec.series.push_back(std::move(series));
    }
    return spec;
}

ChartSpec Scoreboard::against(const QString& acrossId, const QString& upId) const
{
    ChartSpec spec;
    spec.title = tr("Trade-off");
    spec.kind = ChartKind::Points;
    spec.provenance = provenance();
    const MetricChoice* across = metric(acrossId);
    const MetricChoice* up = metric(upId);
    if (!across || !up)
        return spec;
    spec.x = axisOf(*across);
    spec.y = axisOf(*up);
    for (const Scored& row : m_rows) {
        const double x = value(row, across->id());
        const double y = value(row, up->id());
        if (!std::isnan(x) && !std::isnan(y))
            spec.series.push_back({row.model.name(), row.model.row.colour, {{x, y, {}, {}, row.model.name()}}});
    }
    return spec;
}

bool Scoreboard::isBest(std::size_t row, const MetricChoice& metric) const
{
    const double mine = value(m_rows[row], metric.id());
    return !std::isnan(mine) && std::ranges::none_of(m_rows, [&](const Scored& other) {
        const double theirs = value(other, metric.id());
        return metric.metric->higherIsBetter ? theirs > mine : theirs < mine;
    });
}

std::vector<TableColumn> Scoreboard::columns(const std::vector<MetricChoice>& shown) const
{
    const auto board = std::make_shared<const Scoreboard>(*this);
    const auto at = [board](int row) -> const Scored& { return board->m_rows[static_cast<std::size_t>(row)]; };
    std::vector<TableColumn> columns = {{tr("Model"),
                                         TableColumn::Kind::Text,
                                         [at](int row) { return at(row).model.name(); },
                                         {},
                                         {},
                                         [at](int row) { return at(row).model.row.colour; }}};
    for (const MetricChoice& choice : shown) {
        const std::string id = choice.id();
        TableColumn column{text(choice.title()), TableColumn::Kind::Number,
                           [=](int row) { return metricText(choice, board->value(at(row), id)); },
                           [=](int row) { return QVariant(board->value(at(row), id)); }};
        column.strong = [=](int row) { return board->isBest(static_cast<std::size_t>(row), choice); };
        column.help = text(choice.metric->meaning + "\n" + choice.metric->formula + "\n" + choice.metric->edge + "\n" +
                           choice.metric->source);
        columns.push_back(std::move(column));
    }
    const MetricChoice* compared = metric(m_comparedBy);
    TableColumn against{compared ? tr("%1 against A").arg(text(compared->title())) : tr("Against A"),
                        TableColumn::Kind::Number,
                        [at](int row) {
                            const auto& d = at(row).againstA;
                            if (!d)
                                return QString();
                            const double half = (d->interval.high - d->interval.low) / 2;
                            return QStringLiteral("%1 ± %2").arg(signedDecimal(d->mean, 3), decimal(half, 3));
                        },
                        [at](int row) { return QVariant(at(row).againstA ? at(row).againstA->mean : 0.0); }};
    against.help =
        folds() > 0
            ? tr("Mean difference over the folds, and half of what lies between the lowest and the highest of them.")
            : tr("Mean difference over the people both were asked about, and half of its 95 % interval (paired "
                 "bootstrap). Where the half is larger than the difference, there may be none.");
    columns.push_back(std::move(against));
    return columns;
}

QString Scoreboard::description() const
{
    if (m_rows.empty())
        return {};
    const RunRow& run = m_rows.front().run;
    const double people = double(run.report.rankedPeople);
    QStringList parts{m_title, folds() > 0 ? counted(people, tr("list"), tr("lists"))
                                           : counted(people, tr("person"), tr("people"))};
    if (ranksAll(run.protocolJson)) // else the title says what is ranked
        parts << tr("all unseen items");
    parts << tr("protocol %1").arg(text(run.protocolHash.substr(0, hashDigits)));
    return parts.join(QStringLiteral(" · "));
}

QString Scoreboard::provenance() const
{
    if (m_rows.empty())
        return {};
    const RunRow& run = m_rows.front().run;
    return tr("Orrery %1; dataset %2; protocol %3 (%4); seed %5")
        .arg(text(run.build), text(m_datasetHash), text(run.protocolHash), text(run.splitDescription))
        .arg(run.seed);
}

} // namespace orrery::ui
