// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include <csignal>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr auto redrawAfter = std::chrono::milliseconds(100);

// A signal handler is given nothing else to reach it by.
CancelToken* signalled = nullptr;

void onSignal(int) { signalled->cancel(); }

} // namespace

ExitCode exitCodeOf(Code code)
{
    switch (code) {
    case Code::InvalidArgument:
    case Code::Unsupported: return ExitCode::Usage;
    case Code::NotFound:
    case Code::BadRow:
    case Code::BadFile:
    case Code::Corrupt:
    case Code::Io:
    case Code::Numeric: return ExitCode::Data;
    case Code::Cancelled: return ExitCode::Cancelled;
    case Code::OutOfMemory:
    case Code::Internal: return ExitCode::Internal;
    }
    return ExitCode::Internal;
}

Console::Console() : m_terminal(isatty(STDERR_FILENO) == 1) {}

Console::~Console() { clearLine(); }

void Console::progressed(double fraction, std::string_view doing)
{
    if (!m_terminal)
        return;
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - m_drawn < redrawAfter)
        return;
    m_drawn = now;
    m_lineShown = true;
    fmt::print(stderr, "\r\033[K{:3.0f} %  {}", 100 * fraction, doing);
    std::fflush(stderr);
}

void Console::note(const std::string& line)
{
    const std::lock_guard lock(m_mutex);
    clearLine();
    fmt::print(stderr, "{}\n", line);
}

void Console::clearLine()
{
    if (m_lineShown)
        fmt::print(stderr, "\r\033[K");
    m_lineShown = false;
}

void cancelOnSignals(const CancelToken& token)
{
    static CancelToken held;
    held = token;
    signalled = &held;
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

} // namespace orrery::cli
