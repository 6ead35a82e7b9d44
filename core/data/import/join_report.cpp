// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/catalog_columns.h"
#include "core/data/import/join_keys.h"
#include "core/data/import/no_products.h"

#include <algorithm>
#include <numeric>

namespace orrery {
namespace {

using namespace reading;

constexpr std::array variantRules = {Variants::ByColumn,        Variants::TrailingLetters, Variants::AfterDash,
                                     Variants::AfterUnderscore, Variants::AfterDot,        Variants::AfterSlash};
constexpr std::size_t mostNoProducts = 200;

KeyMatch matchIn(const KeyGroups& groups, std::span<const std::uint64_t> events, const JoinSide& table)
{
    KeyMatch match;
    for (std::size_t key = 0; key < groups.ofEvents.size(); ++key) {
        match.events += events[key];
        match.eventsFound += groups.inTable[groups.ofEvents[key]] ? events[key] : 0;
    }
    for (std::size_t key = 0; key < groups.ofTable.size(); ++key) {
        match.rows += table.rows[key];
        match.rowsUsed += groups.inEvents[groups.ofTable[key]] ? table.rows[key] : 0;
    }
    return match;
}

// Those without a partner, the most frequent first; of equally frequent ones the first.
template <class Counts>
std::pair<std::vector<UnmatchedKey>, std::uint64_t> unmatched(const Vocabulary& keys, const Counts& counts,
                                                              std::span<const std::uint32_t> groupOf,
                                                              const std::vector<bool>& isKnown)
{
    std::vector<std::uint32_t> alone;
    for (std::uint32_t key = 0; key < groupOf.size(); ++key)
        if (!isKnown[groupOf[key]])
            alone.push_back(key);
    const std::size_t shown = std::min(alone.size(), SideMatch::mostUnmatched);
    const auto moreFrequent = [&](std::uint32_t a, std::uint32_t b) {
        return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
    };
    std::partial_sort(alone.begin(), alone.begin() + static_cast<std::ptrdiff_t>(shown), alone.end(), moreFrequent);
    std::vector<UnmatchedKey> out;
    for (std::size_t i = 0; i < shown; ++i)
        out.push_back({std::string(keys.name(alone[i])), counts[alone[i]]});
    return {std::move(out), alone.size()};
}

/// One of the two joins: events with the catalog, or with the people.
struct Join {
    const Vocabulary& keys;
    std::span<const std::uint64_t> events;
    const JoinSide& table;
    const KeyFixes& fixes;
    Variants how;
};

std::uint64_t distinctIn(const std::vector<std::uint32_t>& groups)
{
    std::vector<std::uint32_t> sorted = groups;
    std::ranges::sort(sorted);
    return static_cast<std::uint64_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
}

Status fillMatch(SideMatch& side, const Join& of, const KeyGroups& groups, const JobContext& job)
{
    side.given = of.table.given();
    if (!side.given)
        return {};
    side.match = matchIn(groups, of.events, of.table);
    std::tie(side.unknown, side.unknownKeys) = unmatched(of.keys, of.events, groups.ofEvents, groups.inTable);
    std::tie(side.unused, side.unusedKeys) = unmatched(of.table.keys, of.table.rows, groups.ofTable, groups.inEvents);
    const auto fixed = groupsOf(of.keys, of.table, of.fixes, Variants::Apart, job);
    if (!fixed)
        return tl::unexpected(fixed.error());
    side.fallTogether = of.table.keys.size() - distinctIn(fixed->ofTable);
    for (const KeyFix fix : keyFixes) {
        KeyFixes with = of.fixes;
        with[fix] = true;
        const auto then = groupsOf(of.keys, of.table, with, of.how, job);
        if (!then)
            return tl::unexpected(then.error());
        side.withFix[static_cast<std::size_t>(fix)] = matchIn(*then, of.events, of.table);
    }
    return {};
}

Status offerVariants(JoinReport& report, const JoinSources& sources, const JoinOptions& options, const JobContext& job)
{
    for (const Variants how : variantRules) {
        if (how == Variants::ByColumn && sources.catalog.parentKeys.empty())
            continue;
        auto groups = groupsOf(sources.items, sources.catalog, options.itemFixes, how, job);
        if (!groups)
            return tl::unexpected(groups.error());
        if (groups->names.size() < groups->keys)
            report.variants.push_back({how, groups->keys - groups->names.size(), std::move(groups->example.first),
                                       std::move(groups->example.second)});
    }
    return {};
}

std::string_view textAt(const TextColumn* column, std::size_t row)
{
    return column && row < column->values.size() ? std::string_view(column->values[row]) : std::string_view();
}

// What events and the catalog say of each group: its title, and how many events it has.
struct Named {
    std::vector<std::string_view> titles;
    std::vector<std::uint64_t> events;
};

Named namesOf(const JoinSources& sources, const KeyGroups& groups)
{
    const std::string title(nameOf(CatalogField::Title));
    Named named{std::vector<std::string_view>(groups.names.size()), std::vector<std::uint64_t>(groups.names.size())};
    const auto tell = [&](std::uint32_t group, std::string_view text) {
        if (named.titles[group].empty())
            named.titles[group] = text;
    };
    for (std::size_t key = 0; key < groups.ofTable.size(); ++key)
        tell(groups.ofTable[key], textAt(sources.catalog.about.text(title), key));
    for (std::size_t key = 0; key < groups.ofEvents.size(); ++key) {
        tell(groups.ofEvents[key], textAt(sources.toldOfItems.text(title), key));
        named.events[groups.ofEvents[key]] += sources.itemEvents[key];
    }
    return named;
}

void listNoProducts(JoinReport& report, const JoinSources& sources, const KeyGroups& groups, const JoinOptions& options)
{
    const Named named = namesOf(sources, groups);
    for (std::uint32_t group = 0; group < groups.names.size(); ++group) {
        const std::string_view id = groups.names.name(group);
        const bool leftOut = std::ranges::find(options.leftOut, id) != options.leftOut.end();
        if (leftOut || mayBeNoProduct(id, named.titles[group]))
            report.noProducts.push_back(
                {std::string(id), std::string(named.titles[group]), named.events[group], leftOut});
    }
    std::ranges::stable_sort(report.noProducts, [](const NoProduct& a, const NoProduct& b) {
        return a.leftOut != b.leftOut ? a.leftOut : a.events > b.events;
    });
    const auto chosen = static_cast<std::size_t>(std::ranges::count(report.noProducts, true, &NoProduct::leftOut));
    report.noProducts.resize(std::min(report.noProducts.size(), chosen + mostNoProducts));
}

} // namespace

Result<JoinReport> matchOf(const JoinSources& sources, const JoinOptions& options, const JobContext& job)
{
    JoinReport report;
    const Join items{sources.items, sources.itemEvents, sources.catalog, options.itemFixes, options.variants};
    const Join people{sources.people, sources.personEvents, sources.persons, options.personFixes, Variants::Apart};
    const auto itemGroups = groupsOf(items.keys, items.table, items.fixes, items.how, job);
    if (!itemGroups)
        return tl::unexpected(itemGroups.error());
    const auto personGroups = groupsOf(people.keys, people.table, people.fixes, people.how, job);
    if (!personGroups)
        return tl::unexpected(personGroups.error());
    if (auto filled = fillMatch(report.items, items, *itemGroups, job); !filled)
        return tl::unexpected(filled.error());
    if (auto filled = fillMatch(report.people, people, *personGroups, job); !filled)
        return tl::unexpected(filled.error());
    if (auto offered = offerVariants(report, sources, options, job); !offered)
        return tl::unexpected(offered.error());
    listNoProducts(report, sources, *itemGroups, options);
    report.events = sources.log.size();
    report.returns = sources.feedback == Feedback::Implicit ? sources.returns : 0;
    report.sessions = sources.sessions;
    report.hasKinds = !sources.log.kinds().empty();
    return report;
}

} // namespace orrery
