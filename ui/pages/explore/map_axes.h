// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/axes.h"
#include "ui/pages/explore/map_subject.h"

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
    /// Whose vectors, and what is known of what they are of; null: nothing.
    void setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject);
    void setSelected(std::vector<ItemIndex> items);
    /// Works it out, once there is something to see.
    void shown();

signals:
    void picked(orrery::ItemIndex item);
    /// By item; null: there is none.
    void axisChanged(const std::shared_ptr<const std::vector<float>>& values, const QString& title);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
