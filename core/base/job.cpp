// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

#include <algorithm>
#include <thread>

namespace orrery {

void JobObserver::progressed(double, std::string_view) {}
void JobObserver::measured(std::string_view, double, double) {}
bool JobObserver::wantsVectors(double) { return false; }
void JobObserver::keepVectors(double, Matrix&&) {}

void CancelToken::giveWay(std::chrono::milliseconds time) const
{
    m_state->resumeAt.store((Clock::now() + time).time_since_epoch().count(), std::memory_order_relaxed);
}

void CancelToken::sleep() const
{
    Clock::rep until = m_state->resumeAt.load(std::memory_order_relaxed);
    std::this_thread::sleep_until(Clock::time_point(Clock::duration(until)));
    // Unless it was told to sleep longer meanwhile; then the next check does.
    m_state->resumeAt.compare_exchange_strong(until, never, std::memory_order_relaxed);
}

JobContext::JobContext(Settings settings, CancelToken token, JobObserver* observer)
    : m_settings(settings), m_token(std::move(token)), m_observer(observer)
{
}

int JobContext::threads() const
{
    return m_settings.threads > 0 ? m_settings.threads
                                  : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Status JobContext::check() const
{
    if (cancelled())
        return error(Code::Cancelled, "Cancelled");
    return {};
}

void JobContext::progress(double fraction, std::string_view doing) const
{
    if (m_observer)
        m_observer->progressed(m_from + (m_to - m_from) * std::clamp(fraction, 0.0, 1.0), doing);
}

void JobContext::measure(std::string_view series, double step, double value) const
{
    if (m_observer)
        m_observer->measured(series, step, value);
}

JobContext JobContext::part(double from, double to) const
{
    JobContext inner = *this;
    inner.m_from = m_from + (m_to - m_from) * from;
    inner.m_to = m_from + (m_to - m_from) * to;
    return inner;
}

JobContext JobContext::withSeed(std::uint64_t seed) const
{
    JobContext inner = *this;
    inner.m_settings.seed = seed;
    return inner;
}

JobContext JobContext::observedBy(JobObserver& observer) const
{
    JobContext inner = *this;
    inner.m_observer = &observer;
    return inner;
}

} // namespace orrery
