// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QString>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <vector>

namespace orrery::ui {

using JobId = int;
enum class JobState { Waiting, Running, Done, Failed, Cancelled };

/// What the strip shows of a job.
struct JobInfo {
    JobId id = 0;
    QString title; ///< "Training implicit ALS"
    QString doing; ///< "epoch 7 of 15"
    double fraction = 0;
    double secondsLeft = -1; ///< -1: not known yet
    double seconds = 0;      ///< so far, or in all once it has ended
    JobState state = JobState::Waiting;
    Error failure; ///< of Failed
};

/// The only place where threads meet widgets. Long jobs run one after the other on a worker thread at low priority;
/// quick ones (lists, explanations) on another at normal priority, unseen; long ones sleep while a quick one is asked
/// for and its answer shown. What a page needs but nobody waits for runs on a third, unseen too. `done` runs on the
/// window's thread, and not at all once `context` is gone. Exceptions become errors here. The destructor cancels and
/// waits.
class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    template <class T> JobId start(const QString& title, JobContext::Settings settings,
                                   std::function<Result<T>(const JobContext&)> work, QObject* context,
                                   std::function<void(Result<T>)> done)
    {
        return enqueue(title, settings, context, erased<T>(std::move(work), std::move(done)));
    }

    /// Latest wins: a quick job with the same non-empty `key` replaces one that has not delivered yet.
    template <class T> void startQuick(const QString& key, std::function<Result<T>(const JobContext&)> work,
                                       QObject* context, std::function<void(Result<T>)> done)
    {
        enqueueUnseen(*m_quick, key, context, erased<T>(std::move(work), std::move(done)));
    }

    /// As startQuick, but on a thread of its own at low priority: for what may take seconds, so that lists never wait
    /// for it.
    template <class T> void startBehind(const QString& key, std::function<Result<T>(const JobContext&)> work,
                                        QObject* context, std::function<void(Result<T>)> done)
    {
        enqueueUnseen(*m_behind, key, context, erased<T>(std::move(work), std::move(done)));
    }

    void cancel(JobId id);
    void cancelAll();
    [[nodiscard]] bool busy() const;                 ///< a long job is waiting or running
    [[nodiscard]] bool quickBusy() const;            ///< an unseen job is waiting or running
    [[nodiscard]] std::vector<JobInfo> jobs() const; ///< waiting and running, oldest first

signals:
    void jobStarted(const orrery::ui::JobInfo& job);
    void jobChanged(const orrery::ui::JobInfo& job); ///< at most 30 times a second
    void jobFinished(const orrery::ui::JobInfo& job);
    void measured(orrery::ui::JobId id, const QString& series, double step, double value);
    void quickIdle();

private:
    /// The outcome of a job's work, and the way to hand it over on the window's thread.
    struct Outcome {
        Status status;
        std::function<void()> deliver;
    };
    using Work = std::function<Outcome(const JobContext&)>;

    template <class T>
    static Work erased(std::function<Result<T>(const JobContext&)> work, std::function<void(Result<T>)> done)
    {
        return [work = std::move(work), done = std::move(done)](const JobContext& job) -> Outcome {
            auto result = std::make_shared<Result<T>>(guarded<T>(work, job));
            Status status;
            if (!*result)
                status = tl::unexpected(result->error());
            return {status, [done, result] { done(std::move(*result)); }};
        };
    }

    // Eigen, bad_alloc and library exceptions end here, as errors.
    template <class T>
    static Result<T> guarded(const std::function<Result<T>(const JobContext&)>& work, const JobContext& job)
    {
        try {
            return work(job);
        } catch (const std::bad_alloc&) {
            return error(Code::OutOfMemory, "There is not enough memory for this",
                         "Choose fewer factors or neighbours, or a smaller dataset");
        } catch (const std::exception& failure) {
            return error(Code::Internal, failure.what());
        }
    }

    JobId enqueue(const QString& title, JobContext::Settings settings, QObject* context, Work work);
    class Lane;
    class Observer;
    void makeWay();
    void enqueueUnseen(Lane& lane, const QString& key, QObject* context, Work work);
    void finish(JobId id, QPointer<QObject> context, const Outcome& outcome);

    std::unique_ptr<Lane> m_long;
    std::unique_ptr<Lane> m_quick;
    std::unique_ptr<Lane> m_behind;
    struct Entry;
    std::vector<std::shared_ptr<Entry>> m_entries;
    std::vector<std::shared_ptr<Entry>> m_quickEntries;
    JobId m_lastId = 0;
};

} // namespace orrery::ui

Q_DECLARE_METATYPE(orrery::ui::JobInfo)
