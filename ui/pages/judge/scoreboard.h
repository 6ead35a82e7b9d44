// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_spec.h"
#include "ui/itemmodels/table_model.h"
#include "ui/session/workspace_session.h"

#include <map>
#include <vector>

namespace orrery::ui {

/// One model's newest run under one protocol, or the mean of its newest runs on the folds of one.
struct Scored {
    ModelEntry model;
    RunRow run;                         ///< without an id where it is the mean of folds
    std::vector<RunRow> folds;          ///< whose mean it is; empty without folds
    std::optional<Difference> againstA; ///< of the ranking metric; nothing for A itself or without shared people
};

/// The runs of one protocol, best first by one metric: what the page shows. A snapshot without state.
class Scoreboard {
public:
    /// A protocol with a run. The folds of a split count as one.
    struct Shown {
        std::string key; ///< its hash; of folds, what they share
        QString title;
    };
    /// Newest first.
    [[nodiscard]] static std::vector<Shown> protocols(const WorkspaceSession& session);
    Scoreboard() = default;
    Scoreboard(const WorkspaceSession& session, const std::string& key);

    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    [[nodiscard]] const std::vector<Scored>& rows() const { return m_rows; }
    /// Metrics that the newest run has, in its order; those that no model has are left out.
    [[nodiscard]] const std::vector<MetricChoice>& metrics() const { return m_metrics; }
    [[nodiscard]] const MetricChoice* metric(const QString& id) const;
    void sortBy(const QString& metricId);
    /// Whole reports, with the values of every person, by run.
    using Reports = std::map<RunId, std::shared_ptr<const EvaluationReport>>;
    /// Rows whose report is not among `reports` are not compared, unless they are means of folds: then from fold to
    /// fold, without the values of people.
    void compareWithA(std::optional<ModelId> a, const QString& metricId, const Reports& reports);

    [[nodiscard]] ChartSpec ranking(const QString& metricId) const;
    [[nodiscard]] ChartSpec against(const QString& acrossId, const QString& upId) const;
    [[nodiscard]] std::vector<TableColumn> columns(const std::vector<MetricChoice>& shown) const;
    [[nodiscard]] QString description() const; ///< "global temporal ... · 512 people · all unseen items"
    [[nodiscard]] QString provenance() const;

private:
    [[nodiscard]] ChartAxis axisOf(const MetricChoice& metric) const;
    [[nodiscard]] double value(const Scored& row, const std::string& metricId) const;
    [[nodiscard]] std::size_t folds() const { return m_rows.empty() ? 0 : m_rows.front().folds.size(); }
    [[nodiscard]] QString overText() const; ///< "over 512 people, 95 % interval"
    [[nodiscard]] bool isBest(std::size_t row, const MetricChoice& metric) const;

    std::vector<Scored> m_rows;
    std::vector<MetricChoice> m_metrics;
    std::string m_datasetHash;
    QString m_title; ///< of the protocol
    QString m_comparedBy;
};

/// ".312" style without a leading zero is not used: "0.312", shares as "38 %".
[[nodiscard]] QString metricText(const MetricChoice& metric, double value);

} // namespace orrery::ui
