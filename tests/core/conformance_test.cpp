// SPDX-License-Identifier: GPL-3.0-or-later
// What every algorithm of the catalogue owes to everything built on it. An algorithm joins by being in the catalogue:
// each test runs for each of them, on ratings and on counts. How it was trained and stored: conformance_fit_test.cpp.
#include "core/base/rng.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <thread>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// One algorithm, trained once on one planted world.
struct Subject {
    const Algorithm* algorithm = nullptr;
    PlantedWorld world;
    ModelPtr model;

    [[nodiscard]] const Dataset& dataset() const { return *world.dataset; }
    [[nodiscard]] Query person(std::uint32_t index) const { return queryFor(dataset(), UserIndex{index}); }
};

const Subject& subject()
{
    static std::map<std::pair<QString, bool>, Subject> all;
    QFETCH_GLOBAL(QString, algorithm);
    QFETCH_GLOBAL(bool, counts);
    Subject& held = all[{algorithm, counts}];
    if (!held.model) {
        held.algorithm = findAlgorithm(algorithm.toStdString());
        held.world = plantedWorld(counts ? Feedback::Implicit : Feedback::Explicit);
        held.model = fitted(*held.algorithm, held.world.dataset);
    }
    return held;
}

/// Every 7th person: enough to see all blocks, few enough to be quick.
std::vector<std::uint32_t> somePeople(const Dataset& dataset)
{
    std::vector<std::uint32_t> people;
    for (std::uint32_t p = 0; p < dataset.personCount(); p += 7)
        people.push_back(p);
    return people;
}

bool has(const History& history, ItemIndex item)
{
    return std::ranges::find(history, item, &HistoryEntry::item) != history.end();
}

/// Share of pairs (withheld item of the own block, unseen item of another) that are in the right order; ties half.
double auc(const Subject& s, std::uint32_t person)
{
    const Query query = s.person(person);
    const auto scores = scoresOf(*s.model, query);
    std::vector<float> own, other;
    for (std::uint32_t i = 0; i < scores.size(); ++i)
        if (!has(query.history, ItemIndex{i}))
            (s.world.blockOf(ItemIndex{i}) == s.world.blockOf(UserIndex{person}) ? own : other).push_back(scores[i]);
    double right = 0;
    for (const float a : own)
        for (const float b : other)
            right += a > b ? 1 : a == b ? 0.5 : 0;
    return right / static_cast<double>(own.size() * other.size());
}

double meanAuc(const Subject& s)
{
    double sum = 0;
    const auto people = somePeople(s.dataset());
    for (const std::uint32_t person : people)
        sum += auc(s, person);
    return sum / static_cast<double>(people.size());
}

bool canFindTastes(const Subject& s) { return s.algorithm->can.personal; }

/// A person's own block is all but noiseless; guessing is 0.5. Slope One averages over all who rated two items, whether
/// they like them or not: it tells the blocks apart only where those who like both outnumber the others.
double leastAuc(const Subject& s) { return s.algorithm->id == "slope-one" ? 0.8 : 0.95; }

/// Whether `scores` fall where `reference` does, but for float32's rounding.
bool sameOrder(const std::vector<float>& reference, const std::vector<float>& scores)
{
    std::vector<std::uint32_t> items(reference.size());
    std::iota(items.begin(), items.end(), 0U);
    std::ranges::stable_sort(items, std::greater{}, [&](std::uint32_t item) { return reference[item]; });
    return std::ranges::is_sorted(items, [&](std::uint32_t a, std::uint32_t b) {
        return scores[a] > scores[b] + 1e-5F * std::max(1.F, std::abs(scores[b]));
    });
}

float largest(std::span<const float> scores)
{
    float most = 0;
    for (const float score : scores)
        most = std::isfinite(score) ? std::max(most, std::abs(score)) : most;
    return most;
}

/// Equal but for float32's rounding, which is relative to the largest of the scores: they are sums of such parts.
bool nearly(std::span<const float> a, std::span<const float> b)
{
    const float tolerance = 1e-5F * largest(a);
    return std::ranges::equal(a, b, [tolerance](float x, float y) {
        return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= tolerance;
    });
}

std::vector<ItemIndex> allItems(std::size_t count)
{
    std::vector<ItemIndex> items;
    for (std::uint32_t i = 0; i < count; ++i)
        items.push_back(ItemIndex{i});
    return items;
}

QByteArray describe(std::uint32_t person, ItemIndex item, const Explanation& why, float score)
{
    QString text = QString("person %1, item %2: score %3, explained %4 =")
                       .arg(person)
                       .arg(item.value)
                       .arg(static_cast<double>(score))
                       .arg(why.score);
    for (const Term& term : why.terms)
        text += QString(" %1(%2)").arg(term.value).arg(static_cast<int>(term.kind));
    return text.toUtf8();
}

} // namespace

class ConformanceTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("algorithm");
        QTest::addColumn<bool>("counts");
        for (const Algorithm& algorithm : catalogue())
            for (const bool counts : {false, true}) {
                if (counts && std::ranges::count(algorithm.needs, Need::Ratings) > 0)
                    continue; // it refuses them: conformance_fit_test
                QTest::addRow("%s on %s", algorithm.id.c_str(), counts ? "counts" : "ratings")
                    << QString::fromStdString(algorithm.id) << counts;
            }
    }

    void saysWhatItCan()
    {
        const Subject& s = subject();
        const Capabilities can = s.model->capabilities();
        QCOMPARE(can.whatIf, s.algorithm->can.whatIf);
        QCOMPARE(can.explains, s.algorithm->can.explains);
        QCOMPARE(can.similarItems, s.algorithm->can.similarItems);
        QCOMPARE(can.ratings, s.algorithm->can.ratings);
        QCOMPARE(can.personal, s.algorithm->can.personal);
        QCOMPARE(can.similarPeople, s.algorithm->can.similarPeople);
        QCOMPARE(s.model->scale() == Scale::Rating, can.ratings);
        QCOMPARE(s.model->itemCount(), s.dataset().itemCount());
    }

    void findsPlantedTastes()
    {
        const Subject& s = subject();
        if (!canFindTastes(s))
            return;
        const double found = meanAuc(s);
        QVERIFY2(found > leastAuc(s), qPrintable(QString("AUC %1").arg(found)));
    }

    void whatIsNotPersonalOrdersItemsAlikeForEverybody()
    {
        const Subject& s = subject();
        if (s.algorithm->can.personal)
            return;
        const auto expected = scoresOf(*s.model, Query{});
        for (const std::uint32_t person : somePeople(s.dataset())) {
            Query query = s.person(person);
            if (s.algorithm->can.facts)
                query.who.clear();
            QVERIFY(sameOrder(expected, scoresOf(*s.model, query)));
        }
    }

    void anEmptyHistoryGetsTheDeclaredFallback()
    {
        const Subject& s = subject();
        const auto reader = s.model->read(Query{});
        QVERIFY(!s.algorithm->fallback.empty());
        if (s.algorithm->can.personal)
            QVERIFY(!reader->fallback().empty());
        const auto scores = scoresOf(*s.model, Query{});
        QVERIFY(std::ranges::all_of(scores, [](float score) { return std::isfinite(score); }));
        QVERIFY(std::ranges::any_of(scores, [&](float score) { return score != scores[0]; }));
        QVERIFY(sameBits(scores, scoresOf(*s.model, queryFor(History{}, UserIndex{3}))));
        QVERIFY(sameBits(scores, scoresOf(*s.model, queryFor(History{}, UserIndex{4'000'000}))));
    }

    void aHistoryThatTeachesItSomethingGetsNoFallback()
    {
        const Subject& s = subject();
        QCOMPARE(s.model->read(s.person(0))->fallback(), std::string());
    }

    void unknownItemsOfAHistoryAreIgnored()
    {
        const Subject& s = subject();
        const Query known = s.person(5);
        const auto newer = static_cast<std::uint32_t>(s.model->itemCount());
        History history = known.history;
        for (const std::uint32_t index : {newer, newer + 1, newer + 1'000'000, ItemIndex::none().value - 1})
            history.push_back({ItemIndex{index}, 5});
        QVERIFY(sameBits(scoresOf(*s.model, known), scoresOf(*s.model, queryFor(history, {}, endOfTime, known.who))));
        const auto lost = queryFor(History{{ItemIndex{newer}, 5}});
        QVERIFY(sameBits(scoresOf(*s.model, Query{}), scoresOf(*s.model, lost)));
        QCOMPARE(s.model->read(lost)->fallback(), s.model->read(Query{})->fallback());
    }

    void unknownItemsCannotBeScored()
    {
        const Subject& s = subject();
        const std::size_t known = s.model->itemCount();
        for (const Query& query : {Query{}, s.person(1)}) {
            const auto all = scoresOf(*s.model, query, known + 2);
            QVERIFY(std::isfinite(all[known - 1]) && std::isnan(all[known]) && std::isnan(all[known + 1]));
            const std::vector<ItemIndex> asked{ItemIndex{static_cast<std::uint32_t>(known)}, ItemIndex{0},
                                               ItemIndex::none()};
            std::vector<float> out(3);
            s.model->read(query)->score(asked, out);
            QVERIFY(std::isnan(out[0]) && std::isfinite(out[1]) && std::isnan(out[2]));
        }
    }

    void scoreScoreAllAndScoreBatchAgree()
    {
        const Subject& s = subject();
        const std::size_t count = s.model->itemCount() + 1; // and one item newer than the model
        std::vector<Query> queries{Query{}};
        for (const std::uint32_t person : somePeople(s.dataset()))
            queries.push_back(s.person(person));
        Matrix batch(queries.size(), count);
        s.model->scoreBatch(queries, batch.ref());
        for (std::size_t q = 0; q < queries.size(); ++q) {
            const auto all = scoresOf(*s.model, queries[q], count);
            std::vector<float> asked(count);
            s.model->read(queries[q])->score(allItems(count), asked);
            QVERIFY(nearly(all, asked));
            QVERIFY(nearly(all, std::as_const(batch).row(q)));
        }
        // A few items in any order, as a re-ranker asks.
        const std::vector<ItemIndex> few{ItemIndex{9}, ItemIndex{2}, ItemIndex{9}};
        std::vector<float> out(3);
        s.model->read(queries[1])->score(few, out);
        const auto all = scoresOf(*s.model, queries[1]);
        QVERIFY(nearly(std::vector{all[9], all[2], all[9]}, out));
    }

    void termsSumToTheScore()
    {
        const Subject& s = subject();
        if (!s.algorithm->can.explains)
            return;
        Rng rng(3);
        for (int round = 0; round < 300; ++round) {
            const auto person = static_cast<std::uint32_t>(rng.below(s.dataset().personCount()));
            const ItemIndex item{static_cast<std::uint32_t>(rng.below(s.model->itemCount()))};
            Query query = s.person(person);
            query.history.resize(std::min<std::size_t>(query.history.size(), rng.below(40)));
            if (round % 2 == 0)
                query.context = contextAt(static_cast<Timestamp>(rng.below(7 * 86'400)));
            if (round % 3 == 0)
                query.context.push_back({"device", rng.below(2) == 0 ? "phone" : "tv"});
            const auto reader = s.model->read(query);
            float score = 0;
            reader->score({&item, 1}, {&score, 1});
            const Explanation why = reader->explain(item);
            double sum = 0, absolute = 0;
            for (const Term& term : why.terms) {
                sum += term.value;
                absolute += std::abs(term.value);
            }
            // A score is a float32: what is next to 0 beside the person's others carries their rounding.
            const double tolerance = 1e-4 * absolute + 2e-7 * static_cast<double>(largest(scoresOf(*s.model, query)));
            QVERIFY2(std::abs(sum - static_cast<double>(score)) <= tolerance, describe(person, item, why, score));
            QVERIFY2(std::abs(why.score - static_cast<double>(score)) <= tolerance, describe(person, item, why, score));
        }
    }

    void termsNameWhatTheyAreAbout()
    {
        const Subject& s = subject();
        if (!s.algorithm->can.explains)
            return;
        for (const std::uint32_t person : somePeople(s.dataset())) {
            const Query query = s.person(person);
            const auto reader = s.model->read(query);
            for (std::uint32_t i = 0; i < s.model->itemCount(); i += 3) {
                std::set<ItemIndex> named;
                const auto terms = reader->explain(ItemIndex{i}).terms;
                for (const Term& term : terms) {
                    QVERIFY(std::isfinite(term.value));
                    QVERIFY(term.kind != TermKind::Fallback || terms.size() == 1); // it stands in, it does not add
                    if (term.kind == TermKind::Person)
                        QVERIFY(!s.dataset().personName(term.person).empty());
                    else if (term.kind != TermKind::HistoryItem)
                        QVERIFY(!term.label.empty());
                    if (term.kind != TermKind::HistoryItem)
                        continue;
                    QVERIFY(has(query.history, term.item));
                    QVERIFY(named.insert(term.item).second); // once
                }
            }
        }
    }

    void theFallbackIsExplainedWithoutAHistory()
    {
        const Subject& s = subject();
        if (!s.algorithm->can.explains)
            return;
        const auto reader = s.model->read(Query{});
        const auto scores = scoresOf(*s.model, Query{});
        std::vector<float> sums;
        for (std::uint32_t i = 0; i < scores.size(); ++i) {
            const Explanation why = reader->explain(ItemIndex{i});
            QVERIFY(!why.terms.empty());
            double sum = 0;
            for (const Term& term : why.terms) {
                QVERIFY(term.kind != TermKind::HistoryItem && !term.label.empty());
                sum += term.value;
            }
            sums.push_back(static_cast<float>(sum));
        }
        QVERIFY(nearly(scores, sums));
        (void)reader->explain(ItemIndex::none()); // undefined, but not a crash
    }

    void anEditedHistoryIsThatOfAGuest()
    {
        const Subject& s = subject();
        const Query stored = s.person(11);
        History edited = stored.history;
        edited.erase(edited.begin() + 2);
        edited.front().value = 3;
        edited.push_back({ItemIndex{40}, 5});
        History typed(edited.rbegin(), edited.rend());
        const auto guest = [&](const History& history) { return queryFor(history, {}, endOfTime, stored.who); };
        const auto ofPerson = scoresOf(*s.model, queryFor(edited, stored.user, endOfTime, stored.who));
        QVERIFY(sameBits(ofPerson, scoresOf(*s.model, guest(typed))));
        if (s.algorithm->can.personal)
            QVERIFY(!sameBits(ofPerson, scoresOf(*s.model, stored)));
        QVERIFY(sameBits(scoresOf(*s.model, stored), scoresOf(*s.model, guest(stored.history))));
    }

    void anyHistoryGivesFiniteScores()
    {
        const Subject& s = subject();
        History everything;
        for (std::uint32_t i = 0; i < s.model->itemCount(); ++i)
            everything.push_back({ItemIndex{i}, static_cast<float>(i % 6)});
        for (const History& history : {everything, History{{ItemIndex{0}, 0}}, History{{ItemIndex{0}, 5}},
                                       History{{ItemIndex{1}, 0.5F}, {ItemIndex{50}, 1000}}}) {
            const auto scores = scoresOf(*s.model, queryFor(history));
            QVERIFY(std::ranges::all_of(scores, [](float score) { return std::isfinite(score); }));
        }
    }

    void similarItemsComeInOrder()
    {
        const Subject& s = subject();
        if (!s.algorithm->can.similarItems) {
            QCOMPARE(s.model->similarItems(ItemIndex{0}, 3).error().code, Code::Unsupported);
            return;
        }
        for (std::uint32_t i = 0; i < s.model->itemCount(); i += 9) {
            const auto similar = s.model->similarItems(ItemIndex{i}, 8).value();
            QVERIFY(!similar.empty() && similar.size() <= 8);
            for (std::size_t n = 0; n < similar.size(); ++n) {
                QVERIFY(similar[n].item != ItemIndex{i} && similar[n].item.value < s.model->itemCount());
                const bool inOrder =
                    n == 0 || similar[n - 1].similarity > similar[n].similarity ||
                    (similar[n - 1].similarity == similar[n].similarity && similar[n - 1].item < similar[n].item);
                QVERIFY(inOrder);
            }
        }
        QCOMPARE(s.model->similarItems(ItemIndex::none(), 3).error().code, Code::NotFound);
        QVERIFY(s.model->similarItems(ItemIndex{0}, 0).value().empty());
    }

    void similarItemsAreOfTheSameBlock()
    {
        const Subject& s = subject();
        if (!s.algorithm->can.similarItems || !canFindTastes(s))
            return;
        std::size_t same = 0, all = 0;
        for (std::uint32_t i = 0; i < s.model->itemCount(); i += 3) {
            const auto similar = s.model->similarItems(ItemIndex{i}, 5).value();
            for (const Neighbour& neighbour : similar)
                same += s.world.blockOf(neighbour.item) == s.world.blockOf(ItemIndex{i}) ? 1 : 0;
            all += similar.size();
        }
        const double share = static_cast<double>(same) / static_cast<double>(all);
        QVERIFY2(share > 0.9, qPrintable(QString("%1 of the neighbours").arg(share))); // by chance 0.24
    }

    void similarPeopleComeInOrder()
    {
        const Subject& s = subject();
        const auto similar = s.model->similarPeople(s.person(0), 9);
        QCOMPARE(similar.has_value(), s.algorithm->can.similarPeople);
        if (!similar) {
            QCOMPARE(similar.error().code, Code::Unsupported);
            return;
        }
        QVERIFY(!similar->empty() && similar->size() <= 9);
        std::size_t same = 0;
        for (std::size_t n = 0; n < similar->size(); ++n) {
            QVERIFY((*similar)[n].person != UserIndex{0});
            QVERIFY(n == 0 || (*similar)[n - 1].similarity >= (*similar)[n].similarity);
            same += s.world.blockOf((*similar)[n].person) == 0 ? 1 : 0;
        }
        QVERIFY2(!canFindTastes(s) || same * 3 >= similar->size() * 2, qPrintable(QString::number(same)));
        // A guest with the same history, and somebody with none.
        QVERIFY(!s.model->similarPeople(queryFor(s.person(0).history), 9)->empty());
        QVERIFY(s.model->similarPeople(Query{}, 9).has_value());
    }

    void vectorsFitTheCatalog()
    {
        const Subject& s = subject();
        const VectorSpace space = s.model->itemSpace();
        QVERIFY(space.vectors.empty() || space.vectors.rows == s.model->itemCount());
        QVERIFY(space.bias.empty() || space.bias.size() == space.vectors.rows);
        for (const float value : space.vectors.all())
            QVERIFY(std::isfinite(value));
        const auto reader = s.model->read(s.person(0));
        QVERIFY(reader->vector().empty() || reader->vector().size() == space.vectors.cols);
    }

    void manyThreadsMayAskAtOnce()
    {
        const Subject& s = subject();
        std::vector<std::vector<float>> alone, together(8);
        for (std::uint32_t person = 0; person < together.size(); ++person)
            alone.push_back(scoresOf(*s.model, s.person(person)));
        std::vector<std::thread> threads;
        for (std::uint32_t person = 0; person < together.size(); ++person)
            threads.emplace_back([&, person] { together[person] = scoresOf(*s.model, s.person(person)); });
        for (auto& thread : threads)
            thread.join();
        for (std::size_t person = 0; person < together.size(); ++person)
            QVERIFY(sameBits(alone[person], together[person]));
    }
};

QTEST_APPLESS_MAIN(ConformanceTest)
#include "conformance_test.moc"
