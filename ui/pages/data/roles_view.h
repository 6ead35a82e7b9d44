// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/join.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <filesystem>
#include <set>

class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace orrery::ui {

/// The first 100 rows of a table and what its columns are taken for: to be put right before the import.
class RolesView : public QWidget {
    Q_OBJECT
public:
    explicit RolesView(WorkspaceSession& session, QWidget* parent = nullptr);
    void show(const std::filesystem::path& path, const TablePreview& preview);
    /// One of several tables: its columns are chosen, and nothing is imported.
    void choose(const std::filesystem::path& path, const TablePreview& preview, TableUse use);

signals:
    void closed();
    void columnsChosen(const orrery::TableLayout& layout);

private:
    void keepChosenRoles(const TablePreview& before);
    void showHeaderGuess();
    void lookAgain();
    void fillRows();
    void fillRoles();
    [[nodiscard]] ColumnGuess* timesWithOrder();
    void refreshVerdict();
    void startImport();
    [[nodiscard]] bool has(ColumnRole role) const;
    void setUse(std::optional<TableUse> use);
    void refreshPartVerdict();

    WorkspaceSession& m_session;
    std::filesystem::path m_path;
    std::optional<TableUse> m_use; ///< of one of several tables
    TablePreview m_preview;
    QLabel* m_title;
    QLabel* m_verdict;
    QTableWidget* m_table;
    std::set<std::size_t> m_chosen; ///< columns whose role the person has set
    QComboBox* m_header;
    QComboBox* m_dates; ///< where the day or the month stands first
    QComboBox* m_feedback;
    QComboBox* m_badRows;
    QPushButton* m_import;
};

} // namespace orrery::ui
