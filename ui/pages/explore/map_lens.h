// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// The items of the catalog as a model sees them: alike ones lie together.
class MapLens : public Page {
    Q_OBJECT
public:
    explicit MapLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MapLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    /// What leads to the other lenses, before the title. Ownership is taken.
    void addLeading(QWidget* control);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
