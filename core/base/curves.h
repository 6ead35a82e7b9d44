// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace orrery {

/// What a job measured as it went: (step, value), in the order of measuring.
using Curve = std::vector<std::pair<double, double>>;
/// By the name of the series: "loss", "training RMSE".
using Curves = std::map<std::string, Curve>;

/// Keeps the curves of a part of a job, and passes on all that it hears.
class ORRERY_API CurveRecorder final : public JobObserver {
public:
    explicit CurveRecorder(const JobContext& job) : m_job(job) {}

    /// To be given to the work. It must not be used after the recorder is gone.
    [[nodiscard]] JobContext job() { return m_job.observedBy(*this); }
    [[nodiscard]] Curves curves() const;

    void progressed(double fraction, std::string_view doing) override;
    void measured(std::string_view series, double step, double value) override;

private:
    JobContext m_job;
    mutable std::mutex m_mutex;
    Curves m_curves;
};

} // namespace orrery
