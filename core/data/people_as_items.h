// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <memory>

namespace orrery {

/// The dataset's transpose: people stand where items were, and items where people were, so that whatever looks at items
/// (maps, names of regions, filters, clusters) looks at people. Item i of it is UserIndex i, its title "Person 42"; its
/// events are the interactions, without times. What is known of people are the attributes, and one more where the items
/// have tags: "likes", at most three tags that a person chose more often than chance would have it, most telling first:
/// z = (c - n p) / sqrt(n p (1 - p)) of at least 2, c of the person's n liked items have the tag, and p of all that is
/// liked. The tags are those of tellingTags(). O(interactions x tags of an item).
/// Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> peopleAsItems(const Dataset& dataset,
                                                                              const JobContext& job);

} // namespace orrery
