// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/models/catalogue.h"
#include "core/simulation/generator.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

// Neighbour models on the ratings of the file that ORRERY_RATINGS names (columns user,item,rating[,fold]; the scripts
// in benchmarks/peers read the same), or on a generated world of MovieLens 1M's shape: the similar items of all, and
// training and predicting one fold of five, as peers/surprise_neighbours.py does it.

namespace {

using namespace orrery;

std::shared_ptr<const Dataset> readRatings(const char* path)
{
    EventLog log;
    Vocabulary people, items;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const auto first = line.find(','), second = line.find(',', first + 1);
        log.append({UserIndex{people.add(line.substr(0, first))},
                    ItemIndex{items.add(line.substr(first + 1, second - first - 1))},
                    std::stof(line.substr(second + 1))});
    }
    DatasetParts parts;
    parts.name = "ratings";
    parts.ratingLow = 1;
    parts.ratingHigh = 5;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(people));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(items));
    return std::make_shared<const Dataset>(std::move(parts));
}

std::shared_ptr<const Dataset> generated()
{
    WorldPlan plan;
    plan.people = 6'040;
    plan.items = 3'700;
    plan.interactions = 1'000'000;
    return generateWorld(plan, JobContext{}).value();
}

const std::shared_ptr<const Dataset>& ratings()
{
    static const auto made = [] {
        const char* path = std::getenv("ORRERY_RATINGS");
        auto dataset = path ? readRatings(path) : generated();
        (void)dataset->shape();
        return dataset;
    }();
    return made;
}

/// The n-th of five parts is held out; which are drawn by the place in the log.
struct Fold {
    std::shared_ptr<const Dataset> train, test;
};
const Fold& fold()
{
    static const Fold made = [] {
        EventLog train, test;
        Rng rng(1);
        for (std::size_t n = 0; n < ratings()->log().size(); ++n)
            (rng.below(5) == 0 ? test : train).append(ratings()->log().at(n));
        Fold parts{ratings()->withLog(std::move(train)), ratings()->withLog(std::move(test))};
        (void)parts.train->shape();
        (void)parts.test->interactions();
        return parts;
    }();
    return made;
}

ModelPtr fitted(const std::string& id, const std::vector<std::string>& settings, const Dataset& dataset, int threads)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    return train(algorithm, {std::make_shared<const Dataset>(dataset)},
                 parseAssignments(algorithm.params, settings).value(), JobContext({1, threads}))
        .value();
}

/// Pairs of cells of one person: what all of these walk through.
double pairsOf(const Dataset& dataset)
{
    double pairs = 0;
    for (std::uint32_t user = 0; user < dataset.personCount(); ++user)
        pairs += std::pow(dataset.interactions().row(UserIndex{user}).size(), 2);
    return pairs;
}

void similarItems(benchmark::State& state, const char* similarity)
{
    const std::vector<std::string> settings{std::string("similarity=") + similarity, "neighbours=100", "shrinkage=0",
                                            "entries=all"};
    for (auto _ : state)
        benchmark::DoNotOptimize(fitted("item-knn", settings, *ratings(), static_cast<int>(state.range(0))));
    state.counters["pairs/s"] = benchmark::Counter(pairsOf(*ratings()), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["estimate s"] = findAlgorithm("item-knn")->estimate(ratings()->shape(), {}).seconds;
}

void cases(benchmark::internal::Benchmark* bench)
{
    bench->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
}
BENCHMARK_CAPTURE(similarItems, cosine, "cosine")->Apply(cases);
BENCHMARK_CAPTURE(similarItems, bm25, "bm25")->Apply(cases);

void fit(benchmark::State& state, const std::string& id, const std::vector<std::string>& settings)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(fitted(id, settings, *fold().train, static_cast<int>(state.range(0))));
    state.counters["estimate s"] =
        findAlgorithm(id)
            ->estimate(fold().train->shape(), parseAssignments(findAlgorithm(id)->params, settings).value())
            .seconds;
}

/// All ratings of the held-out part.
void predict(benchmark::State& state, const std::string& id, const std::vector<std::string>& settings)
{
    const ModelPtr model = fitted(id, settings, *fold().train, 0);
    const Interactions& test = fold().test->interactions();
    const JobContext job({1, static_cast<int>(state.range(0))});
    std::vector<double> squares(test.users());
    for (auto _ : state) {
        const auto done = parallelFor(job, test.users(), 16, [&](std::size_t first, std::size_t last) {
            for (std::size_t u = first; u < last; ++u) {
                const UserIndex user{static_cast<std::uint32_t>(u)};
                const auto row = test.row(user);
                std::vector<float> scores(row.size());
                if (row.size() > 0)
                    model->read(queryFor(*fold().train, user))->score(row.items, scores);
                squares[u] = 0;
                for (std::size_t n = 0; n < row.size(); ++n) {
                    const float clipped = std::isnan(scores[n]) ? 0 : std::clamp(scores[n], 1.F, 5.F);
                    squares[u] += std::pow(static_cast<double>(clipped - row.values[n]), 2);
                }
            }
        });
        benchmark::DoNotOptimize(done.has_value());
    }
    double sum = 0;
    for (const double each : squares)
        sum += each;
    state.counters["RMSE"] = std::sqrt(sum / static_cast<double>(test.size()));
    state.counters["ratings/s"] =
        benchmark::Counter(static_cast<double>(test.size()), benchmark::Counter::kIsIterationInvariantRate);
}

using Settings = std::vector<std::string>;
const Settings msd{"similarity=msd", "shrinkage=0"}, pearson{"similarity=pearson", "shrinkage=0"};
const Settings usual{"similarity=msd"}; // shrunk, and of each item the 500 most similar
const Settings allMsd{"similarity=msd", "shrinkage=0", "kept=100000"};

BENCHMARK_CAPTURE(fit, userMsd, "rating-user-knn", msd)->Apply(cases);
BENCHMARK_CAPTURE(predict, userMsd, "rating-user-knn", msd)->Apply(cases);
BENCHMARK_CAPTURE(predict, userPearson, "rating-user-knn", pearson)->Apply(cases);
BENCHMARK_CAPTURE(fit, itemMsd, "rating-item-knn", usual)->Apply(cases);
BENCHMARK_CAPTURE(predict, itemMsd, "rating-item-knn", usual)->Apply(cases);
BENCHMARK_CAPTURE(fit, itemMsdAll, "rating-item-knn", allMsd)->Apply(cases);
BENCHMARK_CAPTURE(predict, itemMsdAll, "rating-item-knn", allMsd)->Apply(cases);
BENCHMARK_CAPTURE(fit, slopeOne, "slope-one", Settings{})->Apply(cases);
BENCHMARK_CAPTURE(predict, slopeOne, "slope-one", Settings{})->Apply(cases);

} // namespace
