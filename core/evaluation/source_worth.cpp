// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/source_worth.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t grain = 8;

/// Counts of whole numbers, so that their sums do not depend on any order.
struct Counts {
    std::size_t people = 0, choices = 0, hits = 0, candidates = 0;
    struct OfSource {
        std::size_t proposed = 0, hits = 0, exclusive = 0, hitsWithout = 0;
    };
    std::vector<OfSource> sources;
};

/// One question: what was found, and which of it was chosen later.
class OneQuestion {
public:
    OneQuestion(const FunnelRecipe& recipe, std::size_t keep, const Candidates& found,
                const std::vector<ItemIndex>& later)
        : m_recipe(recipe), m_keep(keep), m_found(found)
    {
        for (std::size_t row = 0; row < found.size(); ++row)
            if (std::ranges::binary_search(later, found.items[row]))
                m_chosen.push_back(row);
    }

    void count(Counts& into) const
    {
        into.candidates += std::min(m_keep, m_found.size());
        into.hits += hitsWithin(m_found.sources); // without no source
        for (std::size_t source = 0; source < m_found.sources; ++source) {
            Counts::OfSource& of = into.sources[source];
            of.proposed += m_found.found[source];
            for (const std::size_t row : m_chosen) {
                const auto places = m_found.placesOf(row);
                of.hits += places[source] > 0 ? 1 : 0;
                of.exclusive += places[source] > 0 && std::ranges::count(places, 0) + 1 == std::ssize(places) ? 1 : 0;
            }
            of.hitsWithout += m_found.found[source] > 0 ? hitsWithin(source) : hitsWithin(m_found.sources);
        }
    }

private:
    /// The merged score without one source; below 0 where no other found it.
    [[nodiscard]] double scoreWithout(std::size_t source, std::size_t row) const
    {
        double sum = 0;
        bool found = false;
        for (std::size_t other = 0; other < m_found.sources; ++other)
            if (const std::uint16_t place = m_found.placesOf(row)[other]; other != source && place > 0) {
                found = true;
                sum += m_recipe.sources[other].weight * m_found.shareOf(other, place, m_found.scoresOf(row)[other]);
            }
        return found ? sum : -1;
    }

    /// Chosen items among the first `keep` of what all but one source propose.
    [[nodiscard]] std::size_t hitsWithin(std::size_t without) const
    {
        std::vector<double> scores(m_found.size());
        for (std::size_t row = 0; row < scores.size(); ++row)
            scores[row] = scoreWithout(without, row);
        std::vector<double> ordered;
        std::ranges::copy_if(scores, std::back_inserter(ordered), [](double score) { return score >= 0; });
        double least = 0;
        if (ordered.size() > m_keep) {
            const auto last = ordered.begin() + static_cast<std::ptrdiff_t>(m_keep) - 1;
            std::ranges::nth_element(ordered, last, std::greater<>());
            least = *last;
        }
        return static_cast<std::size_t>(
            std::ranges::count_if(m_chosen, [&](std::size_t row) { return scores[row] >= 0 && scores[row] >= least; }));
    }

    const FunnelRecipe& m_recipe;
    std::size_t m_keep;
    const Candidates& m_found;
    std::vector<std::size_t> m_chosen;
};

FunnelWorth sharesOf(const Funnel& funnel, const std::vector<Counts>& parts)
{
    Counts all;
    all.sources.resize(funnel.recipe().sources.size());
    for (const Counts& part : parts) {
        all.people += part.people;
        all.choices += part.choices;
        all.hits += part.hits;
        all.candidates += part.candidates;
        for (std::size_t source = 0; source < part.sources.size(); ++source) {
            all.sources[source].proposed += part.sources[source].proposed;
            all.sources[source].hits += part.sources[source].hits;
            all.sources[source].exclusive += part.sources[source].exclusive;
            all.sources[source].hitsWithout += part.sources[source].hitsWithout;
        }
    }
    const auto share = [](std::size_t part, std::size_t whole) {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    FunnelWorth worth{all.people, all.choices, share(all.hits, all.choices), share(all.candidates, all.people), {}};
    for (std::size_t source = 0; source < all.sources.size(); ++source) {
        const Counts::OfSource& of = all.sources[source];
        worth.sources.push_back({titleOf(funnel.recipe().sources[source]), share(of.proposed, all.people),
                                 share(of.hits, all.choices), share(of.exclusive, all.choices),
                                 share(of.hitsWithout, all.choices)});
    }
    return worth;
}

} // namespace

Result<FunnelWorth> worthOf(const Funnel& funnel, std::span<const Query> queries,
                            std::span<const std::vector<ItemIndex>> later, const JobContext& job)
{
    FunnelRecipe wide = funnel.recipe();
    const auto keep = static_cast<std::size_t>(wide.keep);
    wide.keep = mostProposed(wide); // what one source alone finds has its place
    wide.rules = {};
    wide.rankBy = RankBy::Merged;
    const auto asked = Funnel::open(wide, funnel.parts(), funnel.ground(), job, funnel.learning());
    if (!asked)
        return tl::unexpected(asked.error());
    std::vector<Counts> parts(chunkCount(queries.size(), grain));
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), grain, [&](std::size_t first, std::size_t last) {
        Counts& part = parts[first / grain];
        part.sources.resize(wide.sources.size());
        for (std::size_t q = first; q < last && !job.cancelled(); ++q) {
            if (later[q].empty())
                continue;
            const auto found = (*asked)->candidatesOf(queries[q], single);
            if (!found)
                continue;
            ++part.people;
            part.choices += later[q].size();
            OneQuestion(wide, keep, *found, later[q]).count(part);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    FunnelWorth worth = sharesOf(funnel, parts);
    if (worth.choices == 0)
        return error(Code::InvalidArgument, "Nobody who was asked chose anything later",
                     "Ask as of an earlier date, so that something comes after it");
    return worth;
}

} // namespace orrery
