// SPDX-License-Identifier: GPL-3.0-or-later
// Re-ranking by rules: MMR alone, twelve rules on 1,000 candidates, a changed rule for 1,000 people of a shop of 10,000
// items, and sellers' exposure over them.
#include "benchmarks/shop.h"
#include "core/evaluation/rule_preview.h"
#include "core/reranking/calibration.h"
#include "core/reranking/exposure.h"
#include "core/reranking/mmr.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

using namespace orrery;

namespace {

constexpr std::uint32_t items = 10'000, people = 1'000, perPerson = 50, factors = 64;
constexpr Timestamp day = bench::day, start = bench::shopOpens;

/// A shop, and for each of its people 1,000 candidates around what they like, best first.
struct Shop {
    std::shared_ptr<const RuleCatalog> catalog;
    std::vector<std::vector<Candidate>> candidates;
    std::vector<RuleRequest> requests;

    Shop()
    {
        Rng rng(seedFor(1, "rules.bench"));
        EventLog log;
        for (std::uint32_t p = 0; p < people; ++p)
            for (std::uint32_t e = 0; e < perPerson; ++e) {
                Event event;
                event.user = UserIndex{p};
                event.item = ItemIndex{static_cast<std::uint32_t>(rng.below(items))};
                event.kind = e % 5 == 0 ? EventKind::Purchase : EventKind::Click;
                event.at = start + static_cast<Timestamp>(rng.below(365 * day));
                event.position = static_cast<std::uint16_t>(1 + rng.below(20));
                log.append(event);
            }
        const auto data = bench::shopOf(people, {.items = items, .departments = 20, .brands = 300, .sellers = 50},
                                        std::move(log), rng);
        Matrix vectors(items, factors);
        for (float& value : vectors.all())
            value = static_cast<float>(rng.normal());
        catalog = RuleCatalog::open(data, {}, vectors.view()).value();
        for (std::uint32_t p = 0; p < people; ++p) {
            RuleRequest request{queryFor(*data, UserIndex{p})};
            request.purchased = catalog->purchasesOf(UserIndex{p}, endOfTime);
            request.session = {request.query.history.front().item};
            requests.push_back(std::move(request));
            candidates.push_back(candidatesOf(rng));
        }
    }

private:
    static std::vector<Candidate> candidatesOf(Rng& rng)
    {
        std::vector<std::uint32_t> order(items);
        for (std::uint32_t i = 0; i < items; ++i)
            order[i] = i;
        std::vector<Candidate> made;
        for (std::uint32_t i = 0; i < 1000; ++i) {
            std::swap(order[i], order[i + rng.below(items - i)]);
            made.push_back({ItemIndex{order[i]}, 5 - 4 * std::sqrt(static_cast<float>(i) / 1000)});
        }
        return made;
    }
};

const Shop& shop()
{
    static const Shop made;
    return made;
}

RuleSet twelve(double promotion = 1.2)
{
    return {"twelve",
            {{InStockRule{}},
             {UnseenRule{}},
             {FilterRule{"category != category 3"}},
             {MarginRule{}},
             {PromotedRule{promotion}},
             {NewRule{}},
             {SessionRule{}},
             {FreshnessRule{365}},
             {CapRule{}},
             {CapRule{CapRule::Of::Brand, 2}},
             {CalibrationRule{}},
             {DiversityRule{}}}};
}

void mmr(benchmark::State& state)
{
    const auto n = static_cast<std::size_t>(state.range(0)), places = static_cast<std::size_t>(state.range(1));
    std::vector<ItemIndex> chosen;
    std::vector<float> relevance;
    for (const Candidate& one : std::span(shop().candidates[0]).first(n)) {
        chosen.push_back(one.item);
        relevance.push_back(one.score);
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(mmrOrder(*shop().catalog, DiversityRule::By::Vectors, chosen, relevance, .7, places));
}

void calibration(benchmark::State& state)
{
    const auto n = static_cast<std::size_t>(state.range(0));
    std::vector<ItemIndex> chosen;
    std::vector<float> relevance;
    for (const Candidate& one : std::span(shop().candidates[0]).first(n)) {
        chosen.push_back(one.item);
        relevance.push_back(one.score);
    }
    const auto wanted = sharesOf(*shop().catalog, shop().requests[0].query.history);
    for (auto _ : state)
        benchmark::DoNotOptimize(calibratedOrder(*shop().catalog, wanted, chosen, relevance, .5, 20));
}

void twelveRules(benchmark::State& state)
{
    const auto reranker = Reranker::make(twelve(), shop().catalog).value();
    RuleTrail trail;
    std::size_t person = 0;
    for (auto _ : state) {
        person = (person + 1) % people;
        benchmark::DoNotOptimize(reranker->rerank(shop().candidates[person], shop().requests[person], 20,
                                                  state.range(0) != 0 ? &trail : nullptr));
    }
}

/// A slider is moved: rules are made anew, everybody's list too, and it is counted who gets another.
void preview(benchmark::State& state)
{
    const JobContext job({1, static_cast<int>(state.range(0))});
    const auto before =
        rerankAll(*Reranker::make(twelve(), shop().catalog).value(), shop().candidates, shop().requests, 10, job)
            .value();
    std::size_t changed = 0;
    for (auto _ : state) {
        const auto after =
            rerankAll(*Reranker::make(twelve(1.5), shop().catalog).value(), shop().candidates, shop().requests, 10, job)
                .value();
        changed = 0;
        for (std::size_t person = 0; person < people; ++person)
            changed += std::ranges::equal(before[person], after[person], {}, &Reranked::item, &Reranked::item) ? 0 : 1;
    }
    state.counters["changed"] = static_cast<double>(changed);
}

/// The same with all that it costs: measures with intervals, segments, who wins and loses. Everybody chose ten of the
/// candidates later. The preview is made once, outside.
void pricedChange(benchmark::State& state)
{
    const JobContext job({1, static_cast<int>(state.range(0))});
    PreviewSample sample{shop().candidates, shop().requests, {}};
    Rng rng(seedFor(1, "rules.bench.later"));
    for (const auto& own : sample.candidates) {
        auto& later = sample.later.emplace_back();
        for (std::size_t i = 0; i < 10; ++i)
            later.push_back(own[10 * i + rng.below(10)].item);
        std::ranges::sort(later);
    }
    const auto preview =
        RulePreview::make(shop().catalog, std::make_shared<const PreviewSample>(std::move(sample)), twelve(), {}, job)
            .value();
    std::size_t affected = 0;
    for (auto _ : state)
        affected = preview->changeTo(twelve(1.5), job).value().affected;
    state.counters["affected"] = static_cast<double>(affected);
}

void makeRules(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(Reranker::make(twelve(), shop().catalog).value());
}

void exposure(benchmark::State& state)
{
    RuleSet set = twelve();
    set.rules.push_back({ExposureRule{.015, .02, 360}});
    const auto reranker = Reranker::make(set, shop().catalog).value();
    double cost = 0;
    std::size_t unmet = 0;
    for (auto _ : state) {
        const auto got = rerankExposed(*reranker, shop().candidates, shop().requests, 10, JobContext({1, 1})).value();
        cost = got.exposure.cost();
        unmet = got.exposure.unmet.size();
    }
    state.counters["cost"] = cost;
    state.counters["unmet"] = static_cast<double>(unmet);
}

} // namespace

BENCHMARK(mmr)->Args({100, 20})->Args({1000, 20})->Args({100, 100})->Args({1000, 1000})->Unit(benchmark::kMillisecond);
BENCHMARK(calibration)->Arg(200)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(twelveRules)->ArgName("trail")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(makeRules)->Unit(benchmark::kMillisecond);
BENCHMARK(preview)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(pricedChange)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(exposure)->Unit(benchmark::kMillisecond);
