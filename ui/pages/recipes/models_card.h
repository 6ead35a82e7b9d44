// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"

class QSpinBox;

namespace orrery::ui {

class DataTable;
class ElidedLabel;
class TableModel;

/// The models and imported lists of the workspace, and what can be done with the selected one.
class ModelsCard : public Card {
    Q_OBJECT
public:
    explicit ModelsCard(WorkspaceSession& session, QWidget* parent = nullptr);

    void refreshAll();  ///< trains all that are behind
    void exportLists(); ///< of the selected model; asks for the file

signals:
    /// The settings of a model are to be tried again in the form.
    void settingsRequested(const QString& algorithm, const QString& paramsJson);

private:
    void buildActions();
    void buildState();
    void refreshState();
    [[nodiscard]] std::vector<std::optional<std::size_t>> newerEvents() const; ///< by model; none: no telling
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
    QPushButton* m_refreshAll;
    QWidget* m_state; ///< of the selected model: its data and its lists
    ElidedLabel* m_dataOf;
    ElidedLabel* m_listsOf;
    QPushButton* m_refresh;
    QPushButton* m_makeLists;
    QPushButton* m_export;
    QSpinBox* m_length;
};

} // namespace orrery::ui
