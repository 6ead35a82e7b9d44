// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"
#include "core/models/svd_trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

// SGD updates per second of SVD at 100 factors, epochs only. The ratings are those of the file that ORRERY_RATINGS
// names (columns user,item,rating[,fold]; benchmarks/peers/surprise_svd.py reads the same), or random ones with the
// shape of MovieLens 100K.

namespace {

using namespace orrery;

EventLog readRatings(const char* path, Vocabulary& people, Vocabulary& items)
{
    EventLog log;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const auto first = line.find(','), second = line.find(',', first + 1);
        log.append({UserIndex{people.add(line.substr(0, first))},
                    ItemIndex{items.add(line.substr(first + 1, second - first - 1))},
                    std::stof(line.substr(second + 1))});
    }
    return log;
}

EventLog randomRatings(std::size_t people, std::size_t items, std::size_t ratings)
{
    Rng rng(1);
    EventLog log;
    // Squares favour low indices, as popular items and busy people are favoured.
    const auto draw = [&](std::size_t n) {
        return static_cast<std::uint32_t>(std::pow(rng.uniform(), 2) * static_cast<double>(n));
    };
    for (std::size_t n = 0; n < ratings; ++n)
        log.append({UserIndex{draw(people)}, ItemIndex{draw(items)}, static_cast<float>(1 + rng.below(5))});
    return log;
}

const Interactions& ratings()
{
    static const Interactions made = [] {
        if (const char* path = std::getenv("ORRERY_RATINGS")) {
            Vocabulary people, items;
            const EventLog log = readRatings(path, people, items);
            return Interactions::derive(log, people.size(), items.size(), Duplicates::Last);
        }
        return Interactions::derive(randomRatings(943, 1682, 120'000), 943, 1682, Duplicates::Last);
    }();
    return made;
}

/// Seconds at the end of each epoch: of the clock on the wall, or of the processor.
class EpochClock final : public JobObserver {
public:
    explicit EpochClock(clockid_t clock) : m_clock(clock) {}
    void measured(std::string_view, double, double) override
    {
        timespec now{};
        clock_gettime(m_clock, &now);
        m_ends.push_back(static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec));
    }
    [[nodiscard]] double quickest() const
    {
        double least = m_ends.back() - m_ends.front();
        for (std::size_t n = 1; n < m_ends.size(); ++n)
            least = std::min(least, m_ends[n] - m_ends[n - 1]);
        return least;
    }
    [[nodiscard]] double mean() const
    {
        return (m_ends.back() - m_ends.front()) / static_cast<double>(m_ends.size() - 1);
    }

private:
    clockid_t m_clock;
    std::vector<double> m_ends;
};

/// One thread is timed by the processor's clock, so that a busy machine does not count; more by the wall's.
void svdEpoch(benchmark::State& state)
{
    const int threads = static_cast<int>(state.range(0));
    if (ratings().size() == 0)
        return state.SkipWithError("ORRERY_RATINGS names no file of ratings");
    SvdConfig config;
    config.epochs = 21;
    double quickest = 1e9;
    for (auto _ : state) {
        EpochClock clock(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC);
        const auto trained = trainSvd(ratings(), {}, config, JobContext({.seed = 1, .threads = threads}, {}, &clock));
        benchmark::DoNotOptimize(trained->mean);
        state.SetIterationTime(clock.mean());
        quickest = std::min(quickest, clock.quickest());
    }
    const auto updates = static_cast<double>(ratings().size());
    state.counters["updates/s"] = {updates, benchmark::Counter::kIsIterationInvariantRate};
    state.counters["best updates/s"] = updates / quickest;
}
BENCHMARK(svdEpoch)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Iterations(10)->Unit(benchmark::kMillisecond);

} // namespace
