// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/axes.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <memory>
#include <vector>

namespace orrery::ui {

/// What a direction in a model's vectors means: one factor, or the way from some items to others; who lies at its ends,
/// and what goes along with it.
class MapAxes : public QWidget {
    Q_OBJECT
public:
    explicit MapAxes(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MapAxes() override;
    void setModel(const ModelPtr& model); ///< whose vectors; null: none
    void setSelected(std::vector<ItemIndex> items);
    /// Works it out, once there is something to see.
    void shown();

signals:
    /// By item; null: there is none.
    void axisChanged(const std::shared_ptr<const std::vector<float>>& values, const QString& title);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
