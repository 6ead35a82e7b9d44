// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/console.h"

#include <memory>
#include <string>
#include <vector>

namespace orrery::cli {

/// Reads a command line, runs its command and prints the answer: results on stdout, everything else on stderr. With
/// --json stdout gets exactly one document, be it the answer or {"error": ...}.
class Program {
public:
    explicit Program(std::vector<std::unique_ptr<Command>> commands);
    ~Program();
    /// Returns the exit code.
    [[nodiscard]] int run(int argc, const char* const* argv);

private:
    struct Common {
        bool json = false;
        std::uint64_t seed = 1;
        int threads = 0;
    };
    void declare(Command& command);
    void declareCommon(CLI::App& app);
    [[nodiscard]] Result<Command*> parse(int argc, const char* const* argv, std::string& help);
    [[nodiscard]] Result<Output> execute(Command& command);
    int fail(const Error& error);

    std::vector<std::unique_ptr<Command>> m_commands;
    std::unique_ptr<CLI::App> m_app;
    Common m_common;
    Console m_console;
};

} // namespace orrery::cli
