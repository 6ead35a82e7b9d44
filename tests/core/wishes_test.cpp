// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/wishes.h"
#include "core/models/knowledge/wish_list.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <string>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::shared_ptr<const Dataset> shelf()
{
    return DatasetBuilder{}
        .implicit()
        .row("ann", "heat alien toys")
        .row("bob", "heat")
        .title("heat", "Heat")
        .title("alien", "Alien")
        .title("toys", "Toy Story")
        .tags("genres", "heat", {"Crime", "Action"})
        .tags("genres", "alien", {"Horror"})
        .tags("genres", "toys", {"Comedy"})
        .number("year", "heat", 1995)
        .number("year", "alien", 1979)
        .text("plot", "toys", "A cowboy doll meets a spaceman.")
        .build();
}

/// Ids of the items for which all wishes hold.
std::string allowed(const std::string& text)
{
    const auto data = shelf();
    const auto wishes = parseWishes(text).value();
    std::string ids;
    for (std::uint32_t item = 0; item < data->itemCount(); ++item)
        if (std::ranges::all_of(wishes, [&](const Wish& wish) { return wish.holdsFor(*data, ItemIndex{item}); }))
            ids += std::string(data->itemIds().name(item)) + " ";
    return ids;
}

} // namespace

class WishesTest : public QObject {
    Q_OBJECT
private slots:
    void wishesHold_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("items");
        QTest::newRow("nothing asked") << ""
                                       << "heat alien toys ";
        QTest::newRow("a range") << "year 1990..1999"
                                 << "heat ";
        QTest::newRow("less") << "year < 1990"
                              << "alien ";
        QTest::newRow("the ends belong") << "year 1979..1995"
                                         << "heat alien ";
        QTest::newRow("a tag, in any case") << "Genres = crime"
                                            << "heat ";
        QTest::newRow("not a tag") << "genres != Horror"
                                   << "heat toys ";
        QTest::newRow("an unknown year is not held against it") << "year != 1995"
                                                                << "alien toys ";
        QTest::newRow("a number is that number") << "year = 1995"
                                                 << "heat ";
        QTest::newRow("a word of a text") << "plot ~ spaceMAN"
                                          << "toys ";
        QTest::newRow("two wishes") << "year >= 1979; genres != Horror"
                                    << "heat ";
    }

    void wishesHold()
    {
        QFETCH(QString, text);
        QFETCH(QString, items);
        QCOMPARE(QString::fromStdString(allowed(text.toStdString())), items);
    }

    void whatIsNotUnderstoodIsQuoted_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("no sign") << "year 1990; x"
                                 << "'year 1990' says no =, !=, <, >, ~ or range";
        QTest::newRow("no value") << "year ="
                                  << "'year =' lacks a name or a value";
        QTest::newRow("no number") << "year < soon"
                                   << "'year < soon' compares with something that is not a number";
        QTest::newRow("no range") << "year a..b"
                                  << "'year a..b' is no range of numbers";
        QTest::newRow("no name") << "1..2"
                                 << "'1..2' lacks a name before the range";
        QTest::newRow("no weight") << "prefer year = 1 * much"
                                   << "'prefer year = 1 * much' ends in a weight that is not a number";
    }

    void whatIsNotUnderstoodIsQuoted()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto wishes = parseWishes(text.toStdString());
        QVERIFY(!wishes.has_value());
        QCOMPARE(wishes.error().code, Code::InvalidArgument);
        QCOMPARE(QString::fromStdString(wishes.error().message), message);
    }

    void unknownColumnsAreNamed()
    {
        const auto status = checkWishes(parseWishes("price < 20").value(), *shelf());
        QCOMPARE(status.error().text(),
                 std::string("Nothing is known of the price of items. Known are plot, title, year, genres"));
    }

    // heat: prefers Crime, 2; alien: breaks the constraint; toys: nothing. Popularity: 2 of 2 people, 1 of 2, 1 of 2.
    void itemsScoreWhatTheyFulfil()
    {
        const Algorithm algorithm = wishListAlgorithm();
        const std::vector<std::string> settings{"wishes=genres != Horror; prefer genres = Crime * 2"};
        const auto model =
            train(algorithm, {shelf()}, parseAssignments(algorithm.params, settings).value(), {}).value();
        std::vector<float> scores(3);
        model->read(Query{})->scoreAll(scores);
        QCOMPARE(scores[0], 2.001F);
        QCOMPARE(scores[1], -1000 + .0005F);
        QCOMPARE(scores[2], .0005F);
        const auto why = model->read(Query{})->explain(ItemIndex{1});
        QCOMPARE(why.terms[0].label, std::string("breaks: genres != Horror"));
    }

    void tooHeavyPreferencesAreRefused()
    {
        const Algorithm algorithm = wishListAlgorithm();
        const std::vector<std::string> settings{"wishes=prefer year > 1 * 2000"};
        QCOMPARE(parseAssignments(algorithm.params, settings).error().code, Code::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(WishesTest)
#include "wishes_test.moc"
