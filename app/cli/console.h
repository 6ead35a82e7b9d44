// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"

#include <chrono>
#include <mutex>
#include <string>

namespace orrery::cli {

/// What the program returns to the shell.
enum class ExitCode { Ok = 0, Usage = 2, Data = 3, Cancelled = 4, Internal = 5 };
[[nodiscard]] ExitCode exitCodeOf(Code code);

/// Messages and progress on stderr. A progress line is drawn only where somebody watches: on a terminal.
class Console final : public JobObserver {
public:
    Console();
    ~Console() override;
    void progressed(double fraction, std::string_view doing) override;
    /// One line about what was done or assumed.
    void note(const std::string& line);

private:
    void clearLine();

    std::mutex m_mutex;
    std::chrono::steady_clock::time_point m_drawn;
    bool m_terminal = false;
    bool m_lineShown = false;
};

/// Lets SIGINT and SIGTERM cancel `token`; a second one ends the program at once.
void cancelOnSignals(const CancelToken& token);

} // namespace orrery::cli
