// SPDX-License-Identifier: GPL-3.0-or-later
// Re-ranking by rules: MMR alone, twelve rules on 1,000 candidates, a changed rule for 1,000 people of a shop of 10,000
// items, and sellers' exposure over them.
#include "core/base/rng.h"
#include "core/evaluation/rule_preview.h"
#include "core/reranking/calibration.h"
#include "core/reranking/exposure.h"
#include "core/reranking/mmr.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr std::uint32_t items = 10'000, people = 1'000, perPerson = 50, factors = 64;
constexpr Timestamp day = 86'400, start = 1'700'000'000;

AttributeTable catalogOf(Rng& rng)
{
    TagColumn categories, brands, sellers;
    NumberColumn stock, margin, promoted, added;
    for (std::uint32_t i = 0; i < items; ++i) {
        const auto one = [&](TagColumn& column, const std::string& name) {
            column.tags.push_back(column.vocabulary.add(name));
        };
        const auto category = rng.below(20);
        one(categories, fmt::format("category {}", category));
        one(categories, fmt::format("part {}", 10 * category + rng.below(10)));
        one(brands, fmt::format("brand {}", rng.below(300)));
        one(sellers, fmt::format("seller {}", static_cast<int>(50 * std::pow(rng.uniform(), 2))));
        for (TagColumn* column : {&categories, &brands, &sellers})
            column->starts.push_back(static_cast<std::uint32_t>(column->tags.size()));
        stock.values.push_back(static_cast<double>(rng.below(20)));
        margin.values.push_back(rng.uniform());
        promoted.values.push_back(rng.below(10) == 0 ? 1 : 0);
        added.values.push_back(static_cast<double>(start + static_cast<Timestamp>(rng.below(365)) * day));
    }
    AttributeTable table;
    table.add({"category", std::move(categories)});
    table.add({"brand", std::move(brands)});
    table.add({"seller", std::move(sellers)});
    table.add({"stock", std::move(stock)});
    table.add({"margin", std::move(margin)});
    table.add({"promoted", std::move(promoted)});
    table.add({"added", std::move(added)});
    return table;
}

/// A shop, and for each of its people 1,000 candidates around what they like, best first.
struct Shop {
    std::shared_ptr<const RuleCatalog> catalog;
    std::vector<std::vector<Candidate>> candidates;
    std::vector<RuleRequest> requests;

    Shop()
    {
        Rng rng(seedFor(1, "rules.bench"));
        DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}};
        Vocabulary personIds, itemIds;
        for (std::uint32_t p = 0; p < people; ++p)
            personIds.add(fmt::format("p{}", p));
        for (std::uint32_t i = 0; i < items; ++i)
            itemIds.add(fmt::format("i{}", i));
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
        parts.log = std::make_shared<const EventLog>(std::move(log));
        parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
        parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
        parts.items = std::make_shared<const AttributeTable>(catalogOf(rng));
        const auto data = std::make_shared<const Dataset>(std::move(parts));
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
