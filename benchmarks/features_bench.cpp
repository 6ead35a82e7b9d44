// SPDX-License-Identifier: GPL-3.0-or-later
// Features of 1,000 candidates over a catalog of 1M items and 10M events: the tables behind them, and one request of a
// usual and of a busy person, on one thread.
#include "benchmarks/shop.h"
#include "core/ranking/feature_view.h"

#include <benchmark/benchmark.h>

#include <cmath>

using namespace orrery;

namespace {

constexpr std::uint32_t items = 1'000'000, people = 200'000, events = 10'000'000;
constexpr std::size_t candidateCount = 1'000, sources = 5, length = 64;
constexpr Timestamp day = bench::day, start = bench::shopOpens;
constexpr std::uint32_t busy = 0; ///< a person with 2,000 events; the others have 50

std::uint32_t someItem(Rng& rng) { return static_cast<std::uint32_t>(items * std::pow(rng.uniform(), 4)); }

std::shared_ptr<const Dataset> datasetOf(bool vectors)
{
    Rng rng(seedFor(1, "features.bench"));
    EventLog log;
    log.reserve(events, true);
    for (std::uint32_t e = 0; e < events; ++e) {
        Event event;
        event.user = UserIndex{e < 2000 ? busy : static_cast<std::uint32_t>(1 + rng.below(people - 1))};
        event.item = ItemIndex{someItem(rng)};
        event.kind = e % 10 == 0 ? EventKind::Purchase : e % 4 == 0 ? EventKind::Impression : EventKind::View;
        event.at = start + static_cast<Timestamp>(rng.below(365 * day));
        log.append(event);
    }
    return bench::shopOf(people, {.items = items, .vectors = vectors ? length : 0}, std::move(log), rng);
}

Candidates someCandidates(Rng& rng)
{
    std::vector<std::vector<Found>> lists(sources);
    for (auto& list : lists)
        for (std::size_t i = 0; i < 250; ++i)
            list.push_back({ItemIndex{someItem(rng)}, static_cast<float>(250 - i)});
    for (auto& list : lists) { // no item twice in a list
        std::ranges::sort(list, {}, &Found::item);
        list.erase(std::unique(list.begin(), list.end(), [](auto a, auto b) { return a.item == b.item; }), list.end());
    }
    const std::vector<float> weights(sources, 1);
    return merge(lists, weights, MergeBy::ReciprocalRank, candidateCount);
}

struct Bench {
    std::shared_ptr<const EventIndex> index;
    std::shared_ptr<const FeatureView> view;

    explicit Bench(bool vectors)
        : index(EventIndex::open(datasetOf(vectors), {}).value()),
          view(FeatureView::open(index, {"a", "b", "c", "d", "e"}, {}).value())
    {
    }
};

const Bench& bench(bool vectors)
{
    static std::unique_ptr<const Bench> made;
    static bool with = false;
    if (!made || with != vectors) {
        made.reset();
        made = std::make_unique<const Bench>(vectors);
        with = vectors;
    }
    return *made;
}

void fill(benchmark::State& state, bool vectors, bool busyPerson)
{
    const Bench& with = bench(vectors);
    Rng rng(2);
    std::vector<Candidates> candidates;
    candidates.reserve(50);
    for (int i = 0; i < 50; ++i) // their items do not stay in the caches
        candidates.push_back(someCandidates(rng));
    Matrix out(candidateCount, with.view->width());
    std::size_t next = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const Candidates& list = candidates[next++ % candidates.size()];
        const UserIndex user{busyPerson ? busy : static_cast<std::uint32_t>(1 + rng.below(people - 1))};
        const Query query = with.index->queryAt(user, start + 300 * day);
        state.ResumeTiming();
        with.view->fill({query}, list, {out.ref().data, list.size(), out.cols()});
        benchmark::DoNotOptimize(out.row(0).data());
    }
    state.counters["features"] = static_cast<double>(with.view->width());
}

void openTables(benchmark::State& state)
{
    const Bench& with = bench(false);
    for (auto _ : state)
        benchmark::DoNotOptimize(FeatureView::open(with.index, {}, {}).value());
}

BENCHMARK_CAPTURE(fill, categories, false, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fill, categories_busy_person, false, true)->Unit(benchmark::kMillisecond);
BENCHMARK(openTables)->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK_CAPTURE(fill, vectors, true, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fill, vectors_busy_person, true, true)->Unit(benchmark::kMillisecond);

} // namespace
