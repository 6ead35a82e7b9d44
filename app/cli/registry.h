// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <memory>
#include <vector>

namespace orrery::cli {

/// Every command, in the order in which they are listed.
[[nodiscard]] std::vector<std::unique_ptr<Command>> allCommands();

} // namespace orrery::cli
