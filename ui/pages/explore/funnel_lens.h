// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// A funnel at work for the person on screen: sources -> merge -> ranker -> rules -> list, with counts and times.
/// Stages are switched off, swapped and weighed in place, and the recipe is saved under a name.
class FunnelLens : public Page {
    Q_OBJECT
public:
    explicit FunnelLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~FunnelLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    /// What leads to the other lenses, before the title. Ownership is taken.
    void addLeading(QWidget* control);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
