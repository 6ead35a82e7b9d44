// SPDX-License-Identifier: GPL-3.0-or-later
// Items among neighbours of other kinds, by hand.
#include "core/projection/misplaced.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>

using namespace orrery;

namespace {

/// Two heaps of 30 items on a line, at 1 and at 100, of red and of blue things; the first of the reds lies among the
/// blue ones, the second has no tag at all.
struct Heaps {
    std::vector<float> at;
    TagColumn tags;

    Heaps()
    {
        const std::uint32_t red = tags.vocabulary.add("red"), blue = tags.vocabulary.add("blue");
        for (int i = 0; i < 60; ++i) {
            const bool isRed = i < 30;
            at.push_back(float(isRed && i != 0 ? 1 : 100) + .01F * float(i));
            if (i != 1)
                tags.tags.push_back(isRed ? red : blue);
            tags.starts.push_back(static_cast<std::uint32_t>(tags.tags.size()));
        }
    }
    [[nodiscard]] ItemMap map() const
    {
        ItemMap map;
        map.space = {{at.data(), at.size(), 1}, SpaceMetric::Euclidean, {}};
        for (std::uint32_t i = 0; i < at.size(); ++i) {
            map.items.push_back(ItemIndex{i});
            map.points.push_back(i);
        }
        return map;
    }
};

} // namespace

class MisplacedTest : public QObject {
    Q_OBJECT
private slots:
    // None of its 20 neighbours is red; 28 of the 59 others are: (31 / 59)^20.
    void theOneAmongOthersIsFound()
    {
        const Heaps heaps;
        const auto found = misplacedItems(heaps.map(), heaps.tags, {}).value();
        QCOMPARE(found.neighbours, std::size_t{20});
        QCOMPARE(found.worst.size(), std::size_t{1});
        const Misplaced& one = found.worst.front();
        QCOMPARE(one.item, ItemIndex{0});
        QCOMPARE(one.alike, 0U);
        QVERIFY(std::abs(one.share - 28. / 59) < 1e-12);
        QVERIFY(std::abs(one.chance - std::pow(31. / 59, 20)) < 1e-12);
        QCOMPARE(one.around, std::vector<std::uint32_t>{1}); // blue
    }

    void sharesAreOfAllNeighbours()
    {
        const Heaps heaps;
        const auto found = misplacedItems(heaps.map(), heaps.tags, {}).value();
        QCOMPARE(found.alike[0], 0.F);
        QVERIFY(std::isnan(found.alike[1])); // nothing is known of it
        QCOMPARE(found.alike[20], 1.F);      // 28 reds around, the one without tags is too far away
        QCOMPARE(found.alike[2], 19.F / 20); // among its 20 nearest is the one without tags
        QCOMPARE(found.alike[59], 1.F);
    }

    void oneInTenMoreIsNotUnlikely()
    {
        Heaps heaps; // everything has one tag: nothing can be misplaced
        std::ranges::fill(heaps.tags.tags, 0U);
        QVERIFY(misplacedItems(heaps.map(), heaps.tags, {}).value().worst.empty());
    }

    void threadsChangeNothing()
    {
        const auto data = testing::blockDataset(4, 30, 40);
        const auto model = testing::fitted(*findAlgorithm("implicit-als"), data);
        const TagColumn* tags = data->items().tags("genres");
        QVERIFY(tags);
        const auto one = misplacedItems(mappedItems(model), *tags, JobContext({1, 1})).value();
        const auto four = misplacedItems(mappedItems(model), *tags, JobContext({1, 4})).value();
        QCOMPARE(one.worst.size(), four.worst.size());
        for (std::size_t i = 0; i < one.worst.size(); ++i)
            QCOMPARE(one.worst[i].item, four.worst[i].item);
    }

    void littleIsFineAndACancelIsHeard()
    {
        QVERIFY(misplacedItems(ItemMap(), TagColumn(), {}).value().worst.empty());
        const CancelToken token;
        token.cancel();
        const Heaps heaps;
        QCOMPARE(misplacedItems(heaps.map(), heaps.tags, JobContext({}, token)).error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(MisplacedTest)
#include "misplaced_test.moc"
