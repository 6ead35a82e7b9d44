// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page.h"

#include <memory>

namespace orrery::ui {

/// Files in, report, profile, catalog, people.
class DataPage : public Page {
    Q_OBJECT
public:
    DataPage(WorkspaceSession& session, QWidget* parent = nullptr);
    ~DataPage() override;
    [[nodiscard]] std::vector<PageAction> actions() override;
    void shown() override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
