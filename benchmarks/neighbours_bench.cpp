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
// training and predicting fold 0, as `peers/surprise_neighbours.py --folds 1` does it; without folds a fifth is drawn.

namespace {

using namespace orrery;

struct Ratings {
    std::shared_ptr<const Dataset> dataset;
    std::vector<bool> heldOut; ///< of each rating, in the order of the log
};

Ratings readRatings(const char* path)
{
    EventLog log;
    Vocabulary people, items;
    std::vector<bool> heldOut;
    Rng rng(1);
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    const bool hasFolds = line.ends_with(",fold");
    while (std::getline(file, line)) {
        const auto first = line.find(','), second = line.find(',', first + 1);
        log.append({UserIndex{people.add(line.substr(0, first))},
                    ItemIndex{items.add(line.substr(first + 1, second - first - 1))},
                    std::stof(line.substr(second + 1))});
        heldOut.push_back(hasFolds ? line.ends_with(",0") : rng.below(5) == 0);
    }
    DatasetParts parts;
    parts.name = "ratings";
    const auto [low, high] = std::ranges::minmax(log.values());
    parts.ratingLow = low;
    parts.ratingHigh = high;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(people));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(items));
    return {std::make_shared<const Dataset>(std::move(parts)), std::move(heldOut)};
}

Ratings generated()
{
    WorldPlan plan;
    plan.people = 6'040;
    plan.items = 3'700;
    plan.interactions = 1'000'000;
    Ratings made{generateWorld(plan, JobContext{}).value(), {}};
    Rng rng(1);
    for (std::size_t n = 0; n < made.dataset->log().size(); ++n)
        made.heldOut.push_back(rng.below(5) == 0);
    return made;
}

const Ratings& allRatings()
{
    static const Ratings made = [] {
        const char* path = std::getenv("ORRERY_RATINGS");
        Ratings read = path ? readRatings(path) : generated();
        (void)read.dataset->shape();
        return read;
    }();
    return made;
}
const std::shared_ptr<const Dataset>& ratings() { return allRatings().dataset; }

struct Fold {
    std::shared_ptr<const Dataset> train, test;
};
const Fold& fold()
{
    static const Fold made = [] {
        EventLog train, test;
        for (std::size_t n = 0; n < ratings()->log().size(); ++n)
            (allRatings().heldOut[n] ? test : train).append(ratings()->log().at(n));
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
    const Dataset& dataset = *ratings(); // read before the clock runs
    ModelPtr model;
    for (auto _ : state)
        model = fitted("item-knn", settings, dataset, static_cast<int>(state.range(0)));
    double sum = 0; // as peers/item_neighbours.py prints it
    for (std::uint32_t item = 0; item < dataset.itemCount(); ++item)
        if (const auto similar = model->similarItems(ItemIndex{item}, 100))
            for (const Neighbour& neighbour : *similar)
                sum += static_cast<double>(neighbour.similarity);
    state.counters["sum"] = sum;
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
    const Dataset& dataset = *fold().train; // read before the clock runs
    for (auto _ : state)
        benchmark::DoNotOptimize(fitted(id, settings, dataset, static_cast<int>(state.range(0))));
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
                    const float clipped = std::isnan(scores[n])
                                              ? 0
                                              : std::clamp(scores[n], ratings()->ratingLow(), ratings()->ratingHigh());
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
/// As Surprise has them: MSD, not shrunk, nothing left out.
const Settings basic{"similarity=msd", "shrinkage=0", "variant=basic"},
    means{"similarity=msd", "shrinkage=0", "variant=means"}, baseline{"similarity=msd", "shrinkage=0"},
    pearson{"similarity=pearson", "shrinkage=0"};
Settings all(Settings settings)
{
    settings.emplace_back("kept=100000");
    return settings;
}
const Settings usual{"similarity=msd"}; // shrunk, and of each item the 500 most similar

void both(const std::string& name, const std::string& id, const Settings& settings)
{
    cases(benchmark::RegisterBenchmark(("fit/" + name).c_str(), fit, id, settings));
    cases(benchmark::RegisterBenchmark(("predict/" + name).c_str(), predict, id, settings));
}

const bool registered = [] {
    both("userBasic", "rating-user-knn", basic);
    both("userMeans", "rating-user-knn", means);
    both("userBaseline", "rating-user-knn", baseline);
    both("userPearson", "rating-user-knn", pearson);
    both("itemUsual", "rating-item-knn", usual);
    both("itemBasic", "rating-item-knn", all(basic));
    both("itemMeans", "rating-item-knn", all(means));
    both("itemBaseline", "rating-item-knn", all(baseline));
    both("itemPearson", "rating-item-knn", all(pearson));
    both("slopeOneUsual", "slope-one", {});
    both("slopeOne", "slope-one", all({}));
    return true;
}();

} // namespace
