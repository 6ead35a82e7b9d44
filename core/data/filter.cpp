// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/filter.h"

#include "core/base/words.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

/// Flags of the cells of an Interactions.
using Kept = std::vector<bool>;

void keepFrom(const Interactions& interactions, float least, Kept& kept)
{
    for (std::size_t cell = 0; cell < kept.size(); ++cell)
        kept[cell] = interactions.allValues()[cell] >= least;
}

void dropSmallPeople(const Interactions& interactions, std::size_t least, Kept& kept)
{
    for (std::size_t user = 0; user < interactions.users(); ++user) {
        const auto first = kept.begin() + static_cast<std::ptrdiff_t>(interactions.starts()[user]);
        const auto last = kept.begin() + static_cast<std::ptrdiff_t>(interactions.starts()[user + 1]);
        if (static_cast<std::size_t>(std::count(first, last, true)) < least)
            std::fill(first, last, false);
    }
}

void dropSmallItems(const Interactions& interactions, std::size_t least, Kept& kept)
{
    std::vector<std::size_t> people(interactions.items(), 0);
    for (std::size_t cell = 0; cell < kept.size(); ++cell)
        people[interactions.allItems()[cell].value] += kept[cell] ? 1 : 0;
    for (std::size_t cell = 0; cell < kept.size(); ++cell)
        kept[cell] = kept[cell] && people[interactions.allItems()[cell].value] >= least;
}

/// The same events, each a sign of liking that counts 1.
EventLog likesOf(const EventLog& log)
{
    ContextColumns contexts;
    std::ranges::transform(eventContexts, contexts.begin(), [&](EventContext context) { return log.context(context); });
    return EventLog::fromColumns({log.users().begin(), log.users().end()}, {log.items().begin(), log.items().end()},
                                 std::vector<float>(log.size(), 1.F), {log.times().begin(), log.times().end()},
                                 std::vector<EventKind>(log.size(), EventKind::Like), std::move(contexts),
                                 {{log.sessions().begin(), log.sessions().end()},
                                  {log.positions().begin(), log.positions().end()},
                                  {log.prices().begin(), log.prices().end()}});
}

std::string noteOf(const DatasetFilter& filter, std::size_t before, std::size_t after)
{
    std::vector<std::string> rules;
    if (filter.keepFrom)
        rules.push_back(fmt::format("values from {:g}", *filter.keepFrom));
    if (filter.leastOfPerson > 1)
        rules.push_back(fmt::format("people with at least {}", filter.leastOfPerson));
    if (filter.leastOfItem > 1)
        rules.push_back(fmt::format("items with at least {}", filter.leastOfItem));
    if (filter.asImplicit)
        rules.emplace_back("each counted once");
    return fmt::format("{} of {} interactions: {}", grouped(after), grouped(before), fmt::join(rules, ", "));
}

Result<std::shared_ptr<const Dataset>> withEvents(const Dataset& dataset, const DatasetFilter& filter, EventLog log,
                                                  std::size_t before)
{
    if (log.empty())
        return error(Code::InvalidArgument, "The filter leaves no interaction", "Lower what it asks for");
    DatasetParts parts = dataset.parts();
    if (filter.asImplicit) {
        parts.feedback = Feedback::Implicit;
        log = likesOf(log);
    }
    parts.from.note += (parts.from.note.empty() ? "" : "; ") + noteOf(filter, before, log.size());
    parts.log = std::make_shared<const EventLog>(std::move(log));
    return std::make_shared<const Dataset>(std::move(parts));
}

} // namespace

Result<std::shared_ptr<const Dataset>> filtered(const std::shared_ptr<const Dataset>& dataset,
                                                const DatasetFilter& filter)
{
    if (!filter.any())
        return dataset;
    const Interactions& interactions = dataset->interactions();
    Kept kept(interactions.size(), true);
    if (filter.keepFrom)
        keepFrom(interactions, *filter.keepFrom, kept);
    if (filter.leastOfPerson > 1)
        dropSmallPeople(interactions, filter.leastOfPerson, kept);
    if (filter.leastOfItem > 1)
        dropSmallItems(interactions, filter.leastOfItem, kept);
    return withEvents(*dataset, filter, logOf(interactions, dataset->log(), kept), interactions.size());
}

Result<std::shared_ptr<const Dataset>> filteredEvents(const std::shared_ptr<const Dataset>& dataset,
                                                      const DatasetFilter& filter, std::size_t& trainEvents)
{
    if (!filter.any())
        return dataset;
    if (filter.leastOfPerson > 1 || filter.leastOfItem > 1)
        return error(Code::InvalidArgument, "People and items cannot be left out of two files that were split before",
                     "Leave these out before splitting, or let Orrery split one file");
    std::vector<std::uint32_t> events;
    std::size_t ofTraining = 0;
    for (std::size_t i = 0; i < dataset->log().size(); ++i) {
        const float weight = dataset->kindWeights()[dataset->log().kindOf(i)];
        if (filter.keepFrom && weight * dataset->log().values()[i] < *filter.keepFrom)
            continue;
        if (filter.asImplicit && weight == 0)
            continue;
        ofTraining += i < trainEvents ? 1 : 0;
        events.push_back(static_cast<std::uint32_t>(i));
    }
    trainEvents = ofTraining;
    return withEvents(*dataset, filter, dataset->log().select(events), dataset->log().size());
}

} // namespace orrery
