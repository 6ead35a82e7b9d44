// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.h"
#include "app/cli/registry.h"

int main(int argc, char** argv) { return orrery::cli::Program(orrery::cli::allCommands()).run(argc, argv); }
