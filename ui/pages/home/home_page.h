// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Three doors, recent work, and Get a first answer.
class HomePage : public Page {
    Q_OBJECT
public:
    HomePage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~HomePage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
