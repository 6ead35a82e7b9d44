// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/models/explanation.h"
#include "core/models/query.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class Artifact;

/// What a model's scores mean.
enum class Scale {
    Rating,     ///< stars; predictions are clipped to the dataset's range outside the model
    Preference, ///< about 0 to 1, as implicit ALS predicts it
    Count,      ///< a number of people or interactions
    Similarity, ///< a sum of similarities
    Rank,       ///< only the order means something (imported lists)
};

/// What a model can be asked; where something is missing, `reason` says why, for the greyed control.
struct Capabilities {
    bool whatIf = true;   ///< answers any history, not only stored people
    bool explains = true; ///< exact explanations
    bool similarItems = true;
    bool ratings = false; ///< predicts ratings, so that RMSE means something
    std::string reason;   ///< "lists were computed elsewhere"; empty when nothing is missing
    bool personal = true; ///< the order of the items depends on the history
    bool similarPeople = false;
    bool context = false; ///< answers by the circumstances of the query
    bool facts = false;   ///< answers by what is known of the person (Query::who), also without a history
};

enum class SpaceMetric { Cosine, Dot, Euclidean };

/// Vectors of items or people as they lie in the model: view, how to compare them, and a bias a row (may be empty).
struct VectorSpace {
    MatrixView vectors;
    SpaceMetric metric = SpaceMetric::Cosine;
    std::span<const float> bias;
};

struct Neighbour {
    ItemIndex item;
    float similarity = 0;
};

struct SimilarPerson {
    UserIndex person;
    float similarity = 0;
};

/// One of the sources that serve a list together, as a gate weighs them by how much is known of whoever asks.
struct SourceShare {
    std::string name; ///< "Session kNN"
    double share = 0; ///< 0 to 1; those of a list sum to 1
    std::string why;  ///< what it goes by: "2 recent events", "3 events", "gender F", "nothing known"
};

/// One person's fold-in, done once; then cheap to ask. Must not outlive its model.
class ORRERY_API Reader {
public:
    virtual ~Reader() = default;
    /// out[i] is the score of items[i], on the model's scale, unclipped; NaN where it cannot be scored (an item newer
    /// than the model). Both spans have the same length.
    virtual void score(std::span<const ItemIndex> items, std::span<float> out) const = 0;
    /// All items 0 .. out.size() - 1. The default asks score().
    virtual void scoreAll(std::span<float> out) const;
    /// Terms sum to score(item). Undefined where the model's capabilities say it does not explain.
    [[nodiscard]] virtual Explanation explain(ItemIndex item) const = 0;
    /// The person's vector in the space of the items; empty where there is none.
    [[nodiscard]] virtual std::span<const float> vector() const { return {}; }
    /// One sentence when the history taught the model nothing and it answers with its declared fallback; else empty.
    [[nodiscard]] virtual std::string fallback() const { return {}; }
    /// Who serves this list, the most general source first, also those with a share of 0; empty where no gate weighs
    /// sources by how much is known.
    [[nodiscard]] virtual std::vector<SourceShare> sources() const { return {}; }
};

/// Which sources serve a list and why, in one sentence, the largest share first: "Served 62 % by Session kNN (2 recent
/// events), 38 % by Implicit ALS (3 events)."; empty without sources.
[[nodiscard]] ORRERY_API std::string sentenceOf(const std::vector<SourceShare>& sources);

/// Trained, immutable, safe to call from many threads. Everything shown or evaluated goes through `read`: the list of
/// a stored person and the list after an edit come from the same fold-in, so that the change is the edit's alone.
class ORRERY_API Model {
public:
    virtual ~Model() = default;
    [[nodiscard]] virtual std::unique_ptr<Reader> read(const Query& query) const = 0;
    /// Row q of `out` gets the scores of all items 0 .. out.cols - 1 for queries[q]: the same values as read() and
    /// scoreAll(), to rounding, but batched where that is faster. Single-threaded: callers batch over threads.
    virtual void scoreBatch(std::span<const Query> queries, MatrixRef out) const;

    [[nodiscard]] virtual Scale scale() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const { return {}; }
    /// Items the model knows: indices below this can be scored.
    [[nodiscard]] virtual std::size_t itemCount() const = 0;
    [[nodiscard]] virtual VectorSpace itemSpace() const { return {}; }
    [[nodiscard]] virtual VectorSpace personSpace() const { return {}; }
    /// The n most similar items, best first, ties by index; without the item itself. The default uses cosine in
    /// itemSpace(), exactly. Errors: Unsupported without vectors, NotFound for an unknown item.
    [[nodiscard]] virtual Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const;
    /// The n people of the training data most like whoever asks, best first, ties by index; without query.user. The
    /// default uses cosine between the fold-in's vector and personSpace(), exactly; nobody for a history that taught it
    /// nothing. Errors: Unsupported without vectors.
    [[nodiscard]] virtual Result<std::vector<SimilarPerson>> similarPeople(const Query& query, std::size_t n) const;
    /// Items that an item nobody or hardly anybody used has its score from, the largest share first: `similarity` is
    /// how alike their contents are. Empty for items that stand on their own, and where a model hands nothing on.
    [[nodiscard]] virtual std::vector<Neighbour> inheritsFrom(ItemIndex item) const;
    /// Writes all that load() of its algorithm needs.
    virtual void save(Artifact& artifact) const = 0;
};

using ModelPtr = std::shared_ptr<const Model>;

} // namespace orrery
