// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

namespace orrery::ui {

class WorkspaceSession;

/// The panel at the right of every page: the selected item, why it is in a list, why it is not, its neighbours. It
/// follows the session's selection.
class Inspector : public QWidget {
    Q_OBJECT
public:
    explicit Inspector(WorkspaceSession& session, QWidget* parent = nullptr);
    ~Inspector() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
