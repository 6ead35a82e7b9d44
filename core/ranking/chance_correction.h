// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"

#include <span>

namespace orrery {

/// Makes log-odds of margins that were learned from sampled rows: log-odds = margin + shift. Where one in n of the rows
/// that did not come true is kept, the shift is -ln n (King & Zeng, Political Analysis 9, 2001; He et al., ADKDD 2014);
/// the order is not concerned.
struct ChanceCorrection {
    float shift = 0;

    [[nodiscard]] float logOdds(float margin) const { return margin + shift; }
    bool operator==(const ChanceCorrection&) const = default;
};

/// The likeliest shift of margins whose outcomes (label > 0) are known, of rows as they are met, not sampled: as many
/// come true as the chances say. Rather than from the rate of sampling, as rows of what was only shown, items that no
/// source finds and visits without any use have rates of their own. Half a row more came true, and half did not, so
/// that nothing is impossible. Same length, finite margins; no rows: no shift. Newton's steps, O(rows) each.
/// Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<ChanceCorrection> fitCorrection(std::span<const float> margins,
                                                                std::span<const float> labels, const JobContext& job);

} // namespace orrery
