// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/models/model.h"
#include "core/pipeline/recommendation.h"

#include <memory>
#include <span>
#include <string>

namespace orrery {

enum class TrailLevel {
    None,   ///< bulk: items and scores only
    Counts, ///< and how many were dropped
    Full,   ///< and each item's way: what is shown to a person
};

/// The top-n lists of many people: row q of `items` is the list of query q, best first, padded with ItemIndex::none().
struct BulkLists {
    std::size_t n = 0;
    std::vector<ItemIndex> items; ///< queries x n, row-major
    std::vector<float> scores;    ///< same shape
    [[nodiscard]] std::span<const ItemIndex> row(std::size_t q) const { return std::span(items).subspan(q * n, n); }
};

/// A model, an imported list or a whole pipeline: what A and B are, and what is evaluated. Immutable, thread-safe.
class ORRERY_API Recommender {
public:
    virtual ~Recommender() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    [[nodiscard]] virtual Scale scale() const = 0;
    /// At most n items that are not in the query's history. Errors: Cancelled.
    [[nodiscard]] virtual Result<RecommendationList> recommend(const Query& query, std::size_t n, TrailLevel level,
                                                               const JobContext& job) const = 0;
    /// The same lists for many people at once, on the job's threads. Errors: Cancelled.
    [[nodiscard]] virtual Result<BulkLists> recommendAll(std::span<const Query> queries, std::size_t n,
                                                         const JobContext& job) const = 0;
    /// Where `item` stands or was lost.
    [[nodiscard]] virtual Result<ItemTrace> trace(const Query& query, ItemIndex item) const = 0;
    /// Why this score: the model's terms and one for each later stage. Errors: Unsupported, NotFound.
    [[nodiscard]] virtual Result<Explanation> explain(const Query& query, ItemIndex item) const = 0;
    /// Scores of some items (for rating metrics); NaN where it cannot be scored.
    virtual void predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const = 0;
    /// The model behind it, for vectors and similar items; null when there is none.
    [[nodiscard]] virtual ModelPtr model() const { return nullptr; }
};

using RecommenderPtr = std::shared_ptr<const Recommender>;

/// Scores the whole catalog with one model and drops what the person has seen.
[[nodiscard]] ORRERY_API RecommenderPtr makeModelRecommender(std::string name, ModelPtr model);

} // namespace orrery
