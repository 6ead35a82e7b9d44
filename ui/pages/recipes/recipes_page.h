// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Train models, import lists, assign to A or B.
class RecipesPage : public Page {
    Q_OBJECT
public:
    RecipesPage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~RecipesPage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
