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
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

// Ratings visited per second by the epochs of the rating factorizations (for SVD and SVD++: updates). The ratings are
// those of the file that ORRERY_RATINGS names (columns user,item,rating[,fold]; the scripts in benchmarks/peers read
// the same), or random ones with the shape of MovieLens 100K. PMF learns from those that are not in fold 0, and says
// how far it is from the ones that are (RMSE within the scale, by the trained vectors); ORRERY_PMF_REGULARIZATION and
// ORRERY_PMF_EPOCHS are its settings.

namespace {

using namespace orrery;

/// `folds`: one for each rating; empty where the file has none.
EventLog readRatings(const char* path, Vocabulary& people, Vocabulary& items, std::vector<int>& folds)
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
        if (const auto third = line.find(',', second + 1); third != std::string::npos)
            folds.push_back(std::stoi(line.substr(third + 1)));
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

struct Ratings {
    Interactions all;
    std::vector<std::uint8_t> held; ///< 1 for cells of fold 0; empty: none
};

/// Every pair is rated once.
Ratings readFile(const char* path)
{
    Vocabulary people, items;
    std::vector<int> folds;
    const EventLog log = readRatings(path, people, items, folds);
    Ratings read{Interactions::derive(log, people.size(), items.size(), Duplicates::Last), {}};
    if (folds.size() != read.all.size())
        return read;
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> foldOf;
    for (std::size_t n = 0; n < folds.size(); ++n)
        foldOf[{log.users()[n].value, log.items()[n].value}] = folds[n];
    for (std::uint32_t person = 0; person < people.size(); ++person)
        for (const ItemIndex item : read.all.row(UserIndex{person}).items)
            read.held.push_back(foldOf[{person, item.value}] == 0 ? 1 : 0);
    return read;
}

const Ratings& data()
{
    static const Ratings made = [] {
        if (const char* path = std::getenv("ORRERY_RATINGS"))
            return readFile(path);
        return Ratings{Interactions::derive(randomRatings(943, 1682, 120'000), 943, 1682, Duplicates::Last), {}};
    }();
    return made;
}

const Interactions& ratings() { return data().all; }

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

float setting(const char* name, float otherwise)
{
    const char* given = std::getenv(name);
    return given ? std::stof(given) : otherwise;
}

Result<RatingFactors> pmf(int factors, const JobContext& job)
{
    SvdConfig config;
    config.biased = false;
    config.factors = factors;
    config.learningRate = .03F;
    config.regularization = setting("ORRERY_PMF_REGULARIZATION", .06F);
    config.epochs = static_cast<int>(setting("ORRERY_PMF_EPOCHS", 21));
    return trainSvd(ratings(), data().held, config, job);
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

double rmseOfHeld(const RatingFactors& factors)
{
    double squares = 0, count = 0;
    const auto [low, high] = std::ranges::minmax(ratings().allValues());
    const auto starts = ratings().starts();
    for (std::uint32_t person = 0; person < ratings().users(); ++person)
        for (std::size_t cell = starts[person]; cell < starts[person + 1]; ++cell) {
            if (data().held[cell] == 0)
                continue;
            const std::uint32_t item = ratings().allItems()[cell].value;
            const auto p = factors.people.row(person), q = factors.items.row(item);
            const double said = factors.mean +
                                static_cast<double>(factors.personBias[person] + factors.itemBias[item]) +
                                std::inner_product(p.begin(), p.end(), q.begin(), 0.0);
            const double miss = std::clamp(said, static_cast<double>(low), static_cast<double>(high)) -
                                static_cast<double>(ratings().allValues()[cell]);
            squares += miss * miss;
            ++count;
        }
    return std::sqrt(squares / count);
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
        if (train == pmf && !data().held.empty())
            state.counters["RMSE"] = rmseOfHeld(*trained);
    }
    const auto held = train == pmf ? std::ranges::count(data().held, 1) : 0;
    const auto updates = static_cast<double>(ratings().size()) - static_cast<double>(held);
    state.counters["visits/s"] = {updates, benchmark::Counter::kIsIterationInvariantRate};
    state.counters["best visits/s"] = updates / quickest;
}

void cases(benchmark::internal::Benchmark* bench)
{
    bench->ArgNames({"factors", "threads"})->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);
}

void svdEpoch(benchmark::State& state) { epoch(state, svd); }
void pmfEpoch(benchmark::State& state) { epoch(state, pmf); }
void svdppEpoch(benchmark::State& state) { epoch(state, svdpp); }
void alsWrEpoch(benchmark::State& state) { epoch(state, alsWr); }
void nmfEpoch(benchmark::State& state) { epoch(state, nmf); }
BENCHMARK(svdEpoch)->Apply(cases)->ArgsProduct({{50, 100}, {1, 2}});
BENCHMARK(pmfEpoch)->Apply(cases)->ArgsProduct({{100}, {1, 2}});
BENCHMARK(svdppEpoch)->Apply(cases)->ArgsProduct({{20, 50}, {1}});
BENCHMARK(alsWrEpoch)->Apply(cases)->ArgsProduct({{50}, {1, 2}});
BENCHMARK(nmfEpoch)->Apply(cases)->ArgsProduct({{15}, {1, 2}});

} // namespace
