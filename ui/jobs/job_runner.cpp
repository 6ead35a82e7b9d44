// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_runner.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace orrery::ui {
namespace {

/// How long the processors are left to a quick job and to painting its answer. Low priority alone does not keep long
/// jobs out of the way: the scheduler still gives them a tick of 4 ms now and then, in the midst of a repaint.
constexpr std::chrono::milliseconds quickTime(30);

} // namespace

struct JobRunner::Entry {
    JobInfo info;
    QString key; ///< of quick jobs
    CancelToken token;
    JobContext::Settings settings;
    QPointer<QObject> context;
    Work work;
    QElapsedTimer started;
};

/// One worker thread and its queue.
class JobRunner::Lane {
public:
    explicit Lane(int niceness) : m_thread([this, niceness] { run(niceness); }) {}
    ~Lane()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_stopping = true;
            m_queue.clear();
        }
        m_wake.notify_all();
        m_thread.join();
    }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void push(std::function<void()> task)
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_queue.push_back(std::move(task));
        }
        m_wake.notify_one();
    }

private:
    void run(int niceness)
    {
        // Threads that this one starts inherit it: the scheduler's workers as well.
        setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), niceness);
        for (;;) {
            std::function<void()> task;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
                if (m_stopping)
                    return;
                task = std::move(m_queue.front());
                m_queue.pop_front();
            }
            task();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_queue;
    bool m_stopping = false;
    std::thread m_thread;
};

/// Carries what a job says to the window's thread, progress at most 30 times a second.
class JobRunner::Observer final : public JobObserver {
public:
    Observer(JobRunner& runner, std::shared_ptr<Entry> entry) : m_runner(runner), m_entry(std::move(entry))
    {
        m_sinceLast.start();
    }

    void progressed(double fraction, std::string_view doing) override
    {
        const std::scoped_lock lock(m_mutex);
        if (m_said && m_sinceLast.elapsed() < 33 && fraction < 1)
            return;
        m_said = true;
        m_sinceLast.restart();
        QMetaObject::invokeMethod(
            &m_runner,
            [&runner = m_runner, entry = m_entry, fraction,
             doing = QString::fromUtf8(doing.data(), qsizetype(doing.size()))] {
                const double seconds = static_cast<double>(entry->started.elapsed()) / 1000;
                entry->info.fraction = fraction;
                entry->info.doing = doing;
                entry->info.seconds = seconds;
                entry->info.secondsLeft = fraction > 0.02 ? seconds * (1 - fraction) / fraction : -1;
                emit runner.jobChanged(entry->info);
            },
            Qt::QueuedConnection);
    }

    void measured(std::string_view series, double step, double value) override
    {
        QMetaObject::invokeMethod(
            &m_runner,
            [&runner = m_runner, id = m_entry->info.id,
             name = QString::fromUtf8(series.data(), qsizetype(series.size())), step,
             value] { emit runner.measured(id, name, step, value); },
            Qt::QueuedConnection);
    }

private:
    JobRunner& m_runner;
    std::shared_ptr<Entry> m_entry;
    std::mutex m_mutex;
    QElapsedTimer m_sinceLast;
    bool m_said = false;
};

JobRunner::JobRunner(QObject* parent)
    : QObject(parent), m_long(std::make_unique<Lane>(19)), m_quick(std::make_unique<Lane>(0)),
      m_behind(std::make_unique<Lane>(10))
{
    qRegisterMetaType<JobInfo>();
}

JobRunner::~JobRunner()
{
    cancelAll();
    for (const auto& entry : m_quickEntries)
        entry->token.cancel();
    m_long.reset();
    m_quick.reset();
    m_behind.reset();
}

JobId JobRunner::enqueue(const QString& title, JobContext::Settings settings, QObject* context, Work work)
{
    auto entry = std::make_shared<Entry>();
    entry->info.id = ++m_lastId;
    entry->info.title = title;
    entry->settings = settings;
    entry->context = context;
    entry->work = std::move(work);
    entry->started.start();
    m_entries.push_back(entry);
    emit jobStarted(entry->info);
    m_long->push([this, entry] {
        QMetaObject::invokeMethod(this, [entry] {
            entry->started.restart();
            entry->info.state = JobState::Running;
        });
        Observer observer(*this, entry);
        const JobContext job(entry->settings, entry->token, &observer);
        const Outcome outcome = entry->work(job);
        QMetaObject::invokeMethod(this, [this, entry, outcome] { finish(entry->info.id, entry->context, outcome); });
    });
    return entry->info.id;
}

void JobRunner::finish(JobId id, QPointer<QObject> context, const Outcome& outcome)
{
    const auto found = std::ranges::find(m_entries, id, [](const auto& entry) { return entry->info.id; });
    if (found == m_entries.end())
        return;
    JobInfo info = (*found)->info;
    info.seconds = static_cast<double>((*found)->started.elapsed()) / 1000;
    m_entries.erase(found);
    if (outcome.status) {
        info.state = JobState::Done;
        info.fraction = 1;
    } else {
        info.state = outcome.status.error().code == Code::Cancelled ? JobState::Cancelled : JobState::Failed;
        info.failure = outcome.status.error();
    }
    if (context)
        outcome.deliver();
    emit jobFinished(info);
}

void JobRunner::enqueueUnseen(Lane& lane, const QString& key, QObject* context, Work work)
{
    auto entry = std::make_shared<Entry>();
    entry->key = key;
    entry->context = context;
    entry->work = std::move(work);
    if (!key.isEmpty())
        for (const auto& other : m_quickEntries)
            if (other->key == key && other->context == context)
                other->token.cancel();
    m_quickEntries.push_back(entry);
    if (&lane == m_quick.get())
        makeWay();
    lane.push([this, entry] {
        Outcome outcome;
        if (!entry->token.cancelled())
            outcome = entry->work(JobContext(JobContext::Settings{1, 1}, entry->token));
        QMetaObject::invokeMethod(this, [this, entry, outcome] {
            std::erase(m_quickEntries, entry);
            if (!entry->token.cancelled() && entry->context && outcome.deliver) {
                makeWay();
                outcome.deliver();
            }
            if (m_quickEntries.empty())
                emit quickIdle();
        });
    });
}

void JobRunner::makeWay()
{
    for (const auto& entry : m_entries)
        entry->token.giveWay(quickTime);
}

void JobRunner::cancel(JobId id)
{
    for (const auto& entry : m_entries)
        if (entry->info.id == id)
            entry->token.cancel();
}

void JobRunner::cancelAll()
{
    for (const auto& entry : m_entries)
        entry->token.cancel();
}

bool JobRunner::busy() const { return !m_entries.empty(); }

bool JobRunner::quickBusy() const { return !m_quickEntries.empty(); }

std::vector<JobInfo> JobRunner::jobs() const
{
    std::vector<JobInfo> all;
    for (const auto& entry : m_entries)
        all.push_back(entry->info);
    return all;
}

} // namespace orrery::ui
