// SPDX-License-Identifier: GPL-3.0-or-later
// LSA against scikit-learn: fixtures/content/recipe.py.
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

std::vector<std::string> linesOf(const std::string& name)
{
    std::ifstream file(fmt::format("{}/content/{}", ORRERY_FIXTURES, name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::vector<double>> tableOf(const std::string& name)
{
    std::vector<std::vector<double>> table;
    for (const std::string& line : linesOf(name)) {
        std::istringstream cells(line);
        table.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            table.back().push_back(std::stod(cell));
    }
    return table;
}

std::shared_ptr<const Dataset> texts()
{
    DatasetBuilder builder;
    builder.row("ann", "i0:5 i3:4").row("bob", "i1:2");
    const auto lines = linesOf("texts.txt");
    for (std::size_t i = 0; i < lines.size(); ++i)
        builder.text("plot", fmt::format("i{}", i), lines[i]);
    return builder.build();
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, const std::string& length)
{
    const Algorithm& algorithm = *findAlgorithm("lsa");
    const std::vector<std::string> settings{"language=none", "most-items=0.25",     "logarithm=false", "factors=6",
                                            "entries=all",   "entry-weight=binary", "length=" + length};
    return train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

double dot(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += static_cast<double>(a[d]) * static_cast<double>(b[d]);
    return sum;
}

} // namespace

class LsaTest : public QObject {
    Q_OBJECT
private slots:
    void cosinesAreThoseOfScikitLearn()
    {
        const auto dataset = texts();
        const auto expected = tableOf("lsa.csv");
        const auto model = trained(dataset, "one");
        const MatrixView vectors = model->itemSpace().vectors;
        QCOMPARE(vectors.rows, expected.size());
        QCOMPARE(vectors.cols, std::size_t{6});
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto at = [&](std::size_t n) { return dataset->findItem(fmt::format("i{}", n))->value; };
            for (std::size_t j = 0; j < expected.size(); ++j) // both stop at a residual, ARPACK's and ours
                QVERIFY(std::abs(dot(vectors.row(at(i)), vectors.row(at(j))) - expected[i][j]) < 1e-4);
        }
    }

    void aScoreIsTheCosineOfTheProfile()
    {
        const auto dataset = texts();
        const auto expected = tableOf("lsa.csv");
        const auto model = trained(dataset, "one");
        const Query query = queryFor({{*dataset->findItem("i0"), 5}, {*dataset->findItem("i3"), 4}});
        // profile = v0 + v3, |profile|^2 = 2 + 2 cos(0, 3)
        const double length = std::sqrt(2 + 2 * expected[0][3]);
        const auto why = model->read(query)->explain(*dataset->findItem("i7"));
        QVERIFY(std::abs(why.score - (expected[0][7] + expected[3][7]) / length) < 1e-4);
        QCOMPARE(why.terms.size(), std::size_t{2});
        for (const Term& term : why.terms)
            QVERIFY(std::abs(term.value - expected[term.item == *dataset->findItem("i0") ? 0 : 3][7] / length) < 1e-4);
    }

    void wordsThatOccurTogetherLieClose()
    {
        DatasetBuilder builder;
        builder.row("ann", "x:5").row("bob", "y:1");
        const char* const plots[] = {"rocket orbit", "orbit moon",   "moon rocket",
                                     "bank robber",  "robber vault", "vault bank"};
        for (int i = 0; i < 6; ++i)
            builder.text("plot", fmt::format("p{}", i), plots[i]);
        builder.text("plot", "x", "rocket orbit").text("plot", "y", "moon");
        const auto dataset = builder.build();
        const Algorithm& algorithm = *findAlgorithm("lsa");
        const std::vector<std::string> settings{"factors=2", "language=none", "length=one"};
        const auto model =
            train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
        const auto vectors = model->itemSpace().vectors;
        const auto of = [&](const char* id) { return vectors.row(dataset->findItem(id)->value); };
        QVERIFY(dot(of("x"), of("y")) > 0.99); // no word in common
        QVERIFY(std::abs(dot(of("x"), of("p4"))) < 0.01);
    }
};

QTEST_APPLESS_MAIN(LsaTest)
#include "lsa_test.moc"
