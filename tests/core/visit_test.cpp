// SPDX-License-Identifier: GPL-3.0-or-later
// What a visit does to what is asked, by hand.
#include "core/pipeline/visit.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr ItemIndex a{0}, b{1}, c{2};
using Items = std::vector<ItemIndex>;

} // namespace

class VisitTest : public QObject {
    Q_OBJECT
private slots:
    void whatIsOlderThanAnHourIsForgotten()
    {
        Visit visit;
        visit.add({a, EventKind::View, 1000});
        visit.add({b, EventKind::View, 4000});
        QCOMPARE(visit.at(999).size(), std::size_t{0});
        QCOMPARE(visit.viewed(4000), (Items{b, a}));
        QCOMPARE(visit.viewed(1000 + 3600), Items{b});
        QCOMPARE(visit.viewed(4000 + 3599), Items{b});
        QVERIFY(visit.viewed(4000 + 3600).empty());
        QCOMPARE(visit.viewed(endOfTime).size(), std::size_t{2});
    }

    void theLastFiftyLive()
    {
        Visit visit;
        for (std::uint32_t i = 0; i < 60; ++i)
            visit.add({ItemIndex{i}, EventKind::View, Timestamp{100} + i});
        QCOMPARE(visit.at(200).size(), Visit::mostEvents);
        QCOMPARE(visit.at(200).front().item, ItemIndex{10});
    }

    void whatIsAddedLateStandsAtItsTime()
    {
        Visit visit;
        visit.add({a, EventKind::View, 100});
        visit.add({c, EventKind::View, 300});
        visit.add({b, EventKind::View, 200});
        QCOMPARE(visit.viewed(400), (Items{c, b, a}));
        visit.undo(); // b, which came last
        QCOMPARE(visit.viewed(400), (Items{c, a}));
        visit.undo();
        QCOMPARE(visit.viewed(400), Items{a});
    }

    void whatIsBoughtLeavesTheCartAndThePage()
    {
        Visit visit;
        visit.add({a, EventKind::Cart, 100});
        visit.add({b, EventKind::Cart, 110});
        QCOMPARE(visit.cart(120), (Items{b, a}));
        visit.add({a, EventKind::Purchase, 120});
        QCOMPARE(visit.cart(120), Items{b});
        QCOMPARE(visit.hidden(120), Items{a});
        visit.add({a, EventKind::Cart, 130}); // once more
        QCOMPARE(visit.cart(130), (Items{a, b}));
    }

    void whatIsSkippedIsHiddenUntilItIsChosen()
    {
        Visit visit;
        visit.add({a, EventKind::Skip, 100});
        visit.add({b, EventKind::Impression, 100});
        QCOMPARE(visit.hidden(100), Items{a});
        visit.add({a, EventKind::Click, 110});
        QVERIFY(visit.hidden(110).empty());
    }

    void eventsCountByTheirKind()
    {
        const auto data = DatasetBuilder{}.implicit().row("ann", "a:2@10 b:1@20").row("bob", "c").build();
        const Query ann = queryFor(*data, UserIndex{0}, 50);
        Visit visit;
        visit.add({a, EventKind::View, 60});
        visit.add({c, EventKind::Purchase, 70});
        visit.add({b, EventKind::Skip, 80});
        const Query asked = visit.asked(ann, *data, 90);
        QCOMPARE(asked.now, Timestamp{90});
        QCOMPARE(asked.history.size(), std::size_t{3});
        QCOMPARE(asked.history[0], (HistoryEntry{a, 3, 60}));
        QCOMPARE(asked.history[1], (HistoryEntry{b, 1, 20}));
        QCOMPARE(asked.history[2], (HistoryEntry{c, 5, 70}));
        QCOMPARE(visit.asked(ann, *data, 65).history.size(), std::size_t{2}); // it is not bought yet
    }

    void visitsOfAPersonAreTheirSittings()
    {
        const auto data =
            DatasetBuilder{}.implicit().row("ann", "c:1@9000 a:1@1000 b:1@2000").row("bob", "a:1@1500").build();
        const auto visits = visitsOf(*data, UserIndex{0});
        QCOMPARE(visits.size(), std::size_t{2});
        QCOMPARE(visits[0].size(), std::size_t{2}); // half an hour is not over
        QCOMPARE(visits[0][0].at, Timestamp{1000});
        QCOMPARE(visits[0][1].item, *data->findItem("b"));
        QCOMPARE(visits[1].front().at, Timestamp{9000});
    }

    void amongRatingsALookIsALike()
    {
        const auto data = DatasetBuilder{}.row("ann", "a:5 b:1").row("bob", "c:3").build();
        const Query ann = queryFor(*data, UserIndex{0});
        Visit visit;
        visit.add({a, EventKind::View, 60});
        visit.add({b, EventKind::View, 60});
        visit.add({c, EventKind::Purchase, 70});
        const Query asked = visit.asked(ann, *data, 90);
        QCOMPARE(asked.history[0].value, 5.F);
        QCOMPARE(asked.history[1].value, data->likedFrom());
        QCOMPARE(asked.history[2].value, 5.F);
    }
};

QTEST_GUILESS_MAIN(VisitTest)
#include "visit_test.moc"
