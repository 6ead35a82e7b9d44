// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace orrery::cli {

class Console;

/// What a command answers, both ways: one JSON document, and text for a person.
struct Output {
    std::string json;
    std::string text;
};

/// What every command is given to run with.
struct Context {
    JobContext job;
    Console& console;       ///< messages and progress, on stderr
    std::uint64_t seed = 1; ///< of --seed
    bool seedGiven = false;
    CancelToken token; ///< of `job`: for jobs of other settings
};

/// One command: its own files and one line in registry.cpp. Flags, help and manual page come from what it declares.
class Command {
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// One line, for the list of commands.
    [[nodiscard]] virtual std::string_view summary() const = 0;
    /// Complete command lines, for help and manual page, one a line.
    [[nodiscard]] virtual std::string_view examples() const { return {}; }
    /// Not listed: for the build, not for people.
    [[nodiscard]] virtual bool hidden() const { return false; }
    /// Declares options on `app`, which outlives this object's run.
    virtual void declare(CLI::App& app) = 0;
    [[nodiscard]] virtual Result<Output> run(const Context& context) = 0;
};

} // namespace orrery::cli
