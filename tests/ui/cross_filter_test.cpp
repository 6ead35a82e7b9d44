// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/dataset_builder.h"
#include "ui/itemmodels/cross_filter.h"

#include <QtTest>

#include <numeric>

using namespace orrery;
using namespace orrery::testing;
using namespace orrery::ui;

namespace {

/// A and B are crime, C drama, D both and E nothing; of 1990, 1991, 2000, 2010 and no year.
std::shared_ptr<const Dataset> films()
{
    return DatasetBuilder{}
        .row("ann", "A:5 B:4 C:1 D:3 E:2")
        .row("bob", "A:5 B:2")
        .row("eve", "A:5")
        .tags("genres", "A", {"crime"})
        .tags("genres", "B", {"crime"})
        .tags("genres", "C", {"drama"})
        .tags("genres", "D", {"crime", "drama"})
        .number("year", "A", 1990)
        .number("year", "B", 1991)
        .number("year", "C", 2000)
        .number("year", "D", 2010)
        .build();
}

std::vector<Facet> facets() { return facetsOf(*films(), AttributeTable{}, tallyOfItems(*films())); }

const Facet& facet(const std::vector<Facet>& all, const QString& title)
{
    return *std::ranges::find(all, title, &Facet::title);
}

std::vector<std::uint32_t> numbers(const std::vector<ItemIndex>& items)
{
    std::vector<std::uint32_t> out;
    std::ranges::transform(items, std::back_inserter(out), &ItemIndex::value);
    return out;
}

} // namespace

class CrossFilterTest : public QObject {
    Q_OBJECT
private slots:
    void binsHoldEveryKnownItem()
    {
        const auto all = facets();
        const Facet& genres = facet(all, "Genres");
        QVERIFY(genres.isTags);
        QCOMPARE(genres.bins, QStringList({"crime", "drama"}));
        QCOMPARE(genres.all, (std::vector<std::size_t>{3, 2}));
        const Facet& years = facet(all, "Year");
        QVERIFY(years.bins.size() <= 24);
        QCOMPARE(std::accumulate(years.all.begin(), years.all.end(), std::size_t{0}), std::size_t{4}); // E has none
        QCOMPARE(years.bins.front().left(4), QString("1990"));
        const Facet& ratings = facet(all, "Ratings");
        QCOMPARE(ratings.bins, QStringList({"0", "1", "2 to 4"}));
        QCOMPARE(ratings.all, (std::vector<std::size_t>{0, 3, 2}));
        QCOMPARE(facet(all, "Mean rating").masks.size(), std::size_t{5});
    }

    void facetsNarrowEachOtherDown()
    {
        CrossFilter filter;
        filter.setFacets(facets(), 5);
        QVERIFY(!filter.narrows());
        QCOMPARE(filter.passing().size(), std::size_t{5});
        const auto at = [&](const QString& title) {
            return static_cast<std::size_t>(&facet(filter.facets(), title) - filter.facets().data());
        };
        const std::size_t genres = at("Genres"), ratings = at("Ratings");
        filter.setChosen(genres, 1); // crime: A, B and D
        QCOMPARE(numbers(filter.passing()), (std::vector<std::uint32_t>{0, 1, 3}));
        QCOMPARE(filter.counts()[ratings], (std::vector<std::size_t>{0, 1, 2}));
        // A facet shows what could be chosen instead, so its own choice does not count.
        QCOMPARE(filter.counts()[genres], (std::vector<std::size_t>{3, 2}));
        filter.setChosen(ratings, 4); // rated twice or more: A and B
        QCOMPARE(numbers(filter.passing()), (std::vector<std::uint32_t>{0, 1}));
        QCOMPARE(filter.counts()[genres], (std::vector<std::size_t>{2, 0}));
        filter.setBase(std::vector{ItemIndex{1}, ItemIndex{2}});
        QCOMPARE(numbers(filter.passing()), (std::vector<std::uint32_t>{1}));
        filter.clear();
        QVERIFY(!filter.narrows());
        filter.setBase(std::vector<ItemIndex>{});
        QVERIFY(filter.passing().empty());
    }

    void whatIsTheSameOfAllIsLeftOut()
    {
        const auto same = DatasetBuilder{}.implicit().row("ann", "A B").number("price", "A", 3).number("price", "B", 3);
        const auto data = same.build();
        const auto all = facetsOf(*data, AttributeTable{}, tallyOfItems(*data));
        QVERIFY(std::ranges::none_of(all, [](const Facet& one) { return one.title == "Price"; }));
    }
};

QTEST_APPLESS_MAIN(CrossFilterTest)
#include "cross_filter_test.moc"
