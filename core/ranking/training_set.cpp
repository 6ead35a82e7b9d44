// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/training_set.h"

#include "core/base/parallel.h"
#include "core/ranking/training_questions.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t questionsPerChunk = 2, mostPositives = 50, mostShown = 100, triesPerDraw = 10;

Status checkPlan(const TrainingPlan& plan, const EventIndex& events)
{
    const auto isShare = [](double share) { return share >= 0 && share <= 1; };
    if (!(plan.negatives > 0 && plan.negatives <= 1000) || !isShare(plan.unfound) || !isShare(plan.later) ||
        !isShare(plan.popular) || plan.mostGroups == 0)
        return error(Code::InvalidArgument, "The plan of the training rows is out of range",
                     "Negatives lie above 0 and up to 1,000, shares from 0 to 1, and there is at least one group");
    if (!events.dataset().log().hasTimes())
        return error(Code::InvalidArgument, "The events have no times, so nothing can be asked before it happened",
                     "Rankers need events with times");
    return {};
}

/// Rows of one question.
struct QuestionRows {
    TrainingQuestion question;
    Candidates chosen;
    std::vector<float> labels, features;
    TrainingCounts counts;
};

/// Chooses the rows of one question.
class RowChoice {
public:
    RowChoice(const AskedSitting& asked, const Candidates& candidates, const TrainingPlan& plan,
              const PopularDraw& popular, Rng& rng)
        : m_asked(asked), m_candidates(candidates), m_plan(plan), m_popular(popular), m_rng(rng)
    {
        for (std::uint32_t i = 0; i < candidates.size(); ++i)
            m_places.push_back({candidates.items[i], i});
        std::ranges::sort(m_places, {}, &Place::item);
    }

    /// No rows where the question has no positive or no negative.
    [[nodiscard]] QuestionRows choose()
    {
        takeUsed();
        if (m_positives == 0) {
            m_out.counts.withoutPositive = 1;
            return left();
        }
        const auto sampled = static_cast<std::size_t>(std::llround(m_plan.negatives * double(m_positives)));
        const auto popular = static_cast<std::size_t>(m_plan.popular * static_cast<double>(sampled));
        takeCandidates(sampled - popular);
        takePopular(popular);
        takeShown();
        if (m_rows.size() == m_positives) {
            m_out.counts.withoutNegative = 1;
            return left();
        }
        m_rng.shuffle(std::span(m_rows)); // positives do not come first where scores are equal
        write();
        return std::move(m_out);
    }

private:
    struct Place {
        ItemIndex item;
        std::uint32_t at = 0;
    };
    static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

    [[nodiscard]] std::uint32_t placeOf(ItemIndex item) const
    {
        const auto found = std::ranges::lower_bound(m_places, item, {}, &Place::item);
        return found != m_places.end() && found->item == item ? found->at : nowhere;
    }

    [[nodiscard]] QuestionRows left() const
    {
        QuestionRows none;
        none.counts.withoutPositive = m_out.counts.withoutPositive;
        none.counts.withoutNegative = m_out.counts.withoutNegative;
        none.counts.positives = m_out.counts.positives;
        none.counts.found = m_out.counts.found;
        return none;
    }

    void takeUsed()
    {
        std::vector<SittingItem> liked;
        for (const SittingItem& used : m_asked.used) {
            if (used.label > 0)
                liked.push_back(used);
            else if (m_out.counts.disliked < mostShown) {
                m_rows.push_back(used);
                ++m_out.counts.disliked;
            }
        }
        m_rng.shuffle(std::span(liked));
        if (liked.size() > mostPositives)
            liked.resize(mostPositives);
        m_out.counts.positives = liked.size();
        for (const SittingItem& one : liked) {
            const bool found = placeOf(one.item) != nowhere;
            const bool kept = m_rng.uniform() < m_plan.unfound;
            if (!found && !kept)
                continue;
            m_rows.push_back(one);
            ++m_positives;
            ++(found ? m_out.counts.found : m_out.counts.unfoundKept);
        }
    }

    [[nodiscard]] bool isFree(ItemIndex item) const
    {
        const auto has = [item](const auto& list, auto of) { return std::ranges::binary_search(list, item, {}, of); };
        return !has(m_asked.used, &SittingItem::item) &&
               (m_plan.again || !has(m_asked.query.history, &HistoryEntry::item)) &&
               std::ranges::find(m_rows, item, &SittingItem::item) == m_rows.end();
    }

    /// Candidates, each as likely.
    void takeCandidates(std::size_t count)
    {
        std::vector<ItemIndex> left = m_candidates.items;
        for (std::size_t i = 0; i < left.size() && m_out.counts.fromCandidates < count; ++i) {
            std::swap(left[i], left[i + m_rng.below(left.size() - i)]);
            if (!isFree(left[i]))
                continue;
            m_rows.push_back({left[i], 0});
            ++m_out.counts.fromCandidates;
        }
    }

    /// By popularity, until there are enough, or hardly any item is left to be drawn.
    void takePopular(std::size_t count)
    {
        for (std::size_t tries = 0; tries < triesPerDraw * count && m_out.counts.fromPopular < count; ++tries) {
            const ItemIndex item = m_popular.draw(m_asked.question.at, m_rng);
            if (!item.valid())
                return;
            if (!isFree(item))
                continue;
            m_rows.push_back({item, 0});
            ++m_out.counts.fromPopular;
        }
    }

    void takeShown()
    {
        if (!m_plan.impressions)
            return;
        std::vector<ItemIndex> shown = m_asked.shown;
        m_rng.shuffle(std::span(shown));
        for (const ItemIndex item : shown)
            if (m_out.counts.shown < mostShown && isFree(item)) {
                m_rows.push_back({item, 0});
                ++m_out.counts.shown;
            }
    }

    void write()
    {
        const std::size_t sources = m_candidates.sources;
        Candidates& chosen = m_out.chosen;
        m_out.question = m_asked.question;
        chosen.sources = sources;
        chosen.places.assign(m_rows.size() * sources, 0);
        chosen.scores.assign(m_rows.size() * sources, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            const std::uint32_t at = placeOf(m_rows[row].item);
            chosen.items.push_back(m_rows[row].item);
            chosen.merged.push_back(at == nowhere ? 0 : m_candidates.merged[at]);
            m_out.labels.push_back(m_rows[row].label);
            if (at == nowhere)
                continue;
            std::ranges::copy(m_candidates.placesOf(at), chosen.places.begin() + std::ptrdiff_t(row * sources));
            std::ranges::copy(m_candidates.scoresOf(at), chosen.scores.begin() + std::ptrdiff_t(row * sources));
        }
    }

    const AskedSitting& m_asked;
    const Candidates& m_candidates;
    const TrainingPlan& m_plan;
    const PopularDraw& m_popular;
    Rng& m_rng;
    std::vector<Place> m_places; ///< of the candidates, by item
    std::vector<SittingItem> m_rows;
    std::size_t m_positives = 0;
    QuestionRows m_out;
};

void add(TrainingCounts& sum, const TrainingCounts& of)
{
    for (const auto count :
         {&TrainingCounts::withoutPositive, &TrainingCounts::withoutNegative, &TrainingCounts::positives,
          &TrainingCounts::found, &TrainingCounts::unfoundKept, &TrainingCounts::disliked,
          &TrainingCounts::fromCandidates, &TrainingCounts::fromPopular, &TrainingCounts::shown})
        sum.*count += of.*count;
}

TrainingPart joined(std::span<QuestionRows> questions, std::size_t width)
{
    std::size_t rows = 0;
    for (const QuestionRows& question : questions)
        rows += question.labels.size();
    TrainingPart part;
    part.rows.features = Matrix::unset(rows, width);
    auto* next = part.rows.features.all().data();
    for (QuestionRows& question : questions) {
        if (question.labels.empty())
            continue;
        part.rows.groupStarts.push_back(static_cast<std::uint32_t>(part.items.size()));
        part.questions.push_back(question.question);
        next = std::ranges::copy(question.features, next).out;
        part.rows.labels.insert(part.rows.labels.end(), question.labels.begin(), question.labels.end());
        part.items.insert(part.items.end(), question.chosen.items.begin(), question.chosen.items.end());
        question = {};
    }
    if (!part.questions.empty())
        part.rows.groupStarts.push_back(static_cast<std::uint32_t>(part.items.size()));
    return part;
}

Result<TrainingSet> setOf(std::span<QuestionRows> questions, const TrainingSittings& sittings, std::size_t width)
{
    TrainingSet set;
    set.counts.sittings = sittings.found();
    set.counts.drawn = questions.size();
    for (const QuestionRows& question : questions)
        add(set.counts, question.counts);
    set.train = joined(questions.first(sittings.validFrom()), width);
    set.validation = joined(questions.subspan(sittings.validFrom()), width);
    if (set.train.questions.empty())
        return error(Code::InvalidArgument,
                     fmt::format("Of {} visits asked about, none can be learned from: in {} nothing new was used that "
                                 "the sources find, in {} there is nothing to compare it with",
                                 sittings.validFrom(), set.counts.withoutPositive, set.counts.withoutNegative),
                     "Take an earlier beginning, or sources that find more");
    return set;
}

} // namespace

Result<TrainingSet> makeTrainingSet(const FeatureView& view, const Retrieve& retrieve, const TrainingPlan& plan,
                                    const JobContext& job)
{
    const EventIndex& events = view.events();
    if (const auto fits = checkPlan(plan, events); !fits)
        return tl::unexpected(fits.error());
    const auto sittings = TrainingSittings::find(events, plan, job);
    if (!sittings)
        return tl::unexpected(sittings.error());
    const PopularDraw popular(events);
    std::vector<QuestionRows> questions(sittings->size());
    std::vector<std::optional<Error>> failures(chunkCount(questions.size(), questionsPerChunk));
    std::atomic<std::size_t> answered{0};
    const JobContext single({job.seed(), 1});
    const auto answer = [&](std::size_t i) -> Status {
        Rng rng(seedFor(job.seed(), fmt::format("training.rows.{}", sittings->streamOf(i))));
        const AskedSitting asked = sittings->ask(i, rng);
        const auto candidates = retrieve(asked.query, single);
        if (!candidates)
            return tl::unexpected(candidates.error());
        questions[i] = RowChoice(asked, *candidates, plan, popular, rng).choose();
        questions[i].features.resize(questions[i].labels.size() * view.width());
        view.fill({asked.query}, questions[i].chosen,
                  {questions[i].features.data(), questions[i].labels.size(), view.width()});
        return {};
    };
    const auto done = parallelFor(job, questions.size(), questionsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            if (const auto rows = answer(i); !rows) {
                failures[first / questionsPerChunk] = rows.error();
                return;
            }
        const std::size_t all = answered += last - first;
        job.progress(static_cast<double>(all) / static_cast<double>(questions.size()),
                     fmt::format("question {} of {}", all, questions.size()));
    });
    if (!done)
        return tl::unexpected(done.error());
    for (const auto& failure : failures)
        if (failure)
            return tl::unexpected(*failure);
    return setOf(questions, *sittings, view.width());
}

} // namespace orrery
