// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/people_groups.h"
#include "core/evaluation/rule_preview.h"

#include <span>
#include <string>
#include <vector>

namespace orrery {

/// The segments of a sample: the groups of its people (people_groups.h) by what their requests say of them, segments of
/// the catalog among it.
class SampleSegments {
public:
    explicit SampleSegments(std::span<const RuleRequest> requests);
    [[nodiscard]] std::vector<PeopleSegment> of(std::span<const PersonChange> people) const;

private:
    std::vector<PeopleGroup> m_groups;
};

/// The places that categories, brands, sellers and items win and lose: by kind, of each at most `shown` that win, then
/// as many that lose, the largest first, of equals the first index. `before` and `after` are lists by person.
[[nodiscard]] std::vector<PlacesShift> shiftsBetween(const RuleCatalog& catalog,
                                                     std::span<const std::vector<Reranked>> before,
                                                     std::span<const std::vector<Reranked>> after, std::size_t shown);

} // namespace orrery
