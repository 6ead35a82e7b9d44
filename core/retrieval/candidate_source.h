// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/models/event_index.h"
#include "core/models/model.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// An item that a source proposes, with the source's own score.
struct Found {
    ItemIndex item;
    float score = 0;
    bool operator==(const Found&) const = default;
};

/// Proposes items that somebody might like: the first stage of a funnel. Immutable, safe to ask from many threads.
class ORRERY_API CandidateSource {
public:
    virtual ~CandidateSource() = default;
    /// At most n items, the best first, ties by item; none of `without` (ascending). Nothing at or after query.now is
    /// looked at beyond what a model has learned. Works on the job's threads. Errors: Cancelled.
    [[nodiscard]] virtual Result<std::vector<Found>> find(const Query& query, std::span<const ItemIndex> without,
                                                          std::size_t n, const JobContext& job) const = 0;
    /// How it looks for them, in plain words: "64 numbers an item, looked at exactly".
    [[nodiscard]] virtual std::string how() const = 0;
};
using SourcePtr = std::shared_ptr<const CandidateSource>;

/// How a model's items are looked through.
enum class Search {
    Auto,  ///< its vectors where there are many items, else the scores of all
    Exact, ///< the largest products (product_search.h): the same items as the scores of all give
    Hnsw,  ///< a graph of vectors: sooner still, and finds nearly all; long to build
    Score, ///< the model's score of every item
};

/// What the model recommends. By vectors only where its scores are dot products (and a bias) in the space of its items,
/// which is tried with some questions when it is made, and on the items found for every question; else by the score of
/// every item. What is answered does not depend on what was asked before. Scores are the model's own.
/// `newest`: only so many of the newest entries of the history are told ("because you viewed"); 0: all. Memory: by
/// vectors one or two copies of them with the bias, and screenBytes() or the graph. Errors: Cancelled, OutOfMemory.
[[nodiscard]] ORRERY_API Result<SourcePtr> makeModelSource(ModelPtr model, Search search, std::size_t newest,
                                                           const JobContext& job);

/// The items with the most events before the newest moment of a grid (MomentGrid) that is not after now; lists are
/// kept.
[[nodiscard]] ORRERY_API SourcePtr makePopularSource(std::shared_ptr<const EventIndex> events);

/// What is used more than usual lately, as trending shelves have it: (r - e) / sqrt(e + 1), where r are events halved
/// with every half-life that has passed and e what r would be, had all events of the item come evenly since its first
/// one. Half-life: a fiftieth of the time that events cover, an hour at least. Worked out for the newest moment of the
/// grid that is not after now, and kept.
[[nodiscard]] ORRERY_API SourcePtr makeTrendingSource(std::shared_ptr<const EventIndex> events);

/// Items that are seldom used, drawn anew for each person and moment of the grid with chances proportional to
/// 1 / root(1 + events before it), none twice: what makes room for finding out. The same seed, person and moment give
/// the same items.
[[nodiscard]] ORRERY_API SourcePtr makeExploringSource(std::shared_ptr<const EventIndex> events, std::uint64_t seed);

} // namespace orrery
