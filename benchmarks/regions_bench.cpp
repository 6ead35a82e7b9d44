// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/projection/clusters.h"
#include "core/projection/region_labels.h"

#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>

// What a map of many points needs before it can name its regions.

namespace {

using namespace orrery;

/// Heaps of many sizes, some on top of others, and a tenth of the points anywhere.
const std::vector<MapPoint>& pointsOf(std::size_t count)
{
    static std::map<std::size_t, std::vector<MapPoint>> made;
    const auto [found, missing] = made.try_emplace(count);
    if (!missing)
        return found->second;
    Rng rng(1);
    std::vector<MapPoint> middles;
    for (int i = 0; i < 120; ++i)
        middles.push_back({static_cast<float>(10 * rng.normal()), static_cast<float>(10 * rng.normal())});
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t heap = rng.below(rng.below(middles.size()) + 1);
        const double spread = i % 10 == 0 ? 10 : .3 + .01 * static_cast<double>(heap);
        found->second.push_back({middles[heap].x + static_cast<float>(spread * rng.normal()),
                                 middles[heap].y + static_cast<float>(spread * rng.normal())});
    }
    return found->second;
}

void density(benchmark::State& state)
{
    const auto& points = pointsOf(static_cast<std::size_t>(state.range(0)));
    const DensityConfig config{static_cast<std::size_t>(state.range(1)), 2, 5};
    std::size_t peaks = 0;
    for (auto _ : state) {
        const DensityMap map = DensityMap::build(points, config, {}).value();
        benchmark::DoNotOptimize(map.regionsOf(points, 40));
        peaks = map.peaks().size();
    }
    state.counters["peaks"] = static_cast<double>(peaks);
}
BENCHMARK(density)
    ->ArgsProduct({{60'000, 1'000'000}, {256, 512}})
    ->ArgNames({"points", "cells"})
    ->Unit(benchmark::kMillisecond);

/// Titles of three words out of 30,000 (Zipf), two or three of 25 genres, one use an item.
std::shared_ptr<const Dataset> catalogue(std::size_t items)
{
    Rng rng(2);
    DatasetParts parts;
    Vocabulary ids, people;
    TextColumn titles;
    TagColumn genres;
    EventLog log;
    people.add("ann");
    for (int g = 0; g < 25; ++g)
        genres.vocabulary.add(fmt::format("genre{}", static_cast<char>('a' + g)));
    const auto word = [&rng] {
        std::string text;
        for (std::uint64_t n = rng.below(rng.below(30'000) + 1) + 1; n > 0; n /= 20)
            text += "bcdfghjklmnprstvwxyz"[n % 20] + std::string(1, "aeiou"[n % 5]);
        return text;
    };
    for (std::size_t item = 0; item < items; ++item) {
        ids.add(std::to_string(item));
        titles.values.push_back(fmt::format("{} {} {}", word(), word(), word()));
        for (std::uint64_t g = rng.below(2) + 2; g > 0; --g)
            genres.tags.push_back(static_cast<std::uint32_t>(rng.below(rng.below(25) + 1)));
        genres.starts.push_back(static_cast<std::uint32_t>(genres.tags.size()));
        log.append({UserIndex{0}, ItemIndex{static_cast<std::uint32_t>(item)}, 1});
    }
    AttributeTable table;
    table.add({"title", std::move(titles)});
    table.add({"genres", std::move(genres)});
    parts.items = std::make_shared<const AttributeTable>(std::move(table));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(ids));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(people));
    parts.people = std::make_shared<const AttributeTable>();
    parts.log = std::make_shared<const EventLog>(std::move(log));
    return std::make_shared<const Dataset>(std::move(parts));
}

const ItemTerms& termsOf(std::size_t items)
{
    static std::map<std::size_t, ItemTerms> made;
    const auto found = made.find(items);
    return found != made.end() ? found->second
                               : made.emplace(items, ItemTerms::count(catalogue(items), {}).value()).first->second;
}

void countTerms(benchmark::State& state)
{
    const auto dataset = catalogue(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(ItemTerms::count(dataset, {}).value());
}
BENCHMARK(countTerms)->Arg(60'000)->Arg(1'000'000)->ArgName("items")->Unit(benchmark::kMillisecond)->UseRealTime();

void labels(benchmark::State& state)
{
    const auto& points = pointsOf(static_cast<std::size_t>(state.range(0)));
    const ItemTerms& terms = termsOf(points.size());
    const std::size_t counts[] = {10, 30, 100};
    const JobContext job({1, static_cast<int>(state.range(1))});
    for (auto _ : state) {
        const DensityMap map = DensityMap::build(points, {}, job).value();
        benchmark::DoNotOptimize(labelRegions(map, points, counts, terms, job).value());
    }
    state.counters["terms"] = static_cast<double>(terms.termCount());
}
BENCHMARK(labels)
    ->ArgsProduct({{60'000, 1'000'000}, {1, 2}})
    ->ArgNames({"points", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Vectors of 64 around 100 centres.
const Matrix& vectorsOf(std::size_t rows)
{
    static std::map<std::size_t, Matrix> made;
    const auto [found, missing] = made.try_emplace(rows);
    if (!missing)
        return found->second;
    Rng rng(1);
    Matrix centres(100, 64);
    for (float& value : centres.all())
        value = static_cast<float>(rng.normal());
    Matrix& vectors = found->second = Matrix(rows, 64);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t d = 0; d < 64; ++d)
            vectors.row(row)[d] = centres.row(row * 37 % 100)[d] + static_cast<float>(.5 * rng.normal());
    return vectors;
}

/// Ten rounds from the first rows, as benchmarks/peers/k_means.py.
void kMeansRounds(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    const JobContext job({1, static_cast<int>(state.range(1))});
    for (auto _ : state) {
        Matrix centres(20, 64);
        std::ranges::copy(vectors.all().first(20 * 64), centres.all().begin());
        benchmark::DoNotOptimize(kMeansFrom(vectors.view(), std::move(centres), 10, job).value());
    }
}
BENCHMARK(kMeansRounds)
    ->ArgsProduct({{62'000, 1'000'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void densityOfVectors(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    std::size_t clusters = 0;
    for (auto _ : state)
        clusters = densityClusters(vectors.view(), SpaceMetric::Euclidean, {}, {}).value().clusters;
    state.counters["clusters"] = static_cast<double>(clusters);
}
BENCHMARK(densityOfVectors)
    ->Arg(10'000)
    ->Arg(62'000)
    ->ArgName("rows")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

} // namespace
