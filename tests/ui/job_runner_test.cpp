// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_runner.h"

#include <QSignalSpy>
#include <QtTest>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

using namespace orrery;
using namespace orrery::ui;

namespace {

Result<int> untilCancelled(const JobContext& job)
{
    while (!job.cancelled())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return tl::unexpected(job.check().error());
}

} // namespace

class JobRunnerTest : public QObject {
    Q_OBJECT
private slots:
    void deliversOnTheWindowsThread()
    {
        JobRunner jobs;
        QThread* deliveredOn = nullptr;
        int value = 0;
        jobs.start<int>(
            "Adding", {}, [](const JobContext&) -> Result<int> { return 42; }, this,
            [&](Result<int> result) {
                value = *result;
                deliveredOn = QThread::currentThread();
            });
        QVERIFY(jobs.busy());
        QTRY_COMPARE(value, 42);
        QCOMPARE(deliveredOn, thread());
        QTRY_VERIFY(!jobs.busy());
    }

    void oneLongJobAfterTheOther()
    {
        JobRunner jobs;
        std::vector<int> order;
        std::atomic<int> running = 0;
        std::atomic<bool> overlapped = false;
        for (int i = 0; i < 5; ++i)
            jobs.start<int>(
                "Job", {},
                [&, i](const JobContext&) -> Result<int> {
                    overlapped = overlapped || ++running > 1;
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
                    --running;
                    return i;
                },
                this, [&](Result<int> result) { order.push_back(*result); });
        QTRY_COMPARE(order.size(), std::size_t{5});
        QVERIFY(!overlapped);
        const std::vector<int> expected = {0, 1, 2, 3, 4};
        QCOMPARE(order, expected);
    }

    void cancelEndsAJobAndIsNoFailure()
    {
        JobRunner jobs;
        QSignalSpy finished(&jobs, &JobRunner::jobFinished);
        bool delivered = false;
        const JobId id = jobs.start<int>("Endless", {}, untilCancelled, this, [&](Result<int> result) {
            delivered = !result && result.error().code == Code::Cancelled;
        });
        jobs.cancel(id);
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(delivered);
        QVERIFY(finished[0][0].value<JobInfo>().state == JobState::Cancelled);
    }

    void exceptionsBecomeErrors()
    {
        JobRunner jobs;
        Error seen;
        jobs.start<int>(
            "Throwing", {}, [](const JobContext&) -> Result<int> { throw std::bad_alloc(); }, this,
            [&](Result<int> result) { seen = result.error(); });
        QTRY_VERIFY(seen.code == Code::OutOfMemory);
        jobs.start<int>(
            "Throwing", {}, [](const JobContext&) -> Result<int> { throw std::runtime_error("odd"); }, this,
            [&](Result<int> result) { seen = result.error(); });
        QTRY_COMPARE(seen.message, std::string("odd"));
    }

    void nothingIsDeliveredToWhoIsGone()
    {
        JobRunner jobs;
        bool delivered = false;
        auto context = std::make_unique<QObject>();
        QSignalSpy finished(&jobs, &JobRunner::jobFinished);
        const JobId id =
            jobs.start<int>("Slow", {}, untilCancelled, context.get(), [&](Result<int>) { delivered = true; });
        context.reset();
        jobs.cancel(id);
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!delivered);
    }

    void ofQuickJobsTheLatestWins()
    {
        JobRunner jobs;
        std::vector<int> delivered;
        for (int i = 0; i < 20; ++i)
            jobs.startQuick<int>(
                "list",
                [i](const JobContext&) -> Result<int> {
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
                    return i;
                },
                this, [&](Result<int> result) { delivered.push_back(*result); });
        QTRY_VERIFY(!jobs.quickBusy());
        QCOMPARE(delivered, std::vector<int>{19});
    }

    void quickJobsDoNotWaitForLongOnes()
    {
        JobRunner jobs;
        const JobId id = jobs.start<int>("Endless", {}, untilCancelled, this, [](Result<int>) {});
        int value = 0;
        jobs.startQuick<int>(
            "", [](const JobContext&) -> Result<int> { return 7; }, this, [&](Result<int> result) { value = *result; });
        QTRY_COMPARE(value, 7);
        QVERIFY(jobs.busy());
        jobs.cancel(id);
        QTRY_VERIFY(!jobs.busy());
    }

    void longJobsSleepWhileAQuickOneIsAnswered()
    {
        using Clock = std::chrono::steady_clock;
        JobRunner jobs;
        std::atomic<bool> asked = false;
        Clock::time_point wentOn;
        const JobId id = jobs.start<int>(
            "Busy", {},
            [&](const JobContext& job) -> Result<int> {
                while (!asked)
                    std::this_thread::yield();
                if (!job.cancelled()) // the check a busy job makes now and then
                    wentOn = Clock::now();
                return untilCancelled(job);
            },
            this, [](Result<int>) {});
        const auto quickBegan = Clock::now();
        jobs.startQuick<int>(
            "", [](const JobContext&) -> Result<int> { return 7; }, this, [](Result<int>) {});
        asked = true;
        QTRY_VERIFY(!jobs.quickBusy());
        QTest::qWait(100); // the job goes on by itself
        jobs.cancel(id);
        QTRY_VERIFY(!jobs.busy());
        QVERIFY(wentOn - quickBegan >= std::chrono::milliseconds(20));
    }

    void destructionCancelsWhatRuns()
    {
        auto jobs = std::make_unique<JobRunner>();
        jobs->start<int>("Endless", {}, untilCancelled, this, [](Result<int>) {});
        jobs->start<int>("Waiting", {}, untilCancelled, this, [](Result<int>) {});
        jobs.reset(); // hangs here when it does not
        QVERIFY(!jobs);
    }
};

QTEST_MAIN(JobRunnerTest)
#include "job_runner_test.moc"
