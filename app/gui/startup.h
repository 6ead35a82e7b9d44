// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orrery::ui {

class WorkspaceSession;

/// What the window shows at its start: the file that was named, else the workspace of last time, else the sample films
/// with a first answer under way.
void openAtStart(WorkspaceSession& session, const QString& file);

/// The sample in a new untitled workspace, with its first answer.
void openSampleWithAnswer(WorkspaceSession& session);

} // namespace orrery::ui
