// SPDX-License-Identifier: GPL-3.0-or-later
// What an item has in common with its neighbours, by hand.
#include "core/retrieval/in_common.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <array>
#include <cmath>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

/// Five people, of whom one used nothing. A is used by three (liked by two), B by three (liked by two), C by one.
DatasetBuilder films()
{
    DatasetBuilder builder;
    builder.row("ann", "A:5 B:4").row("bob", "A:4 B:2").row("cid", "A:1 B:5").row("dan", "C:5").row("eve", "");
    builder.title("A", "Alien").title("B", "Aliens").title("C", "Alien");
    builder.tags("genres", "A", {"Sci-Fi", "Horror"}).tags("genres", "B", {"Action", "Horror", "Sci-Fi"});
    builder.tags("genres", "C", {"Drama"});
    builder.number("year", "A", 1979).number("year", "B", 1986).number("year", "C", 1970);
    builder.number("minutes", "A", 117).number("minutes", "B", 117);
    return builder;
}

InCommon commonOf(const Dataset& dataset, ItemIndex a, ItemIndex b)
{
    return inCommon(dataset, a, std::array{b}).at(0);
}

using Attributes = std::vector<CommonAttribute>;

} // namespace

class InCommonTest : public QObject {
    Q_OBJECT
private slots:
    void attributesAreThoseThatAgree()
    {
        const auto dataset = films().build();
        QVERIFY(commonOf(*dataset, ItemIndex{0}, ItemIndex{1}).attributes ==
                (Attributes{{"minutes", {"117"}}, {"genres", {"Sci-Fi", "Horror"}}}));
        QVERIFY(commonOf(*dataset, ItemIndex{0}, ItemIndex{2}).attributes ==
                (Attributes{{"title", {"Alien"}}, {"year", {"1970s"}}}));
        QVERIFY(commonOf(*dataset, ItemIndex{1}, ItemIndex{2}).attributes.empty()); // unknown minutes are not equal
    }

    void theSameYearIsSaidItself()
    {
        const auto dataset = films().number("year", "C", 1979).build();
        const auto common = commonOf(*dataset, ItemIndex{0}, ItemIndex{2});
        QVERIFY(common.attributes.back() == (CommonAttribute{"year", {"1979"}}));
    }

    void audiencesAreCounted()
    {
        const auto dataset = films().build();
        const auto common = inCommon(*dataset, ItemIndex{0}, std::array{ItemIndex{1}, ItemIndex{2}});
        QCOMPARE(common.size(), std::size_t{2});
        const Overlap& used = common[0].used;
        QCOMPARE(used.both, std::size_t{3});
        QCOMPARE(used.first, std::size_t{3});
        QCOMPARE(used.second, std::size_t{3});
        QCOMPARE(used.all, std::size_t{4}); // eve used nothing
        QCOMPARE(used.lift(), 3. * 4 / (3 * 3));
        const Overlap& liked = common[0].liked; // from 3.4: ann likes both, bob A, cid B
        QCOMPARE(liked.both, std::size_t{1});
        QCOMPARE(liked.first, std::size_t{2});
        QCOMPARE(liked.second, std::size_t{2});
        QCOMPARE(liked.lift(), 1.);
        QCOMPARE(common[1].used.both, std::size_t{0});
        QCOMPARE(common[1].used.lift(), 0.);
    }

    void ofCountsEveryUseIsLiked()
    {
        const auto dataset = films().implicit().build();
        const auto common = commonOf(*dataset, ItemIndex{0}, ItemIndex{1});
        QCOMPARE(common.liked.both, std::size_t{3});
        QCOMPARE(common.liked.first, std::size_t{3});
    }

    void peopleShareFactsAndItems()
    {
        const auto dataset =
            films().fact("job", "ann", "pilot").fact("job", "bob", "pilot").fact("job", "cid", "cook").build();
        const auto common = inCommon(*dataset, UserIndex{0}, std::array{UserIndex{1}, UserIndex{2}, UserIndex{3}});
        QVERIFY(common[0].attributes == (Attributes{{"job", {"pilot"}}}));
        QCOMPARE(common[0].used.both, std::size_t{2});
        QCOMPARE(common[0].liked.both, std::size_t{1});
        QCOMPARE(common[0].used.all, std::size_t{3});
        QCOMPARE(common[0].used.lift(), 2. * 3 / (2 * 2));
        QVERIFY(common[1].attributes.empty());
        QCOMPARE(common[1].liked.both, std::size_t{1});
        QCOMPARE(common[2].used.both, std::size_t{0});
    }

    void theUnknownHasNothingInCommon()
    {
        const auto dataset = films().build();
        const auto common = commonOf(*dataset, ItemIndex{0}, ItemIndex::none());
        QVERIFY(common.attributes.empty());
        QCOMPARE(common.used.second, std::size_t{0});
        QVERIFY(std::isnan(common.used.lift()));
    }
};

QTEST_GUILESS_MAIN(InCommonTest)
#include "in_common_test.moc"
