// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/models/artifact.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery::implicit {

/// What of a history takes part: known items that are liked, and how much each weighs.
struct Liked {
    std::vector<std::uint32_t> items; ///< ascending
    std::vector<float> weights;       ///< > 0
};

/// The items' side of a factor model: score = bias + <person, item>.
struct ItemFactors {
    MatrixView vectors;          ///< [items x k]
    std::span<const float> bias; ///< one an item; empty: no biases
};

/// A person, found from a history.
class FoldedIn {
public:
    virtual ~FoldedIn() = default;
    [[nodiscard]] virtual std::span<const double> vector() const = 0;
    /// What each liked item adds to <vector, item>: one value each, by a computation of its own (not from the sum).
    [[nodiscard]] virtual std::vector<double> contributions(std::uint32_t item) const = 0;
};

/// How a person's vector is found when the items are fixed. Part of a model; immutable.
class FoldInMethod {
public:
    virtual ~FoldInMethod() = default;
    /// For at least one liked item. The result looks at `items`: it must not outlive them.
    [[nodiscard]] virtual std::unique_ptr<FoldedIn> fit(Liked liked) const = 0;
    /// Only the vectors, in float, to rounding the same: row p of `vectors` for people[p]; zero for nothing liked.
    virtual void solve(std::span<const Liked> people, MatrixRef vectors) const;
    virtual void save(Artifact& artifact) const = 0;
};

} // namespace orrery::implicit
