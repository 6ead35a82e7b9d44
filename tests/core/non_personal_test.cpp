// SPDX-License-Identifier: GPL-3.0-or-later
// Random, trending, mean rating and newest: one score an item, worked by hand.
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr Timestamp day = 86'400;

ModelPtr trained(const char* id, const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> settings = {},
                 std::uint64_t seed = 1)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    const auto params = parseAssignments(algorithm.params, settings).value();
    return train(algorithm, {dataset}, params, JobContext({seed, 1})).value();
}

std::string at(const char* item, Timestamp time) { return fmt::format("{}@{}", item, time); }

bool close(float a, double b) { return std::abs(static_cast<double>(a) - b) < 1e-6 * std::max(1.0, std::abs(b)); }

/// "C A B" for the items from the highest score to the lowest; ties by index.
std::string orderOf(const Dataset& dataset, const std::vector<float>& scores)
{
    std::vector<std::uint32_t> items(scores.size());
    for (std::uint32_t i = 0; i < items.size(); ++i)
        items[i] = i;
    std::ranges::stable_sort(items, std::greater{}, [&](std::uint32_t item) { return scores[item]; });
    std::string order;
    for (const std::uint32_t item : items)
        order += fmt::format("{}{}", order.empty() ? "" : " ", dataset.itemIds().name(item));
    return order;
}

} // namespace

class NonPersonalTest : public QObject {
    Q_OBJECT
private slots:
    void aNewItemIsAsPopularAsItsCategories()
    {
        // Crime: A 3 people, B 1. Space: C 2. N is crime and nobody's, M both, X of no category that two share.
        const auto dataset = DatasetBuilder{}
                                 .implicit()
                                 .row("ann", "A B C")
                                 .row("bob", "A C")
                                 .row("cat", "A")
                                 .tags("genres", "A", {"crime"})
                                 .tags("genres", "B", {"crime"})
                                 .tags("genres", "C", {"space"})
                                 .tags("genres", "N", {"crime"})
                                 .tags("genres", "M", {"crime", "space"})
                                 .tags("genres", "X", {"odd"})
                                 .build();
        const auto scores = scoresOf(*trained("category-popularity", dataset), {});
        const auto of = [&](const char* item) { return scores[dataset->findItem(item)->value]; };
        QVERIFY(close(of("N"), (3 + 1) / 2.));
        QVERIFY(close(of("M"), ((3 + 1) / 2. + 2) / 2));
        QVERIFY(close(of("A"), (3 + 1) / 2.)); // its own people are told by Popularity
        QVERIFY(close(of("X"), (3 + 1 + 2) / 3.));
    }

    void aTrendHalvesWithEachHalfLife()
    {
        // Newest event: day 10. A: one now, one two half-lives ago. B: two one half-life ago. C: long ago.
        const auto dataset = DatasetBuilder{}
                                 .row("ann", at("A", 10 * day) + " " + at("B", 5 * day) + " " + at("C", 0))
                                 .row("bob", at("A", 0) + " " + at("B", 5 * day))
                                 .build();
        const auto scores = scoresOf(*trained("trending", dataset, {"half-life=5"}), {});
        QVERIFY(close(scores[0], 1 + 0.25));
        QVERIFY(close(scores[1], 0.5 + 0.5));
        QVERIFY(close(scores[2], 0.25));
    }

    void aTrendMayCountValues()
    {
        const auto dataset =
            DatasetBuilder{}.row("ann", at("A:4", 2 * day) + " " + at("B:3", day)).row("bob", "A:5").build();
        const auto scores = scoresOf(*trained("trending", dataset, {"half-life=1", "count=values"}), {});
        QVERIFY(close(scores[0], 4)); // bob's event has no time
        QVERIFY(close(scores[1], 1.5));
    }

    void fewRatingsAreHeldTowardsTheMean()
    {
        // Mean 20 / 6. A: 5, B: 4 4 4, C: 1 2.
        const auto dataset =
            DatasetBuilder{}.row("ann", "A:5 B:4 C:1").row("bob", "B:4 C:2").row("cat", "B:4").title("D", "d").build();
        const double mean = 20.0 / 6;
        const auto held = scoresOf(*trained("rating-mean", dataset, {"prior=4"}), {});
        QVERIFY(close(held[0], (5 + 4 * mean) / 5));
        QVERIFY(close(held[1], (12 + 4 * mean) / 7));
        QVERIFY(close(held[2], (3 + 4 * mean) / 6));
        QVERIFY(close(held[3], mean)); // nobody rated it
        QCOMPARE(orderOf(*dataset, held), std::string("A B D C"));
        const auto plain = scoresOf(*trained("rating-mean", dataset, {"prior=0"}), {});
        QVERIFY(close(plain[0], 5) && close(plain[1], 4) && close(plain[2], 1.5) && close(plain[3], mean));
        QCOMPARE(orderOf(*dataset, scoresOf(*trained("rating-mean", dataset, {"prior=1000"}), {})),
                 std::string("B A D C"));
    }

    void aMeanRatingIsTheMeanOfAllAndTheItemsOwn()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:5 B:3").build();
        const auto why = trained("rating-mean", dataset, {"prior=1"})->read({})->explain(ItemIndex{0});
        QCOMPARE(why.terms.size(), std::size_t{2});
        QVERIFY(why.terms[0].kind == TermKind::GlobalMean && why.terms[0].value == 4);
        QVERIFY(why.terms[1].kind == TermKind::ItemBias && why.terms[1].value == 0.5);
        QCOMPARE(why.score, 4.5);
    }

    void newestByYearOrByFirstEvent()
    {
        const auto dataset = DatasetBuilder{}
                                 .row("ann", at("A", 400 * day) + " " + at("B", 800 * day) + " C")
                                 .row("bob", at("B", 20 * day) + " " + at("D", 9'000 * day))
                                 .number("year", "A", 1980)
                                 .number("year", "B", 1990)
                                 .build();
        // D has no year, and was first seen in 1994; C has neither.
        const auto byYear = scoresOf(*trained("newest", dataset), {});
        QCOMPARE(orderOf(*dataset, byYear), std::string("D B A C"));
        QVERIFY(close(byYear[1], 1990));
        QVERIFY(close(byYear[2], 1979)); // a year before the oldest
        const auto bySeen = scoresOf(*trained("newest", dataset, {"by=first-seen"}), {});
        QCOMPARE(orderOf(*dataset, bySeen), std::string("D A B C"));
        QVERIFY(close(bySeen[0], 1970 + 400 / 365.2425));
    }

    void newestNeedsSomeDate()
    {
        const auto undated = DatasetBuilder{}.row("ann", "A B").build();
        QVERIFY(!whyNot(*findAlgorithm("newest"), *undated).empty());
        const auto dated = DatasetBuilder{}.row("ann", "A B").number("year", "A", 1980).build();
        QVERIFY(whyNot(*findAlgorithm("newest"), *dated).empty());
    }

    void chanceIsUniformAndSeeded()
    {
        const auto dataset = randomDataset(5, 4'000, 100, Feedback::Explicit);
        const auto one = scoresOf(*trained("random", dataset), {});
        double sum = 0;
        for (const float score : one) {
            QVERIFY(score >= 0 && score <= 1);
            sum += static_cast<double>(score);
        }
        QVERIFY(std::abs(sum / 4'000 - 0.5) < 0.03); // six standard errors
        QVERIFY(sameBits(one, scoresOf(*trained("random", dataset), {})));
        QVERIFY(!sameBits(one, scoresOf(*trained("random", dataset, {}, 2), {})));
    }
};

QTEST_APPLESS_MAIN(NonPersonalTest)
#include "non_personal_test.moc"
