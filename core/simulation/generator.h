// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace orrery {

/// A synthetic world: people with planted tastes rate items with planted traits, so that the truth is known.
///
/// An item has one to three tastes with shares that sum to 1, an appeal (log-normal, hence a long tail), a quality in
/// stars and a day of release. A person loves one to four tastes, dislikes some, is harsh or mild, and is active
/// (log-normal again) in sessions spread over years, mostly in the evening and at the weekend.
///
///     match(person, item) = sum over tastes of share(item) * taste(person), about -1 to 1.2
///     P(person chooses item) ~ e^appeal * sum of share * e^(choice * taste(person)) * e^(choice * match) * newness
///     rating = mean(person) + quality(item) + tasteInRating * (match - 0.2) + noise, in half stars from 0.5 to 5
///
/// so people mostly meet what is popular and what they like. Nobody rates an item before its release, or twice.
struct WorldPlan {
    std::size_t people = 600;
    std::size_t items = 400;             ///< the catalogue's, where there is one
    std::uint64_t interactions = 60'000; ///< reached exactly
    std::size_t tastes = 8;              ///< planted dimensions, 1 to 64; the catalogue's, where there is one
    double noise = 0.5;                  ///< standard deviation of a rating around its truth, in stars
    std::uint64_t seed = 1;
    int firstYear = 2012;             ///< ratings are given from 1 January of this year ...
    int lastYear = 2023;              ///< ... to 31 December of this one (UTC)
    std::size_t fewestPerPerson = 20; ///< less where there are not enough interactions
    std::size_t mostPerPerson = 0;    ///< 0: half of the items that are out before the first year
    double tasteInChoice = 1.5;       ///< how much taste decides what is chosen; 0: popularity alone
    double tasteInRating = 1.1;       ///< stars between no match and a full match; 0: all people agree
    /// A folder with movies.csv (movieId,title,genres; the title ends in a year), tastes.csv (movieId,appeal from 0 to
    /// 1,tastes from strongest to weakest, split by '|') and optionally audiences.csv
    /// (taste,fromAge,toAge,occupation,lift: who is more likely to love a taste). Empty: items are invented.
    std::filesystem::path catalogue;
    bool replace = false; ///< files of the same names in the folder may be overwritten
};

/// What datasets/films is made with: the plan of the shipped sample on its own catalogue.
[[nodiscard]] ORRERY_API WorldPlan filmSamplePlan(std::filesystem::path catalogue);

/// Streams the world to `folder` (made where missing) in MovieLens CSV layout: ratings.csv (by person, then item),
/// movies.csv, people.csv, the planted vectors in truth_items.csv and truth_people.csv, and note.txt. Memory does not
/// grow with the number of interactions. Same plan, same bytes, for any number of threads. Files appear under their
/// names only once all are complete. Errors: InvalidArgument, NotFound and BadRow (catalogue), Io, Cancelled; nothing
/// that was written remains after one.
[[nodiscard]] ORRERY_API Status generateWorld(const WorldPlan& plan, const std::filesystem::path& folder,
                                              const JobContext& job);
/// The same world in memory.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> generateWorld(const WorldPlan& plan,
                                                                              const JobContext& job);

} // namespace orrery
