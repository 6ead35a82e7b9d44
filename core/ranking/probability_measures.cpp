// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/probability_measures.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

/// Rows by score, ascending; of equal scores in their order.
std::vector<std::uint32_t> ordered(std::span<const float> scores)
{
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] < scores[b]; });
    return order;
}

double yesOf(std::span<const float> labels)
{
    return static_cast<double>(std::ranges::count_if(labels, [](float label) { return label > 0; }));
}

template <class Loss> double meanOf(std::span<const float> probabilities, std::span<const float> labels, Loss loss)
{
    double sum = 0;
    for (std::size_t r = 0; r < labels.size(); ++r)
        sum += loss(static_cast<double>(probabilities[r]), labels[r] > 0);
    return sum / static_cast<double>(labels.size());
}

} // namespace

double areaUnderCurve(std::span<const float> scores, std::span<const float> labels)
{
    std::vector<float> told(scores.begin(), scores.end());
    std::ranges::replace_if(
        told, [](float score) { return std::isnan(score); }, -std::numeric_limits<float>::infinity());
    const auto order = ordered(told);
    double wins = 0, noBefore = 0;
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        double yes = 0;
        for (; last < order.size() && told[order[last]] == told[order[first]]; ++last)
            yes += labels[order[last]] > 0 ? 1 : 0;
        const double no = static_cast<double>(last - first) - yes;
        wins += yes * (noBefore + no / 2);
        noBefore += no;
        first = last;
    }
    const double yes = static_cast<double>(labels.size()) - noBefore;
    return yes > 0 && noBefore > 0 ? wins / (yes * noBefore) : std::numeric_limits<double>::quiet_NaN();
}

double meanLogLoss(std::span<const float> probabilities, std::span<const float> labels)
{
    return meanOf(probabilities, labels, [](double probability, bool yes) {
        const double held = std::clamp(probability, 1e-7, 1 - 1e-7);
        return -std::log(yes ? held : 1 - held);
    });
}

double brierScore(std::span<const float> probabilities, std::span<const float> labels)
{
    return meanOf(probabilities, labels, [](double probability, bool yes) {
        const double off = probability - (yes ? 1 : 0);
        return off * off;
    });
}

std::vector<CalibrationBin> calibrationOf(std::span<const float> probabilities, std::span<const float> labels,
                                          std::size_t bins)
{
    const auto order = ordered(probabilities);
    bins = std::min(bins, order.size());
    std::vector<CalibrationBin> out(bins);
    for (std::size_t b = 0; b < bins; ++b) {
        const std::size_t first = b * order.size() / bins, last = (b + 1) * order.size() / bins;
        out[b].rows = last - first;
        for (std::size_t i = first; i < last; ++i) {
            out[b].predicted += static_cast<double>(probabilities[order[i]]) / static_cast<double>(last - first);
            out[b].seen += (labels[order[i]] > 0 ? 1. : 0.) / static_cast<double>(last - first);
        }
    }
    return out;
}

double expectedCalibrationError(std::span<const CalibrationBin> bins)
{
    double sum = 0, rows = 0;
    for (const CalibrationBin& bin : bins) {
        sum += static_cast<double>(bin.rows) * std::abs(bin.predicted - bin.seen);
        rows += static_cast<double>(bin.rows);
    }
    return rows > 0 ? sum / rows : 0;
}

TopShare topShareOf(std::span<const float> scores, std::span<const float> labels, double share)
{
    TopShare top;
    if (scores.empty())
        return top;
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
    top.rows =
        std::clamp<std::size_t>(static_cast<std::size_t>(share * static_cast<double>(order.size())), 1, order.size());
    double yes = 0;
    for (std::size_t i = 0; i < top.rows; ++i)
        yes += labels[order[i]] > 0 ? 1 : 0;
    top.seen = yes / static_cast<double>(top.rows);
    const double all = yesOf(labels);
    top.captured = all > 0 ? yes / all : std::numeric_limits<double>::quiet_NaN();
    return top;
}

} // namespace orrery
