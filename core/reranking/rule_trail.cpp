// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/reranker.h"

#include <algorithm>

namespace orrery {

std::optional<std::size_t> RuleTrail::find(ItemIndex item) const
{
    const auto found = std::ranges::find(m_items, item);
    return found == m_items.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - m_items.begin()));
}

std::optional<std::size_t> RuleTrail::droppedBy(std::size_t candidate) const
{
    for (std::size_t rule = 0; rule < m_effects.size(); ++rule)
        if (m_places[rule][candidate] > 0 && m_places[rule + 1][candidate] == 0)
            return rule;
    return {};
}

std::vector<RuleStep> RuleTrail::stepsOf(std::size_t candidate) const
{
    std::vector<RuleStep> steps;
    for (std::size_t rule = 0; rule < m_effects.size(); ++rule) {
        const RuleStep step{rule,
                            m_places[rule][candidate],
                            m_places[rule + 1][candidate],
                            m_scores[rule][candidate],
                            m_scores[rule + 1][candidate],
                            {}};
        const bool isHere = step.placeAfter > 0, wasHere = step.placeBefore > 0;
        if (isHere == wasHere && step.scoreBefore == step.scoreAfter && m_movedBy[rule][candidate] == 0)
            continue;
        steps.push_back(step);
        steps.back().why = wasHere && !isHere ? m_whyDropped[candidate] : m_words[rule];
    }
    return steps;
}

} // namespace orrery
