// SPDX-License-Identifier: GPL-3.0-or-later
// What the rating factorizations share: folding in, and people without biases. Through SVD also: svd_test.cpp.
#include "core/models/artifact.h"
#include "core/models/ratings/fold_in.h"
#include "core/models/ratings/rating_factor_model.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace orrery;

namespace {

Matrix column(std::initializer_list<float> values)
{
    Matrix made(values.size(), 1);
    std::ranges::copy(values, made.all().begin());
    return made;
}

/// Two items, the second twice the first; mean 3, no bias of items.
RatingFactors twoItems(Matrix implicit = {})
{
    return {3, Matrix(1, 1), column({1, 2}), {0}, {0, 0}, std::move(implicit)};
}

const History oneRating = {{ItemIndex{0}, 4}};

bool near(double a, double b) { return std::abs(a - b) < 1e-6; } // float32 vectors

} // namespace

class RatingFactorsTest : public QObject {
    Q_OBJECT
private slots:
    void theImplicitPartComesFirst()
    {
        // z = .5; e = 4 - 3 - .5 * 1 = .5; (2 1; 1 2) (p, b) = (.5, .5), so p = b = 1/6 and the person is 2/3.
        const RatingFactors factors = twoItems(column({.5F, 0}));
        const FoldIn fold(factors, {1, 1});
        const PersonFit person = fold.fit(oneRating);
        QVERIFY(near(person.vector[0], 2. / 3));
        QVERIFY(near(person.bias, 1. / 6));
        QVERIFY(near(fold.score(person, ItemIndex{1}), 3 + 1. / 6 + 4. / 3));
        QVERIFY(near(fold.contributions(oneRating, ItemIndex{1}).at(0), 4. / 3));
    }

    void theImplicitPartIsSharedAmongAllRated()
    {
        // z = (.5 + 1.5) / sqrt(2) = sqrt(2). Ratings that it explains in full: nothing is left to learn, and the
        // terms of item 1 are y_j * 2 / sqrt(2) each.
        const double z = std::sqrt(2.);
        const RatingFactors factors = twoItems(column({.5F, 1.5F}));
        const History history = {{ItemIndex{0}, static_cast<float>(3 + z)},
                                 {ItemIndex{1}, static_cast<float>(3 + 2 * z)}};
        const FoldIn fold(factors, {1, 1});
        QVERIFY(near(fold.fit(history).vector[0], z));
        QVERIFY(near(fold.fit(history).bias, 0));
        const auto terms = fold.contributions(history, ItemIndex{1});
        QVERIFY(near(terms[0], z / 2));
        QVERIFY(near(terms[1], 1.5 * z));
    }

    void theRidgeGrowsWithTheHistory()
    {
        // .5 for each of one rating: (1.5 1; 1 1.5) (p, b) = (1, 1), so p = b = .4. Of two equal ones of one item, were
        // there such, it would be 1: here a rating of each, e = 1 and 2, ridge 1: (6 3; 3 3) (p, b) = (5, 3).
        const RatingFactors factors = twoItems();
        const FoldIn fold(factors, {0, 0, .5});
        QVERIFY(near(fold.fit(oneRating).vector[0], .4));
        QVERIFY(near(fold.fit(oneRating).bias, .4));
        const PersonFit both = fold.fit({{ItemIndex{0}, 4}, {ItemIndex{1}, 5}});
        QVERIFY(near(both.vector[0], 2. / 3));
        QVERIFY(near(both.bias, 1. / 3));
    }

    void withoutABiasTheVectorExplainsAll()
    {
        // (1 + 1) p = 1.
        const RatingFactors factors = twoItems();
        const FoldIn fold(factors, {1, std::nullopt});
        QVERIFY(near(fold.fit(oneRating).vector[0], .5));
        QCOMPARE(fold.fit(oneRating).bias, 0.F);
        QVERIFY(near(fold.score(fold.fit(oneRating), ItemIndex{1}), 4));
        QVERIFY(near(fold.contributions(oneRating, ItemIndex{1}).at(0), 1));
    }

    void theAveragePersonIsTheOrigin()
    {
        // People 1 and 3, and one without ratings; items 1, 2, and one without ratings; ratings are <p, q> alone.
        // The average person is 2; ratings 1, 2, 3 have the mean 2, so the biases are 2 * 1 - 2 and 2 * 2 - 2.
        RatingFactors factors{0, column({1, 0, 3}), column({1, 2, 0}), {0, 0, 0}, {0, 0, 0}};
        SparseMatrix ratings;
        ratings.columnCount = 3;
        ratings.starts = {0, 2, 2, 3};
        ratings.columns = {0, 1, 0};
        ratings.values = {1, 2, 3};
        centreOnAveragePerson(factors, ratings);
        QCOMPARE(factors.mean, 2.);
        QCOMPARE(factors.itemBias, (std::vector<float>{0, 2, 0}));
        QCOMPARE(factors.people.row(0)[0], -1.F);
        QCOMPARE(factors.people.row(1)[0], 0.F);
        QCOMPARE(factors.people.row(2)[0], 1.F);
    }

    void aModelWithoutABiasOfPeopleHasNoSuchTerm()
    {
        const auto model = ratingFactorModel({twoItems(), {1, 5}, {1, std::nullopt}});
        const auto terms = model->read(queryFor(oneRating))->explain(ItemIndex{1}).terms;
        QCOMPARE(terms.size(), std::size_t{3});
        QVERIFY(std::ranges::find(terms, TermKind::PersonBias, &Term::kind) == terms.end());
    }

    void loadKeepsImplicitPartAndRidge()
    {
        const auto model = ratingFactorModel({twoItems(column({.5F, 0})), {1, 5}, {0, std::nullopt, .25}});
        Artifact artifact;
        model->save(artifact);
        const auto loaded = loadRatingFactors(artifact).value();
        const auto before = model->read(queryFor(oneRating))->explain(ItemIndex{1});
        const auto after = loaded->read(queryFor(oneRating))->explain(ItemIndex{1});
        QCOMPARE(after.score, before.score);
        QCOMPARE(after.terms.size(), before.terms.size());
    }

    void damagedRidgesAreRefused()
    {
        Artifact artifact;
        ratingFactorModel({twoItems(), {1, 5}, {1, 1}})->save(artifact);
        for (const std::array<double, 3> ridge :
             {std::array{0., 5., 0.}, {-1., 5., 2.}, {1., -2., 0.}, {1., 0., 0.}, {1., 5., -1.}}) {
            artifact.put("fold-in", std::span<const double>(ridge));
            QVERIFY(loadRatingFactors(artifact).error().code == Code::Corrupt);
        }
    }
};

QTEST_APPLESS_MAIN(RatingFactorsTest)
#include "rating_factors_test.moc"
