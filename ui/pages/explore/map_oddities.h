// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/explore/map_subject.h"

#include <QWidget>

#include <memory>
#include <vector>

namespace orrery::ui {

/// What is odd about a model's vectors: who is everyone's neighbour or nobody's, and who lies among others than its
/// kind. Looked for when somebody asks.
class MapOddities : public QWidget {
    Q_OBJECT
public:
    explicit MapOddities(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MapOddities() override;
    /// Whose vectors, and what is known of what they are of; null: nothing.
    void setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject);

signals:
    void picked(orrery::ItemIndex item);
    void chosen(const std::vector<orrery::ItemIndex>& items);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
