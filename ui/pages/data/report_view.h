// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"

#include <QWidget>

class QLabel;

namespace orrery::ui {

class DataTable;
class TableModel;

/// What the import read, accepted and refused: why it was read as what, counts by file, every refused line with reason.
class ReportView : public QWidget {
    Q_OBJECT
public:
    explicit ReportView(WorkspaceSession& session, QWidget* parent = nullptr);

private:
    void refresh();
    void refreshFiles(const ImportReport& report);
    void refreshRejected(const ImportReport& report);

    WorkspaceSession& m_session;
    QLabel* m_summary;
    QLabel* m_notes;
    DataTable* m_files;
    TableModel* m_fileModel;
    DataTable* m_rejected;
    TableModel* m_rejectedModel;
};

} // namespace orrery::ui
