// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/neighbour_comparison.h"

#include <algorithm>
#include <unordered_map>

namespace orrery {
namespace {

ItemIndex whoIs(const Neighbour& neighbour) { return neighbour.item; }
UserIndex whoIs(const SimilarPerson& similar) { return similar.person; }

/// The places of a list that is best first.
template <class Index> class Places {
public:
    template <class List> explicit Places(const List& list)
    {
        for (std::size_t i = 0; i < list.size(); ++i)
            m_places.emplace(whoIs(list[i]), NeighbourPlace{i + 1, list[i].similarity});
    }
    [[nodiscard]] NeighbourPlace of(Index who) const
    {
        const auto found = m_places.find(who);
        return found == m_places.end() ? NeighbourPlace{} : found->second;
    }

private:
    std::unordered_map<Index, NeighbourPlace> m_places;
};

template <class Index, class List>
NeighbourComparison<Index> compared(const List& first, const List& second, std::size_t k)
{
    const Places<Index> inFirst(first), inSecond(second);
    const auto isNear = [k](const NeighbourPlace& place) { return place.rank > 0 && place.rank <= k; };
    NeighbourComparison<Index> out;
    for (std::size_t i = 0; i < std::min(k, first.size()); ++i) {
        const Index who = whoIs(first[i]);
        const ComparedNeighbour<Index> one{who, inFirst.of(who), inSecond.of(who)};
        (isNear(one.second) ? out.shared : out.lost).push_back(one);
    }
    for (std::size_t i = 0; i < std::min(k, second.size()); ++i) {
        const Index who = whoIs(second[i]);
        if (const NeighbourPlace before = inFirst.of(who); !isNear(before))
            out.gained.push_back({who, before, inSecond.of(who)});
    }
    return out;
}

template <class Index, class Ask>
Result<NeighbourComparison<Index>> compareAnswers(const Model& first, const Model& second, std::size_t k, Ask ask)
{
    const std::size_t depth = std::max(k, comparedDepth);
    const auto before = ask(first, depth);
    if (!before)
        return tl::unexpected(before.error());
    const auto after = ask(second, depth);
    if (!after)
        return tl::unexpected(after.error());
    return compared<Index>(*before, *after, k);
}

} // namespace

Result<NeighbourComparison<ItemIndex>> compareSimilarItems(const Model& first, const Model& second, ItemIndex item,
                                                           std::size_t k)
{
    return compareAnswers<ItemIndex>(first, second, k,
                                     [item](const Model& model, std::size_t n) { return model.similarItems(item, n); });
}

Result<NeighbourComparison<UserIndex>> compareSimilarPeople(const Model& first, const Model& second, const Query& query,
                                                            std::size_t k)
{
    return compareAnswers<UserIndex>(
        first, second, k, [&query](const Model& model, std::size_t n) { return model.similarPeople(query, n); });
}

} // namespace orrery
