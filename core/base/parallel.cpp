// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>

#ifdef ORRERY_STD_THREADS
#include <thread>
#include <vector>
#else
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace orrery {
namespace {

#ifdef ORRERY_STD_THREADS
// ThreadSanitizer cannot see into the distribution's TBB, so its build uses plain threads.
void runChunks(int threads, std::size_t chunks, const std::function<void(std::size_t)>& run)
{
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t chunk = next++; chunk < chunks; chunk = next++)
            run(chunk);
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i)
        others.emplace_back(work);
    work();
    for (auto& thread : others)
        thread.join();
}
#else
// Arenas are kept: workers that have to move into a new one come too late for a loop of a millisecond.
oneapi::tbb::task_arena& arenaOf(int threads)
{
    static std::mutex mutex;
    static std::map<int, std::unique_ptr<oneapi::tbb::task_arena>> arenas;
    const std::scoped_lock lock(mutex);
    auto& arena = arenas[threads];
    if (!arena)
        arena = std::make_unique<oneapi::tbb::task_arena>(threads);
    return *arena;
}

void runChunks(int threads, std::size_t chunks, const std::function<void(std::size_t)>& run)
{
    arenaOf(threads).execute(
        [&] { oneapi::tbb::parallel_for(std::size_t{0}, chunks, run, oneapi::tbb::simple_partitioner()); });
}
#endif

} // namespace

int usableThreads()
{
#ifdef ORRERY_STD_THREADS
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
#else
    return std::max(1, oneapi::tbb::info::default_concurrency());
#endif
}

Status parallelFor(const JobContext& job, std::size_t n, std::size_t grain,
                   const std::function<void(std::size_t, std::size_t)>& body)
{
    const std::size_t chunks = chunkCount(n, grain);
    const auto run = [&](std::size_t chunk) {
        if (!job.cancelled())
            body(chunk * grain, std::min(n, (chunk + 1) * grain));
    };
    if (job.threads() == 1 || chunks <= 1) {
        for (std::size_t chunk = 0; chunk < chunks; ++chunk)
            run(chunk);
    } else {
        runChunks(std::min(job.threads(), usableThreads()), chunks, run);
    }
    return job.check();
}

} // namespace orrery
