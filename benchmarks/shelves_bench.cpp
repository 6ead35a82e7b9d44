// SPDX-License-Identifier: GPL-3.0-or-later
// How long the shelves of a shop of 10,000 items take to react to an event of a visit, and to be opened.
#include "core/base/rng.h"
#include "core/models/catalogue.h"
#include "core/pipeline/storefront.h"

#include <benchmark/benchmark.h>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr std::uint32_t people = 20'000, items = 10'000, events = 1'000'000;
constexpr Timestamp day = 86'400, start = 1'700'000'000;

/// A million views and purchases in sittings of five, popular items more often, within a year.
std::shared_ptr<const Dataset> shop()
{
    static const auto made = [] {
        DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}};
        Vocabulary personIds, itemIds;
        for (std::uint32_t p = 0; p < people; ++p)
            personIds.add(fmt::format("p{}", p));
        for (std::uint32_t i = 0; i < items; ++i)
            itemIds.add(fmt::format("i{}", i));
        EventLog log;
        log.reserve(events, true);
        Rng rng(seedFor(1, "shelves.bench"));
        for (std::uint32_t sitting = 0; sitting < events / 5; ++sitting) {
            Event event;
            event.user = UserIndex{static_cast<std::uint32_t>(rng.below(people))};
            event.at = start + static_cast<Timestamp>(rng.below(365 * day));
            event.session = sitting;
            const auto kind = static_cast<std::uint32_t>(rng.below(20));
            for (int step = 0; step < 5; ++step) {
                const auto rank = static_cast<std::uint32_t>(std::pow(double(items) / 20, rng.uniform()) - 1);
                event.item = ItemIndex{20 * rank + kind};
                event.kind = step == 4 ? EventKind::Purchase : EventKind::View;
                event.at += 20;
                log.append(event);
            }
        }
        parts.log = std::make_shared<const EventLog>(std::move(log));
        parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
        parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
        return std::make_shared<const Dataset>(std::move(parts));
    }();
    return made;
}

void react(benchmark::State& state, const char* algorithm)
{
    const auto data = shop();
    const auto model = train(*findAlgorithm(algorithm), {data}, {}, {}).value();
    const auto recommender = makeModelRecommender(algorithm, model);
    const auto front = Storefront::open(data, {}).value();
    ShopPage page;
    page.now = start + 300 * day;
    page.visitor = queryFor(*data, UserIndex{7}, page.now);
    std::uint32_t at = 0;
    for (auto _ : state) {
        page.visit.add({ItemIndex{(at += 37) % items}, EventKind::View, page.now});
        page.now += 10;
        benchmark::DoNotOptimize(front->shelves(page, *recommender, {}).value());
    }
}

void openShop(benchmark::State& state)
{
    const auto data = shop();
    for (auto _ : state)
        benchmark::DoNotOptimize(Storefront::open(data, {}).value());
}

} // namespace

BENCHMARK_CAPTURE(react, implicit_als, "implicit-als")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(react, item_knn, "item-knn")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(react, popularity, "popularity")->Unit(benchmark::kMillisecond);
BENCHMARK(openShop)->Unit(benchmark::kMillisecond);
