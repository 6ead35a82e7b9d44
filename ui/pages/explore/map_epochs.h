// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/epochs.h"
#include "ui/session/workspace_session.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace orrery::ui {

/// How structure appeared while a model was trained: its epochs as layouts of one map, a slider through them, and the
/// loss beside it.
class MapEpochs : public QWidget {
    Q_OBJECT
public:
    explicit MapEpochs(WorkspaceSession& session, QWidget* parent = nullptr);
    ~MapEpochs() override;
    /// The map whose epochs are asked for; null: there is nothing to ask. What was worked out for another is
    /// let go.
    void setMap(const std::shared_ptr<const ItemMap>& map, const ModelEntry* model, const ProjectionMethod* method,
                const ParamSet& params);

signals:
    void placesChanged(const std::optional<orrery::Layout>& places); ///< none: the map as it is

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
