// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/training_questions.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr float best = 4;
constexpr std::size_t stepsPerCheck = 65'536;

Status aliveAt(std::size_t step, const JobContext& job) { return step % stepsPerCheck == 0 ? job.check() : Status(); }

bool isShowing(EventKind kind) { return kind == EventKind::Impression || kind == EventKind::Skip; }

/// From likedFrom() to the best; events that are no ratings, and values that are no stars, are used or not.
float labelOfRating(const Dataset& dataset, float value)
{
    if (dataset.feedback() == Feedback::Implicit)
        return 1;
    const float liked = dataset.likedFrom(), range = dataset.ratingHigh() - liked;
    if (value < liked)
        return 0;
    return range > 0 ? std::clamp(1 + std::round((best - 1) * (value - liked) / range), 1.F, best) : best;
}

bool isIn(const History& history, ItemIndex item)
{
    return std::ranges::binary_search(history, item, {}, &HistoryEntry::item);
}

/// One entry an item, the one with the largest label.
void keepStrongest(std::vector<SittingItem>& items)
{
    std::ranges::sort(items, [](const SittingItem& a, const SittingItem& b) {
        return a.item != b.item ? a.item < b.item : a.label > b.label;
    });
    items.erase(std::unique(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.item == b.item; }),
                items.end());
}

/// Facts of an event that its moment does not tell.
void addCircumstances(Query& query, const EventLog& log, std::size_t event)
{
    for (const EventContext context : eventContexts)
        if (const auto word = log.contextOf(event, context); !word.empty())
            query.context.push_back({std::string(nameOf(context)), std::string(word)});
}

} // namespace

float labelOf(const Dataset& dataset, std::size_t event)
{
    switch (dataset.log().kindOf(event)) {
    case EventKind::Rating: return labelOfRating(dataset, dataset.log().values()[event]);
    case EventKind::View:
    case EventKind::Click:
    case EventKind::Play: return 1;
    case EventKind::Cart: return 2;
    case EventKind::Purchase:
    case EventKind::Like: return 3;
    default: return 0;
    }
}

Result<TrainingSittings> TrainingSittings::find(const EventIndex& events, const TrainingPlan& plan,
                                                const JobContext& job)
{
    TrainingSittings out;
    out.m_events = &events;
    out.m_plan = plan;
    const EventLog& log = events.dataset().log();
    const KindWeights& weights = events.dataset().kindWeights();
    std::vector<std::uint32_t> known;
    for (std::uint32_t event = 0; event < log.size(); ++event) {
        if (const auto alive = aliveAt(event, job); !alive)
            return tl::unexpected(alive.error());
        if (log.times()[event] != noTime && log.times()[event] < plan.until &&
            (weights[log.kindOf(event)] > 0 || isShowing(log.kindOf(event))))
            known.push_back(event);
    }
    out.m_sittings = sittingsOf(log, std::move(known));
    std::vector<std::size_t> train, validation;
    for (std::size_t sitting = 0; sitting < out.m_sittings.size(); ++sitting) {
        if (const auto alive = aliveAt(sitting, job); !alive)
            return tl::unexpected(alive.error());
        const Timestamp first = log.times()[out.m_sittings.of(sitting).front()];
        if (first >= plan.from)
            (first < plan.validFrom ? train : validation).push_back(sitting);
    }
    out.m_found = train.size() + validation.size();
    out.choose(std::move(train), plan.mostGroups, job.rng("training.sittings"));
    out.m_validFrom = out.m_chosen.size();
    out.choose(std::move(validation), std::max<std::size_t>(1, plan.mostGroups / 4), job.rng("validation.sittings"));
    return out;
}

void TrainingSittings::choose(std::vector<std::size_t> sittings, std::size_t most, Rng rng)
{
    if (sittings.size() > most) {
        rng.shuffle(std::span(sittings));
        sittings.resize(most);
        std::ranges::sort(sittings);
    }
    m_chosen.insert(m_chosen.end(), sittings.begin(), sittings.end());
}

std::size_t TrainingSittings::askedFrom(std::span<const std::uint32_t> events, Rng& rng) const
{
    const auto times = m_events->dataset().log().times();
    const bool later = rng.uniform() < m_plan.later;
    const std::size_t draw = rng.below(events.size());
    if (!later)
        return 0;
    // All of one moment are asked together: what happens at the moment of the question is not seen.
    std::size_t from = draw;
    while (from > 0 && times[events[from - 1]] == times[events[draw]])
        --from;
    return from;
}

AskedSitting TrainingSittings::ask(std::size_t place, Rng& rng) const
{
    const Dataset& dataset = m_events->dataset();
    const EventLog& log = dataset.log();
    const auto all = m_sittings.of(m_chosen[place]);
    const auto events = all.subspan(askedFrom(all, rng));
    AskedSitting asked;
    asked.question = {log.users()[events.front()], log.times()[events.front()]};
    asked.query = m_events->queryAt(asked.question.user, asked.question.at);
    addCircumstances(asked.query, log, events.front());
    for (const std::uint32_t event : events) {
        const ItemIndex item = log.items()[event];
        if (log.users()[event] != asked.question.user || (!m_plan.again && isIn(asked.query.history, item)))
            continue;
        if (isShowing(log.kindOf(event)))
            asked.shown.push_back(item);
        else
            asked.used.push_back({item, labelOf(dataset, event)});
    }
    keepStrongest(asked.used);
    std::ranges::sort(asked.shown);
    asked.shown.erase(std::unique(asked.shown.begin(), asked.shown.end()), asked.shown.end());
    std::erase_if(asked.shown, [&asked](ItemIndex item) {
        return std::ranges::binary_search(asked.used, item, {}, &SittingItem::item);
    });
    return asked;
}

PopularDraw::PopularDraw(const EventIndex& events) : m_log(&events.dataset().log())
{
    const KindWeights& weights = events.dataset().kindWeights();
    const auto times = m_log->times();
    for (std::uint32_t event = 0; event < m_log->size(); ++event)
        if (weights[m_log->kindOf(event)] > 0)
            m_uses.push_back(event);
    std::ranges::sort(m_uses, [times](std::uint32_t a, std::uint32_t b) {
        return times[a] != times[b] ? times[a] < times[b] : a < b;
    });
}

ItemIndex PopularDraw::draw(Timestamp now, Rng& rng) const
{
    const auto times = m_log->times();
    const auto end = std::ranges::lower_bound(m_uses, now, {}, [times](std::uint32_t event) { return times[event]; });
    if (end == m_uses.begin())
        return ItemIndex::none();
    return m_log->items()[m_uses[rng.below(static_cast<std::uint64_t>(end - m_uses.begin()))]];
}

} // namespace orrery
