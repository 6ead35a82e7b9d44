// SPDX-License-Identifier: GPL-3.0-or-later
// EASE, SLIM, PureSVD and RP3beta against independent implementations: fixtures/linear/recipe.py says which.
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

using Table = std::vector<std::vector<double>>;

Table readTable(const std::string& name)
{
    std::ifstream file(fmt::format("{}/linear/{}.csv", ORRERY_FIXTURES, name));
    Table table;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        table.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            table.back().push_back(std::stod(cell));
    }
    return table;
}

const std::shared_ptr<const Dataset>& ratings()
{
    static const auto dataset = [] {
        DatasetBuilder builder;
        const Table table = readTable("ratings");
        for (std::size_t person = 0; person < table.size(); ++person) {
            std::string row;
            for (std::size_t item = 0; item < table[person].size(); ++item)
                if (table[person][item] > 0)
                    row += fmt::format("i{}:{} ", item, table[person][item]);
            builder.row(fmt::format("p{}", person), row);
        }
        return builder.build();
    }();
    return dataset;
}

ItemIndex item(std::size_t number) { return ratings()->findItem(fmt::format("i{}", number)).value(); }

ModelPtr trained(const std::string& id, std::vector<std::string> settings)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    settings.emplace_back("entries=all");
    return train(algorithm, {ratings()}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

/// What one unit of item i says of item j, where it says anything.
double weight(const Model& model, std::size_t i, std::size_t j)
{
    const auto why = model.read(queryFor(History{{item(i), 1}}))->explain(item(j));
    return why.terms.size() == 1 && why.terms[0].kind == TermKind::HistoryItem ? why.terms[0].value : 0;
}

double largestDifference(const Model& model, const Table& expected, bool diagonal = false)
{
    double largest = 0;
    for (std::size_t i = 0; i < ratings()->itemCount(); ++i)
        for (std::size_t j = 0; j < ratings()->itemCount(); ++j)
            if (i != j || diagonal)
                largest = std::max(largest, std::abs(weight(model, i, j) - expected[i][j]));
    return largest;
}

} // namespace

class LinearModelsTest : public QObject {
    Q_OBJECT
private slots:
    void theFixtureIsThere()
    {
        QCOMPARE(ratings()->personCount(), std::size_t{60});
        QCOMPARE(ratings()->itemCount(), std::size_t{14});
    }

    void easeIsStecksFormula()
    {
        // float32 of an inverse whose condition number is about 30: some 1e-6.
        const auto binary = trained("ease", {"regularization=7", "weighting=binary"});
        QVERIFY(largestDifference(*binary, readTable("ease")) < 5e-6);
        const auto values = trained("ease", {"regularization=7", "weighting=value"});
        QVERIFY(largestDifference(*values, readTable("ease_values")) < 2e-5); // condition number about 320
    }

    void easeFindsSimilarItemsByPartialCorrelation()
    {
        const auto model = trained("ease", {"regularization=7", "weighting=binary"});
        const Table b = readTable("ease");
        for (std::size_t i = 0; i < b.size(); ++i) {
            const auto similar = model->similarItems(item(i), 20).value();
            std::size_t positive = 0;
            for (std::size_t j = 0; j < b.size(); ++j)
                positive += b[i][j] > 0 ? 1 : 0;
            QCOMPARE(similar.size(), positive);
            for (const Neighbour& neighbour : similar)
                for (std::size_t j = 0; j < b.size(); ++j)
                    if (item(j) == neighbour.item) // B_ij B_ji = P_ij^2 / (P_ii P_jj)
                        QVERIFY(std::abs(std::sqrt(b[i][j] * b[j][i]) - static_cast<double>(neighbour.similarity)) <
                                1e-5);
        }
    }

    void easeKeepsTheStrongestWeightsOfEachItem()
    {
        const auto model = trained("ease", {"regularization=7", "weighting=binary", "neighbours=3"});
        const Table b = readTable("ease");
        for (std::size_t j = 0; j < b.size(); ++j) {
            std::vector<double> sizes;
            for (const auto& row : b)
                sizes.push_back(std::abs(row[j]));
            std::ranges::sort(sizes, std::greater{});
            std::size_t kept = 0;
            for (std::size_t i = 0; i < b.size(); ++i) {
                const double found = weight(*model, i, j);
                const bool strong = i != j && std::abs(b[i][j]) >= sizes[2];
                QVERIFY(std::abs(found - (strong ? b[i][j] : 0)) < 5e-6);
                kept += found != 0 ? 1 : 0;
            }
            QCOMPARE(kept, std::size_t{3});
        }
    }

    void theLossOfEaseEndsAtWhatIsLeftUnexplained()
    {
        struct Losses : JobObserver {
            void measured(std::string_view series, double, double value) override
            {
                if (series == "training loss")
                    values.push_back(value);
            }
            std::vector<double> values;
        } losses;
        const Algorithm& ease = *findAlgorithm("ease");
        const std::vector<std::string> settings{"regularization=7", "entries=all"};
        const auto params = parseAssignments(ease.params, settings).value();
        QVERIFY(train(ease, {ratings()}, params, JobContext({1, 1}, {}, &losses)).has_value());
        // |X - X B|^2 + lambda |B|^2 over |X|^2, from the expected B.
        const Table x = readTable("ratings"), b = readTable("ease");
        double left = 0, whole = 0;
        for (const auto& row : x)
            for (std::size_t j = 0; j < row.size(); ++j) {
                double explained = 0;
                for (std::size_t i = 0; i < row.size(); ++i)
                    explained += row[i] > 0 ? b[i][j] : 0;
                const double own = row[j] > 0 ? 1 : 0;
                left += (own - explained) * (own - explained);
                whole += own;
            }
        for (const auto& row : b)
            for (const double value : row)
                left += 7 * value * value;
        QVERIFY(!losses.values.empty());
        QVERIFY(std::abs(losses.values.back() - left / whole) < 1e-5);
    }

    void slimIsANonNegativeElasticNet()
    {
        const auto model = trained("slim", {"l1=1.5", "l2=4", "weighting=value"});
        const double difference = largestDifference(*model, readTable("slim"));
        QVERIFY2(difference < 2e-6, qPrintable(QString::number(difference))); // both solve to about 1e-6
    }

    void slimLeavesOutMoreItemsTheHigherTheSparsity()
    {
        std::size_t last = 1000;
        for (const char* l1 : {"l1=.01", "l1=4", "l1=12"}) {
            const auto model = trained("slim", {l1, "l2=4", "weighting=binary"});
            std::size_t kept = 0;
            for (std::size_t i = 0; i < 14; ++i)
                kept += model->similarItems(item(i), 20)->size();
            QVERIFY(kept < last);
            last = kept;
        }
    }

    void pureSvdProjectsOntoTheFirstSingularVectors()
    {
        const auto model = trained("pure-svd", {"factors=4", "weighting=value"});
        const Table expected = readTable("puresvd");
        QVERIFY(largestDifference(*model, expected, true) < 1e-5);
        Artifact artifact;
        model->save(artifact);
        const auto values = artifact.doubles("singular-values", 4).value();
        for (std::size_t k = 0; k < 4; ++k)
            QVERIFY(std::abs(values[k] / expected.back()[k] - 1) < 1e-7); // written with nine digits
    }

    void pureSvdHasNoMoreFactorsThanTheDataHasDirections()
    {
        const auto twins = DatasetBuilder{}.row("ann", "A:5 B:5").row("bob", "A:5 B:5").row("cat", "C:5").build();
        ParamSet params;
        params.set("factors", std::int64_t{10});
        const auto model = train(*findAlgorithm("pure-svd"), {twins}, params, JobContext{}).value();
        QCOMPARE(model->itemSpace().vectors.cols, std::size_t{2}); // A and B are always together
        std::vector<float> scores(3);
        model->read(queryFor(History{{ItemIndex{0}, 5}}))->scoreAll(scores);
        // The projection of A alone onto (A + B) / sqrt 2.
        QVERIFY(std::abs(scores[0] - 0.5F) < 1e-6F && std::abs(scores[1] - 0.5F) < 1e-6F);
        QVERIFY(std::abs(scores[2]) < 1e-6F);
    }

    void rp3betaIsTheProbabilityOfAWalkOverPopularity()
    {
        const auto model = trained("rp3beta", {"alpha=.8", "beta=.6", "neighbours=100", "weighting=value"});
        QVERIFY(largestDifference(*model, readTable("rp3beta")) < 1e-6);
    }

    void rp3betaKeepsWhereWalksFromAnItemEnd()
    {
        const auto model = trained("rp3beta", {"alpha=.8", "beta=.6", "neighbours=2", "weighting=value"});
        const Table w = readTable("rp3beta");
        for (std::size_t i = 0; i < w.size(); ++i) {
            auto row = w[i];
            std::ranges::sort(row, std::greater{});
            const auto similar = model->similarItems(item(i), 10).value();
            QCOMPARE(similar.size(), std::size_t{2});
            QVERIFY(std::abs(static_cast<double>(similar[0].similarity) - row[0]) < 1e-6);
            QVERIFY(std::abs(static_cast<double>(similar[1].similarity) - row[1]) < 1e-6);
        }
    }
};

QTEST_APPLESS_MAIN(LinearModelsTest)
#include "linear_models_test.moc"
