// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/rules/rule_stack.h"
#include "ui/session/workspace_session.h"

#include <QString>

class QMenu;
class QWidget;

namespace orrery::ui {

/// Takes the rules of a JSON file, which can be undone; what is wrong with it is raised as a message.
void importRules(RuleStack& stack, const QString& file, WorkspaceSession& session);
/// Writes them to one; `parent` says how that went.
void exportRules(const RuleStack& stack, const QString& file, QWidget* parent);

/// Whole sets of rules: the usual ones of a shop, none, those of a file, and to a file.
[[nodiscard]] QMenu* wholeSetsMenu(RuleStack& stack, WorkspaceSession& session, QWidget* parent);

} // namespace orrery::ui
