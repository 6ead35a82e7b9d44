// SPDX-License-Identifier: GPL-3.0-or-later
// Baskets and what lies in them together, by hand.
#include "core/pipeline/bought_together.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// Events of one person each, with kinds and sessions.
struct Shop {
    EventLog log;
    Vocabulary people, items;

    Shop& buy(std::string_view who, std::initializer_list<std::string_view> what, std::uint32_t session,
              EventKind kind = EventKind::Purchase)
    {
        for (const std::string_view item : what) {
            Event event{UserIndex{people.add(who)}, ItemIndex{items.add(item)}};
            event.kind = kind;
            event.session = session;
            log.append(event);
        }
        return *this;
    }
    [[nodiscard]] Dataset build() const
    {
        DatasetParts parts;
        parts.feedback = Feedback::Implicit;
        parts.log = std::make_shared<const EventLog>(log);
        parts.personIds = std::make_shared<const Vocabulary>(people);
        parts.itemIds = std::make_shared<const Vocabulary>(items);
        return Dataset(std::move(parts));
    }
};

/// Ten baskets: tea and pot in four of them, tea and milk in three, of which milk is in eight.
Dataset teaShop()
{
    Shop shop;
    std::uint32_t session = 0;
    for (int i = 0; i < 4; ++i)
        shop.buy("ann",
                 i < 3 ? std::initializer_list<std::string_view>{"tea", "pot", "milk"}
                       : std::initializer_list<std::string_view>{"tea", "pot"},
                 session++);
    for (int i = 0; i < 5; ++i)
        shop.buy("bob", {"milk", "bread"}, session++);
    shop.buy("bob", {"bread"}, session++);
    shop.buy("bob", {"tea", "bread"}, session - 1, EventKind::View); // looking is not buying
    return shop.build();
}

} // namespace

class BoughtTogetherTest : public QObject {
    Q_OBJECT
private slots:
    void countsSupportAndLift()
    {
        const Dataset data = teaShop();
        const Baskets baskets = Baskets::collect(data, Baskets::What::Bought, {}).value();
        QCOMPARE(baskets.size(), std::size_t{10});
        QCOMPARE(baskets.kind(), EventKind::Purchase);
        const ItemIndex tea = *data.findItem("tea"), pot = *data.findItem("pot");
        QCOMPARE(baskets.of(tea), 4U);
        const auto found = baskets.with(tea, 10);
        QCOMPARE(found.size(), std::size_t{1}); // milk goes along with tea less than chance: lift 3 * 10 / (4 * 8)
        QCOMPARE(found[0].item, pot);
        QCOMPARE(found[0].both, 4U);
        QCOMPARE(found[0].baskets, 4U);
        QCOMPARE(found[0].lift, 10 * 4. / (4 * 4));
        // Four with both, six with neither: 2 (4 ln(4 / 1.6) + 6 ln(6 / 3.6)).
        QVERIFY(std::abs(found[0].evidence - 2 * (4 * std::log(2.5) + 6 * std::log(5. / 3))) < 1e-12);
        QVERIFY(baskets.with(tea, 10, 5).empty()); // too few
    }

    void evidenceIsNothingByChance()
    {
        QVERIFY(std::abs(logLikelihoodRatio(25, 50, 50, 100)) < 1e-12);
        QVERIFY(logLikelihoodRatio(1, 1, 1, 1000) < logLikelihoodRatio(20, 40, 40, 1000)); // lift 1000 against 12.5
    }

    void aCartAddsItsEvidenceUp()
    {
        const Dataset data = teaShop();
        const Baskets baskets = Baskets::collect(data, Baskets::What::Bought, {}).value();
        const ItemIndex tea = *data.findItem("tea"), milk = *data.findItem("milk"), pot = *data.findItem("pot"),
                        bread = *data.findItem("bread");
        const std::vector<ItemIndex> cart{tea, milk};
        const auto found = baskets.withAll(cart, 10);
        QCOMPARE(found.size(), std::size_t{2}); // pot with tea, bread with milk; nothing that is in the cart
        QCOMPARE(found[0].item, pot);
        QCOMPARE(found[0].with, tea);
        QCOMPARE(found[1].item, bread);
        QCOMPARE(found[1].with, milk);
    }

    void withoutSessionsSittingsAreBaskets()
    {
        DatasetBuilder builder;
        builder.implicit().row("ann", "a:1@1000 b:1@2000 c:1@9000 d:1@9100").row("bob", "a:1@500 b:1@501");
        const auto data = builder.build();
        const Baskets baskets = Baskets::collect(*data, Baskets::What::Bought, {}).value();
        QCOMPARE(baskets.size(), std::size_t{3});
        QCOMPARE(baskets.kind(), EventKind::Rating);
        const auto found = baskets.with(*data->findItem("a"), 5, 1);
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(found[0].item, *data->findItem("b"));
        QCOMPARE(found[0].both, 2U);
    }

    void whatWasNotLikedIsInNoBasket()
    {
        const auto data = DatasetBuilder{}.row("ann", "a:5 b:5 c:1").build();
        const Baskets baskets = Baskets::collect(*data, Baskets::What::Seen, {}).value();
        QCOMPARE(baskets.size(), std::size_t{1});
        QCOMPARE(baskets.of(*data->findItem("c")), 0U);
    }

    void lookingCountsWhereAskedFor()
    {
        const Dataset data = teaShop();
        const Baskets baskets = Baskets::collect(data, Baskets::What::Seen, {}).value();
        QCOMPARE(baskets.of(*data.findItem("tea")), 5U);
        QCOMPARE(baskets.of(ItemIndex{99}), 0U);
        QVERIFY(baskets.with(ItemIndex{99}, 5).empty());
    }

    void nothingIsFineAndACancelIsHeard()
    {
        QCOMPARE(Baskets::collect(Dataset({}), Baskets::What::Bought, {}).value().size(), std::size_t{0});
        const CancelToken token;
        token.cancel();
        QCOMPARE(Baskets::collect(teaShop(), Baskets::What::Bought, JobContext({}, token)).error().code,
                 Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(BoughtTogetherTest)
#include "bought_together_test.moc"
