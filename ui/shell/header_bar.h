// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace orrery::ui {

class Badge;
class ElidedLabel;
class WorkspaceSession;
struct ModelEntry;

/// What is open, A | B, as-of, the way to everything else (Ctrl+K), and light or dark.
class HeaderBar : public QWidget {
    Q_OBJECT
public:
    explicit HeaderBar(WorkspaceSession& session, QWidget* parent = nullptr);

signals:
    void paletteRequested();
    void themeToggled();
    void inspectorToggled();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QPushButton* makeSwitch(const QString& letter);
    void buildTools();
    void refreshSummary();
    void refreshSwitches();
    void refreshAsOf();
    void refreshIcons();
    void offerModels(QPushButton* button, bool forA);
    void offerDates();
    void fillSwitch(QPushButton* button, const QString& letter, const ModelEntry* entry);

    WorkspaceSession& m_session;
    QLabel* m_name;
    ElidedLabel* m_counts;
    Badge* m_note;
    QPushButton* m_a;
    QPushButton* m_b;
    QPushButton* m_asOf;
    QPushButton* m_find;
    QToolButton* m_theme;
    QToolButton* m_inspector;
};

} // namespace orrery::ui
