// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/event_index.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::shared_ptr<const EventIndex> indexOf(const std::shared_ptr<const Dataset>& dataset)
{
    return *EventIndex::open(dataset, JobContext());
}

/// Views of A at 10, 20 and 30 by two people, a purchase of B at 20, an impression of A at 25.
std::shared_ptr<const Dataset> shop()
{
    DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}, {}};
    auto people = std::make_shared<Vocabulary>(), items = std::make_shared<Vocabulary>();
    const UserIndex ann{people->add("ann")}, bob{people->add("bob")};
    const ItemIndex a{items->add("A")}, b{items->add("B")};
    EventLog log;
    log.append({ann, a, 1, 10, EventKind::View});
    log.append({bob, a, 1, 30, EventKind::View});
    log.append({ann, a, 1, 20, EventKind::View});
    log.append({ann, b, 2, 20, EventKind::Purchase});
    log.append({ann, a, 1, 25, EventKind::Impression});
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = people;
    parts.itemIds = items;
    parts.people = parts.items = std::make_shared<const AttributeTable>();
    return std::make_shared<const Dataset>(std::move(parts));
}

} // namespace

class EventIndexTest : public QObject {
    Q_OBJECT
private slots:
    void countsStrictlyBefore()
    {
        const auto index = indexOf(shop());
        const ItemIndex a{0}, b{1};
        using Use = EventIndex::Use;
        QCOMPARE(index->countBefore(Use::All, a, 10), std::size_t{0});
        QCOMPARE(index->countBefore(Use::All, a, 11), std::size_t{1});
        QCOMPARE(index->countBefore(Use::All, a, endOfTime), std::size_t{3});
        QCOMPARE(index->countBefore(Use::Purchase, a, endOfTime), std::size_t{0});
        QCOMPARE(index->countBefore(Use::Purchase, b, endOfTime), std::size_t{1});
        QCOMPARE(index->countBefore(Use::Shown, a, 26), std::size_t{1});
        QCOMPARE(index->countBefore(Use::All, ItemIndex{7}, endOfTime), std::size_t{0});
    }

    void windowsHoldTheirStartAndNotTheirEnd()
    {
        const auto index = indexOf(shop());
        using Use = EventIndex::Use;
        QCOMPARE(index->countWithin(Use::All, ItemIndex{0}, 30, 10), std::size_t{1}); // 20, not 30
        QCOMPARE(index->countWithin(Use::All, ItemIndex{0}, 31, 11), std::size_t{2});
        QCOMPARE(index->countWithin(Use::All, ItemIndex{0}, endOfTime, 5), std::size_t{1});
    }

    void ordersWhatAPersonDid()
    {
        const auto index = indexOf(shop());
        const auto all = index->eventsBefore(UserIndex{0}, endOfTime);
        QCOMPARE(std::vector<std::uint32_t>(all.begin(), all.end()), (std::vector<std::uint32_t>{0, 2, 3, 4}));
        QCOMPARE(index->eventsBefore(UserIndex{0}, 20).size(), std::size_t{1});
        QVERIFY(index->eventsBefore(UserIndex{9}, 20).empty());
    }

    // The way that is told apart from the index: a dataset of its own for every moment.
    void asksAsADatasetOfThatMomentWould()
    {
        const auto dataset = blockDataset(3, 12, 10);
        const auto index = indexOf(dataset);
        int compared = 0;
        for (const double share : {.2, .5, .9}) {
            const Timestamp now = dataset->timeOfShare(share);
            const auto before = dataset->before(now);
            for (std::uint32_t user = 0; user < dataset->personCount(); ++user, ++compared) {
                const Query expected = queryFor(*before, UserIndex{user}, now);
                const Query query = index->queryAt(UserIndex{user}, now);
                QCOMPARE(query.history, expected.history);
                QCOMPARE(query.who, expected.who);
                QCOMPARE(query.context, expected.context);
            }
        }
        QCOMPARE(compared, 108);
    }

    void sumsRepeatedUseAsInteractionsDo()
    {
        const auto dataset = shop();
        const auto index = indexOf(dataset);
        QCOMPARE(index->queryAt(UserIndex{0}, endOfTime).history, queryFor(*dataset, UserIndex{0}).history);
        const History early = index->queryAt(UserIndex{0}, 20).history;
        QCOMPARE(early.size(), std::size_t{1});
        QCOMPARE(early[0].at, Timestamp{10});
    }
};

QTEST_APPLESS_MAIN(EventIndexTest)
#include "event_index_test.moc"
