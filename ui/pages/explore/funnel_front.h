// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/objective_front.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace orrery::ui {

class ChartView;

/// What weights of the objectives trade for one another: a point a setting, and the front of those that no other beats.
class FunnelFrontPane : public QWidget {
    Q_OBJECT
public:
    explicit FunnelFrontPane(WorkspaceSession& session, QWidget* parent = nullptr);
    void setRecipe(const FunnelRecipe& recipe); ///< what is shown of other sources or rules goes

signals:
    void chosen(const orrery::Objectives& weights); ///< a point was clicked

private:
    void measure();
    void forget(); ///< what was measured: it is of another recipe, dataset or day
    void show();
    void offerMeasures();
    [[nodiscard]] RuleMeasure::Kind kindIn(const QComboBox& box) const;

    WorkspaceSession& m_session;
    FunnelRecipe m_recipe;
    std::vector<ObjectivePoint> m_points;
    std::vector<std::size_t> m_front, m_others; ///< places in m_points, as they are drawn
    QLabel* m_words;
    QPushButton* m_measure;
    QComboBox* m_x;
    QComboBox* m_y;
    ChartView* m_chart;
};

} // namespace orrery::ui
