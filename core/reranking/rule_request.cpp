// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_request.h"

#include <algorithm>
#include <iterator>

namespace orrery {
namespace {

constexpr Timestamp sittingGap = 1'800;
constexpr const char* forYou = "for-you";

} // namespace

RuleRequest ruleRequestFor(const RuleCatalog& catalog, const Query& query)
{
    RuleRequest request{query, {}, {}, forYou};
    if (query.user) {
        request.purchased = catalog.purchasesOf(*query.user, query.now);
        std::ranges::move(catalog.segmentsOf(*query.user), std::back_inserter(request.query.who));
    }
    Timestamp newest = noTime;
    for (const HistoryEntry& entry : query.history)
        newest = std::max(newest, entry.at);
    const Timestamp now = query.now == endOfTime ? newest : query.now;
    for (const HistoryEntry& entry : query.history)
        if (entry.at != noTime && entry.at >= now - sittingGap)
            request.session.push_back(entry.item);
    return request;
}

} // namespace orrery
