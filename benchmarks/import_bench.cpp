// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/data/append.h"
#include "core/data/import.h"
#include "core/store/workspace.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <filesystem>

// Import of generated ratings with all checks: 1M rows in both layouts, and 25M rows in CSV; of a real shop's invoices;
// and events added to a workspace. Peak memory:
//   /usr/bin/time -v import_bench --benchmark_filter=25

using namespace orrery;
namespace fs = std::filesystem;

namespace {

/// A file of ratings that is made once and removed at the end.
class RatingsFile {
public:
    RatingsFile(std::size_t rows, std::size_t people, std::size_t items, bool csv)
        : m_folder(fs::temp_directory_path() / ("orrery-import-" + std::to_string(rows) + (csv ? "-csv" : "-dat")))
    {
        fs::create_directories(m_folder);
        std::FILE* file = std::fopen((m_folder / (csv ? "ratings.csv" : "ratings.dat")).c_str(), "wb");
        Rng rng(1);
        if (csv)
            std::fputs("userId,movieId,rating,timestamp\n", file);
        for (std::size_t i = 0; i < rows; ++i) {
            const auto person = static_cast<unsigned>(i * people / rows + 1);
            const auto item = static_cast<unsigned>(static_cast<double>(items) * std::pow(rng.uniform(), 3) + 1);
            const auto halves = static_cast<unsigned>(rng.below(10) + 1);
            const auto time = static_cast<unsigned>(1'000'000'000 + rng.below(500'000'000));
            if (csv)
                std::fprintf(file, "%u,%u,%u.%u,%u\n", person, item, halves / 2, halves % 2 * 5, time);
            else
                std::fprintf(file, "%u::%u::%u::%u\n", person, item, (halves + 1) / 2, time);
        }
        std::fclose(file);
    }
    ~RatingsFile() { fs::remove_all(m_folder); }
    RatingsFile(const RatingsFile&) = delete;
    RatingsFile& operator=(const RatingsFile&) = delete;
    [[nodiscard]] const fs::path& folder() const { return m_folder; }

private:
    fs::path m_folder;
};

void importRatings(benchmark::State& state, bool csv)
{
    const auto rows = static_cast<std::size_t>(state.range(0));
    const bool large = rows > 10'000'000;
    const RatingsFile file(rows, large ? 162'000 : 6'040, large ? 62'000 : 3'700, csv);
    const JobContext job({.threads = static_cast<int>(state.range(1))});
    for (auto _ : state) {
        const auto imported = import({.path = file.folder()}, job);
        if (!imported || imported->dataset->log().size() != rows)
            state.SkipWithError("the import failed");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(rows) * state.iterations());
}

void importDat(benchmark::State& state) { importRatings(state, false); }

void importCsv(benchmark::State& state) { importRatings(state, true); }

BENCHMARK(importDat)
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 2})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(importCsv)
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 2})
    ->Args({25'000'000, 2})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

// Real data that is not shipped; without it nothing is measured.
void importOnlineRetail(benchmark::State& state)
{
    const fs::path file = fs::path(ORRERY_SHARED_DATA) / "uci-online-retail" / "online-retail.csv.gz";
    if (!fs::exists(file))
        return state.SkipWithError("the real data is not beside the project");
    for (auto _ : state) {
        const auto imported = import({.path = file}, JobContext());
        if (!imported || imported->report.accepted() != 541'909)
            state.SkipWithError("the import failed");
    }
}

void appendToWorkspace(benchmark::State& state)
{
    const RatingsFile before(1'000'000, 6'040, 3'700, true);
    const RatingsFile later(100'000, 7'000, 4'000, true);
    const auto whole = import({.path = before.folder()}, JobContext());
    const auto more = import({.path = later.folder()}, JobContext());
    auto workspace = Workspace::create(before.folder() / "w.orrery");
    const auto id = workspace->addDataset(*whole);
    for (auto _ : state) {
        const auto with = appended(*whole->dataset, *more->dataset);
        if (!with || !workspace->updateDataset(*id, {with->dataset, whole->report, {}}))
            state.SkipWithError("appending failed");
    }
}

BENCHMARK(importOnlineRetail)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(appendToWorkspace)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

} // namespace
