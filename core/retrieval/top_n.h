// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/index.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Picks the n best of many scores without sorting them all; its buffer is used again, so keep one a thread.
/// Ties go to the smaller index; NaN is never picked.
class ORRERY_API TopN {
public:
    explicit TopN(std::size_t n) : m_n(n) {}

    /// Indices of the best, best first; fewer than n where there are fewer numbers. Valid until the next call.
    /// O(scores) plus O(log) work for the few that pass the running threshold.
    std::span<const ItemIndex> select(std::span<const float> scores);

private:
    void scan(std::span<const float> scores, std::size_t from, std::size_t capacity);
    float prune(std::span<const float> scores);

    std::size_t m_n;
    std::vector<std::uint64_t> m_keys; // order-preserving score bits, then the inverted index
    std::vector<ItemIndex> m_items;
};

} // namespace orrery
