// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/event_reader.h"

namespace orrery::reading {

/// Notes of the report: what the events tell beside who and what (times, kinds, sessions, prices, ...), and of how many
/// it is untold. Times that no event has are let go.
void noteWhatIsTold(Assembly& assembly);
/// How numbers and dates of a table are read, where that is not plain.
void noteLayout(ReportBuilder& report, const TableLayout& layout);

} // namespace orrery::reading
