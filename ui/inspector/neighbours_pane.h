// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"

#include <QWidget>

#include <memory>

namespace orrery::ui {

/// What is like the selected item, and who is like the person on screen, under A or B: with bars, what both have in
/// common, and what the other model says instead.
class NeighboursPane : public QWidget {
    Q_OBJECT
public:
    explicit NeighboursPane(WorkspaceSession& session, QWidget* parent = nullptr);
    ~NeighboursPane() override;
    /// Asks anew, for the selected item and the person.
    void refresh();
    void refreshPeople(); ///< only for the person

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
