// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/text.h"
#include "ui/session/workspace_session.h"

namespace orrery::ui {
namespace {

AttributeTable without(const AttributeTable& table, const std::string& name)
{
    AttributeTable rest;
    for (const AttributeColumn& held : table.columns())
        if (held.name != name)
            rest.add(held);
    return rest;
}

} // namespace

void WorkspaceSession::addDerivedPeople(AttributeColumn column)
{
    if (!m_dataset)
        return;
    m_jobs.start<bool>(
        tr("Keeping %1").arg(text(column.name)), {},
        [column, file = file(), id = m_datasetId](const JobContext&) -> Result<bool> {
            auto workspace = Workspace::open(file);
            if (!workspace)
                return tl::unexpected(workspace.error());
            return workspace->setDerivedPeople(id, column).map([] { return true; });
        },
        this,
        [this](const Result<bool>& kept) {
            if (!kept)
                fail(kept.error());
        });
    AttributeTable table = without(*m_derivedPeople, column.name);
    table.add(std::move(column));
    takeDerivedPeople(std::move(table));
}

void WorkspaceSession::removeDerivedPeople(const std::string& name)
{
    if (!m_workspace)
        return;
    if (const auto removed = m_workspace->removeDerivedPeople(m_datasetId, name); !removed)
        return fail(removed.error());
    takeDerivedPeople(without(*m_derivedPeople, name));
}

void WorkspaceSession::takeDerivedPeople(AttributeTable table)
{
    m_derivedPeople = std::make_shared<const AttributeTable>(std::move(table));
    reopenFunnels();
    emit derivedPeopleChanged();
}

} // namespace orrery::ui
