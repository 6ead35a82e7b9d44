// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/list_scale.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr double alike = 1e-6; // spread of a list, as a share of its largest score, below which it is rounding

std::vector<float> finite(std::span<const float> scores)
{
    std::vector<float> out;
    std::ranges::copy_if(scores, std::back_inserter(out), [](float score) { return std::isfinite(score); });
    return out;
}

double deviation(std::span<const float> scores, double mean)
{
    double squares = 0;
    for (const float score : scores)
        squares += (static_cast<double>(score) - mean) * (static_cast<double>(score) - mean);
    return std::sqrt(squares / static_cast<double>(scores.size()));
}

double meanOf(std::span<const float> scores)
{
    double sum = 0;
    for (const float score : scores)
        sum += static_cast<double>(score);
    return sum / static_cast<double>(scores.size());
}

} // namespace

std::vector<float> listedScores(std::span<const float> scores, const History& history)
{
    std::vector<float> out;
    out.reserve(scores.size());
    auto seen = history.begin(); // ascending, as the scores are
    for (std::uint32_t item = 0; item < scores.size(); ++item) {
        while (seen != history.end() && seen->item.value < item)
            ++seen;
        if (std::isfinite(scores[item]) && (seen == history.end() || seen->item.value != item))
            out.push_back(scores[item]);
    }
    return out.empty() ? finite(scores) : out;
}

ListScale::ListScale(ListScaling scaling, std::span<const float> scores, const History& history) : m_scaling(scaling)
{
    if (scaling == ListScaling::None) {
        m_factor = 1;
        return;
    }
    const auto listed = listedScores(scores, history);
    if (listed.empty())
        return;
    const auto [low, high] = std::ranges::minmax(listed);
    m_lowest = low;
    m_shift = static_cast<double>(low);
    const double largest = std::max(std::abs(static_cast<double>(low)), std::abs(static_cast<double>(high)));
    const double spread = static_cast<double>(high) - static_cast<double>(low);
    if (!(spread > alike * largest))
        return;
    if (scaling == ListScaling::Rank) {
        m_sorted = listed;
        std::ranges::sort(m_sorted);
        return;
    }
    m_shift = scaling == ListScaling::ZScore ? meanOf(listed) : m_shift;
    m_factor = 1 / (scaling == ListScaling::ZScore ? deviation(listed, m_shift) : spread);
}

const char* ListScale::shiftLabel() const
{
    return m_scaling == ListScaling::ZScore ? "less its mean score in this list" : "less its lowest score in this list";
}

double ListScale::of(float score) const
{
    const float counted = std::isfinite(score) ? score : m_lowest;
    if (m_sorted.empty())
        return (static_cast<double>(counted) - m_shift) * m_factor;
    const auto [first, last] = std::equal_range(m_sorted.begin(), m_sorted.end(), counted);
    const auto lower = static_cast<double>(first - m_sorted.begin()), tied = static_cast<double>(last - first);
    // A score of the list is one of its own ties.
    return std::max(0.0, lower + (tied - 1) / 2) / static_cast<double>(m_sorted.size() - 1);
}

} // namespace orrery
