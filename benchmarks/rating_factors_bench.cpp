// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"
#include "core/models/ratings/als_wr_trainer.h"
#include "core/models/ratings/nmf_trainer.h"
#include "core/models/ratings/svd_trainer.h"
#include "core/models/ratings/svdpp_trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

// Ratings visited per second by the epochs of the rating factorizations (for SVD and SVD++: updates). The ratings are
// those of the file that ORRERY_RATINGS names (columns user,item,rating[,fold]; the scripts in benchmarks/peers read
// the same), or random ones with the shape of MovieLens 100K.

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

using Trainer = Result<RatingFactors> (*)(int factors, const JobContext& job);

constexpr int epochs = 11; // the first is not timed: it begins before the clock

Result<RatingFactors> svd(int factors, const JobContext& job)
{
    SvdConfig config;
    config.factors = factors;
    config.epochs = epochs;
    return trainSvd(ratings(), {}, config, job);
}

Result<RatingFactors> svdpp(int factors, const JobContext& job)
{
    SvdppConfig config;
    config.factors = factors;
    config.epochs = epochs;
    return trainSvdpp(ratings(), {}, config, job);
}

Result<RatingFactors> alsWr(int factors, const JobContext& job)
{
    AlsWrConfig config;
    config.factors = factors;
    config.epochs = epochs;
    return trainAlsWr(ratings(), {}, config, job);
}

Result<RatingFactors> nmf(int factors, const JobContext& job)
{
    NmfConfig config;
    config.factors = factors;
    config.epochs = epochs;
    return trainNmf(ratings(), {}, config, job);
}

/// One thread is timed by the processor's clock, so that a busy machine does not count; more by the wall's.
void epoch(benchmark::State& state, Trainer train)
{
    const int factors = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1));
    if (ratings().size() == 0)
        return state.SkipWithError("ORRERY_RATINGS names no file of ratings");
    double quickest = 1e9;
    for (auto _ : state) {
        EpochClock clock(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC);
        const auto trained = train(factors, JobContext({.seed = 1, .threads = threads}, {}, &clock));
        benchmark::DoNotOptimize(trained->mean);
        state.SetIterationTime(clock.mean());
        quickest = std::min(quickest, clock.quickest());
    }
    const auto updates = static_cast<double>(ratings().size());
    state.counters["visits/s"] = {updates, benchmark::Counter::kIsIterationInvariantRate};
    state.counters["best visits/s"] = updates / quickest;
}

void cases(benchmark::internal::Benchmark* bench)
{
    bench->ArgNames({"factors", "threads"})->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);
}

void svdEpoch(benchmark::State& state) { epoch(state, svd); }
void svdppEpoch(benchmark::State& state) { epoch(state, svdpp); }
void alsWrEpoch(benchmark::State& state) { epoch(state, alsWr); }
void nmfEpoch(benchmark::State& state) { epoch(state, nmf); }
BENCHMARK(svdEpoch)->Apply(cases)->ArgsProduct({{50, 100}, {1, 2}});
BENCHMARK(svdppEpoch)->Apply(cases)->ArgsProduct({{20, 50}, {1}});
BENCHMARK(alsWrEpoch)->Apply(cases)->ArgsProduct({{50}, {1, 2}});
BENCHMARK(nmfEpoch)->Apply(cases)->ArgsProduct({{15}, {1, 2}});

} // namespace
