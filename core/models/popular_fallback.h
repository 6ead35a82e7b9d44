// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/interactions.h"
#include "core/models/explanation.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

class Artifact;

/// What a personal model answers when the history taught it nothing: the items most people used, in that order, on a
/// scale so small (0 to 0.001) that nobody takes it for a personal score. Part of a model; immutable.
class ORRERY_API PopularFallback {
public:
    static constexpr double highest = 1e-3; ///< score of the most used item; an item nobody used gets 0

    PopularFallback() = default;
    /// Counts the people of each item.
    explicit PopularFallback(const Interactions& interactions);

    [[nodiscard]] std::size_t itemCount() const { return m_scores.size(); }
    /// highest * people / most people; NaN past itemCount().
    [[nodiscard]] float score(ItemIndex item) const;
    void score(std::span<const ItemIndex> items, std::span<float> out) const;
    void scoreAll(std::span<float> out) const;
    /// One Fallback term.
    [[nodiscard]] Explanation explain(ItemIndex item) const;

    /// For Reader::fallback().
    [[nodiscard]] static std::string sentence();
    /// For Algorithm::fallback.
    [[nodiscard]] static std::string declaration();

    /// One array, "popular": people by item.
    void save(Artifact& artifact) const;
    /// Errors: Corrupt, also when there are not `items` counts.
    [[nodiscard]] static Result<PopularFallback> load(const Artifact& artifact, std::size_t items);

private:
    explicit PopularFallback(std::vector<std::uint32_t> people);

    std::vector<std::uint32_t> m_people;
    std::vector<float> m_scores;
};

} // namespace orrery
