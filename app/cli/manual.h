// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace orrery::cli {

/// The manual page of the program: its commands, exit codes and every algorithm. In man's roff, section 1.
[[nodiscard]] std::string programPage(const CLI::App& root);
/// The manual page of one command: its options by group, and examples.
[[nodiscard]] std::string commandPage(const CLI::App& command);

} // namespace orrery::cli
