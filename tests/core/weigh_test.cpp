// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds of events come to count otherwise in a dataset that is there, and models know that they learned before.
#include "core/data/import_recipe.h"
#include "core/data/profile.h"
#include "core/data/weigh.h"
#include "core/store/freshness.h"

#include <QtTest>

using namespace orrery;

namespace {

constexpr Timestamp late = 40;

/// Ann views A twice and buys it, passes B over; Bob views A, and buys three of B late.
Imported shop()
{
    EventLog log;
    const auto add = [&](std::uint32_t user, std::uint32_t item, float amount, Timestamp at, EventKind kind) {
        log.append({UserIndex{user}, ItemIndex{item}, amount, at, kind});
    };
    add(0, 0, 1, 10, EventKind::View);
    add(0, 0, 1, 11, EventKind::View);
    add(0, 0, 1, 12, EventKind::Purchase);
    add(0, 1, 1, 13, EventKind::Skip);
    add(1, 0, 1, 20, EventKind::View);
    add(1, 1, 3, late, EventKind::Purchase);
    DatasetParts parts;
    parts.name = "shop";
    parts.feedback = Feedback::Implicit;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    Vocabulary people, items;
    for (const char* id : {"ann", "bob"})
        people.add(id);
    for (const char* id : {"A", "B"})
        items.add(id);
    parts.personIds = std::make_shared<const Vocabulary>(std::move(people));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(items));
    return {std::make_shared<const Dataset>(std::move(parts)), {}, {}};
}

KindWeights weights(const char* text) { return *kindWeightsFrom(text); }

ModelRow rowTrainedOn(const std::shared_ptr<const Dataset>& dataset, Timestamp asOf)
{
    ModelRow row;
    row.algorithm = "popularity";
    row.paramsJson = "{}";
    row.asOf = asOf;
    setTrainedOn(row, asOf == endOfTime ? *dataset : *dataset->before(asOf));
    return row;
}

} // namespace

class WeighTest : public QObject {
    Q_OBJECT
private slots:
    void eventsCountAnew()
    {
        const Imported before = shop();
        const auto after = weighed(before, weights("view=2,purchase=10"));
        QVERIFY(after.has_value());
        // Ann's two views and a purchase of A; what she passed over is none.
        QCOMPARE(after->dataset->interactions().row(UserIndex{0}).values[0], 2 * 2 + 10.F);
        QCOMPARE(after->dataset->interactions().row(UserIndex{1}).values[1], 30.F);
        QCOMPARE(after->dataset->interactions().size(), std::size_t{3});
        QCOMPARE(after->report.duplicates, std::uint64_t{2});
        QVERIFY(after->dataset->hash() != before.dataset->hash());
        QCOMPARE(weighed(*after, KindWeights())->dataset->hash(), before.dataset->hash());
    }

    void ofNothingThereIsNoDataset()
    {
        QCOMPARE(weighed(shop(), weights("view=0,purchase=0")).error().code, Code::InvalidArgument);
    }

    void kindsAreCounted()
    {
        const auto kinds = profileOf(*shop().dataset).kinds;
        const std::vector<KindTally> expected = {
            {EventKind::View, 3, 3}, {EventKind::Purchase, 2, 4}, {EventKind::Skip, 1, 1}};
        QCOMPARE(kinds, expected);
        // 3 views of 1 and 4 bought of 5: 23 in all.
        QCOMPARE(sharesOf(kinds, KindWeights()), (std::vector<double>{3 / 23., 20 / 23., 0}));
        QCOMPARE(sharesOf(kinds, weights("view=0,purchase=0")), (std::vector<double>{0, 0, 0}));
    }

    void theRecipeKeepsThem()
    {
        Imported joined = shop();
        ImportRecipe recipe;
        recipe.badRows = BadRows::StopAfter;
        recipe.badRowLimit = 17;
        joined.report.recipe = toJson(recipe);
        const auto after = weighed(joined, weights("view=2"));
        const auto kept = *recipeFromJson(after->report.recipe);
        QCOMPARE((*kept.kindWeights)[EventKind::View], 2.F);
        QCOMPARE(kept.badRowLimit, std::size_t{17});
        QVERIFY(*recipeFromJson(weighed(*after, KindWeights())->report.recipe) == recipe);
        QVERIFY(weighed(shop(), weights("view=2"))->report.recipe.empty());
    }

    void modelsKnowThatTheyLearnedBefore_data()
    {
        QTest::addColumn<Timestamp>("asOf");
        QTest::newRow("of all data") << endOfTime;
        QTest::newRow("of what was before a day") << late;
    }
    void modelsKnowThatTheyLearnedBefore()
    {
        QFETCH(const Timestamp, asOf);
        const Imported before = shop();
        const ModelRow row = rowTrainedOn(before.dataset, asOf);
        QVERIFY(isUpToDate(row, *before.dataset));
        const Imported after = *weighed(before, weights("view=2"));
        QVERIFY(!isUpToDate(row, *after.dataset));
        QCOMPARE(*eventsSince(row, *after.dataset), std::size_t{0});
        const auto now = refreshed(row, nullptr, after.dataset, JobContext());
        QVERIFY2(now.has_value(), now ? "" : now.error().text().c_str());
        QVERIFY(isUpToDate(now->row, *after.dataset));
        QVERIFY(isUpToDate(row, *weighed(after, KindWeights())->dataset));
    }

    // What it was would stay in it, in part.
    void aModelThatCouldGoOnStartsAnew()
    {
        const Imported before = shop();
        ModelRow row = rowTrainedOn(before.dataset, endOfTime);
        row.algorithm = "implicit-als";
        const Algorithm& als = *findAlgorithm(row.algorithm);
        QVERIFY(als.warmStart);
        const auto model = train(als, {before.dataset}, complete(als.params, {}), JobContext());
        QVERIFY(model.has_value());
        const auto more = refreshed(row, *model, before.dataset, JobContext());
        QVERIFY(more.has_value());
        QVERIFY(QString::fromStdString(more->row.trainedOn).contains("going on"));
        const auto anew = refreshed(row, *model, weighed(before, weights("view=2"))->dataset, JobContext());
        QVERIFY(anew.has_value());
        QCOMPARE(anew->row.trainedOn, std::string("all data"));
    }
};

QTEST_APPLESS_MAIN(WeighTest)
#include "weigh_test.moc"
