// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Judge: Scores | Who will matter.
class JudgePage : public Page {
    Q_OBJECT
public:
    JudgePage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~JudgePage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
