// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/popular_fallback.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

constexpr std::uint64_t anyCount = std::uint64_t{1} << 32;

std::vector<std::uint32_t> peopleByItem(const Interactions& interactions)
{
    std::vector<std::uint32_t> people(interactions.items(), 0);
    for (const ItemIndex item : interactions.allItems())
        ++people[item.value];
    return people;
}

} // namespace

PopularFallback::PopularFallback(const Interactions& interactions) : PopularFallback(peopleByItem(interactions)) {}

PopularFallback::PopularFallback(std::vector<std::uint32_t> people) : m_people(std::move(people))
{
    const std::uint32_t most = m_people.empty() ? 1 : std::max(1U, std::ranges::max(m_people));
    m_scores.reserve(m_people.size());
    for (const std::uint32_t count : m_people)
        m_scores.push_back(static_cast<float>(highest * count / most));
}

float PopularFallback::score(ItemIndex item) const
{
    return item.value < m_scores.size() ? m_scores[item.value] : std::numeric_limits<float>::quiet_NaN();
}

void PopularFallback::score(std::span<const ItemIndex> items, std::span<float> out) const
{
    std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return score(item); });
}

void PopularFallback::scoreAll(std::span<float> out) const
{
    for (std::uint32_t i = 0; i < out.size(); ++i)
        out[i] = score(ItemIndex{i});
}

Explanation PopularFallback::explain(ItemIndex item) const
{
    const double value = static_cast<double>(score(item));
    return {{{TermKind::Fallback, {}, "how many people used it, as nothing else is known", value}}, value};
}

std::string PopularFallback::sentence()
{
    return "Nothing in this history tells the model about this person's taste, so these are the items most people "
           "used.";
}

std::string PopularFallback::declaration() { return "The same list for everybody: the items most people used."; }

void PopularFallback::save(Artifact& artifact) const
{
    artifact.put("popular", std::span<const std::uint32_t>(m_people));
}

Result<PopularFallback> PopularFallback::load(const Artifact& artifact, std::size_t items)
{
    auto people = artifact.indices("popular", items, anyCount);
    if (!people)
        return tl::unexpected(people.error());
    return PopularFallback(std::move(*people));
}

} // namespace orrery
