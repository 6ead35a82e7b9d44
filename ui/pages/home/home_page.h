// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Three doors, a first answer with its chart, the data at hand and recent work.
class HomePage : public Page {
    Q_OBJECT
public:
    HomePage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~HomePage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
