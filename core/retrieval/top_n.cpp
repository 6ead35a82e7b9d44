// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/top_n.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace orrery {
namespace {

constexpr std::size_t block = 32;

// Larger keys are better: one integer comparison does score and tie-break. Adding 0 makes -0 equal to 0.
std::uint64_t keyOf(float score, std::size_t index)
{
    const auto bits = std::bit_cast<std::uint32_t>(score + 0.F);
    const std::uint32_t ordered = bits & 0x80000000U ? ~bits : bits | 0x80000000U;
    return std::uint64_t{ordered} << 32 | static_cast<std::uint32_t>(~index);
}

std::uint32_t indexOf(std::uint64_t key) { return ~static_cast<std::uint32_t>(key); }

// Without branches, so that the compiler makes it a few vector comparisons.
bool anyAbove(const float* scores, float threshold)
{
    int above = 0;
    for (std::size_t i = 0; i < block; ++i)
        above |= scores[i] > threshold ? 1 : 0;
    return above != 0;
}

} // namespace

std::span<const ItemIndex> TopN::select(std::span<const float> scores)
{
    m_keys.clear();
    m_items.clear();
    const std::size_t n = std::min(m_n, scores.size());
    if (n == 0)
        return {};
    const std::size_t capacity = 2 * n + block;
    m_keys.reserve(capacity);
    std::size_t i = 0;
    for (; i < scores.size() && m_keys.size() < capacity; ++i)
        if (!std::isnan(scores[i]))
            m_keys.push_back(keyOf(scores[i], i));
    scan(scores, i, capacity);
    const auto kept = m_keys.begin() + static_cast<std::ptrdiff_t>(std::min(n, m_keys.size()));
    std::partial_sort(m_keys.begin(), kept, m_keys.end(), std::greater<>{});
    for (auto key = m_keys.begin(); key != kept; ++key)
        m_items.push_back(ItemIndex{indexOf(*key)});
    return m_items;
}

// Later items of the threshold's score lose their tie, so only what is strictly above it can enter.
void TopN::scan(std::span<const float> scores, std::size_t from, std::size_t capacity)
{
    if (from == scores.size())
        return;
    float threshold = prune(scores);
    const auto take = [&](std::size_t i) {
        if (!(scores[i] > threshold))
            return;
        m_keys.push_back(keyOf(scores[i], i));
        if (m_keys.size() == capacity)
            threshold = prune(scores);
    };
    std::size_t i = from;
    for (; i + block <= scores.size(); i += block)
        if (anyAbove(scores.data() + i, threshold))
            for (std::size_t j = i; j < i + block; ++j)
                take(j);
    for (; i < scores.size(); ++i)
        take(i);
}

float TopN::prune(std::span<const float> scores)
{
    const auto last = m_keys.begin() + static_cast<std::ptrdiff_t>(m_n - 1);
    std::nth_element(m_keys.begin(), last, m_keys.end(), std::greater<>{});
    m_keys.resize(m_n);
    return scores[indexOf(m_keys.back())];
}

} // namespace orrery
