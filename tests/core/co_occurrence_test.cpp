// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr ItemIndex A{0}, B{1}, C{2}, D{3};

// A: ann, bob, cat; B: ann, bob; C: ann, dan; D: dan; eve has nothing.
std::shared_ptr<const Dataset> baskets()
{
    return DatasetBuilder{}
        .implicit()
        .row("ann", "A B C")
        .row("bob", "A B")
        .row("cat", "A:7")
        .row("dan", "C D")
        .row("eve", "")
        .build();
}

ModelPtr trained(std::vector<std::string> settings)
{
    const Algorithm& algorithm = *findAlgorithm("co-occurrence");
    settings.insert(settings.begin(), "support=1"); // later ones win
    const auto params = parseAssignments(algorithm.params, settings).value();
    return train(algorithm, {baskets()}, params, JobContext{}).value();
}

double together(const Model& model, ItemIndex a, ItemIndex b)
{
    const auto similar = model.similarItems(a, 100).value();
    for (const auto& [item, value] : similar)
        if (item == b)
            return static_cast<double>(value);
    return 0;
}

bool close(double a, double b) { return std::abs(a - b) < 1e-6; } // a float32 rounding

} // namespace

class CoOccurrenceTest : public QObject {
    Q_OBJECT
private slots:
    void countsPeopleWithBoth()
    {
        const auto model = trained({"measure=count"});
        QCOMPARE(together(*model, A, B), 2.0);
        QCOMPARE(together(*model, A, C), 1.0);
        QCOMPARE(together(*model, A, D), 0.0);
    }

    void liftComparesWithChance()
    {
        const auto model = trained({"measure=lift"});
        QVERIFY(close(together(*model, A, B), 4.0 * 2 / (3 * 2))); // of the four people with anything
        QVERIFY(close(together(*model, C, D), 4.0 * 1 / (2 * 1)));
    }

    void jaccardAndCosine()
    {
        const auto jaccard = trained({"measure=jaccard"});
        QVERIFY(close(together(*jaccard, A, B), 2.0 / 3));
        const auto cosine = trained({"measure=cosine"});
        QVERIFY(close(together(*cosine, A, B), 2 / std::sqrt(6.0)));
    }

    void rarePairsAreLeftOut()
    {
        const auto model = trained({"measure=lift", "support=2"});
        QVERIFY(together(*model, A, B) > 0);
        QCOMPARE(together(*model, C, D), 0.0);
        QVERIFY(model->similarItems(D, 5)->empty());
    }

    void aHistoryAddsUpWhatGoesWithIt()
    {
        const auto model = trained({"measure=count"});
        const auto reader = model->read(queryFor(History{{A, 1}, {B, 9}}));
        const auto why = reader->explain(C);
        QCOMPARE(why.terms.size(), std::size_t{2}); // ann had A, B and C; what an entry is worth does not matter
        QCOMPARE(why.terms[0].value, 1.0);
        QCOMPARE(why.terms[1].value, 1.0);
        QCOMPARE(why.score, 2.0);
    }
};

QTEST_APPLESS_MAIN(CoOccurrenceTest)
#include "co_occurrence_test.moc"
