// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/event_log.h"

#include <array>
#include <string>
#include <string_view>

namespace orrery {

/// How much an event of each kind counts, finite and >= 0; 0: it is no interaction.
struct KindWeights {
    /// rating, view, click, cart, purchase, like, play, skip, impression
    std::array<float, eventKindCount> of{1, 1, 1, 3, 5, 3, 1, 0, 0};

    [[nodiscard]] float operator[](EventKind kind) const { return of[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] float& operator[](EventKind kind) { return of[static_cast<std::size_t>(kind)]; }
    bool operator==(const KindWeights&) const = default;

    /// All kinds count 1.
    [[nodiscard]] ORRERY_API static KindWeights equal();
    /// As they act on a log. Where all events that count are of one kind, or no kinds are told, it counts 1: values
    /// stay what they are.
    [[nodiscard]] ORRERY_API KindWeights actingOn(const EventLog& log) const;
    /// Where values are ratings, a kind counts as a whole or not at all.
    [[nodiscard]] ORRERY_API KindWeights whole() const;
};

/// "view=1,cart=3,purchase=5": kinds that are not named keep their default. Errors: InvalidArgument for an unknown kind
/// or a weight that is not a number from 0 on.
[[nodiscard]] ORRERY_API Result<KindWeights> kindWeightsFrom(std::string_view text);
/// All of them, in the form that kindWeightsFrom() reads.
[[nodiscard]] ORRERY_API std::string textOf(const KindWeights& weights);

} // namespace orrery
