// SPDX-License-Identifier: GPL-3.0-or-later
// Regions are named by what their items have and others have not.
#include "core/base/rng.h"
#include "core/projection/region_labels.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <set>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr std::uint32_t none = DensityMap::none;

/// Forty items a region, with these tags in these shares of them; every other one has "Drama".
struct World {
    DatasetBuilder builder;
    std::vector<std::uint32_t> regionOf;

    void region(const std::vector<std::pair<std::string, double>>& tags, const std::string& titles = "")
    {
        const std::uint32_t region = regionOf.empty() ? 0 : regionOf.back() + 1;
        for (int i = 0; i < 40; ++i) {
            const std::string id = fmt::format("i{}", regionOf.size());
            builder.row("everybody", id);
            builder.title(id, titles.empty() ? id : fmt::format("{} {}", titles, i));
            std::vector<std::string> held;
            for (const auto& [tag, share] : tags)
                if (i < 40 * share)
                    held.push_back(tag);
            if (i % 2 == 0)
                held.emplace_back("Drama");
            builder.tags("genres", id, held);
            regionOf.push_back(region);
        }
    }
    [[nodiscard]] ItemTerms terms() const { return ItemTerms::count(builder.build(), {}).value(); }
    [[nodiscard]] RegionTerms counted(const ItemTerms& terms) const
    {
        return countRegionTerms(regionOf, regionOf.back() + 1, terms, {}).value();
    }
    [[nodiscard]] std::vector<std::string> names() const
    {
        const ItemTerms known = terms();
        return nameRegions(counted(known), known);
    }
};

World fourRegions()
{
    World world;
    world.region({{"Film-Noir", 1}, {"Crime", .75}});
    world.region({{"Comedy", 1}, {"Romance", .5}});
    world.region({{"Western", 1}});
    world.region({{"War", 1}, {"History", .75}, {"Epic", .6}, {"Battle", .5}});
    return world;
}

} // namespace

class RegionLabelsTest : public QObject {
    Q_OBJECT
private slots:
    void termsInCommonAreToldRarestFirst()
    {
        DatasetBuilder builder;
        for (int i = 0; i < 12; ++i)
            builder.row("ann", fmt::format("i{}", i)).tags("genres", fmt::format("i{}", i), {"Drama"});
        builder.tags("genres", "i0", {"Drama", "Western"}).tags("genres", "i1", {"Drama", "Western"});
        builder.tags("genres", "i2", {"Drama", "Western"});
        builder.title("i0", "Lonely sheriff").title("i1", "The sheriff rides").title("i3", "Lonely");
        const ItemTerms terms = ItemTerms::count(builder.build(), {}).value();
        const auto common = terms.inCommon(0, 1);
        QCOMPARE(common.size(), std::size_t{3});
        QCOMPARE(terms.word(common[0]), std::string("sheriff")); // of 2 items, western of 3, drama of 12
        QCOMPARE(terms.word(common[1]), std::string("western"));
        QCOMPARE(terms.word(common[2]), std::string("drama"));
        QVERIFY(!terms.isTag(common[0]) && terms.isTag(common[1]) && terms.isTag(common[2]));
        QCOMPARE(terms.inCommon(1, 5).size(), std::size_t{1});
    }

    void namesAreWhatOnlyTheRegionHas()
    {
        // "Drama" is everywhere and tells nothing; never more than three.
        QCOMPARE(fourRegions().names(),
                 (std::vector<std::string>{"film-noir & crime", "comedy & romance", "western", "war, history & epic"}));
    }

    /// Each of two regions has 30 "a" and 20 "b", but "a" is in a third region, too. Terms of the regions: 50 + 20
    /// "Drama", 70, 40 + 20 + 20 (c) = 80, 80 (d, e): A = 75. Region 0: a weighs 30/70 log(1 + 75/70) = .312,
    /// b 20/70 log(1 + 75/20) = .445, so the rarer b comes first.
    void weightsAreClassBasedTfIdf()
    {
        World world;
        world.region({{"a", .75}, {"b", .5}});
        world.region({{"f", 1}, {"g", .25}}); // 40 + 10 + 20
        world.region({{"a", 1}, {"c", .5}});
        world.region({{"d", 1}, {"e", .5}});
        world.region({{"d", 1}, {"e", .5}});
        QCOMPARE(world.names().front(), std::string("b & a"));
    }

    /// Two items have what no others have, by far more than chance: enough for 40 items, too few for 42.
    void whatFewItemsHaveNamesNoRegion()
    {
        World world;
        world.region({{"Rare", .05}});
        for (int i = 0; i < 30; ++i)
            world.region({{fmt::format("other{}", i), 1}});
        QCOMPARE(world.names()[0], std::string("rare"));
        world.regionOf[40] = world.regionOf[41] = 0;
        QCOMPARE(world.names()[0], std::string("i0")); // the title of the first
    }

    void noTwoNamesAreTheSame()
    {
        World world;
        world.region({{"Crime", 1}, {"Thriller", 1}, {"Heist", .5}});
        world.region({{"Crime", 1}, {"Thriller", 1}, {"Mafia", .5}});
        world.region({{"Crime", 1}, {"Thriller", 1}});
        world.region({{"Crime", 1}, {"Thriller", 1}}, "Long Goodbye");
        for (int i = 0; i < 8; ++i)
            world.region({{fmt::format("other{}", i), 1}});
        const auto names = world.names();
        QCOMPARE(names[0], std::string("heist, crime & thriller"));
        QCOMPARE(names[1], std::string("mafia, crime & thriller"));
        QCOMPARE(names[2], std::string("crime & thriller"));
        QVERIFY2(names[3].find("goodbye") != std::string::npos || names[3].find("long") != std::string::npos,
                 names[3].c_str());
        QCOMPARE(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    }

    void withoutTermsTheMostUsedItemIsTheName()
    {
        DatasetBuilder builder;
        builder.row("ann", "x y z").row("bob", "y z").row("cat", "z");
        builder.title("x", "Alien").title("y", "Heat").title("z", "Speed");
        const ItemTerms terms = ItemTerms::count(builder.build(), {}).value();
        const auto counted = countRegionTerms(std::vector<std::uint32_t>{1, 1, 0}, 3, terms, {}).value();
        QCOMPARE(counted.items, (std::vector<std::uint32_t>{1, 2, 0}));
        QCOMPARE(counted.mostUsed, (std::vector<std::uint32_t>{2, 1, none}));
        QCOMPARE(nameRegions(counted, terms), (std::vector<std::string>{"Speed", "Heat", ""}));
    }

    void wordsOfTitlesAndTagsAreTerms()
    {
        DatasetBuilder builder;
        builder.row("ann", "a b c d");
        builder.title("a", "The Space Pirates").title("b", "Pirates of Space");
        builder.title("c", "La Heat").title("d", "La Amélie"); // "la" is too short
        builder.tags("genres", "a", {"Space"}).tags("genres", "c", {"Crime", "Once"}).tags("genres", "d", {"Crime"});
        const ItemTerms terms = ItemTerms::count(builder.build(), {}).value();
        std::map<std::string, std::uint32_t> items;
        for (std::uint32_t term = 0; term < terms.termCount(); ++term)
            items[terms.word(term)] = terms.itemsWith(term);
        // The word "space" is the tag; what one item has alone is left out.
        QCOMPARE(items, (std::map<std::string, std::uint32_t>{{"crime", 2}, {"pirates", 2}, {"space", 2}}));
        QCOMPARE(terms.of(0).size(), std::size_t{2});
        QCOMPARE(terms.of(3).size(), std::size_t{1});
        QCOMPARE(terms.uses(0), 1U);
    }

    void joinedCountsAreThoseOfTheJoinedRegions()
    {
        const World world = fourRegions();
        const ItemTerms terms = world.terms();
        const std::vector<std::uint32_t> into{1, 0, none, 1};
        auto regionOf = world.regionOf;
        for (std::uint32_t& region : regionOf)
            region = into[region];
        const auto expected = countRegionTerms(regionOf, 2, terms, {}).value();
        const auto joined = world.counted(terms).joined(into, 2, terms);
        QCOMPARE(joined.counts.starts, expected.counts.starts);
        QCOMPARE(joined.counts.columns, expected.counts.columns);
        QCOMPARE(joined.counts.values, expected.counts.values);
        QCOMPARE(joined.items, expected.items);
        QCOMPARE(joined.mostUsed, expected.mostUsed);
    }

    void levelsOfAMapAreNamed()
    {
        const World world = fourRegions();
        const ItemTerms terms = world.terms();
        // Regions 0 and 1 lie side by side, 2 and 3 far away.
        const MapPoint middles[] = {{0, 0}, {4, 0}, {40, 0}, {40, 30}};
        Rng rng(3);
        std::vector<MapPoint> points;
        for (const std::uint32_t region : world.regionOf)
            points.push_back({middles[region].x + static_cast<float>(.5 * rng.normal()),
                              middles[region].y + static_cast<float>(.5 * rng.normal())});
        const auto density = DensityMap::build(points, {}, {}).value();
        const std::size_t counts[] = {4, 100};
        const auto levels = labelRegions(density, points, counts, terms, {}).value();
        QCOMPARE(levels.size(), std::size_t{2});
        QCOMPARE(levels[0].regions, std::size_t{4});
        QCOMPARE(levels[1].regions, density.peaks().size());
        std::set<std::string> names;
        for (const RegionLabel& label : levels[0].labels) {
            names.insert(label.words);
            QVERIFY(label.weight <= 40 && label.weight > 0);
            QVERIFY(label.at == density.peaks()[label.region].at);
        }
        QCOMPARE(names.size(), std::size_t{4});
    }

    void threadsChangeNothingAndTooManyPointsAreRefused()
    {
        const World world = fourRegions();
        const ItemTerms one = ItemTerms::count(world.builder.build(), JobContext({1, 1})).value();
        const ItemTerms four = ItemTerms::count(world.builder.build(), JobContext({1, 4})).value();
        const auto a = countRegionTerms(world.regionOf, 4, one, JobContext({1, 1})).value();
        const auto b = countRegionTerms(world.regionOf, 4, four, JobContext({1, 4})).value();
        QCOMPARE(a.counts.columns, b.counts.columns);
        QCOMPARE(a.counts.values, b.counts.values);
        QCOMPARE(nameRegions(a, one), nameRegions(b, four));
        auto longer = world.regionOf;
        longer.push_back(0);
        QVERIFY(!countRegionTerms(longer, 4, one, {}));
        const CancelToken token;
        token.cancel();
        QVERIFY(!ItemTerms::count(world.builder.build(), JobContext({}, token)));
        QVERIFY(!countRegionTerms(world.regionOf, 4, one, JobContext({}, token)));
    }
};

QTEST_APPLESS_MAIN(RegionLabelsTest)
#include "region_labels_test.moc"
