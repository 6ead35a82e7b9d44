// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/join.h"
#include "ui/components/widgets.h"

#include <array>

namespace orrery::ui {

class DataTable;
class ShareBar;
class TableModel;

/// How the keys of events and of one table meet, both ways, with the fixes that can be pressed.
class JoinSideView : public Card {
    Q_OBJECT
public:
    /// `name`: "items" or "people", of the widgets; `table`: how the table is called, "the catalog".
    JoinSideView(const QString& title, const QString& name, const QString& table, QWidget* parent = nullptr);
    void show(const SideMatch& side, const KeyFixes& fixes);

signals:
    void fixChosen(orrery::KeyFix fix, bool on);

private:
    void buildBars(const QString& name);
    void buildFixes(const QString& name);
    void buildKeys(const QString& name);
    static void fillKeys(TableModel& model, const QString& title, const QString& count,
                         const std::vector<UnmatchedKey>& keys);

    QString m_table;
    ShareBar* m_eventBar = nullptr;
    ShareBar* m_rowBar = nullptr;
    std::array<QPushButton*, keyFixes.size()> m_fixes{};
    std::array<QLabel*, keyFixes.size()> m_gains{};
    QLabel* m_warning = nullptr;
    DataTable* m_unknown = nullptr;
    DataTable* m_unused = nullptr;
    TableModel* m_unknownModel = nullptr;
    TableModel* m_unusedModel = nullptr;
};

} // namespace orrery::ui
