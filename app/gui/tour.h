// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QApplication;

namespace orrery::ui {

class MainWindow;
class Theme;
class WorkspaceSession;

/// Walks through the real window with mouse and keys: load, train, preview, explain, what if, evaluate. Leaves a PNG of
/// each page (both sizes, light and dark) and report.html in `folder`, and prints the leaderboard and one explained
/// list. Returns the exit code: 0, or 1 with the step that could not be done.
int runTour(QApplication& application, MainWindow& window, WorkspaceSession& session, Theme& theme,
            const QString& folder);

} // namespace orrery::ui
