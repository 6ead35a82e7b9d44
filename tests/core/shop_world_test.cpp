// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"
#include "core/simulation/shop_world.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

const EventWorld& shop()
{
    static const EventWorld made = generateShop(shopSamplePlan(), JobContext()).value();
    return made;
}

/// How much of what a person likes is in an item, as shop_world.h says it.
double matchOf(const EventWorld& world, Event event)
{
    const auto person = world.people.view().row(event.user.value), item = world.items.view().row(event.item.value);
    double match = 0;
    for (std::size_t d = 0; d < person.size(); ++d)
        match += static_cast<double>(person[d] * item[d]) * (d < 6 ? 1 : d < 9 ? .8 : .5);
    return match;
}

/// Of what was looked at in visits, the share that was laid in the cart, for matches from `low` to `high`.
double cartShare(const EventWorld& world, double low, double high)
{
    const EventLog& log = world.dataset->log();
    double views = 0, carts = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const double match = matchOf(world, log.at(i));
        if (match < low || match >= high)
            continue;
        views += log.kindOf(i) == EventKind::View ? 1 : 0;
        carts += log.kindOf(i) == EventKind::Cart ? 1 : 0;
    }
    return carts / views;
}

} // namespace

class ShopWorldTest : public QObject {
    Q_OBJECT
private slots:
    void purchasesFollowViewsAndCarts()
    {
        const EventLog& log = shop().dataset->log();
        std::map<std::pair<std::uint32_t, std::uint32_t>, EventKind> last; // of session and item
        std::map<EventKind, int> counts;
        for (std::size_t i = 0; i < log.size(); ++i) {
            const Event event = log.at(i);
            ++counts[event.kind];
            const std::pair key{event.session, event.item.value};
            if (event.kind == EventKind::Purchase)
                QVERIFY(last.contains(key) && last[key] == EventKind::Cart);
            if (event.kind == EventKind::Cart)
                QVERIFY(last.contains(key));
            if (event.kind != EventKind::View || !last.contains(key))
                last[key] = event.kind;
            QVERIFY(i == 0 || event.at >= log.times()[i - 1]);
        }
        qInfo("%d views, %d carts, %d purchases", counts[EventKind::View], counts[EventKind::Cart],
              counts[EventKind::Purchase]);
        QVERIFY(counts[EventKind::View] > 3 * counts[EventKind::Cart]);
        QVERIFY(counts[EventKind::Cart] > counts[EventKind::Purchase]);
        QVERIFY(counts[EventKind::Purchase] > 300);
    }

    void aSessionIsOfOnePersonAndDeviceAndAnHourLong()
    {
        const EventLog& log = shop().dataset->log();
        std::map<std::uint32_t, std::size_t> first;
        for (std::size_t i = 0; i < log.size(); ++i) {
            const Event event = log.at(i);
            const auto begun = first.try_emplace(event.session, i).first->second;
            QCOMPARE(event.user, log.users()[begun]);
            QCOMPARE(log.contextOf(i, EventContext::Device), log.contextOf(begun, EventContext::Device));
            QVERIFY(event.at - log.times()[begun] < 3600 * 2);
        }
        QVERIFY(first.size() > 1500);
        QCOMPARE(first.size(), std::size_t{log.sessionCount()});
    }

    void tasteDecidesWhatIsTaken()
    {
        const double little = cartShare(shop(), -1, .5), much = cartShare(shop(), 1.2, 9);
        QVERIFY2(much > 2 * little, qPrintable(QString("%1 %2").arg(little).arg(much)));
    }

    void itemsArriveAllAlongAndNothingIsSeenBefore()
    {
        const EventWorld& world = shop();
        const EventLog& log = world.dataset->log();
        const Timestamp begin = log.times().front(), end = log.times().back();
        std::set<std::uint32_t> late;
        for (std::uint32_t i = 0; i < world.dataset->itemCount(); ++i)
            if (world.released[i] > begin + (end - begin) * 7 / 10)
                late.insert(i);
        QVERIFY(late.size() > 15); // what a cold start after 70 % of the time can be measured with
        std::size_t ofLate = 0, after = 0;
        for (std::size_t i = 0; i < log.size(); ++i) {
            const Event event = log.at(i);
            QVERIFY(event.at >= world.released[event.item.value]);
            if (event.at > begin + (end - begin) * 7 / 10) {
                ++after;
                ofLate += late.contains(event.item.value);
            }
        }
        const double share = static_cast<double>(ofLate) / static_cast<double>(after);
        const double ofItems = static_cast<double>(late.size()) / static_cast<double>(world.dataset->itemCount());
        QVERIFY2(share > .8 * ofItems, qPrintable(QString("%1 %2").arg(share).arg(ofItems)));
    }

    void segmentsLikeOtherPrices()
    {
        // People who like dear items pay more for the same kinds of things than people who do not.
        const EventWorld& world = shop();
        double sums[2] = {}, counts[2] = {};
        for (std::size_t i = 0; i < world.dataset->log().size(); ++i) {
            const Event event = world.dataset->log().at(i);
            if (event.kind != EventKind::Purchase)
                continue;
            const bool likes = world.people.view().row(event.user.value).back() > 0;
            sums[likes] += static_cast<double>(world.items.view().row(event.item.value).back());
            counts[likes] += 1;
        }
        QVERIFY2(sums[1] / counts[1] > sums[0] / counts[0] + .5,
                 qPrintable(QString("%1 %2").arg(sums[0] / counts[0]).arg(sums[1] / counts[1])));
    }

    void titlesAreDifferentAndEverythingIsTold()
    {
        const Dataset& data = *shop().dataset;
        const auto& titles = data.items().text("title")->values;
        QCOMPARE(std::set<std::string>(titles.begin(), titles.end()).size(), data.itemCount());
        for (const char* column : {"price", "stock", "margin", "promoted", "added"})
            QVERIFY2(data.items().number(column), column);
        for (const char* column : {"category", "brand", "margin tier", "seller"})
            QVERIFY2(data.items().tags(column), column);
        QCOMPARE(data.items().tags("category")->row(0).size(), std::size_t{3});
        QVERIFY(data.items().text("description")->values[0].size() > 40);
        QVERIFY(std::ranges::all_of(data.log().prices(), [](float price) { return price > 5; }));
    }

    void theSameSeedGivesTheSameShopOnAnyThreads()
    {
        const auto one = generateShop(shopSamplePlan(), JobContext({1, 1}));
        const auto four = generateShop(shopSamplePlan(), JobContext({9, 4}));
        QCOMPARE(one->dataset->hash(), four->dataset->hash());
        QCOMPARE(one->items.values, four->items.values);
        QCOMPARE(one->people.values, four->people.values);
        ShopPlan other = shopSamplePlan();
        other.seed = 2;
        QVERIFY(generateShop(other, JobContext())->dataset->hash() != one->dataset->hash());
    }

    void theFilesGiveTheSameDatasetAndTruth()
    {
        const QTemporaryDir folder;
        const fs::path made = fs::path(folder.path().toStdString()) / "shop";
        QVERIFY(writeEventWorld(shop(), made, JobContext()));
        const auto imported = import({.path = made}, JobContext());
        QVERIFY2(imported, imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->dataset->hash(), shop().dataset->hash());
        QCOMPARE(imported->report.rejectedCount(), std::uint64_t{0});
        QVERIFY(imported->planted);
        QCOMPARE(imported->planted->dimensions, shop().items.dimensions);
        for (std::size_t i = 0; i < shop().items.values.size(); ++i) // three decimals
            QVERIFY(std::abs(imported->planted->values[i] - shop().items.values[i]) < 6e-4F);
    }

    void theShippedShopIsMadeByItsPlan()
    {
        const auto shipped = import({.path = fs::path(ORRERY_SOURCE_DIR) / "datasets" / "shop"}, JobContext());
        QVERIFY2(shipped, shipped ? "" : shipped.error().text().c_str());
        QCOMPARE(shipped->dataset->hash(), shop().dataset->hash());
    }

    void aShopThatCannotBeIsRefused()
    {
        ShopPlan plan;
        plan.items = 3;
        QCOMPARE(generateShop(plan, JobContext()).error().code, Code::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(ShopWorldTest)
#include "shop_world_test.moc"
