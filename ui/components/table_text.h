// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

class QAbstractItemModel;

namespace orrery::ui {

/// Rows as shown, tab separated, with the titles of the columns first; tabs and line ends in cells become spaces.
[[nodiscard]] QString asTabSeparated(const QAbstractItemModel& model, const std::vector<int>& rows);
/// All rows as CSV (RFC 4180), with the titles first; numbers are written in full, not as they are shown.
[[nodiscard]] QString asCsv(const QAbstractItemModel& model);

} // namespace orrery::ui
