// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/profile.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

class ProfileTest : public QObject {
    Q_OBJECT
private slots:
    void countsInteractionsWithDuplicatesResolved()
    {
        // ann rates A twice: the newer 5 stays. Values: 5, 1, 4.
        const auto profile =
            profileOf(*DatasetBuilder{}.row("ann", "A:3@10 A:5@20 B:1@30").row("bob", "A:4@40").build());
        QCOMPARE(profile.people, std::size_t{2});
        QCOMPARE(profile.items, std::size_t{2});
        QCOMPARE(profile.events, std::size_t{4});
        QCOMPARE(profile.interactions, std::size_t{3});
        QCOMPARE(profile.duplicates, std::size_t{1});
        QCOMPARE(profile.density, 0.75);
        QCOMPARE(profile.meanValue, 10.0 / 3);
        QCOMPARE(profile.medianPerPerson, 1.5);
        QCOMPARE(profile.medianPerItem, 1.5);
        QCOMPARE(profile.first, Timestamp{10});
        QCOMPARE(profile.last, Timestamp{40});
        QCOMPARE(profile.values.size(), std::size_t{3});
        QCOMPARE(profile.values[0].label, std::string("1"));
        QCOMPARE(profile.values[2].from, 5.0);
    }

    void theLongTailIsTheShareOfTheMostPopular()
    {
        // Ten items; A has 6 of 15 interactions, the others one each.
        DatasetBuilder builder;
        builder.row("u0", "A B C D E F G H I J");
        for (const char* person : {"u1", "u2", "u3", "u4", "u5"})
            builder.row(person, "A");
        const auto profile = profileOf(*builder.build());
        QCOMPARE(profile.longTail.size(), std::size_t{100});
        QCOMPARE(profile.longTail[0], 6.0 / 15);  // 1 % of ten items is one item
        QCOMPARE(profile.longTail[9], 6.0 / 15);  // 10 % as well
        QCOMPARE(profile.longTail[10], 7.0 / 15); // 11 % is two
        QCOMPARE(profile.longTail[99], 1.0);
        QCOMPARE(profile.shareOfTopTenth, 6.0 / 15);
        QCOMPARE(profile.perItem.size(), std::size_t{1});
        QCOMPARE(profile.perItem[0].label, std::string("1-9"));
        QCOMPARE(profile.perItem[0].count, 10.0);
        QCOMPARE(profile.perPerson.size(), std::size_t{2});
        QCOMPARE(profile.perPerson[1].label, std::string("10-19"));
        QCOMPARE(profile.perPerson[1].count, 1.0);
    }

    void activityIsShownByMonthWithTheEmptyOnes()
    {
        // 2000-01-01, 2000-01-31 and 2000-03-01, 00:00 UTC.
        const auto profile =
            profileOf(*DatasetBuilder{}.row("ann", "A:1@946684800 B:1@949276800 C:1@951868800").build());
        QCOMPARE(profile.overTime.size(), std::size_t{3});
        QCOMPARE(profile.overTime[0].label, std::string("2000-01"));
        QCOMPARE(profile.overTime[0].count, 2.0);
        QCOMPARE(profile.overTime[1].label, std::string("2000-02"));
        QCOMPARE(profile.overTime[1].count, 0.0);
        QCOMPARE(profile.overTime[2].count, 1.0);
    }

    void aMonthIsShownByDayAndAWeekendByHour()
    {
        // 2026-05-30 23:59, 2026-06-01 00:00 and, in the second, 2026-06-28.
        const auto weekend = profileOf(*DatasetBuilder{}.row("ann", "A:1@1780185540 B:1@1780272000").build());
        QCOMPARE(weekend.overTime.size(), std::size_t{26});
        QCOMPARE(weekend.overTime[0].label, std::string("05-30 23h"));
        QCOMPARE(weekend.overTime[1].label, std::string("05-31 00h"));
        QCOMPARE(weekend.overTime[1].count, 0.0);
        QCOMPARE(weekend.overTime[25].label, std::string("06-01 00h"));
        const auto month = profileOf(*DatasetBuilder{}.row("ann", "A:1@1780185540 B:1@1782604800").build());
        QCOMPARE(month.overTime.size(), std::size_t{30});
        QCOMPARE(month.overTime[0].label, std::string("05-30"));
        QCOMPARE(month.overTime[29].label, std::string("06-28"));
        QCOMPARE(month.overTime[29].count, 1.0);
    }

    void overTwentyYearsActivityIsShownByYear()
    {
        // 1990-01-01 and 2020-01-01.
        const auto profile = profileOf(*DatasetBuilder{}.row("ann", "A:1@631152000 B:1@1577836800").build());
        QCOMPARE(profile.overTime.size(), std::size_t{31});
        QCOMPARE(profile.overTime[0].label, std::string("1990"));
        QCOMPARE(profile.overTime[30].label, std::string("2020"));
    }

    void manyDifferentValuesAreBinned()
    {
        std::string items;
        for (int i = 0; i <= 40; ++i)
            items += fmt::format("i{}:{} ", i, i);
        const auto profile = profileOf(*DatasetBuilder{}.row("ann", items).build());
        QCOMPARE(profile.values.size(), std::size_t{20}); // of width 2
        QCOMPARE(profile.values[0].count, 2.0);
        QCOMPARE(profile.values[19].count, 3.0); // 38, 39 and the largest, 40
    }

    void tagsAreCountedByItem()
    {
        DatasetParts parts = DatasetBuilder{}.row("ann", "A B C").build()->parts();
        TagColumn genres;
        genres.vocabulary.add("Crime");
        genres.vocabulary.add("Drama");
        genres.tags = {1, 0, 1};
        genres.starts = {0, 1, 3};
        AttributeTable items;
        items.add({"genres", genres});
        parts.items = std::make_shared<const AttributeTable>(items);
        const auto profile = profileOf(Dataset(parts));
        QCOMPARE(profile.tagColumn, std::string("genres"));
        QCOMPARE(profile.tags[0].label, std::string("Drama"));
        QCOMPARE(profile.tags[0].count, 2.0);
        QCOMPARE(profile.tags[1].count, 1.0);
    }

    void anEmptyDatasetHasAnEmptyProfile()
    {
        const auto profile = profileOf(*DatasetBuilder{}.build());
        QCOMPARE(profile.events, std::size_t{0});
        QCOMPARE(profile.density, 0.0);
        QVERIFY(profile.values.empty() && profile.longTail.empty() && profile.overTime.empty());
        QCOMPARE(profile.first, noTime);
    }
};

QTEST_APPLESS_MAIN(ProfileTest)
#include "profile_test.moc"
