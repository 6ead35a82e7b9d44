// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Marks what the shared library orrery_core shows to the outside; everything else stays hidden.
#define ORRERY_API __attribute__((visibility("default")))
