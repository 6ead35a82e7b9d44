// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/item_audience.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <memory>

namespace orrery::ui {

/// A new item, written down by hand: where it lands under a model that was not trained on it, whom it inherits from,
/// and who would get it; it can then be added to the catalog.
class NewItem : public QWidget {
    Q_OBJECT
public:
    explicit NewItem(WorkspaceSession& session, QWidget* parent = nullptr);
    ~NewItem() override;
    /// Whose lists it would have to enter; null: not known yet.
    void setModel(const ModelEntry* entry, const std::shared_ptr<const ListSample>& lists);
    /// A field for each column of the catalog.
    void refreshFields();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
