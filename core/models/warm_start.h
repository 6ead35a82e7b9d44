// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

#include <cstddef>
#include <span>

namespace orrery {

/// Where the training of a factorization goes on: the vectors and biases of a model that was trained when there were
/// fewer events. What they say nothing of (newer rows, rows that were zero) begins as it does anew. Views into the
/// model, which must outlive it; all empty: nothing to go on from.
struct WarmStart {
    MatrixView people, items; ///< [people then x factors], [items then x factors]
    std::span<const float> personBias, itemBias;

    [[nodiscard]] bool empty() const { return items.empty(); }
    /// A fifth of the rounds that training takes anew, two at least and never more than anew; all of them where there
    /// is nothing to go on from.
    [[nodiscard]] int rounds(int anew) const;
};

/// From the spaces of `before`; empty where it is null, or has vectors of another length or of more people or items.
[[nodiscard]] WarmStart warmStartFrom(const Model* before, std::size_t factors, std::size_t people, std::size_t items);

/// The vector that `space` has of that row; empty where it has none or only zeros.
[[nodiscard]] std::span<const float> knownRow(MatrixView space, std::size_t row);

} // namespace orrery
