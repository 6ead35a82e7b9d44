// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/model.h"
#include "core/params/param_set.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct Algorithm;

/// A trained model that a hybrid is made of, and how it was trained: hybrids that learn from held-out data train its
/// like on the rest.
struct TrainedPart {
    const Algorithm* algorithm = nullptr;
    ParamSet params = {};
    ModelPtr model;
};

/// What a model is trained from.
struct FitInput {
    std::shared_ptr<const Dataset> train;
    /// What a hybrid is made of, trained on `train`; empty: it trains its parts itself, as its parameters say.
    std::vector<TrainedPart> parts = {};
    /// A model of the same algorithm and parameters that was trained on what `train` was before events, people and
    /// items came to its end, to go on from: where Algorithm::warmStart is true and its vectors fit. Null: anew.
    ModelPtr before = nullptr;
};

/// What an algorithm cannot do without; the catalogue's `whyNot` tells where a dataset lacks it.
enum class Need {
    Ratings,     ///< values on a scale, not counts
    Times,       ///< events with a time
    Context,     ///< events with a time, a device or a place
    Dates,       ///< the items' year, or events with a time
    ItemText,    ///< a title, a description or another text of items
    ItemTags,    ///< genres, categories, keywords of items
    ItemVectors, ///< item vectors that were imported
    ItemContent, ///< texts, tags or numbers of items: anything to compare them by
    PeopleFacts, ///< attributes of the people
};

/// Expected cost of training: one thread's seconds on a current desktop core, and peak bytes beyond the dataset.
struct Cost {
    double seconds = 0;
    std::size_t bytes = 0;
};

/// An algorithm: declared and registered in one place (its own .cpp, and one line in catalogue.cpp). The form, the
/// flags, stored runs, the manual page and the help come from this declaration.
struct Algorithm {
    std::string id;      ///< "implicit-als": stable, in files and on the command line
    std::string title;   ///< "Implicit ALS"
    std::string family;  ///< "Matrix factorization"
    std::string summary; ///< what it does, in two plain sentences
    std::string whenToUse;
    std::string paper;    ///< authors, title, venue, year
    std::string fallback; ///< what it answers for an empty history
    Capabilities can;
    std::vector<Need> needs = {};
    bool starter = false; ///< one of the few that are shown first
    bool hybrid = false;  ///< made of trained parts, none of which is a hybrid
    bool seeded = false;  ///< training draws random numbers: another seed gives another model
    /// Goes on from FitInput::before, in a fraction of the rounds that it takes anew; others are trained anew.
    bool warmStart = false;
    std::vector<ParamSpec> params;

    /// Called through train(), which has seen to what is the same for all of them: `needs` are met, there are
    /// interactions, a failed allocation is an error. Errors: InvalidArgument (parameters), Numeric (diverged),
    /// Cancelled. The same input, parameters and seed give the same bits on any number of threads.
    Result<ModelPtr> (*fit)(const FitInput& input, const ParamSet& params, const JobContext& job) = nullptr;
    /// Errors: Corrupt. Must check every length and index.
    Result<ModelPtr> (*load)(const Artifact& artifact) = nullptr;
    Cost (*estimate)(const DatasetShape& shape, const ParamSet& params) = nullptr;
};

/// Why this algorithm cannot learn from this dataset, in one sentence; empty when it can. O(1) in the events.
[[nodiscard]] ORRERY_API std::string whyNot(const Algorithm& algorithm, const Dataset& dataset);

/// What training costs on this machine: the algorithm's estimate by machineSpeed(), which the first call measures.
[[nodiscard]] ORRERY_API Cost expectedCost(const Algorithm& algorithm, const DatasetShape& shape,
                                           const ParamSet& params);

/// Trains a model. Errors: InvalidArgument (a need that is not met, no interactions, parameters), Numeric (diverged),
/// Cancelled, OutOfMemory. The same input, parameters and seed give the same bits on any number of threads.
[[nodiscard]] ORRERY_API Result<ModelPtr> train(const Algorithm& algorithm, const FitInput& input,
                                                const ParamSet& params, const JobContext& job);

/// All algorithms, in the order in which they are shown.
[[nodiscard]] ORRERY_API std::span<const Algorithm> catalogue();
/// Null when there is none of that id.
[[nodiscard]] ORRERY_API const Algorithm* findAlgorithm(std::string_view id);
/// As findAlgorithm, with an error that lists the known ids.
[[nodiscard]] ORRERY_API Result<const Algorithm*> requireAlgorithm(std::string_view id);

} // namespace orrery
