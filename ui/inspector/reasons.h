// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/what_if.h"
#include "ui/inspector/contribution_bars.h"
#include "ui/session/workspace_session.h"

#include <optional>

namespace orrery::ui {

/// What the inspector says about one item in one recommender's list; worked out in a quick job.
struct Reasons {
    ItemTrace trace;
    std::optional<Explanation> explanation;
    std::optional<Counterfactual> counterfactual;
    std::string cannot; ///< why there is no explanation; empty when there is one
};

[[nodiscard]] Result<Reasons> reasonsFor(const Recommender& recommender, const Query& query, ItemIndex item,
                                         const JobContext& job);

/// "Because of Heat, Fargo and 15 others." with the titles in bold; "" when no history item adds to the score.
[[nodiscard]] QString becauseText(const Dataset& dataset, const Explanation& explanation);
/// "Without Heat it would fall from 1 to 14."
[[nodiscard]] QString withoutText(const Dataset& dataset, const Counterfactual& counterfactual);
/// The strongest terms, the rest summed into one or two lines; a rating outside the scale gets its clip as a line.
[[nodiscard]] std::vector<ContributionBars::Line> linesOf(const Dataset& dataset, const Explanation& explanation,
                                                          Scale scale, std::size_t most);
/// What the sum is called: "predicted rating", "score of implicit ALS".
[[nodiscard]] QString sumLabel(Scale scale, const QString& model);
/// The sum that the lines lead to (with the clip).
[[nodiscard]] double shownSum(const Dataset& dataset, const Explanation& explanation, Scale scale);

} // namespace orrery::ui
