// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/startup.h"

#include "core/store/places.h"
#include "ui/session/workspace_session.h"

namespace orrery::ui {
namespace {

constexpr double answerBudget = 30; // seconds

bool openUntitledWorkspace(WorkspaceSession& session)
{
    const auto file = untitledWorkspace();
    if (!file) {
        session.raise({Message::Kind::Error, QString::fromStdString(file.error().message),
                       QString::fromStdString(file.error().hint)});
        return false;
    }
    session.openUntitled(*file);
    return session.isOpen();
}

} // namespace

void openSampleWithAnswer(WorkspaceSession& session)
{
    if (!openUntitledWorkspace(session))
        return;
    QObject::connect(
        &session, &WorkspaceSession::datasetChanged, &session, [&session] { session.getFirstAnswer(answerBudget); },
        Qt::SingleShotConnection);
    session.openSample();
}

void openAtStart(WorkspaceSession& session, const QString& file)
{
    if (file.endsWith(QStringLiteral(".orrery")))
        return session.openWorkspace(file.toStdString());
    if (!file.isEmpty()) {
        if (!openUntitledWorkspace(session))
            return;
        return session.openData(file.toStdString());
    }
    const auto recent = recentFiles();
    if (!recent.empty())
        return session.openWorkspace(recent.front());
    openSampleWithAnswer(session);
}

} // namespace orrery::ui
