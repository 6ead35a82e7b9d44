// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json.h"
#include "app/cli/model_options.h"
#include "core/evaluation/evaluator.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// One model judged on every split.
struct Judged {
    ModelChoice choice;
    std::vector<EvaluationReport> reports; ///< one for each split
    std::vector<double> trainingSeconds;   ///< same length
    ModelPtr first;                        ///< as judged on the first split; null for lists
    Curves curves;                         ///< of its training

    /// Over the splits; NaN where the metric does not apply.
    [[nodiscard]] double mean(std::size_t metric) const;
    /// Sample standard deviation over the splits; NaN with fewer than two.
    [[nodiscard]] double deviation(std::size_t metric) const;
};

/// Best first by the first metric; those that it does not apply to last, in the order of asking.
void sortByFirstMetric(std::vector<Judged>& judged);
/// `first`: the best, whose lead over this one is told.
[[nodiscard]] Json judgedJson(const Judged& judged, const Judged& first);
[[nodiscard]] std::string leaderboardText(const std::vector<Judged>& judged);

} // namespace orrery::cli
