// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"

namespace orrery::ui {

class DataTable;
class TableModel;

/// The models and imported lists of the workspace, and what can be done with the selected one.
class ModelsCard : public Card {
    Q_OBJECT
public:
    explicit ModelsCard(WorkspaceSession& session, QWidget* parent = nullptr);

signals:
    /// The settings of a model are to be tried again in the form.
    void settingsRequested(const QString& algorithm, const QString& paramsJson);

private:
    void buildActions();
    void refresh();
    void refreshActions();
    void rename();
    void importLists();
    [[nodiscard]] const ModelEntry* selected() const;

    WorkspaceSession& m_session;
    TableModel* m_model;
    DataTable* m_table;
    QPushButton* m_setA;
    QPushButton* m_setB;
    QPushButton* m_rename;
    QPushButton* m_remove;
    QPushButton* m_settings;
};

} // namespace orrery::ui
