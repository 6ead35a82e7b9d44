// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/reranking/reranker.h"

namespace orrery {

/// What a question is for the rules: what the person purchased before its `now`, and what was looked at in this sitting
/// (entries of the last half hour before `now`, or up to the newest entry where it says endOfTime), on shelf "for-you".
/// The segments that the catalog knows a person to be in are facts of theirs.
[[nodiscard]] ORRERY_API RuleRequest ruleRequestFor(const RuleCatalog& catalog, const Query& query);

} // namespace orrery
