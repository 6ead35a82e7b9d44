// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// The pages of a shop or a news site as a visitor sees them, and how they react to what the visitor does.
class ShelvesLens : public Page {
    Q_OBJECT
public:
    explicit ShelvesLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~ShelvesLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    /// What leads to the other lenses, before the title. Ownership is taken.
    void addLeading(QWidget* control);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
