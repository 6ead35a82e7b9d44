// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace orrery::ui {

class WorkspaceSession;

/// What opens the rules of B over a page: of the headers of Explore and Judge.
[[nodiscard]] QPushButton* rulesButton(WorkspaceSession& session, const QString& name, QWidget* parent);

} // namespace orrery::ui
