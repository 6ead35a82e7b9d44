// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/wishes.h"
#include "core/reranking/reranker.h"

#include <string>
#include <vector>

namespace orrery {

/// Whether a value of what the wish is about is as wished; of IsNot, whether it is the one that is not wished. Numbers
/// are compared as such, texts without regard to case.
[[nodiscard]] bool fits(const Wish& wish, const std::string& value);

/// When a rule holds, parsed once.
class RuleConditions {
public:
    /// Errors: InvalidArgument for what is not a condition.
    [[nodiscard]] static Result<RuleConditions> from(const When& when);

    /// Which condition does not hold, in plain words; empty where all do. `now` is noTime where nothing has a time.
    [[nodiscard]] std::string whyNot(const RuleRequest& request, Timestamp now) const;

private:
    When m_when; ///< its words
    std::vector<Wish> m_audience, m_context;
    std::vector<std::string> m_shelves;
    Timestamp m_from = noTime, m_until = endOfTime;
};

} // namespace orrery
