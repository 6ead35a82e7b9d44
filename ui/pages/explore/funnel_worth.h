// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/source_worth.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace orrery::ui {

class DataTable;
class TableModel;

/// "The models are trained again, on what was before 22 Jun 2024.", or before the last tenth of the events.
[[nodiscard]] QString trainedAgainWords(const WorkspaceSession& session);

/// What each source of a funnel brings, measured on demand: recall of later choices with it, by it alone, without it.
class FunnelWorthPane : public QWidget {
    Q_OBJECT
public:
    explicit FunnelWorthPane(WorkspaceSession& session, QWidget* parent = nullptr);
    void setRecipe(const FunnelRecipe& recipe); ///< what is shown of another one goes

private:
    void measure();
    void forget(); ///< what was measured: it is of another recipe, dataset or day
    void show(const FunnelWorth& worth);

    WorkspaceSession& m_session;
    FunnelRecipe m_recipe;
    QLabel* m_words;
    QPushButton* m_measure;
    DataTable* m_table;
    TableModel* m_rows;
};

} // namespace orrery::ui
