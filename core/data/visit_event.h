// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/event_log.h"

namespace orrery {

/// Something a visitor did.
struct VisitEvent {
    ItemIndex item;
    EventKind kind = EventKind::View;
    Timestamp at = noTime;
    bool operator==(const VisitEvent&) const = default;
};

} // namespace orrery
