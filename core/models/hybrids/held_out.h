// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/parts.h"

#include <memory>
#include <vector>

namespace orrery {

/// Which entries are held out, to learn from how well the parts foretell them.
enum class HeldOutKind {
    Random, ///< a seeded third of what a person did, at least one entry
    Newest, ///< the newest entry; of equal or no times the highest item
};

/// What was held out of the training data, of people who have at least one other entry.
struct HeldOut {
    struct Person {
        UserIndex user;
        std::vector<ItemIndex> items; ///< ascending
        std::vector<float> values;    ///< aligned with items
    };
    std::vector<Person> people; ///< ascending
    std::shared_ptr<const Dataset> rest;
    float likedFrom = 0; ///< the smallest value that counts as liked
};

/// Of up to 2,000 people, a seeded choice: nobody else loses anything. Errors: Cancelled.
[[nodiscard]] Result<HeldOut> holdOut(const Dataset& dataset, HeldOutKind kind, const JobContext& job);

/// What the parts say of one person's items, each on its scale of the list.
struct PersonRows {
    std::size_t parts = 0;
    std::vector<ItemIndex> items; ///< ascending
    std::vector<float> scaled;    ///< [items x parts]
    std::vector<float> targets;   ///< one an item: held-out value; 0 of what was not held out
    std::vector<float> weights;   ///< one an item: how many items it stands for

    [[nodiscard]] std::span<const float> row(std::size_t i) const
    {
        return std::span(scaled).subspan(i * parts, parts);
    }
};

/// What somebody is asked, and what of all they liked then that is not in the history, ascending.
struct Question {
    Query query;
    std::vector<ItemIndex> liked;
};
/// What is liked, the 100 best of each part's list, and a seeded draw of 100 of the other items, which stand for all of
/// these; `readers` are the parts' for this very question. The target is 1 for what is liked, else 0.
[[nodiscard]] PersonRows contendersOf(const Question& question, const PartReaders& readers, std::size_t items,
                                      ListScaling scaling, Rng rng);

/// Of each person who liked something that was held out: these items, the 100 best of each part's list, and a seeded
/// draw of 100 of the other items, which stand for all of these: what was liked is met wherever it lies, so without the
/// others it would seem to score low. The target is 1 for what was liked, else 0. `parts` were trained on the rest.
/// Errors: Cancelled.
[[nodiscard]] Result<std::vector<PersonRows>> contenders(const HeldOut& heldOut, const std::vector<TrainedPart>& parts,
                                                         ListScaling scaling, const JobContext& job);
/// Of each person: the items held out, with their values as targets. Errors: Cancelled.
[[nodiscard]] Result<std::vector<PersonRows>>
heldOutRatings(const HeldOut& heldOut, const std::vector<TrainedPart>& parts, const JobContext& job);

/// Of asking the parts about the people, and keeping what they say; without training them.
[[nodiscard]] Cost costOfHeldOut(const DatasetShape& shape, std::size_t parts);

} // namespace orrery
