// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/projection.h"
#include "core/retrieval/trade_off.h"
#include "ui/pages/explore/map_subject.h"

#include <QWidget>

#include <memory>

namespace orrery::ui {

/// How the map is made, and how well and how quickly an index finds the neighbours of its vectors: settings, and a
/// chart of what they give on the data at hand.
class MapSettings : public QWidget {
    Q_OBJECT
public:
    explicit MapSettings(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MapSettings() override;
    void setMethod(const ProjectionMethod& method, const ParamSet& params);
    /// Whose vectors are searched, and what they are of; null: nothing.
    void setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject);
    [[nodiscard]] bool sizedByUse() const; ///< how large points are: by popularity, or all alike

signals:
    void sizesChosen();
    void paramsChosen(const orrery::ParamSet& params); ///< of the method; the map is to be made again

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
