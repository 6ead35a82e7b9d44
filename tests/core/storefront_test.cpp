// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on the shelves of a small shop, by hand.
#include "core/models/catalogue.h"
#include "core/pipeline/storefront.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <set>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr Timestamp day = 86'400, start = 1'600'000'000;

/// Two kinds of goods, t0..t5 and g0..g5, which are bought within their kind, through 100 days; t0 is bought ten times
/// in the last three, n0 is new and g5 sold out.
std::shared_ptr<const Dataset> shop()
{
    DatasetBuilder builder;
    builder.implicit();
    for (int p = 0; p < 60; ++p) {
        const char kind = p % 2 == 0 ? 't' : 'g';
        std::string row;
        for (int i = 0; i < 6; ++i)
            if ((p / 2 + i) % 3 != 0)
                row += QStringLiteral("%1%2:1@%3 ")
                           .arg(QChar(kind))
                           .arg(i)
                           .arg(start + p * 100 * day / 60 + i)
                           .toStdString();
        builder.row(fmt::format("p{}", p), row);
    }
    for (int p = 0; p < 10; ++p)
        builder.row(fmt::format("late{}", p), QStringLiteral("t0:1@%1").arg(start + 97 * day + p * 6000).toStdString());
    builder.row("first", QStringLiteral("n0:1@%1").arg(start + 99 * day).toStdString());
    for (const char* item : {"t0", "t1", "t2", "t3", "t4", "t5", "g0", "g1", "g2", "g3", "g4"})
        builder.number("stock", item, 3);
    builder.number("stock", "g5", 0);
    return builder.build();
}

struct Open {
    std::shared_ptr<const Dataset> data = shop();
    std::shared_ptr<const Storefront> front = Storefront::open(data, {}).value();
    RecommenderPtr recommender = makeModelRecommender("Item kNN", testing::fitted(*findAlgorithm("item-knn"), data));

    [[nodiscard]] ItemIndex item(std::string_view id) const { return *data->findItem(id); }
    [[nodiscard]] std::vector<Shelf> shelves(const ShopPage& page) const
    {
        return front->shelves(page, *recommender, {}).value();
    }
    [[nodiscard]] std::string ids(const Shelf& shelf) const
    {
        std::string out;
        for (const ShelfItem& one : shelf.items)
            out.append(data->itemIds().name(one.item.value)).append(" ");
        return out;
    }
    [[nodiscard]] ShopPage page(ShopPage::Kind kind, std::optional<ItemIndex> product = {}) const
    {
        ShopPage out;
        out.kind = kind;
        out.product = product;
        out.now = start + 101 * day;
        return out;
    }
};

const Shelf& of(const std::vector<Shelf>& shelves, ShelfKind kind)
{
    const auto found = std::ranges::find(shelves, kind, &Shelf::kind);
    Q_ASSERT(found != shelves.end());
    return *found;
}

} // namespace

class StorefrontTest : public QObject {
    Q_OBJECT
private slots:
    void theHomePageOfAStranger()
    {
        const Open open;
        const auto shelves = open.shelves(open.page(ShopPage::Kind::Home));
        QCOMPARE(shelves.size(), std::size_t{3});
        QCOMPARE(shelves[0].kind, ShelfKind::ForYou);
        QVERIFY(!shelves[0].note.empty()); // nothing is known of them: what most people use
        QCOMPARE(shelves[0].source, std::string("Item kNN"));
    }

    void whatRisesTrends()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Home);
        page.each = 2; // popular ones are taken by the first shelf
        page.visit.add({open.item("t0"), EventKind::Impression, page.now});
        const auto shelves = open.shelves(page);
        const Shelf& trending = of(shelves, ShelfKind::Trending);
        const Shelf& first = of(shelves, ShelfKind::ForYou);
        const bool inFirst = open.ids(first).find("t0") != std::string::npos;
        QVERIFY2(inFirst || open.ids(trending).starts_with("t0"), open.ids(trending).c_str());
        QVERIFY(std::abs(open.front->halfLife() - 99 * day / 50) <= 1);
        // Before that burst it was nothing special.
        page.now = start + 90 * day;
        for (const ShelfItem& one : of(open.shelves(page), ShelfKind::Trending).items)
            QVERIFY(one.item != open.item("t0"));
    }

    void anHourIsWhatFellIntoIt()
    {
        const auto data = DatasetBuilder{}
                              .implicit()
                              .row("ann", "A:1@100 B:1@3700")
                              .row("bob", "B:1@3600 C:1@7300")
                              .row("cat", "A:1@7199")
                              .build();
        const auto front = Storefront::open(data, JobContext{}).value();
        const auto whole = front->traffic(0, 10'000);
        QCOMPARE(whole.events, std::size_t{5});
        QCOMPARE(whole.people, std::size_t{3});
        QCOMPARE(whole.busiest, data->findItem("A")); // B as often: the first of the catalog
        const auto second = front->traffic(3'600, 7'200);
        QCOMPARE(second.events, std::size_t{3});
        QCOMPARE(second.people, std::size_t{3});
        QCOMPARE(second.busiest, data->findItem("B"));
        const auto none = front->traffic(8'000, 9'000);
        QVERIFY(none.events == 0 && none.people == 0 && !none.busiest);
    }

    void newThingsComeWithTheirDay()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Home);
        page.each = 2;
        const auto shelves = open.shelves(page);
        const Shelf& arrivals = of(shelves, ShelfKind::NewArrivals);
        QVERIFY(!arrivals.items.empty());
        QCOMPARE(open.data->itemIds().name(arrivals.items[0].item.value), std::string_view("n0"));
        QCOMPARE(arrivals.items[0].why, std::string("since 21 Dec 2020"));
        ShopPage earlier = open.page(ShopPage::Kind::Home);
        earlier.now = start + 50 * day;
        for (const Shelf& shelf : open.shelves(earlier))
            if (shelf.kind == ShelfKind::NewArrivals)
                for (const ShelfItem& one : shelf.items)
                    QVERIFY(one.item != open.item("n0")); // it is not there yet
    }

    void whatIsViewedFillsAShelf()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Home);
        page.visit.add({open.item("g1"), EventKind::View, page.now - 60});
        const auto shelves = open.shelves(page);
        QCOMPARE(shelves[0].kind, ShelfKind::BecauseYouViewed);
        QCOMPARE(shelves[0].title, std::string("Because you viewed g1"));
        QVERIFY(!shelves[0].items.empty());
        for (const ShelfItem& one : shelves[0].items)
            QVERIFY(open.data->itemIds().name(one.item.value).starts_with("g"));
        page.now += 2 * Visit::life; // long ago
        QCOMPARE(open.shelves(page)[0].kind, ShelfKind::ForYou);
    }

    void aProductPageShowsWhatGoesWithIt()
    {
        const Open open;
        const auto shelves = open.shelves(open.page(ShopPage::Kind::Product, open.item("t1")));
        QCOMPARE(shelves[0].kind, ShelfKind::BoughtTogether);
        QCOMPARE(shelves[1].kind, ShelfKind::Similar);
        QVERIFY(!shelves[0].items.empty());
        for (const ShelfItem& one : shelves[0].items) {
            QVERIFY(open.data->itemIds().name(one.item.value).starts_with("t"));
            QVERIFY(one.why.find("times chance") != std::string::npos);
        }
        QVERIFY(!open.front->shelves(open.page(ShopPage::Kind::Product), *open.recommender, {}));
    }

    void aCartAsksForAllThatIsInIt()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Cart);
        QCOMPARE(open.shelves(page)[0].note, std::string("The cart is empty"));
        page.visit.add({open.item("t1"), EventKind::Cart, page.now - 60});
        page.visit.add({open.item("g1"), EventKind::Cart, page.now - 50});
        const auto shelves = open.shelves(page);
        std::set<char> kinds;
        for (const ShelfItem& one : shelves[0].items) {
            kinds.insert(open.data->itemIds().name(one.item.value).front());
            QVERIFY(one.why.starts_with("with "));
        }
        QCOMPARE(kinds, (std::set<char>{'g', 't'}));
    }

    void nothingStandsOnAPageTwice()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Home);
        page.visit.add({open.item("t1"), EventKind::View, page.now - 60});
        page.visit.add({open.item("t2"), EventKind::Skip, page.now - 50});
        page.each = 5;
        std::set<ItemIndex> seen;
        for (const Shelf& shelf : open.shelves(page))
            for (const ShelfItem& one : shelf.items) {
                QVERIFY(seen.insert(one.item).second);
                QVERIFY(one.item != open.item("t2")); // skipped
                QVERIFY(one.item != open.item("g5")); // sold out
            }
    }

    void theVisitChangesWhatIsForYou()
    {
        const Open open;
        ShopPage page = open.page(ShopPage::Kind::Cart);
        page.visit.add({open.item("g1"), EventKind::Purchase, page.now - 60});
        const auto shelves = open.shelves(page);
        const Shelf& mine = of(shelves, ShelfKind::ForYou);
        QVERIFY(!mine.items.empty());
        QVERIFY(open.data->itemIds().name(mine.items[0].item.value).starts_with("g"));
        QVERIFY(mine.note.empty());
    }
};

QTEST_GUILESS_MAIN(StorefrontTest)
#include "storefront_test.moc"
