// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <cstdint>
#include <filesystem>

namespace orrery {

/// A synthetic world: people with planted tastes rate items with planted traits.
struct WorldPlan {
    std::size_t people = 600;
    std::size_t items = 400;
    std::uint64_t interactions = 60'000;
    std::size_t tastes = 8;       ///< planted dimensions
    double noise = 0.5;           ///< standard deviation of a rating around its truth, in stars
    std::uint64_t seed = 1;
};

/// Streams the world to `folder` in MovieLens CSV layout (ratings.csv, movies.csv, people.csv, truth files); constant
/// memory in the number of interactions. Errors: InvalidArgument, Io, Cancelled (what was written is removed).
[[nodiscard]] ORRERY_API Status generateWorld(const WorldPlan& plan, const std::filesystem::path& folder,
                                              const JobContext& job);
/// The same world in memory, for tests.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> generateWorld(const WorldPlan& plan,
                                                                              const JobContext& job);

} // namespace orrery
