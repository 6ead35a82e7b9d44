// SPDX-License-Identifier: GPL-3.0-or-later
// Features of 1,000 candidates over a catalog of 1M items and 10M events: the tables behind them, and one request of a
// usual and of a busy person, on one thread.
#include "core/base/rng.h"
#include "core/ranking/feature_view.h"

#include <benchmark/benchmark.h>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr std::uint32_t items = 1'000'000, people = 200'000, events = 10'000'000;
constexpr std::size_t candidateCount = 1'000, sources = 5, length = 64;
constexpr Timestamp day = 86'400, start = 1'700'000'000;
constexpr std::uint32_t busy = 0; ///< a person with 2,000 events; the others have 50

std::uint32_t someItem(Rng& rng) { return static_cast<std::uint32_t>(items * std::pow(rng.uniform(), 4)); }

AttributeTable catalogOf(Rng& rng, bool vectors)
{
    TagColumn categories, brands, sellers;
    NumberColumn stock, margin, promoted, added, price;
    for (std::uint32_t i = 0; i < items; ++i) {
        const auto one = [&](TagColumn& column, const std::string& name) {
            column.tags.push_back(column.vocabulary.add(name));
        };
        const auto category = rng.below(30);
        one(categories, fmt::format("department {}", category));
        one(categories, fmt::format("category {}", 10 * category + rng.below(10)));
        one(brands, fmt::format("brand {}", rng.below(5000)));
        one(sellers, fmt::format("seller {}", rng.below(500)));
        for (TagColumn* column : {&categories, &brands, &sellers})
            column->starts.push_back(static_cast<std::uint32_t>(column->tags.size()));
        stock.values.push_back(static_cast<double>(rng.below(20)));
        margin.values.push_back(rng.uniform());
        price.values.push_back(1 + 200 * rng.uniform());
        promoted.values.push_back(rng.below(10) == 0 ? 1 : 0);
        added.values.push_back(static_cast<double>(start + static_cast<Timestamp>(rng.below(365)) * day));
    }
    AttributeTable table;
    table.add({"category", std::move(categories)});
    table.add({"brand", std::move(brands)});
    table.add({"seller", std::move(sellers)});
    table.add({"price", std::move(price)});
    table.add({"stock", std::move(stock)});
    table.add({"margin", std::move(margin)});
    table.add({"promoted", std::move(promoted)});
    table.add({"added", std::move(added)});
    if (vectors) {
        VectorColumn column{"text", length, std::vector<float>(items * length)};
        for (float& value : column.values)
            value = static_cast<float>(rng.uniform()) - .5F;
        table.set(std::move(column));
    }
    return table;
}

std::shared_ptr<const Dataset> datasetOf(bool vectors)
{
    Rng rng(seedFor(1, "features.bench"));
    DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}};
    Vocabulary personIds, itemIds;
    for (std::uint32_t p = 0; p < people; ++p)
        personIds.add(fmt::format("p{}", p));
    for (std::uint32_t i = 0; i < items; ++i)
        itemIds.add(fmt::format("i{}", i));
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
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.items = std::make_shared<const AttributeTable>(catalogOf(rng, vectors));
    return std::make_shared<const Dataset>(std::move(parts));
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
