// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/rules_button.h"

#include "ui/components/widgets.h"
#include "ui/session/workspace_session.h"

namespace orrery::ui {

QPushButton* rulesButton(WorkspaceSession& session, const QString& name, QWidget* parent)
{
    auto* button = plainButton(QPushButton::tr("Rules"), parent);
    button->setObjectName(name);
    button->setToolTip(QPushButton::tr("Edit the rules of B beside what they do (Ctrl+R)"));
    QObject::connect(button, &QPushButton::clicked, button, [&session] { session.showRules(); });
    return button;
}

} // namespace orrery::ui
