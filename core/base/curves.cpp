// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/curves.h"

namespace orrery {

Curves CurveRecorder::curves() const
{
    const std::scoped_lock lock(m_mutex);
    return m_curves;
}

void CurveRecorder::progressed(double fraction, std::string_view doing)
{
    if (JobObserver* outer = m_job.observer())
        outer->progressed(fraction, doing); // already in the range of the whole job
}

void CurveRecorder::measured(std::string_view series, double step, double value)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_curves[std::string(series)].emplace_back(step, value);
    }
    m_job.measure(series, step, value);
}

} // namespace orrery
