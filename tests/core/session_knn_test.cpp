// SPDX-License-Identifier: GPL-3.0-or-later
// Worked by hand.
#include "core/models/popular_fallback.h"
#include "core/models/sequences/recent_history.h"
#include "core/models/sequences/session_knn.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr const char* day = "gap-hours=24";

/// Sessions, oldest first: {A B}, {A C D}, {C E}; dan's two are a week apart: {A}, {B}.
std::shared_ptr<const Dataset> shop()
{
    return DatasetBuilder{}
        .implicit()
        .row("ann", "A@100 B@200")
        .row("bob", "A@1000 C@1100 D@1200")
        .row("cat", "C@5000 E@5001")
        .row("dan", "A@10000 B@614801")
        .build();
}

ModelPtr model(std::vector<std::string> settings)
{
    const Algorithm algorithm = sessionKnnAlgorithm();
    settings.emplace_back("rare=false");
    return train(algorithm, {shop()}, parseAssignments(algorithm.params, settings).value(), {}).value();
}

Query asking()
{
    const auto data = shop();
    return queryFor(History{{*data->findItem("A"), 1, 10}, {*data->findItem("C"), 1, 20}});
}

double scoreOf(const Model& of, const Query& query, const char* id)
{
    const ItemIndex item = *shop()->findItem(id);
    float score = 0;
    of.read(query)->score({&item, 1}, {&score, 1});
    return static_cast<double>(score);
}

} // namespace

class SessionKnnTest : public QObject {
    Q_OBJECT
private slots:
    // The newest, C, weighs 1, A weighs 1/2. {A C D} shares both: 1.5 times 1; {C E}: 1 times 1; {A B} and {A}: 1/2
    // times 1/2.
    void addsUpWhatSimilarSessionsHold()
    {
        const ModelPtr knn = model({day});
        QCOMPARE(scoreOf(*knn, asking(), "D"), 1.5);
        QCOMPARE(scoreOf(*knn, asking(), "E"), 1.0);
        QCOMPARE(scoreOf(*knn, asking(), "B"), 0.25);
    }

    void onlyTheNearestHaveASay()
    {
        const ModelPtr knn = model({day, "neighbours=1"});
        QCOMPARE(scoreOf(*knn, asking(), "D"), 1.5);
        QVERIFY(scoreOf(*knn, asking(), "E") <= PopularFallback::highest); // nobody speaks for it: its popularity
    }

    void aLongPauseBeginsANewSession()
    {
        // Without a pause dan has been through {A B}, too: twice 1/4 for B.
        QCOMPARE(scoreOf(*model({"gap-hours=1000"}), asking(), "B"), 0.5);
    }

    void eachEntryHasItsShare()
    {
        const auto why = model({day})->read(asking())->explain(*shop()->findItem("D"));
        QCOMPARE(why.terms.size(), std::size_t{2});
        QCOMPARE(why.terms[0].item, *shop()->findItem("C"));
        QCOMPARE(why.terms[0].value, 1.0);
        QCOMPARE(why.terms[1].value, 0.5);
    }

    void similarItemsShareSessions()
    {
        // C is in two sessions, D in one, E in one; C and D together once: 1 / sqrt(2).
        const auto similar = model({day})->similarItems(*shop()->findItem("D"), 1).value();
        QVERIFY(std::abs(static_cast<double>(similar[0].similarity) - std::sqrt(.5)) < 1e-6);
    }

    void theNewestCountMost()
    {
        const HistoryWeigher all(Weighting::Binary, 0, 0);
        const History history{
            {ItemIndex{1}, 1, 30}, {ItemIndex{2}, 1, 10}, {ItemIndex{3}, 1, noTime}, {ItemIndex{9}, 1, 5}};
        const auto recent = recentEntries(history, 9, all, 2, PositionDecay::Halving);
        QCOMPARE(recent.size(), std::size_t{2}); // item 9 is unknown, item 2 too old
        QCOMPARE(recent[0].item, 3U);            // just typed in
        QCOMPARE(recent[1].item, 1U);
        QCOMPARE(recent[1].weight, 0.5F);
    }
};

QTEST_APPLESS_MAIN(SessionKnnTest)
#include "session_knn_test.moc"
