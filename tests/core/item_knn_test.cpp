// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "core/models/neighbours/item_similarity.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr ItemIndex A{0}, B{1}, C{2}, D{3};

// A: ann, bob, cat; B: ann, bob; C: ann, dan; D: dan.
std::shared_ptr<const Dataset> fourPeople()
{
    return DatasetBuilder{}
        .row("ann", "A:5 B:4 C:1")
        .row("bob", "A:4 B:5")
        .row("cat", "A:2")
        .row("dan", "C:5 D:4")
        .build();
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> settings)
{
    const Algorithm& algorithm = *findAlgorithm("item-knn");
    settings.insert(settings.begin(), {"shrinkage=0", "entries=all"}); // later ones win
    const auto model = train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{});
    return model.value();
}

std::vector<float> scores(const Model& model, History history)
{
    std::vector<float> out(model.itemCount());
    model.read(queryFor(std::move(history)))->scoreAll(out);
    return out;
}

float similarity(const Model& model, ItemIndex a, ItemIndex b)
{
    const auto similar = model.similarItems(a, 100).value();
    for (const auto& [item, value] : similar)
        if (item == b)
            return value;
    return 0;
}

bool close(double a, double b)
{
    return std::abs(a - b) < 1e-6; // a few float32 roundings of numbers below 1
}

} // namespace

class ItemKnnTest : public QObject {
    Q_OBJECT
private slots:
    void cosineOfWhoUsedIt()
    {
        const auto model = trained(fourPeople(), {"weighting=binary"});
        QVERIFY(close(similarity(*model, A, B), 2 / std::sqrt(3.0 * 2.0))); // ann and bob, of 3 and 2
        QVERIFY(close(similarity(*model, A, C), 1 / std::sqrt(3.0 * 2.0))); // ann
        QVERIFY(close(similarity(*model, C, D), 1 / std::sqrt(2.0 * 1.0))); // dan
        QCOMPARE(similarity(*model, A, D), 0.F);
    }

    void cosineOfValues()
    {
        const auto model = trained(fourPeople(), {"weighting=value"});
        // A = (5, 4, 2), B = (4, 5): 5*4 + 4*5 = 40.
        QVERIFY(close(similarity(*model, A, B), 40 / std::sqrt(45.0 * 41.0)));
    }

    void cosineOfValuesAgainstThePersonsMean()
    {
        const auto model = trained(fourPeople(), {"weighting=centred"});
        // Mean of all: 30 / 8 = 3.75. With five more ratings at that mean: ann (10 + 18.75) / 8 = 3.59375,
        // bob (9 + 18.75) / 7 = 3.9642857, cat (2 + 18.75) / 6 = 3.4583333.
        const double ann = 3.59375, bob = 27.75 / 7, cat = 20.75 / 6;
        const double dot = (5 - ann) * (4 - ann) + (4 - bob) * (5 - bob);
        const double a = std::sqrt((5 - ann) * (5 - ann) + (4 - bob) * (4 - bob) + (2 - cat) * (2 - cat));
        const double b = std::sqrt((4 - ann) * (4 - ann) + (5 - bob) * (5 - bob));
        QVERIFY(close(similarity(*model, A, B), dot / (a * b)));
    }

    void jaccardIsTheShareOfPeopleWithBoth()
    {
        const auto model = trained(fourPeople(), {"similarity=jaccard"});
        QVERIFY(close(similarity(*model, A, B), 2.0 / 3)); // ann, bob of ann, bob, cat
        QVERIFY(close(similarity(*model, A, C), 1.0 / 4)); // ann of all four
    }

    void shrinkageHoldsBackWhatFewVouchFor()
    {
        const auto model = trained(fourPeople(), {"weighting=binary", "shrinkage=3"});
        QVERIFY(close(similarity(*model, A, B), 2 / std::sqrt(6.0) * 2 / (2 + 3)));
        QVERIFY(close(similarity(*model, A, C), 1 / std::sqrt(6.0) * 1 / (1 + 3)));
    }

    void onlyWhatIsLikedCountsWhereThatIsAsked()
    {
        const auto model = trained(fourPeople(), {"weighting=binary", "entries=liked"}); // from 1 + .6 * 4 = 3.4
        QVERIFY(close(similarity(*model, A, B), 1));                                     // cat's A is left out
        QCOMPARE(similarity(*model, A, C), 0.F);                                         // and ann's C
        QVERIFY(scores(*model, {{A, 5}})[B.value] > 0.9F);
        QVERIFY(!model->read(queryFor({{A, 3}}))->fallback().empty()); // a disliked film teaches nothing
    }

    void countsAlwaysCount()
    {
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A B").row("bob", "A").build();
        QVERIFY(close(similarity(*trained(dataset, {"entries=liked"}), A, B), 1 / std::sqrt(2.0)));
    }

    void anItemIsScoredByItsOwnNearestNeighbours()
    {
        // C's one neighbour is D (0.71 > 0.41), so A and B do not speak for C; A's is B.
        const auto model = trained(fourPeople(), {"neighbours=1"});
        const auto both = scores(*model, {{A, 3}, {B, 4}});
        QCOMPARE(model->read(queryFor({{A, 3}, {B, 4}}))->explain(C).terms[0].kind, TermKind::Fallback);
        QVERIFY(std::abs(both[A.value] - 4 * 40 / std::sqrt(45.0 * 41.0)) < 1e-5);
    }

    void everyTermIsASimilarityTimesAWeight()
    {
        const auto model = trained(fourPeople(), {"weighting=value"});
        const auto reader = model->read(queryFor({{A, 2}, {B, 5}, {D, 4}}));
        const auto why = reader->explain(C);
        QCOMPARE(why.terms.size(), std::size_t{3});
        // |A|^2 = 45, |B|^2 = 41, |C|^2 = 26, |D|^2 = 16; A.C = 5, B.C = 4, C.D = 20.
        QVERIFY(std::abs(why.terms[0].value - 2 * 5 / std::sqrt(45.0 * 26.0)) < 1e-6);
        QVERIFY(std::abs(why.terms[1].value - 5 * 4 / std::sqrt(41.0 * 26.0)) < 1e-6);
        QVERIFY(std::abs(why.terms[2].value - 4 * 20 / std::sqrt(26.0 * 16.0)) < 1e-6);
        QCOMPARE(why.terms[2].item, D);
    }

    void equalSimilaritiesGoToTheLowerIndex()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A B C D").build();
        const auto model = trained(dataset, {"neighbours=2"});
        const auto similar = model->similarItems(C, 5).value();
        QCOMPARE(similar.size(), std::size_t{2});
        QCOMPARE(similar[0].item, A);
        QCOMPARE(similar[1].item, B);
    }

    void popularityStandsInWhereTheHistoryIsSilent()
    {
        const auto model = trained(fourPeople(), {"neighbours=1"}); // A's neighbour is B; C's is D, and D's is C
        const auto reader = model->read(queryFor({{B, 4}}));
        QVERIFY(reader->fallback().empty());
        const auto all = scores(*model, {{B, 4}});
        QCOMPARE(all[C.value], static_cast<float>(1e-3 * 2 / 3)); // used by two, A by three
        QCOMPARE(all[D.value], static_cast<float>(1e-3 * 1 / 3));
        QVERIFY(all[A.value] > all[C.value]);
        const auto why = reader->explain(C);
        QCOMPARE(why.terms.size(), std::size_t{1});
        QCOMPARE(static_cast<float>(why.score), all[C.value]);
    }

    void anItemNobodyElseUsedTeachesNothing()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A B").row("bob", "A").row("cat", "C").build();
        const auto model = trained(dataset, {});
        const auto reader = model->read(queryFor({{C, 5}}));
        QVERIFY(!reader->fallback().empty());
        QCOMPARE(reader->explain(A).terms[0].kind, TermKind::Fallback);
        QCOMPARE(scores(*model, {{C, 5}})[A.value], 1e-3F); // the most used item
    }

    void noRatingHighEnoughIsAnErrorThatNamesTheParameter()
    {
        const auto dataset = DatasetBuilder{}.row("ann", "A:1 B:2").build();
        const auto model = train(*findAlgorithm("item-knn"), {dataset}, {}, JobContext{});
        QCOMPARE(model.error().code, Code::InvalidArgument);
        QCOMPARE(model.error().where, std::string("entries"));
    }

    void aTransposeTurnsRowsIntoColumns()
    {
        const SparseMatrix matrix{3, {0, 2, 2, 3}, {0, 2, 2}, {1, 2, 3}};
        const SparseMatrix t = matrix.transposed();
        QCOMPARE(t.rowCount(), std::size_t{3});
        QCOMPARE(t.columnCount, std::size_t{3});
        QCOMPARE(t.starts, (std::vector<std::uint64_t>{0, 1, 1, 3}));
        QCOMPARE(t.columns, (std::vector<std::uint32_t>{0, 0, 2}));
        QCOMPARE(t.values, (std::vector<float>{1, 2, 3}));
    }
};

QTEST_APPLESS_MAIN(ItemKnnTest)
#include "item_knn_test.moc"
