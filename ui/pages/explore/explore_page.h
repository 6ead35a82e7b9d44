// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// One selection through two lenses: a person with their lists, and the map of all items.
class ExplorePage : public Page {
    Q_OBJECT
public:
    ExplorePage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~ExplorePage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
