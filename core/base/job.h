// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/base/rng.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace orrery {

/// Hears what a job does. Called from worker threads: implementations must be quick and thread-safe.
class ORRERY_API JobObserver {
public:
    virtual ~JobObserver() = default;
    /// `fraction` in [0, 1]; `doing` like "epoch 7 of 15".
    virtual void progressed(double fraction, std::string_view doing);
    /// A point of a live curve: series "loss", step 7, value 0.81.
    virtual void measured(std::string_view series, double step, double value);
    /// Whether keepVectors() is to be called after this step of training.
    [[nodiscard]] virtual bool wantsVectors(double step);
    /// The vectors of the items as they are after a step, [items x factors].
    virtual void keepVectors(double step, Matrix&& vectors);
};

/// Copies share one state: keep one to cancel, give one to the job.
class ORRERY_API CancelToken {
public:
    void cancel() const { m_state->cancelled.store(true, std::memory_order_relaxed); }
    /// All threads of the job sleep at their next check until this long from now: something else is urgent.
    void giveWay(std::chrono::milliseconds time) const;
    /// To be asked often; where the job gives way, too.
    [[nodiscard]] bool cancelled() const
    {
        if (m_state->resumeAt.load(std::memory_order_relaxed) != never)
            sleep();
        return m_state->cancelled.load(std::memory_order_relaxed);
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::rep never = 0;
    struct State {
        std::atomic<bool> cancelled{false};
        std::atomic<Clock::rep> resumeAt{never};
    };
    void sleep() const;
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

/// What every long task is given: its seed, its threads, whether it should stop, and where to report.
class ORRERY_API JobContext {
public:
    struct Settings {
        std::uint64_t seed = 1;
        int threads = 0; ///< 0: all hardware threads. Never changes a result.
    };

    JobContext() = default;
    explicit JobContext(Settings settings, CancelToken token = {}, JobObserver* observer = nullptr);

    [[nodiscard]] std::uint64_t seed() const { return m_settings.seed; }
    [[nodiscard]] int threads() const;
    /// The generator of a named stream of this job's seed.
    [[nodiscard]] Rng rng(std::string_view stream) const { return Rng(seedFor(m_settings.seed, stream)); }

    [[nodiscard]] bool cancelled() const { return m_token.cancelled(); }
    /// Cancelled as an error, to be returned at the next safe point (at least every 50 ms of work).
    [[nodiscard]] Status check() const;

    void progress(double fraction, std::string_view doing) const;
    void measure(std::string_view series, double step, double value) const;
    /// `vectors()` gives those of the items after a step of training; it is called only where somebody keeps them.
    template <class Vectors> void offerVectors(double step, Vectors vectors) const
    {
        if (m_observer && m_observer->wantsVectors(step))
            m_observer->keepVectors(step, vectors());
    }

    /// The same job, reporting its progress into [from, to] of this one's.
    [[nodiscard]] JobContext part(double from, double to) const;
    /// The same job under another seed: one of several models trained in it.
    [[nodiscard]] JobContext withSeed(std::uint64_t seed) const;
    /// The same job with another to hear of it, who may pass on what it hears to observer().
    [[nodiscard]] JobContext observedBy(JobObserver& observer) const;
    [[nodiscard]] JobObserver* observer() const { return m_observer; } ///< null: nobody listens

private:
    Settings m_settings;
    CancelToken m_token;
    JobObserver* m_observer = nullptr;
    double m_from = 0;
    double m_to = 1;
};

} // namespace orrery
