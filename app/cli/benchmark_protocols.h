// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/filter.h"
#include "core/evaluation/evaluator.h"
#include "core/models/catalogue.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::cli {

/// What is new where a protocol is about that (core/evaluation/cold_start.h).
enum class ColdStart { None, People, FirstEvents, Items, ItemsAmongAll, NextItem };

/// How a published table was made: what takes part, what is held out, what is measured.
struct BenchmarkProtocol {
    std::string id; ///< "ratings": for --protocol
    std::string title;
    std::string source;
    bool ofRatings = false; ///< judges predicted ratings, so only models that predict some take part
    DatasetFilter filter = {};
    SplitPlan plan = {};
    int folds = 1;
    std::size_t candidates = 0;            ///< drawn for each person beside the positive; 0: all items
    std::string metrics;                   ///< as for --metrics; the first one orders the table
    ColdStart coldStart = ColdStart::None; ///< its own split, and models are compared with the first that is named
};

[[nodiscard]] std::span<const BenchmarkProtocol> benchmarkProtocols();

/// The data as the protocol wants it, cut into its folds; everything drawn comes from `seed`.
/// Errors: those of filtered() and makeSplit().
[[nodiscard]] Result<std::vector<Split>>
benchmarkSplits(const BenchmarkProtocol& protocol, const std::shared_ptr<const Dataset>& dataset, std::uint64_t seed);

/// A number of a published table.
struct PublishedValue {
    std::string_view data;      ///< as knownDataset() calls it
    std::string_view protocol;  ///< id of a BenchmarkProtocol
    std::string_view algorithm; ///< id in the catalogue
    std::string_view metric;
    double value = 0;
    std::string_view source;
};

/// "MovieLens 100K" where the counts are those of a published dataset, else "". O(1).
[[nodiscard]] std::string_view knownDataset(const Dataset& dataset);
/// Null where nothing was published.
[[nodiscard]] const PublishedValue* publishedValue(std::string_view data, std::string_view protocol,
                                                   std::string_view algorithm, std::string_view metric);

} // namespace orrery::cli
