// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/what_if.h"

#include <algorithm>

namespace orrery {
namespace {

std::vector<Term> strongestHistoryTerms(std::vector<Term> terms, std::size_t tries)
{
    std::erase_if(terms, [](const Term& term) { return term.kind != TermKind::HistoryItem || !(term.value > 0); });
    std::ranges::sort(
        terms, [](const Term& a, const Term& b) { return a.value != b.value ? a.value > b.value : a.item < b.item; });
    terms.resize(std::min(tries, terms.size()));
    return terms;
}

struct Removal {
    std::uint32_t rank = 0; // as the list then says
    std::int64_t fall = 0;  // places lost to other items; the one taken out may be recommended again, which is no loss
};

Result<Removal> without(const Recommender& recommender, const Query& query, ItemIndex removed, ItemIndex item,
                        std::uint32_t rankBefore)
{
    Query shorter = query;
    const HistoryEdit edit{removed, {}};
    shorter.history = edited(std::move(shorter.history), std::span(&edit, 1));
    const auto after = recommender.trace(shorter, item);
    if (!after)
        return tl::unexpected(after.error());
    if (after->rank == 0)
        return Removal{0, static_cast<std::int64_t>(after->candidates) + 1};
    const auto back = recommender.trace(shorter, removed);
    if (!back)
        return tl::unexpected(back.error());
    const std::int64_t returned = back->rank > 0 && back->rank < after->rank ? 1 : 0;
    return Removal{after->rank, std::int64_t{after->rank} - returned - std::int64_t{rankBefore}};
}

} // namespace

History newestOf(History history, std::size_t n)
{
    if (history.size() <= n)
        return history;
    std::ranges::stable_sort(history, {}, &HistoryEntry::at);
    history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(n));
    std::ranges::sort(history, {}, &HistoryEntry::item);
    return history;
}

History edited(History history, std::span<const HistoryEdit> edits, Timestamp at)
{
    for (const auto& edit : edits) {
        const auto place = std::ranges::lower_bound(history, edit.item, {}, &HistoryEntry::item);
        const bool held = place != history.end() && place->item == edit.item;
        if (edit.value && held)
            place->value = *edit.value;
        else if (edit.value)
            history.insert(place, {edit.item, *edit.value, at});
        else if (held)
            history.erase(place);
    }
    return history;
}

Result<std::optional<Counterfactual>> strongestCounterfactual(const Recommender& recommender, const Query& query,
                                                              ItemIndex item, std::size_t tries, const JobContext& job)
{
    const auto why = recommender.explain(query, item);
    if (!why)
        return tl::unexpected(why.error());
    const auto before = recommender.trace(query, item);
    if (!before)
        return tl::unexpected(before.error());
    std::optional<Counterfactual> best;
    std::int64_t worstFall = 0;
    if (before->rank == 0)
        return best;
    for (const Term& term : strongestHistoryTerms(flattened(why->terms), tries)) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        const auto removal = without(recommender, query, term.item, item, before->rank);
        if (!removal)
            return tl::unexpected(removal.error());
        if (removal->fall <= worstFall)
            continue;
        worstFall = removal->fall;
        best = Counterfactual{term.item, before->rank, removal->rank};
    }
    return best;
}

} // namespace orrery
