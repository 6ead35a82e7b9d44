// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// One item as its seller sees it: who gets it under A and B, at which place, how that compares with how often it was
/// chosen, what is near it, and why the person on screen does not get it.
class ItemLens : public Page {
    Q_OBJECT
public:
    explicit ItemLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~ItemLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    /// What leads to the other lenses, before the title. Ownership is taken.
    void addLeading(QWidget* control);

signals:
    void personAsked(); ///< somebody was chosen, to be looked at

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
