// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "core/pipeline/person_view.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

std::shared_ptr<const Dataset> films()
{
    // A is popular with three, B with two, C and D with one each; zoe's C comes later than 500.
    return DatasetBuilder{}
        .row("ann", "A:5@10 B:4@20")
        .row("bob", "A:4@10 B:5@20 D:3@30")
        .row("zoe", "A:5@100 C:5@500 B:2@600")
        .build();
}

RecommenderPtr popular(const std::shared_ptr<const Dataset>& dataset)
{
    return makeModelRecommender("popular", train(*findAlgorithm("popularity"), {dataset}, {}, JobContext{}).value());
}

std::vector<std::string> ids(const Dataset& dataset, const RecommendationList& list)
{
    std::vector<std::string> out;
    for (const auto& entry : list.items)
        out.emplace_back(dataset.itemIds().name(entry.item.value));
    return out;
}

} // namespace

class PersonViewTest : public QObject {
    Q_OBJECT
private slots:
    void laterEventsAreHiddenAndShownAsNext()
    {
        const auto dataset = films();
        const std::vector asked = {popular(dataset)};
        const auto view = viewPerson(*dataset, asked, {dataset->findPerson("zoe"), {}, 500, 10}, JobContext{}).value();
        QCOMPARE(view.query.history.size(), std::size_t{1});
        // A is seen; B (3 people) comes before D and C (1 each, in order of index: D was met first).
        const std::vector<std::string> expected = {"B", "D", "C"};
        QCOMPARE(ids(*dataset, view.lists[0].list), expected);
        QCOMPARE(view.next.size(), std::size_t{2});
        QCOMPARE(dataset->title(view.next[0].item), std::string("C"));
        QCOMPARE(view.next[0].ranks, std::vector<std::uint32_t>{3});
        QCOMPARE(view.next[1].ranks, std::vector<std::uint32_t>{1});
    }

    void editsSayWhereEachItemStoodBefore()
    {
        const auto dataset = films();
        const std::vector asked = {popular(dataset)};
        const PersonQuestion question{dataset->findPerson("zoe"), {{*dataset->findItem("B"), 4.F}}, 500, 10};
        const auto view = viewPerson(*dataset, asked, question, JobContext{}).value();
        const std::vector<std::string> expected = {"D", "C"};
        QCOMPARE(ids(*dataset, view.lists[0].list), expected);
        const std::vector<std::uint32_t> before = {2, 3};
        QCOMPARE(view.lists[0].rankBefore, before);
    }

    void onlyTheNewestCanBeKnown()
    {
        const auto dataset = DatasetBuilder{}.row("zoe", "A:5@100 B:4@300 C:3@200 D:2@300").build();
        PersonQuestion question{dataset->findPerson("zoe"), {}, endOfTime, 10};
        const auto known = [&](std::size_t newest) {
            question.newest = newest;
            std::vector<std::uint32_t> items;
            for (const HistoryEntry& entry : queryOf(*dataset, question).history)
                items.push_back(entry.item.value);
            return items;
        };
        QCOMPARE(known(0), std::vector<std::uint32_t>{});
        QCOMPARE(known(1), std::vector<std::uint32_t>{3}); // of B and D, which are as new, the later item
        QCOMPARE(known(3), (std::vector<std::uint32_t>{1, 2, 3}));
        QCOMPARE(known(9).size(), std::size_t{4});
        question.edits = {{ItemIndex{0}, 5.F}};
        QCOMPARE(known(1), (std::vector<std::uint32_t>{0, 3})); // what is typed in is on top
    }

    void guestsHaveNoHistoryAndNoNext()
    {
        const auto dataset = films();
        const std::vector asked = {popular(dataset)};
        const auto view = viewPerson(*dataset, asked, {{}, {}, 500, 2}, JobContext{}).value();
        QVERIFY(view.query.history.empty());
        QVERIFY(view.next.empty());
        QCOMPARE(view.lists[0].list.items.size(), std::size_t{2});
    }

    void agreeingRecommendersShareEverything()
    {
        const auto dataset = films();
        const auto one = popular(dataset);
        const auto changed = mostChanged(*dataset, *one, *one, endOfTime, 1, 100, JobContext{}).value();
        QCOMPARE(changed.size(), std::size_t{3});
        QCOMPARE(changed[0].shared, std::size_t{1});
        QCOMPARE(changed[0].user, UserIndex{0});
    }
};

QTEST_APPLESS_MAIN(PersonViewTest)
#include "person_view_test.moc"
