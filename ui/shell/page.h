// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

namespace orrery::ui {

class WorkspaceSession;

/// An action that the command palette can find.
struct PageAction {
    QString title; ///< "Shuffle to another person"
    std::function<void()> run;
    QString shortcut; ///< "" or as in QKeySequence
};

/// A place of the rail. A page gets the session and nothing else; it fills its own space below the header.
class Page : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// For the command palette.
    [[nodiscard]] virtual std::vector<PageAction> actions() { return {}; }
    /// The page has come to the front.
    virtual void shown() {}
};

/// One line of the shell's list of pages (ui/shell/pages.cpp).
struct PageEntry {
    QString id;    ///< "explore"
    QString title; ///< "Explore"
    QString icon;  ///< name in resources/icons
    bool inspects; ///< shows items, so that the inspector has its place beside it
    std::function<Page*(WorkspaceSession&, QWidget* parent)> make;
};
[[nodiscard]] const std::vector<PageEntry>& pageEntries();

} // namespace orrery::ui
