// SPDX-License-Identifier: GPL-3.0-or-later
// Worked by hand.
#include "core/models/popular_fallback.h"
#include "core/models/sequences/transitions.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::shared_ptr<const Dataset> channel()
{
    return DatasetBuilder{}.implicit().row("ann", "A@1 B@2 C@3").row("bob", "A@5 C@6").row("cat", "B@7 A@8").build();
}

ModelPtr model(std::vector<std::string> settings)
{
    const Algorithm algorithm = transitionsAlgorithm();
    return train(algorithm, {channel()}, parseAssignments(algorithm.params, settings).value(), {}).value();
}

double scoreOf(const Model& of, const History& history, const char* id)
{
    const ItemIndex item = *channel()->findItem(id);
    float score = 0;
    of.read(queryFor(history))->score({&item, 1}, {&score, 1});
    return static_cast<double>(score);
}

HistoryEntry seen(const char* id, Timestamp at) { return {*channel()->findItem(id), 1, at}; }

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

} // namespace

class TransitionsTest : public QObject {
    Q_OBJECT
private slots:
    // After A: B at 1 and C at 2 (1/2) for ann, C at 1 for bob: B 1, C 1.5 of 2.5.
    void countsWhatFollows()
    {
        const auto chain = model({"shrinkage=0"});
        QVERIFY(near(scoreOf(*chain, {seen("A", 1)}, "B"), .4));
        QVERIFY(near(scoreOf(*chain, {seen("A", 1)}, "C"), .6));
    }

    void aWindowOfOneIsThePlainChain()
    {
        const auto chain = model({"shrinkage=0", "window=1"});
        QVERIFY(near(scoreOf(*chain, {seen("A", 1)}, "B"), .5));
        QVERIFY(near(scoreOf(*chain, {seen("A", 1)}, "C"), .5));
    }

    void shrinkageHoldsBackWhatIsSeldomFollowed()
    {
        QVERIFY(near(scoreOf(*model({"shrinkage=2.5"}), {seen("A", 1)}, "B"), .2));
    }

    // B is newest: weight 1; A 1/2. After B: C 1 (ann), A 1 (cat): C .5. Together .5 + .6 / 2.
    void newerEntriesCountMore()
    {
        const auto chain = model({"shrinkage=0"});
        const History history{seen("A", 1), seen("B", 9)};
        QVERIFY(near(scoreOf(*chain, history, "C"), .8));
        const auto why = chain->read(queryFor(history))->explain(*channel()->findItem("C"));
        QCOMPARE(why.terms.size(), std::size_t{2});
        QVERIFY(near(why.terms[0].value, .5) && near(why.terms[1].value, .3));
    }

    void nothingFollowsTheEnd()
    {
        const auto chain = model({});
        QVERIFY(near(scoreOf(*chain, {seen("C", 1)}, "A"), PopularFallback::highest)); // all three people used it
        QVERIFY(!chain->read(queryFor(History{seen("C", 1)}))->fallback().empty());
    }
};

QTEST_APPLESS_MAIN(TransitionsTest)
#include "transitions_test.moc"
