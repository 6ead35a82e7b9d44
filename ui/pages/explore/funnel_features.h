// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/ranker_report.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

class QLabel;

namespace orrery::ui {

class DataTable;
class TableModel;

/// What the learnt ranker of a funnel goes by: importance of its features, and whether they are still as in training.
class FunnelFeaturesPane : public QWidget {
    Q_OBJECT
public:
    explicit FunnelFeaturesPane(WorkspaceSession& session, QWidget* parent = nullptr);
    /// Asks in a job behind the window; nothing where the same funnel is shown already.
    void setFunnel(const FunnelPtr& funnel);

private:
    void show(const std::vector<RankerFeature>& features);

    WorkspaceSession& m_session;
    LearntRankerPtr m_shown;
    QLabel* m_words;
    DataTable* m_table;
    TableModel* m_rows;
};

} // namespace orrery::ui
