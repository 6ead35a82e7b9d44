// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/scoreboard.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int hashDigits = 4;

QString tr(const char* words) { return QCoreApplication::translate("Scoreboard", words); }

} // namespace

QString metricText(const MetricChoice& metric, double value)
{
    if (std::isnan(value))
        return QStringLiteral("–");
    return metric.metric->isShare ? percent(value, 1) : decimal(value, 3);
}

std::vector<std::string> Scoreboard::protocols(const WorkspaceSession& session)
{
    std::vector<std::string> hashes;
    for (auto run = session.runs().rbegin(); run != session.runs().rend(); ++run)
        if (std::ranges::find(hashes, run->protocolHash) == hashes.end())
            hashes.push_back(run->protocolHash);
    return hashes;
}

Scoreboard::Scoreboard(const WorkspaceSession& session, const std::string& protocolHash)
    : m_datasetHash(session.dataset() ? session.dataset()->hash() : std::string())
{
    for (const ModelEntry& entry : session.models()) {
        const auto& runs = session.runs();
        const auto newest = std::find_if(runs.rbegin(), runs.rend(), [&](const RunRow& run) {
            return run.model == entry.row.id && run.protocolHash == protocolHash;
        });
        if (newest != runs.rend())
            m_rows.push_back({entry, *newest, {}});
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
    spec.y.title += perPerson
                        ? tr(", over %1, 95 % interval")
                              .arg(counted(double(m_rows.front().run.report.rankedPeople), tr("person"), tr("people")))
                        : tr(", of all lists together");
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
        tr("Mean difference over the people both were asked about, and half of its 95 % interval (paired bootstrap). "
           "Where the half is larger than the difference, there may be none.");
    columns.push_back(std::move(against));
    return columns;
}

QString Scoreboard::description() const
{
    if (m_rows.empty())
        return {};
    const EvaluationReport& report = m_rows.front().run.report;
    return tr("%1 · %2 · all unseen items · protocol %3")
        .arg(text(report.splitDescription), counted(double(report.rankedPeople), tr("person"), tr("people")),
             text(report.protocolHash.substr(0, hashDigits)));
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
