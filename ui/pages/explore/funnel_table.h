// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"
#include "ui/itemmodels/table_model.h"

#include <memory>

namespace orrery::ui {

/// The candidates of a funnel for one question, a row each: place in the list, title, places as merged and as ranked,
/// what dropped or moved it, and which sources found it at which place.
class FunnelTable : public TableModel {
    Q_OBJECT
public:
    using TableModel::TableModel;
    void show(const std::shared_ptr<const Dataset>& dataset, const std::shared_ptr<const Funnel>& funnel,
              const std::shared_ptr<const FunnelRun>& run);
    void clear() { reset(0, {}); }
};

} // namespace orrery::ui
