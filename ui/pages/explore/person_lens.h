// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// One person: history, lists side by side, what if, what they did next.
class PersonLens : public Page {
    Q_OBJECT
public:
    PersonLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~PersonLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    /// What leads to the other lenses, before the title. Ownership is taken.
    void addLeading(QWidget* control);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
