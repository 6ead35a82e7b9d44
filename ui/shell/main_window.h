// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

#include <map>

class QStackedWidget;

namespace orrery::ui {

class CommandPalette;
class HeaderBar;
class Inspector;
class MessageBar;
class Rail;
class RulesDrawer;
class WorkspaceSession;

/// The frame: rail, header, message bar, the page, inspector, rules drawer, job strip. Nothing else: pages do the rest.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(WorkspaceSession& session, Theme& theme, QWidget* parent = nullptr);
    void showPage(const QString& id);
    [[nodiscard]] QString currentPage() const { return m_current; }

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildFrame();
    void buildActions();
    void connectSession();
    void refreshTitle();
    void toggleTheme();
    void toggleInspector();
    void refreshInspector();
    void toggleRules();
    void layRules();
    void chooseWorkspace();
    void chooseCopy();
    void newWorkspace();
    [[nodiscard]] std::vector<PageAction> allActions();

    WorkspaceSession& m_session;
    Theme& m_theme;
    Rail* m_rail = nullptr;
    HeaderBar* m_header = nullptr;
    MessageBar* m_messages = nullptr;
    QStackedWidget* m_pages = nullptr;
    Inspector* m_inspector = nullptr;
    RulesDrawer* m_rules = nullptr;
    CommandPalette* m_palette = nullptr;
    std::map<QString, Page*> m_made;
    std::vector<PageAction> m_actions;
    QString m_current;
    bool m_inspectorWanted = false;
};

} // namespace orrery::ui
