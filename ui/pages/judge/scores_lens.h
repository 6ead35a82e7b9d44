// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Scores: protocol, models, metrics, intervals, differences.
class ScoresLens : public Page {
    Q_OBJECT
public:
    ScoresLens(WorkspaceSession& session, QWidget* parent = nullptr);
    ~ScoresLens() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;
    void addLeading(QWidget* control); ///< at the left of the header

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
