// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/training_checks.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

tl::unexpected<Error> bad(std::string_view what, std::string message, std::string hint = {})
{
    return error(Code::InvalidArgument, std::move(message), std::move(hint), std::string(what));
}

Status checkSizes(const TrainingRows& rows, GbdtObjective objective, std::string_view what)
{
    const std::size_t count = rows.features.rows();
    if (rows.features.cols() == 0 || rows.features.cols() > TreeEnsemble::maxFeatures)
        return bad(what, fmt::format("{} features are none, or too many", rows.features.cols()));
    if (count > std::numeric_limits<std::int32_t>::max() || rows.labels.size() != count)
        return bad(what, fmt::format("There are {} labels for {} rows", rows.labels.size(), count));
    const std::size_t groups = rows.groupStarts.empty() ? 0 : rows.groupStarts.size() - 1;
    const std::size_t weighed = isRanking(objective) ? groups : count;
    if (!rows.weights.empty() && rows.weights.size() != weighed)
        return bad(what, fmt::format("There are {} weights for {}", rows.weights.size(), weighed));
    return {};
}

Status checkGroups(const TrainingRows& rows, std::string_view what)
{
    const auto& starts = rows.groupStarts;
    if (starts.size() < 2 || starts.front() != 0 || starts.back() != rows.features.rows())
        return bad(what, "The groups do not begin at the first row and end after the last");
    if (!std::ranges::is_sorted(starts, std::less_equal<>()))
        return bad(what, "A group has no rows, or begins before the one before it");
    return {};
}

Status checkNumbers(const TrainingRows& rows, GbdtObjective objective, std::string_view what)
{
    if (!std::ranges::all_of(rows.labels, [](float label) { return std::isfinite(label); }))
        return bad(what, "A label is not a number");
    if (objective == GbdtObjective::Pointwise &&
        !std::ranges::all_of(rows.labels, [](float label) { return label == 0 || label == 1; }))
        return bad(what, "A label is neither 0 nor 1");
    if (std::ranges::any_of(rows.features.all(), [](float value) { return std::isinf(value); }))
        return bad(what, "A feature is infinite", "What is not known is NaN");
    double weights = 0;
    for (const float weight : rows.weights) {
        if (!(weight >= 0) || std::isinf(weight))
            return bad(what, fmt::format("A weight of {} cannot be", weight));
        weights += static_cast<double>(weight);
    }
    if (!rows.weights.empty() && weights == 0)
        return bad(what, "All weights are 0");
    return {};
}

bool isTold(const TrainingRows& rows, std::size_t first, std::size_t last)
{
    const auto [least, most] = std::minmax_element(rows.labels.begin() + static_cast<std::ptrdiff_t>(first),
                                                   rows.labels.begin() + static_cast<std::ptrdiff_t>(last));
    return *least<*most&& * most> 0;
}

/// Whether there is anything to be learnt: labels that differ where they are compared.
Status checkLabels(const TrainingRows& rows, GbdtObjective objective, std::string_view what)
{
    if (objective == GbdtObjective::Squared)
        return {};
    if (std::ranges::none_of(rows.labels, [](float label) { return label > 0; }))
        return bad(what, "No row is positive", "Take a longer time, or other kinds of events");
    if (!isRanking(objective))
        return isTold(rows, 0, rows.labels.size()) ? Status() : bad(what, "All rows are positive");
    for (std::size_t g = 0; g + 1 < rows.groupStarts.size(); ++g)
        if (isTold(rows, rows.groupStarts[g], rows.groupStarts[g + 1]))
            return {};
    return bad(what, "No group has rows of different labels, so there is nothing to rank",
               "Sample negatives for each positive");
}

Status checkRows(const TrainingRows& rows, GbdtObjective objective, std::string_view what)
{
    return checkSizes(rows, objective, what)
        .and_then([&] { return isRanking(objective) ? checkGroups(rows, what) : Status(); })
        .and_then([&] { return checkNumbers(rows, objective, what); });
}

} // namespace

Status checkTraining(const TrainingRows& train, const TrainingRows& validation, GbdtObjective objective)
{
    constexpr std::string_view training = "training rows", validating = "validation rows";
    if (train.features.rows() == 0)
        return bad(training, "There are no rows to train on");
    const auto usable =
        checkRows(train, objective, training).and_then([&] { return checkLabels(train, objective, training); });
    if (!usable || validation.features.rows() == 0)
        return usable;
    if (validation.features.cols() != train.features.cols())
        return bad(validating,
                   fmt::format("{} features, {} in training", validation.features.cols(), train.features.cols()));
    return checkRows(validation, objective, validating).and_then([&] {
        return isRanking(objective) ? checkLabels(validation, objective, validating) : Status();
    });
}

} // namespace orrery
