// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/append.h"
#include "core/models/catalogue.h"
#include "core/pipeline/storefront.h"
#include "core/store/freshness.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

// 100,000 events come to an open workspace of 1M (6,040 people, 3,706 items; generated, skewed as MovieLens 1M): what
// each part takes until shelves are shown again. The argument is the number of threads.

namespace {

using namespace orrery;
namespace fs = std::filesystem;

constexpr int wholeEvents = 1'000'000, newEvents = 100'000;

/// A folder with both files, gone at the end.
struct Files {
    Files() : folder(fs::temp_directory_path() / fmt::format("orrery-refresh-{}", ::getpid()))
    {
        fs::create_directory(folder);
        Rng rng(1);
        write("whole.csv", wholeEvents, 1'600'000'000, rng);
        write("more.csv", newEvents, 1'700'000'000, rng);
    }
    ~Files() { fs::remove_all(folder); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    // Powers favour low numbers, as popular items and busy people are favoured.
    void write(const char* name, int events, Timestamp from, Rng& rng) const
    {
        std::ofstream out(folder / name);
        out << "userId,movieId,rating,timestamp\n";
        for (int e = 0; e < events; ++e)
            out << static_cast<int>(std::pow(rng.uniform(), 2) * 6'040) << ','
                << static_cast<int>(std::pow(rng.uniform(), 2.5) * 3'706) << ',' << 1 + rng.below(5) << ','
                << from + e * 100 << '\n';
    }
    [[nodiscard]] Imported read(const char* name) const
    {
        ImportRequest request;
        request.path = folder / name;
        return import(request, {}).value();
    }

    fs::path folder;
};

const Files& files()
{
    static const Files made;
    return made;
}

const Imported& whole()
{
    static const Imported read = [] {
        Imported imported = files().read("whole.csv");
        (void)imported.dataset->interactions();
        (void)imported.dataset->hash();
        return imported;
    }();
    return read;
}

const Imported& grown()
{
    static const Imported with = [] {
        Imported imported = appended(whole(), files().read("more.csv")).value().imported;
        (void)imported.dataset->hash();
        return imported;
    }();
    return with;
}

/// Reads the file, adds it, derives what the window asks for.
void append(benchmark::State& state)
{
    (void)whole();
    for ([[maybe_unused]] auto _ : state) {
        const auto with = appended(whole(), files().read("more.csv")).value();
        (void)with.imported.dataset->interactions().column(ItemIndex{0});
        benchmark::DoNotOptimize(with.imported.dataset->hash().data());
    }
}

/// Commits it to the workspace file.
void store(benchmark::State& state)
{
    const fs::path file = files().folder / "w.orrery";
    fs::remove(file);
    auto workspace = Workspace::create(file).value();
    const DatasetId id = workspace.addDataset(whole()).value();
    (void)grown();
    for ([[maybe_unused]] auto _ : state)
        if (!workspace.updateDataset(id, grown()))
            state.SkipWithError("not stored");
}

void shelves(benchmark::State& state)
{
    const JobContext job({1, static_cast<int>(state.range(0))});
    const auto model =
        makeModelRecommender("m", train(*findAlgorithm("popularity"), {grown().dataset}, {}, job).value());
    for ([[maybe_unused]] auto _ : state) {
        const auto shop = Storefront::open(grown().dataset, job).value();
        ShopPage page;
        page.visitor = queryFor(*grown().dataset, UserIndex{7});
        benchmark::DoNotOptimize(shop->shelves(page, *model, job).value().data());
    }
}

void refresh(benchmark::State& state, const std::string& algorithm, bool warm)
{
    const JobContext job({1, static_cast<int>(state.range(0))});
    const Algorithm& of = *findAlgorithm(algorithm);
    const ModelPtr before = warm ? train(of, {whole().dataset}, {}, job).value() : nullptr;
    (void)grown().dataset->interactions();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(train(of, {grown().dataset, {}, before}, {}, job).value().get());
}

BENCHMARK(append)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(store)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(shelves)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Whatever can go on from what it was, both ways; and what is trained anew in any case.
const bool registered = [] {
    const auto add = [](const std::string& id, bool warm) {
        benchmark::RegisterBenchmark(fmt::format("{}/{}", id, warm ? "warm" : "anew").c_str(),
                                     [id, warm](benchmark::State& state) { refresh(state, id, warm); })
            ->Arg(2)
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
    };
    for (const char* id : {"popularity", "trending", "co-occurrence", "item-knn"})
        add(id, false);
    for (const Algorithm& algorithm : catalogue())
        for (const bool warm : {false, true})
            if (algorithm.warmStart)
                add(algorithm.id, warm);
    return true;
}();

} // namespace
