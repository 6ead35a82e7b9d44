// SPDX-License-Identifier: GPL-3.0-or-later
// Rows for a ranker: questions, labels and negatives by hand, nothing from later, and that trees learn from them.
#include "core/base/rng.h"
#include "core/ranking/training_set.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr Timestamp minute = 60, hour = 3600, day = 86'400, begin = 1'700'000'000;
const std::vector<std::string> oneSource{"all"};

/// People p0, p1, ..., items i0, i1, ..., and what they do.
class World {
public:
    World(std::uint32_t people, std::uint32_t items) : m_people(people), m_items(items) {}

    World& event(std::uint32_t person, std::uint32_t item, Timestamp at, EventKind kind = EventKind::View,
                 float value = 1)
    {
        Event event;
        event.user = UserIndex{person};
        event.item = ItemIndex{item};
        event.at = at;
        event.kind = kind;
        event.value = value;
        m_events.push_back(event);
        return *this;
    }
    World& category(std::vector<std::uint32_t> ofItem)
    {
        m_categories = std::move(ofItem);
        return *this;
    }
    World& ratings()
    {
        m_feedback = Feedback::Explicit;
        return *this;
    }
    [[nodiscard]] std::shared_ptr<const Dataset> build(Timestamp until = endOfTime) const
    {
        DatasetParts parts{"world", m_feedback, 1, 5, {}, {}, {}, {}, {}, {}};
        Vocabulary personIds, itemIds;
        for (std::uint32_t p = 0; p < m_people; ++p)
            personIds.add(fmt::format("p{}", p));
        for (std::uint32_t i = 0; i < m_items; ++i)
            itemIds.add(fmt::format("i{}", i));
        EventLog log;
        for (const Event& event : m_events)
            if (event.at < until)
                log.append(event);
        AttributeTable items;
        if (!m_categories.empty()) {
            TagColumn column;
            for (const std::uint32_t category : m_categories) {
                column.tags.push_back(column.vocabulary.add(fmt::format("c{}", category)));
                column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
            }
            items.add({"category", std::move(column)});
        }
        parts.items = std::make_shared<const AttributeTable>(std::move(items));
        parts.log = std::make_shared<const EventLog>(std::move(log));
        parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
        parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
        return std::make_shared<const Dataset>(std::move(parts));
    }

private:
    std::uint32_t m_people, m_items;
    Feedback m_feedback = Feedback::Implicit;
    std::vector<std::uint32_t> m_categories;
    std::vector<Event> m_events;
};

std::shared_ptr<const FeatureView> viewOf(const std::shared_ptr<const Dataset>& data)
{
    return FeatureView::open(EventIndex::open(data, {}).value(), oneSource, {}).value();
}

/// One source that finds items first .. last - 1 that are not in the history, the lower the better.
Retrieve finding(std::uint32_t first, std::uint32_t last)
{
    return [=](const Query& query, const JobContext&) -> Result<Candidates> {
        std::vector<std::vector<Found>> lists(1);
        for (std::uint32_t item = first; item < last; ++item)
            if (!std::ranges::binary_search(query.history, ItemIndex{item}, {}, &HistoryEntry::item))
                lists[0].push_back({ItemIndex{item}, static_cast<float>(last - item)});
        const std::vector<float> weights{1};
        return merge(lists, weights, MergeBy::ReciprocalRank, 1000);
    };
}

TrainingPlan atFirst()
{
    TrainingPlan plan;
    plan.later = 0;
    return plan;
}

/// Labels by item of one question.
std::map<std::uint32_t, float> labelsOf(const TrainingPart& part, std::size_t question)
{
    std::map<std::uint32_t, float> labels;
    for (std::uint32_t row = part.rows.groupStarts[question]; row < part.rows.groupStarts[question + 1]; ++row)
        labels[part.items[row].value] = part.rows.labels[row];
    return labels;
}

float valueOf(const FeatureView& view, const TrainingPart& part, std::size_t row, std::string_view id)
{
    const auto& features = view.features();
    const auto found = std::ranges::find(features, id, &Feature::id);
    return part.rows.features.row(row)[static_cast<std::size_t>(found - features.begin())];
}

std::size_t rowsWith(const TrainingPart& part, float label)
{
    return static_cast<std::size_t>(std::ranges::count(part.rows.labels, label));
}

/// Twelve items; p0 used i0 and i1 long ago and now, in one sitting, looks at i2, buys i3, puts i4 into the cart, looks
/// at i0 again and is shown i5 and i2. p1 used i6 to i9 before all that.
World hand()
{
    World made(2, 12);
    for (std::uint32_t item = 6; item < 10; ++item)
        made.event(1, item, begin - day + item);
    made.event(0, 0, begin).event(0, 1, begin + minute);
    using enum EventKind;
    const Timestamp at = begin + 10 * day;
    made.event(0, 2, at).event(0, 2, at + minute, Impression).event(0, 5, at + minute, Impression);
    made.event(0, 3, at + 2 * minute).event(0, 3, at + 3 * minute, Purchase);
    return made.event(0, 4, at + 4 * minute, Cart).event(0, 0, at + 5 * minute);
}

/// Everybody has two of six categories and mostly uses their items; every item is as popular as another.
World categories(std::uint64_t seed = 1)
{
    Rng rng(seed);
    World made(60, 120);
    std::vector<std::uint32_t> ofItem;
    for (std::uint32_t item = 0; item < 120; ++item)
        ofItem.push_back(item % 6);
    made.category(ofItem);
    for (std::uint32_t person = 0; person < 60; ++person)
        for (Timestamp visit = 0; visit < 12; ++visit) {
            Timestamp at = begin + visit * 5 * day + static_cast<Timestamp>(rng.below(4 * day));
            for (int step = 0; step < 4; ++step) {
                const std::uint64_t own = (person + 3 * rng.below(2)) % 6, any = rng.below(6);
                const std::uint64_t category = rng.below(10) > 0 ? own : any;
                made.event(person, static_cast<std::uint32_t>(6 * rng.below(20) + category), at,
                           rng.below(4) == 0 ? EventKind::Purchase : EventKind::View);
                at += static_cast<Timestamp>(1 + rng.below(10 * minute));
            }
        }
    return made;
}

bool same(const TrainingSet& a, const TrainingSet& b)
{
    const auto partsAre = [](const TrainingPart& one, const TrainingPart& other) {
        const auto of = one.rows.features.all(), with = other.rows.features.all();
        return one.questions == other.questions && one.items == other.items && one.rows.labels == other.rows.labels &&
               one.rows.groupStarts == other.rows.groupStarts && of.size() == with.size() &&
               std::memcmp(of.data(), with.data(), of.size_bytes()) == 0;
    };
    return partsAre(a.train, b.train) && partsAre(a.validation, b.validation);
}

} // namespace

class TrainingSetTest : public QObject {
    Q_OBJECT

private slots:
    void oneSittingByHand()
    {
        TrainingPlan plan = atFirst();
        plan.from = begin + day;
        plan.popular = .5;
        const auto view = viewOf(hand().build());
        const TrainingSet set = makeTrainingSet(*view, finding(0, 6), plan, {}).value();
        QCOMPARE(set.train.questions.size(), std::size_t{1});
        const TrainingQuestion asked{UserIndex{0}, begin + 10 * day};
        QCOMPARE(set.train.questions.front(), asked);
        QVERIFY(set.validation.questions.empty() && set.validation.rows.groupStarts.empty());
        // Three positives, so six negatives of each kind, as far as there are: i5 of the candidates, i6 to i9 as
        // popular. i0 and
        // i1 are in the history, and nobody used i10 and i11. i5 was also shown.
        const std::map<std::uint32_t, float> expected{{2, 1}, {3, 3}, {4, 2}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}};
        QCOMPARE(labelsOf(set.train, 0), expected);
        QCOMPARE(set.counts.positives, std::size_t{3});
        QCOMPARE(set.counts.found, std::size_t{3});
        QCOMPARE(set.counts.fromCandidates, std::size_t{1});
        QCOMPARE(set.counts.fromPopular, std::size_t{4});
        QCOMPARE(set.counts.shown, std::size_t{0}); // is among the sampled
        for (std::size_t row = 0; row < set.train.items.size(); ++row) {
            QCOMPARE(valueOf(*view, set.train, row, "person.history_size"), 2.F); // nothing of the sitting
            QCOMPARE(valueOf(*view, set.train, row, "context.session_depth"), 0.F);
            // i2 stands first of i2 to i5, the history apart.
            const std::uint32_t item = set.train.items[row].value;
            QCOMPARE(valueOf(*view, set.train, row, "place.all"), item < 6 ? 1 / static_cast<float>(item - 1) : 0.F);
        }
    }

    void whatWasShownCounts()
    {
        TrainingPlan plan = atFirst();
        plan.from = begin + day;
        plan.negatives = .5; // two sampled
        plan.popular = 1;
        for (const bool impressions : {true, false}) {
            plan.impressions = impressions;
            const auto view = viewOf(hand().build());
            const TrainingSet set = makeTrainingSet(*view, finding(2, 5), plan, {}).value();
            // i5 was shown and not used, i2 was used.
            QCOMPARE(labelsOf(set.train, 0).contains(5), impressions);
            QCOMPARE(set.counts.shown, std::size_t{impressions ? 1U : 0U});
            QCOMPARE(set.train.items.size(), std::size_t{impressions ? 6U : 5U});
        }
    }

    void usedAgainOnRequest()
    {
        TrainingPlan plan = atFirst();
        plan.from = begin + day;
        plan.again = true;
        const auto view = viewOf(hand().build());
        const Retrieve all = [](const Query&, const JobContext&) -> Result<Candidates> {
            return finding(0, 6)(Query{}, {});
        };
        const auto labels = labelsOf(makeTrainingSet(*view, all, plan, {}).value().train, 0);
        QCOMPARE(labels.at(0), 1.F); // looked at again
        QCOMPARE(labels.at(1), 0.F); // not: a negative although in the history
    }

    void positivesThatNoSourceFindsAreLeftOut()
    {
        TrainingPlan plan = atFirst();
        plan.from = begin + day;
        const auto view = viewOf(hand().build());
        const TrainingSet set = makeTrainingSet(*view, finding(3, 6), plan, {}).value();
        QVERIFY(!labelsOf(set.train, 0).contains(2));
        QCOMPARE(set.counts.positives, std::size_t{3});
        QCOMPARE(set.counts.found, std::size_t{2});
        QVERIFY(!makeTrainingSet(*view, finding(5, 6), plan, {}).has_value());
        plan.unfound = 1;
        const TrainingSet whole = makeTrainingSet(*view, finding(3, 6), plan, {}).value();
        QCOMPARE(labelsOf(whole.train, 0).at(2), 1.F);
        QCOMPARE(whole.counts.unfoundKept, std::size_t{1});
        for (std::size_t row = 0; row < whole.train.items.size(); ++row)
            if (whole.train.items[row] == ItemIndex{2}) {
                QCOMPARE(valueOf(*view, whole.train, row, "place.all"), 0.F);
                QVERIFY(std::isnan(valueOf(*view, whole.train, row, "score.all")));
                QCOMPARE(valueOf(*view, whole.train, row, "retrieval.sources"), 0.F);
            }
    }

    void labelsByKindAndStars()
    {
        using enum EventKind;
        World shop(1, 1);
        for (const EventKind kind : {View, Click, Play, Cart, Purchase, Like, Impression})
            shop.event(0, 0, begin, kind);
        const auto kinds = shop.build();
        std::vector<float> labels;
        for (std::size_t event = 0; event < kinds->log().size(); ++event)
            labels.push_back(labelOf(*kinds, event));
        QCOMPARE(labels, (std::vector<float>{1, 1, 1, 2, 3, 3, 0}));

        World films(1, 1);
        for (const float stars : {1.F, 3.F, 3.5F, 4.F, 4.5F, 5.F})
            films.ratings().event(0, 0, begin, Rating, stars);
        const auto stars = films.build(); // liked from 3.4: 1 + 3 (stars - 3.4) / 1.6
        labels.clear();
        for (std::size_t event = 0; event < stars->log().size(); ++event)
            labels.push_back(labelOf(*stars, event));
        QCOMPARE(labels, (std::vector<float>{0, 0, 1, 2, 3, 4}));
    }

    void lowRatingsAreNegatives()
    {
        World films(2, 6);
        films.ratings();
        for (std::uint32_t item = 2; item < 6; ++item)
            films.event(1, item, begin - day, EventKind::Rating, 4);
        films.event(0, 0, begin, EventKind::Rating, 5).event(0, 1, begin + minute, EventKind::Rating, 1);
        TrainingPlan plan = atFirst();
        plan.from = begin;
        const TrainingSet set = makeTrainingSet(*viewOf(films.build()), finding(0, 6), plan, {}).value();
        QCOMPARE(labelsOf(set.train, 0).at(0), 4.F);
        QCOMPARE(labelsOf(set.train, 0).at(1), 0.F);
        QCOMPARE(set.counts.disliked, std::size_t{1});
    }

    void questionsAreSplitByTime()
    {
        TrainingPlan plan;
        plan.from = begin + 10 * day;
        plan.validFrom = begin + 40 * day;
        plan.until = begin + 50 * day;
        const auto view = viewOf(categories().build());
        const TrainingSet set = makeTrainingSet(*view, finding(0, 120), plan, {}).value();
        QVERIFY(set.train.questions.size() > 200 && set.validation.questions.size() > 80);
        for (const TrainingQuestion& question : set.train.questions)
            QVERIFY(question.at >= plan.from && question.at < plan.validFrom + hour); // sittings go on
        for (const TrainingQuestion& question : set.validation.questions)
            QVERIFY(question.at >= plan.validFrom && question.at < plan.until);
        QCOMPARE(set.counts.drawn - set.counts.withoutPositive - set.counts.withoutNegative,
                 set.train.questions.size() + set.validation.questions.size());
        QCOMPARE(set.train.rows.features.rows(), set.train.items.size());
        QCOMPARE(std::size_t{set.train.rows.groupStarts.back()}, set.train.items.size());
        const auto positives = set.train.items.size() - rowsWith(set.train, 0);
        QVERIFY(std::abs(double(rowsWith(set.train, 0)) / double(positives) - 4) < .05);
    }

    void noRowIsOfTheHistoryAndNoneTwice()
    {
        const auto view = viewOf(categories().build());
        TrainingPlan plan;
        plan.from = begin + 20 * day;
        const TrainingPart part = makeTrainingSet(*view, finding(0, 100), plan, {}).value().train;
        for (std::size_t q = 0; q < part.questions.size(); ++q) {
            const std::size_t first = part.rows.groupStarts[q], last = part.rows.groupStarts[q + 1];
            QCOMPARE(labelsOf(part, q).size(), last - first);
            for (std::size_t row = first; row < last; ++row) {
                QCOMPARE(valueOf(*view, part, row, "pair.seen_count"), 0.F);
                QCOMPARE(valueOf(*view, part, row, "person.history_size"),
                         static_cast<float>(
                             view->events().queryAt(part.questions[q].user, part.questions[q].at).history.size()));
            }
        }
    }

    void nothingFromLaterIsInTheRows()
    {
        TrainingPlan plan;
        plan.from = begin + 10 * day;
        plan.validFrom = begin + 30 * day;
        plan.until = begin + 40 * day;
        const auto whole = makeTrainingSet(*viewOf(categories().build()), finding(0, 120), plan, {}).value();
        const auto past = makeTrainingSet(*viewOf(categories().build(plan.until)), finding(0, 120), plan, {}).value();
        QVERIFY(same(whole, past));
    }

    void laterQuestionsHaveAVisit()
    {
        const auto view = viewOf(categories().build());
        TrainingPlan plan;
        plan.from = begin + 10 * day;
        plan.later = 1;
        const TrainingPart part = makeTrainingSet(*view, finding(0, 120), plan, {}).value().train;
        std::size_t deep = 0;
        for (const std::uint32_t row : std::span(part.rows.groupStarts).first(part.questions.size()))
            deep += valueOf(*view, part, row, "context.session_depth") > 0 ? 1 : 0;
        // One of four events is the first of its visit.
        QVERIFY(deep > part.questions.size() / 2 && deep < part.questions.size() * 9 / 10);
    }

    void theSameOnAnyNumberOfThreads()
    {
        const auto view = viewOf(categories().build());
        TrainingPlan plan;
        plan.validFrom = begin + 40 * day;
        const auto rows = [&](int threads, std::uint64_t seed) {
            return makeTrainingSet(*view, finding(0, 120), plan, JobContext({seed, threads})).value();
        };
        QVERIFY(same(rows(1, 3), rows(4, 3)));
        QVERIFY(!same(rows(1, 3), rows(1, 4)));
    }

    void atMostSoManyQuestions()
    {
        const auto view = viewOf(categories().build());
        TrainingPlan plan;
        plan.validFrom = begin + 40 * day;
        plan.mostGroups = 40;
        const TrainingSet set = makeTrainingSet(*view, finding(0, 120), plan, {}).value();
        QCOMPARE(set.counts.drawn, std::size_t{50});
        QVERIFY(set.counts.sittings > 600);
        QVERIFY(set.train.questions.size() <= 40 && set.validation.questions.size() <= 10);
    }

    void whatCannotBeAsked()
    {
        World untimed(1, 2);
        untimed.event(0, 0, noTime).event(0, 1, noTime);
        QCOMPARE(makeTrainingSet(*viewOf(untimed.build()), finding(0, 2), {}, {}).error().code, Code::InvalidArgument);
        const auto view = viewOf(categories().build());
        for (const auto& wrong :
             {TrainingPlan{.negatives = 0}, TrainingPlan{.popular = 1.5}, TrainingPlan{.unfound = 2},
              TrainingPlan{.later = -1}, TrainingPlan{.mostGroups = 0}, TrainingPlan{.from = begin + 900 * day}})
            QCOMPARE(makeTrainingSet(*view, finding(0, 120), wrong, {}).error().code, Code::InvalidArgument);
        const Retrieve broken = [](const Query&, const JobContext&) -> Result<Candidates> {
            return error(Code::OutOfMemory, "Too little memory");
        };
        QCOMPARE(makeTrainingSet(*view, broken, {}, {}).error().code, Code::OutOfMemory);
        CancelToken token;
        token.cancel();
        QCOMPARE(makeTrainingSet(*view, finding(0, 120), {}, JobContext({}, token)).error().code, Code::Cancelled);
    }

    void treesLearnWhatPeopleLike()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const auto view = viewOf(categories().build());
        TrainingPlan plan;
        plan.from = begin + 15 * day;
        plan.validFrom = begin + 45 * day;
        const TrainingSet set = makeTrainingSet(*view, finding(0, 120), plan, {}).value();
        GbdtParams params;
        params.trees = 40;
        params.depth = 4;
        const auto trained = trainTrees(set.train.rows, set.validation.rows, params, {}).value();
        // A quarter of the rows are positive, and 2 of 6 categories a person's own: by chance NDCG@10 is about .45.
        const double ndcg = trained.validation[trained.bestRound];
        QVERIFY2(ndcg > .75, qPrintable(QString::number(ndcg)));
    }
};

QTEST_GUILESS_MAIN(TrainingSetTest)
#include "training_set_test.moc"
