// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Who will matter: which customers will spend more than a sum in the next days, how far that can be trusted, and why.
class MatterLens : public Page {
    Q_OBJECT
public:
    MatterLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MatterLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    void addLeading(QWidget* control); ///< at the left of the header

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
