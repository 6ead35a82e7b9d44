// SPDX-License-Identifier: GPL-3.0-or-later
// Rating kNN of both sides and Slope One against independent implementations: fixtures/neighbours/recipe.py.
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "core/models/neighbours/cut.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/rating_similarity.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr ItemIndex A{0}, B{1}, C{2};

using Row = std::vector<std::string>;

std::vector<Row> readTable(const std::string& name)
{
    std::ifstream file(fmt::format("{}/neighbours/{}.csv", ORRERY_FIXTURES, name));
    std::vector<Row> table;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        table.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            table.back().push_back(cell);
    }
    return table;
}

const std::shared_ptr<const Dataset>& ratings()
{
    static const auto dataset = [] {
        DatasetBuilder builder;
        const auto table = readTable("ratings");
        for (std::size_t person = 0; person < table.size(); ++person) {
            std::string row;
            for (std::size_t item = 0; item < table[person].size(); ++item)
                if (table[person][item] != "0")
                    row += fmt::format("i{}:{} ", item, table[person][item]);
            builder.row(fmt::format("p{}", person), row);
        }
        return builder.build();
    }();
    return dataset;
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, const std::string& id,
                 const std::vector<std::string>& settings)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    return train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

/// The model that a line of predictions.csv is of.
ModelPtr modelOf(const Row& line)
{
    static std::map<std::string, ModelPtr> models;
    const std::string& side = line[1];
    ModelPtr& model = models[fmt::format("{}", fmt::join(line.begin(), line.begin() + 6, ","))];
    if (model)
        return model;
    if (line[0] == "slope-one")
        return model = trained(ratings(), "slope-one", {line[2] == "weighted" ? "weighted=true" : "weighted=false"});
    return model = trained(
               ratings(), side == "people" ? "rating-user-knn" : "rating-item-knn",
               {"variant=" + line[2], "similarity=" + line[3], "shrinkage=" + line[4], "neighbours=" + line[5]});
}

float scoreOf(const Model& model, const Query& query, ItemIndex item)
{
    float score = 0;
    model.read(query)->score({&item, 1}, {&score, 1});
    return score;
}

// Mean 3.4. A: ann, bob, cat; B: ann, bob, dan; C: cat, dan.
std::shared_ptr<const Dataset> fourPeople()
{
    return DatasetBuilder{}
        .row("ann", "A:5 B:3")
        .row("bob", "A:3 B:4")
        .row("cat", "A:2 C:4")
        .row("dan", "B:2 C:5")
        .build();
}

double termSum(const Explanation& why)
{
    double sum = 0;
    for (const Term& term : why.terms)
        sum += term.value;
    return sum;
}

} // namespace

class RatingNeighboursTest : public QObject {
    Q_OBJECT
private slots:
    void predictionsAreThoseOfIndependentImplementations()
    {
        const auto lines = readTable("predictions");
        QVERIFY(lines.size() > 1000);
        for (const Row& line : lines) {
            const ModelPtr model = modelOf(line);
            const UserIndex person{static_cast<std::uint32_t>(std::stoul(line[6]))};
            const ItemIndex item = ratings()->findItem("i" + line[7]).value();
            const double expected = std::stod(line[8]);
            const Query query = queryFor(*ratings(), person);
            // Similarities are stored as float32; Surprise's are doubles.
            const QString what = QString::fromStdString(fmt::format("{}", fmt::join(line, ",")));
            const double found = static_cast<double>(scoreOf(*model, query, item));
            QVERIFY2(std::abs(found - expected) < 2e-6, qPrintable(what + QString(" %1").arg(found)));
            const Explanation why = model->read(query)->explain(item);
            QVERIFY2(std::abs(termSum(why) - expected) < 2e-6, qPrintable(what));
        }
    }

    void slopeOneAsInThePaper()
    {
        // Lemire & Maclachlan's first example: one rates A 1 and B 1.5, another A 2; B is above A by .5, so 2.5.
        const auto dataset = DatasetBuilder{}.row("ann", "A:1 B:1.5").row("bob", "A:2").build();
        for (const char* weighted : {"weighted=true", "weighted=false"})
            QCOMPARE(scoreOf(*trained(dataset, "slope-one", {weighted}), queryFor(*dataset, UserIndex{1}), B), 2.5F);
    }

    void slopeOneWeighsByWhoVouches()
    {
        // B - A is -2 and 1: mean -.5 of two; C - A is 2 of one; C - B is 3 of one. Of A:4 B:1:
        // C by A 4 + 2 = 6, by B 1 + 3 = 4, each of one: 5. B of A:4 alone: 3.5.
        const auto dataset = fourPeople();
        const auto model = trained(dataset, "slope-one", {});
        QCOMPARE(scoreOf(*model, queryFor({{A, 4}, {B, 1}}), C), 5.F);
        QCOMPARE(scoreOf(*model, queryFor(History{{A, 4}}), B), 3.5F);
        // A by B (two) 1 + .5 = 1.5, by C (one) 2 - 2 = 0: (2 * 1.5 + 0) / 3 = 1.
        const auto reader = model->read(queryFor({{B, 1}, {C, 2}}));
        const Explanation why = reader->explain(A);
        QVERIFY(std::abs(why.score - 1) < 1e-6);
        QCOMPARE(why.terms.size(), std::size_t{3});
        QCOMPARE(why.terms[0].value, 1.5);                       // the mean of 1 and 2
        QVERIFY(std::abs(why.terms[1].value) < 1e-6);            // 2 (1.5 - 1.5) / 3
        QVERIFY(std::abs(why.terms[2].value - -1.5 / 3) < 1e-6); // 1 (0 - 1.5) / 3
    }

    void slopeOneKeepsTheDifferencesOfMostPeople()
    {
        // Of A only that to B (two people) is kept: C says nothing of it, and the baseline answers.
        const auto dataset = fourPeople();
        const auto model = trained(dataset, "slope-one", {"kept=1"});
        const auto bias = trained(dataset, "bias", {});
        const Query onlyC = queryFor(History{{C, 2}});
        QCOMPARE(scoreOf(*model, onlyC, A), scoreOf(*bias, onlyC, A));
        QVERIFY(std::abs(scoreOf(*model, queryFor({{B, 1}, {C, 2}}), A) - 1.5F) < 1e-6F);
    }

    void similaritiesWorkedByHand()
    {
        // Rows 5 3 and 3 4 (ann and bob on A and B).
        CommonSquares both;
        both.add(5, 3);
        both.add(3, 4);
        CommonMoments moments;
        moments.add(5, 3);
        moments.add(3, 4);
        const auto of = [&](RatingMeasure measure, double shrinkage = 0, double support = 1) {
            return measure == RatingMeasure::Pearson ? similarityOf({measure, shrinkage, support}, moments, 5)
                                                     : similarityOf({measure, shrinkage, support}, both, 5);
        };
        QCOMPARE(of(RatingMeasure::Cosine), 27 / std::sqrt(34.0 * 25.0));
        QCOMPARE(of(RatingMeasure::Msd), 1 / (2.5 + 1)); // (4 + 1) / 2
        QCOMPARE(of(RatingMeasure::Pearson), -1.0);
        QCOMPARE(of(RatingMeasure::Jaccard), 2.0 / 3); // 5 entries, 2 of them shared
        QCOMPARE(of(RatingMeasure::Msd, 3), 2.0 / 5 / 3.5);
        QCOMPARE(of(RatingMeasure::Pearson, 3), -1.0 / 4);
        QCOMPARE(of(RatingMeasure::Cosine, 0, 3), 0.0); // two have less than three in common
        // Equal ratings have no spread, however large they are.
        CommonMoments flat;
        for (int n = 0; n < 100; ++n)
            flat.add(4.1, n % 5);
        QCOMPARE(similarityOf({RatingMeasure::Pearson, 0, 1}, flat, 200), 0.0);
    }

    void wordsAddUpWhatDoublesDo()
    {
        SparseMatrix ratings; // half stars
        ratings.columnCount = 150;
        Rng rng(3);
        for (int person = 0; person < 80; ++person) {
            for (std::uint32_t item = 0; item < 150; ++item)
                if (rng.below(1 + item / 10) == 0) {
                    ratings.columns.push_back(item);
                    ratings.values.push_back(static_cast<float>(1 + rng.below(10)) / 2);
                }
            ratings.starts.push_back(ratings.columns.size());
        }
        const SparseMatrix items = ratings.transposed();
        const auto score = [](std::size_t, std::uint32_t, const overlaps::Overlap& both) {
            return overlaps::Rated{static_cast<float>(both.dot / (both.people + 5)), static_cast<float>(both.people)};
        };
        for (const std::size_t wanted : {7UL, 150UL}) {
            const auto words = overlaps::gridLists<overlaps::Overlap>(ratings, items, wanted, JobContext({1, 2}),
                                                                      overlaps::gridProducts, score);
            const overlaps::ValuePairs<overlaps::Overlap> values(ratings);
            const auto doubles = overlaps::lists(ratings, items, values, wanted, JobContext{}, score);
            QCOMPARE(words->complete, wanted == 150);
            QVERIFY(words->best.starts == doubles->best.starts && words->best.columns == doubles->best.columns);
            QVERIFY(words->best.values == doubles->best.values && words->extras == doubles->extras);
        }
    }

    void aCutLeavesTheLargest()
    {
        Rng rng(4);
        for (int round = 0; round < 200; ++round) {
            std::vector<float> values(2 + rng.below(60));
            for (float& value : values)
                value = static_cast<float>(1 + rng.below(20)) / 16; // many are equal
            const std::size_t wanted = 1 + rng.below(values.size() - 1);
            Cut cut = cutFor(values, wanted);
            std::vector<float> kept;
            std::ranges::copy_if(values, std::back_inserter(kept), [&](float value) { return cut.keeps(value); });
            std::ranges::sort(values, std::ranges::greater{});
            std::ranges::sort(kept, std::ranges::greater{});
            values.resize(wanted);
            QVERIFY(kept == values);
        }
    }

    void tooFewNeighboursLeaveItToTheBaseline()
    {
        const auto dataset = fourPeople();
        const auto bias = trained(dataset, "bias", {});
        const Query query = queryFor(History{{A, 4}});
        for (const char* id : {"rating-user-knn", "rating-item-knn"})
            for (const char* variant : {"variant=basic", "variant=means", "variant=z-score", "variant=baseline"}) {
                const auto one = trained(dataset, id, {variant}),
                           many = trained(dataset, id, {variant, "min-neighbours=4"});
                QVERIFY(scoreOf(*one, query, C) != scoreOf(*bias, query, C));
                QCOMPARE(scoreOf(*many, query, C), scoreOf(*bias, query, C));
                const Explanation why = many->read(query)->explain(C);
                QCOMPARE(why.terms.size(), std::size_t{3});
                QVERIFY(std::abs(termSum(why) - why.score) < 1e-6);
            }
    }

    void theNearestOfEquallyNearIsTheFirst()
    {
        // bob, cat and dan agree with ann on A, and differ on B.
        const auto dataset = DatasetBuilder{}
                                 .row("ann", "A:4")
                                 .row("bob", "A:4 B:1")
                                 .row("cat", "A:4 B:3")
                                 .row("dan", "A:4 B:5")
                                 .build();
        const auto model = trained(dataset, "rating-user-knn", {"variant=basic", "neighbours=2", "shrinkage=0"});
        const Query ann = queryFor(*dataset, UserIndex{0});
        QCOMPARE(scoreOf(*model, ann, B), 2.F);
        const auto why = model->read(ann)->explain(B);
        QCOMPARE(why.terms.size(), std::size_t{2});
        QCOMPARE(why.terms[0].person, UserIndex{1});
        QCOMPARE(why.terms[0].value, .5);
        QCOMPARE(why.terms[1].person, UserIndex{2});
        const auto people = model->similarPeople(ann, 2).value();
        QCOMPARE(people.size(), std::size_t{2});
        QCOMPARE(people[0].person, UserIndex{1});
        QCOMPARE(people[0].similarity, 1.F);
    }

    void onlyTheMostSimilarItemsAreKept()
    {
        const auto model = trained(ratings(), "rating-item-knn", {"kept=3"});
        const auto all = trained(ratings(), "rating-item-knn", {});
        for (std::uint32_t item = 0; item < all->itemCount(); ++item) {
            const auto few = model->similarItems(ItemIndex{item}, 100).value();
            const auto best = all->similarItems(ItemIndex{item}, 3).value();
            QCOMPARE(few.size(), std::size_t{3});
            for (std::size_t n = 0; n < 3; ++n)
                QCOMPARE(few[n].item, best[n].item);
        }
    }

    void bothSidesAgreeOnSimilarItems()
    {
        for (const char* similarity : {"cosine", "adjusted-cosine", "pearson", "pearson-baseline", "msd", "jaccard"}) {
            const std::string setting = std::string("similarity=") + similarity;
            const auto byPeople = trained(ratings(), "rating-user-knn", {setting});
            const auto byItems = trained(ratings(), "rating-item-knn", {setting});
            for (std::uint32_t item = 0; item < byItems->itemCount(); ++item) {
                const auto a = byPeople->similarItems(ItemIndex{item}, 5).value();
                const auto b = byItems->similarItems(ItemIndex{item}, 5).value();
                QCOMPARE(a.size(), b.size());
                for (std::size_t n = 0; n < a.size(); ++n)
                    QVERIFY2(std::abs(a[n].similarity - b[n].similarity) < 1e-6F, similarity);
            }
        }
    }

    void settingsOutOfRangeAreCorrupt()
    {
        for (const char* id : {"rating-user-knn", "rating-item-knn"}) {
            const Artifact whole = saved(*trained(ratings(), id, {}));
            for (std::size_t place = 0; place < 6; ++place)
                for (const std::int64_t value : {-1, 1'000'000}) {
                    Artifact damaged = whole;
                    auto settings = whole.integers("knn-settings", 6).value();
                    settings[place] = value;
                    damaged.put("knn-settings", std::span<const std::int64_t>(settings));
                    QCOMPARE(findAlgorithm(id)->load(damaged).error().code, Code::Corrupt);
                }
        }
    }
};

QTEST_APPLESS_MAIN(RatingNeighboursTest)
#include "rating_neighbours_test.moc"
