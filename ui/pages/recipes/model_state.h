// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/workspace.h"

#include <QDateTime>
#include <QString>

namespace orrery::ui {

/// Of when the data is that a model was trained on: "Trained on data up to 3 Dec 2022; 1,204 events came since."
[[nodiscard]] QString dataOf(const ModelRow& row, const Dataset& dataset);

/// What is kept of everybody's lists: "Lists for 4,372 people, made 3 min ago, before 1,204 newer events." `kept` is
/// null where there are none.
[[nodiscard]] QString listsOf(const KeptLists* kept, const Dataset& dataset, Timestamp asOf, const QDateTime& now);

/// "just now", "3 min ago", "5 h ago", "2 days ago"; `madeAt` as in the workspace.
[[nodiscard]] QString age(const std::string& madeAt, const QDateTime& now);

} // namespace orrery::ui
