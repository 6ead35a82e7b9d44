// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/artifact.h"
#include "core/models/catalogue.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orrery::testing {

/// Planted tastes: block of an item or a person is its index / the size of a block. Ratings: 5 in the own block, 1
/// elsewhere; counts: 3 and 1.
struct PlantedWorld {
    static constexpr std::size_t blocks = 4, peoplePerBlock = 50, itemsPerBlock = 25;

    std::shared_ptr<const Dataset> dataset;
    /// The block an item was planted in (its id says so: "i12").
    [[nodiscard]] std::size_t blockOf(ItemIndex item) const;
    [[nodiscard]] std::size_t blockOf(UserIndex person) const { return person.value / peoplePerBlock; }
};
[[nodiscard]] PlantedWorld plantedWorld(Feedback feedback);

/// People with random items, for work that takes a while: no structure.
[[nodiscard]] std::shared_ptr<const Dataset> randomDataset(std::size_t people, std::size_t items, std::size_t events,
                                                           Feedback feedback);

/// Fits with default parameters; a failure ends the test run with its text.
[[nodiscard]] ModelPtr fitted(const Algorithm& algorithm, const std::shared_ptr<const Dataset>& dataset,
                              int threads = 1, std::uint64_t seed = 1);

[[nodiscard]] Artifact saved(const Model& model);
/// Same names, types and bytes.
[[nodiscard]] bool sameBits(const Artifact& a, const Artifact& b);
/// Equal as bits, so that NaN equals NaN.
[[nodiscard]] bool sameBits(std::span<const float> a, std::span<const float> b);

/// Scores of the items 0 .. count - 1; of all the model knows when 0.
[[nodiscard]] std::vector<float> scoresOf(const Model& model, const Query& query, std::size_t count = 0);

} // namespace orrery::testing
