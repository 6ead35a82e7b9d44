// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/rule_preview.h"

#include <span>
#include <string>
#include <vector>

namespace orrery {

/// The segments of a sample: each fact of the people that has at most 12 values, thirds of those that are numbers and
/// have more, and lengths of history.
class SampleSegments {
public:
    explicit SampleSegments(std::span<const RuleRequest> requests);
    [[nodiscard]] std::vector<PeopleSegment> of(std::span<const PersonChange> people) const;

private:
    struct Segment {
        std::string name, value;
        std::vector<std::uint32_t> people;
    };
    void takeFacts(std::span<const RuleRequest> requests);
    void takeHistories(std::span<const RuleRequest> requests);

    std::vector<Segment> m_segments;
};

/// The places that categories, brands, sellers and items win and lose: by kind, of each at most `shown` that win, then
/// as many that lose, the largest first, of equals the first index. `before` and `after` are lists by person.
[[nodiscard]] std::vector<PlacesShift> shiftsBetween(const RuleCatalog& catalog,
                                                     std::span<const std::vector<Reranked>> before,
                                                     std::span<const std::vector<Reranked>> after, std::size_t shown);

} // namespace orrery
