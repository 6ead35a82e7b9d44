// SPDX-License-Identifier: GPL-3.0-or-later
// User kNN, and the measures it shares with item kNN, against `implicit` (fixtures/neighbours/recipe.py) and by hand.
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr ItemIndex A{0}, B{1}, C{2}, D{3};

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

std::shared_ptr<const Dataset> goldRatings()
{
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
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, const std::string& id,
                 std::vector<std::string> settings)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    settings.insert(settings.begin(), {"shrinkage=0", "entries=all"}); // later ones win
    return train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

float scoreOf(const Model& model, const Query& query, ItemIndex item)
{
    float score = 0;
    model.read(query)->score({&item, 1}, {&score, 1});
    return score;
}

// ann and bob share A and B; ann and cat share A.
std::shared_ptr<const Dataset> threePeople()
{
    return DatasetBuilder{}.row("ann", "A:4 B:3").row("bob", "A:5 B:1 C:2").row("cat", "A:1 D:3 C:4").build();
}

bool close(double a, double b)
{
    return std::abs(a - b) < 1e-6 * std::max(1.0, std::abs(b)); // a few roundings of float32
}

} // namespace

class UserKnnTest : public QObject {
    Q_OBJECT
private slots:
    void similaritiesAreThoseOfImplicit()
    {
        const auto dataset = goldRatings();
        std::map<std::string, std::map<std::pair<std::uint32_t, std::uint32_t>, double>> gold;
        for (const Row& line : readTable("similarities"))
            gold[line[0] + " " + line[1]][{static_cast<std::uint32_t>(std::stoul(line[2])),
                                           static_cast<std::uint32_t>(std::stoul(line[3]))}] = std::stod(line[4]);
        QCOMPARE(gold.size(), std::size_t{6});
        for (const std::string measure : {"cosine", "tf-idf", "bm25"}) {
            const auto items = trained(dataset, "item-knn", {"similarity=" + measure});
            std::size_t found = 0;
            for (std::uint32_t item = 0; item < dataset->itemCount(); ++item) {
                const auto similar = items->similarItems(ItemIndex{item}, 100).value();
                for (const auto& [other, value] : similar)
                    QVERIFY2(close(static_cast<double>(value), gold[measure + " items"][{item, other.value}]),
                             measure.c_str());
                found += similar.size();
            }
            QCOMPARE(found, gold[measure + " items"].size());
            const auto people = trained(dataset, "user-knn", {"similarity=" + measure});
            found = 0;
            for (std::uint32_t person = 0; person < dataset->personCount(); ++person) {
                const auto similar = people->similarPeople(queryFor(*dataset, UserIndex{person}), 100).value();
                for (const auto& [other, value] : similar)
                    QVERIFY2(close(static_cast<double>(value), gold[measure + " people"][{person, other.value}]),
                             measure.c_str());
                found += similar.size();
            }
            QCOMPARE(found, gold[measure + " people"].size());
        }
    }

    void scoresAreSimilaritiesTimesWeights()
    {
        // |ann| = 5, |bob|^2 = 30, |cat|^2 = 26; ann.bob = 23, ann.cat = 4.
        const auto dataset = threePeople();
        const auto model = trained(dataset, "user-knn", {});
        const double bob = 23 / (5 * std::sqrt(30.0)), cat = 4 / (5 * std::sqrt(26.0));
        const Query ann = queryFor(*dataset, UserIndex{0});
        QVERIFY(close(static_cast<double>(scoreOf(*model, ann, C)), 2 * bob + 4 * cat));
        QVERIFY(close(static_cast<double>(scoreOf(*model, ann, D)), 3 * cat));
        const auto why = model->read(ann)->explain(C);
        QCOMPARE(why.terms.size(), std::size_t{2});
        QCOMPARE(why.terms[0].person, UserIndex{1}); // the nearest first
        QVERIFY(close(why.terms[0].value, 2 * bob));
        QVERIFY(close(why.terms[1].value, 4 * cat));
        const auto shrunk = trained(dataset, "user-knn", {"shrinkage=2"});
        QVERIFY(close(static_cast<double>(scoreOf(*shrunk, ann, D)), 3 * cat * 1 / (1 + 2)));
        const auto sets = trained(dataset, "user-knn", {"similarity=jaccard", "weighting=binary"});
        QVERIFY(close(static_cast<double>(scoreOf(*sets, ann, C)), 2.0 / 3 + 1.0 / 4));
    }

    void whoHasNothingNewTakesNoPlace()
    {
        // ann is nearest to her own history, but has nothing to say beyond it.
        const auto dataset = threePeople();
        const auto model = trained(dataset, "user-knn", {"neighbours=1"});
        const Query ann = queryFor(*dataset, UserIndex{0});
        QVERIFY(scoreOf(*model, ann, C) > 1.F);           // by bob
        QCOMPARE(scoreOf(*model, ann, D), 1e-3F * 1 / 3); // cat is not asked; one of three people has it
        QCOMPARE(scoreOf(*model, queryFor(ann.history), C), scoreOf(*model, ann, C));
        const auto people = model->similarPeople(queryFor(ann.history), 5).value();
        QCOMPARE(people[0].person, UserIndex{0}); // a guest with her history is told of ann
        QCOMPARE(model->similarPeople(ann, 5).value()[0].person, UserIndex{1});
    }

    void similarItemsAreByCosine()
    {
        const auto model = trained(threePeople(), "user-knn", {});
        const auto similar = model->similarItems(C, 5).value(); // C = (2, 4): with A (5, 1), B (1), D (3)
        QCOMPARE(similar.size(), std::size_t{3});
        QCOMPARE(similar[0].item, D);
        QVERIFY(close(static_cast<double>(similar[0].similarity), 4 / std::sqrt(20.0)));
        QCOMPARE(similar[1].item, A);
        QVERIFY(close(static_cast<double>(similar[1].similarity), 14 / std::sqrt(42.0 * 20.0)));
        QCOMPARE(similar[2].item, B);
    }

    void textMeasuresRefuseNegativeWeights()
    {
        for (const char* id : {"item-knn", "user-knn"})
            for (const char* measure : {"similarity=tf-idf", "similarity=bm25"}) {
                const Algorithm& algorithm = *findAlgorithm(id);
                const std::vector<std::string> settings{measure, "weighting=centred", "entries=all"};
                const auto model = train(algorithm, {threePeople()},
                                         parseAssignments(algorithm.params, settings).value(), JobContext{});
                QCOMPARE(model.error().code, Code::InvalidArgument);
                QCOMPARE(model.error().where, std::string("weighting"));
            }
    }
};

QTEST_APPLESS_MAIN(UserKnnTest)
#include "user_knn_test.moc"
