// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/data/import.h"
#include "core/evaluation/first_answer.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

// Everybody likes by chance, with the same chances for all: the first items are the most popular, and nobody differs.
std::shared_ptr<const Dataset> popularityOnly()
{
    DatasetBuilder builder;
    Rng rng(11);
    for (int person = 0; person < 300; ++person) {
        std::string row;
        for (int item = 0; item < 60; ++item)
            if (rng.uniform() < .9 / (1 + item / 4))
                row += fmt::format("i{}:5 ", item);
        builder.row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

const Contender* contender(const FirstAnswer& answer, std::string_view algorithm)
{
    const auto found = std::ranges::find(answer.contenders, algorithm, &Contender::algorithm);
    return found == answer.contenders.end() ? nullptr : &*found;
}

bool says(const std::string& sentence, const std::string& words)
{
    const bool found = sentence.find(words) != std::string::npos;
    if (!found)
        qWarning("'%s' is not in: %s", words.c_str(), sentence.c_str());
    return found;
}

} // namespace

class FirstAnswerTest : public QObject {
    Q_OBJECT
private slots:
    void findsTasteWhereThereIsTaste()
    {
        const auto dataset = orrery::testing::blockDataset(5, 40, 30);
        const auto answer = firstAnswer({dataset, {}, 30}, {});
        QVERIFY(answer.has_value());
        QCOMPARE(answer->contenders.size(), std::size_t{3});
        QVERIFY(answer->leftOut.empty());
        QCOMPARE(answer->contenders[answer->a].algorithm, std::string("popularity"));
        QVERIFY(answer->b != answer->a);
        QVERIFY(answer->gain->interval.low > .1); // within a block nearly every hit is certain
        QCOMPARE(answer->sentences.size(), std::size_t{4});
        QVERIFY(says(answer->sentences[0], "Popularity, Item kNN and Implicit ALS learned from"));
        std::set<std::uint32_t> satisfied; // whoever gave five stars in the test part
        for (std::size_t i = 0; i < answer->split.test->log().size(); ++i)
            if (const Event event = answer->split.test->log().at(i); event.value == 5)
                satisfied.insert(event.user.value);
        QVERIFY(says(answer->sentences[0], fmt::format("ten items each to {} people", satisfied.size())));
        QVERIFY(says(answer->sentences[1], " is best: its NDCG@10 is "));
        QVERIFY(says(answer->sentences[2], "of the catalog"));
        QVERIFY(says(answer->sentences[3], "Explore"));
        // The best of the personal ones, by the number that is shown.
        for (std::size_t i = 0; i < answer->contenders.size(); ++i)
            QVERIFY(answer->contenders[i].report.find("ndcg@10")->mean <=
                    answer->contenders[answer->b].report.find("ndcg@10")->mean);
    }

    void saysSoWhenNothingBeatsPopularity()
    {
        const auto answer = firstAnswer({popularityOnly(), {}, 30}, {});
        QVERIFY(answer.has_value());
        // What learns step by step comes with its curve, and no other does.
        QVERIFY(!contender(*answer, "implicit-als")->curves.at("loss").empty());
        QVERIFY(contender(*answer, "popularity")->curves.empty());
        QVERIFY(answer->gain->interval.low <= 0);
        QVERIFY(says(answer->sentences[1], "better than popular"));
        QVERIFY(says(answer->sentences[3], "Popularity is the simpler choice"));
    }

    void judgesAllOnTheSameGround()
    {
        const auto answer = firstAnswer({popularityOnly(), {}, 30}, {});
        for (const auto& one : answer->contenders) {
            QCOMPARE(one.report.protocolHash, answer->protocol.hash(answer->split));
            QCOMPARE(one.report.people, answer->contenders[0].report.people);
            QVERIFY(one.model != nullptr);
        }
    }

    void theTextIsTheSameAgainOnAnyNumberOfThreads()
    {
        const auto dataset = orrery::testing::blockDataset(3, 30, 20);
        const auto one = firstAnswer({dataset, {}, 30}, JobContext({1, 1}));
        for (const int threads : {2, 4})
            QCOMPARE(firstAnswer({dataset, {}, 30}, JobContext({1, threads}))->sentences, one->sentences);
    }

    void whatDoesNotFitTheBudgetIsNamed()
    {
        const auto dataset = orrery::testing::blockDataset(3, 30, 20);
        const Algorithm& popularity = **requireAlgorithm("popularity");
        const double little =
            expectedCost(popularity, dataset->shape(), {}).seconds; // of all data: a bit more than needed
        const auto answer = firstAnswer({dataset, {}, little}, {});
        QCOMPARE(answer->contenders.size(), std::size_t{1});
        QCOMPARE(answer->leftOut.size(), std::size_t{2});
        QCOMPARE(answer->a, answer->b);
        QVERIFY(!answer->gain);
        QVERIFY(says(answer->sentences[0], "Item kNN would take"));
        QVERIFY(says(answer->sentences[0], "so it was left out"));
        QVERIFY(says(answer->sentences[1], "nothing to compare"));
        QCOMPARE(firstAnswer({dataset, {}, 0}, {}).error().code, Code::InvalidArgument);
    }

    void aGivenTestFileIsTheSplit()
    {
        const auto dataset = orrery::testing::blockDataset(3, 30, 20);
        const auto events = dataset->log().size() * 4 / 5; // the last people have all of theirs in the test
        const auto answer = firstAnswer({dataset, events, 30}, {});
        QCOMPARE(answer->plan.kind, SplitKind::Predefined);
        QCOMPARE(answer->split.train->log().size(), events);
        QVERIFY(answer->contenders[0].report.peopleWithoutHistory > 0);
    }

    void likedFollowsTheScale()
    {
        DatasetBuilder builder;
        builder.range(1, 10);
        Rng rng(2);
        for (int person = 0; person < 40; ++person) {
            std::string row;
            for (int item = 0; item < 20; ++item)
                if (rng.below(2) == 0)
                    row += fmt::format("i{}:{} ", item, item % 2 == person % 2 ? 10 : 5);
            builder.row(fmt::format("p{}", person), row);
        }
        const auto answer = firstAnswer({builder.build(), {}, 30}, {});
        QCOMPARE(answer->protocol.relevantFrom, 8.F);
        const auto* als = contender(*answer, "implicit-als");
        QVERIFY(als != nullptr);
        QCOMPARE(std::get<double>(*als->params.find("liked-from")), 8.);
    }

    void answersOnRealRatings()
    {
        ImportRequest request;
        request.path = ORRERY_SHARED_DATA "/ml-latest-small";
        if (!std::filesystem::exists(request.path))
            QSKIP("needs MovieLens latest-small");
        const auto imported = import(request, {});
        QVERIFY(imported.has_value());
        const auto answer = firstAnswer({imported->dataset, {}, 30}, {});
        QVERIFY(answer.has_value());
        for (const auto& sentence : answer->sentences)
            qInfo("%s", sentence.c_str());
        QCOMPARE(answer->contenders.size(), std::size_t{3});
        // Known of this data: personal models beat popularity on a random split, clearly.
        QCOMPARE(answer->plan.kind, SplitKind::Random);
        QVERIFY(answer->gain->interval.low > 0);
    }

    void stopsWhenCancelled()
    {
        const CancelToken token;
        token.cancel();
        const auto answer = firstAnswer({popularityOnly(), {}, 30}, JobContext({}, token));
        QCOMPARE(answer.error().code, Code::Cancelled);
    }
};

QTEST_APPLESS_MAIN(FirstAnswerTest)
#include "first_answer_test.moc"
