// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/export.h"
#include "core/data/filter.h"
#include "core/data/import.h"
#include "core/data/profile.h"
#include "core/evaluation/split.h"
#include "core/models/query.h"
#include "core/store/workspace.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

/// Ann is shown A, B and C, clicks A, passes B over and buys A; Bob is shown A and buys B.
EventLog visits()
{
    EventLog log;
    const auto add = [&](std::uint32_t user, std::uint32_t item, Timestamp at, EventKind kind, std::uint32_t session,
                         std::uint16_t position, float price) {
        log.append({UserIndex{user}, ItemIndex{item}, 1, at, kind, session, position, price});
    };
    add(0, 0, 10, EventKind::Click, 0, 1, noPrice);
    add(0, 1, 10, EventKind::Skip, 0, 2, noPrice);
    add(0, 2, 10, EventKind::Impression, 0, 3, noPrice);
    add(0, 0, 20, EventKind::Purchase, 1, 0, 2.5F);
    add(1, 0, 30, EventKind::Impression, 2, 1, noPrice);
    add(1, 1, 40, EventKind::Purchase, noSession, 0, 4);
    return log;
}

std::shared_ptr<const Vocabulary> names(std::initializer_list<const char*> ids)
{
    Vocabulary out;
    for (const char* id : ids)
        out.add(id);
    return std::make_shared<const Vocabulary>(std::move(out));
}

std::shared_ptr<const Dataset> shop(EventLog log = visits())
{
    DatasetParts parts;
    parts.name = "shop";
    parts.feedback = Feedback::Implicit;
    parts.ratingLow = parts.ratingHigh = 1;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = names({"ann", "bob"});
    parts.itemIds = names({"A", "B", "C"});
    return std::make_shared<const Dataset>(std::move(parts));
}

std::vector<float> valuesOf(const Dataset& dataset, std::uint32_t user)
{
    const auto row = dataset.interactions().row(UserIndex{user});
    return {row.values.begin(), row.values.end()};
}

} // namespace

class ShopEventsTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_scratch = std::make_unique<QTemporaryDir>();
        m_folder = m_scratch->path().toStdString();
    }

    void kindsCountByTheirWeights()
    {
        const auto dataset = shop();
        QCOMPARE(valuesOf(*dataset, 0), (std::vector<float>{1 + 5})); // a click and a purchase of A; no B, no C
        QCOMPARE(valuesOf(*dataset, 1), (std::vector<float>{5}));
        QCOMPARE(dataset->shape().interactions, std::size_t{3});
        const Query query = queryFor(*dataset, UserIndex{0});
        QCOMPARE(query.history.size(), std::size_t{1});
        QCOMPARE(query.history[0].value, 6.F);
        const auto profile = profileOf(*dataset);
        QCOMPARE(profile.events, std::size_t{6});
        QCOMPARE(profile.interactions, std::size_t{2});
    }

    void otherWeightsMakeAnotherDataset()
    {
        const auto dataset = shop()->withKindWeights(*kindWeightsFrom("click=2,impression=0.5"));
        QCOMPARE(valuesOf(*dataset, 0), (std::vector<float>{2 + 5, .5F}));
        QCOMPARE(valuesOf(*dataset, 1), (std::vector<float>{.5F, 5}));
        QVERIFY(dataset->hash() != shop()->hash());
        QCOMPARE(dataset->withKindWeights(KindWeights())->hash(), shop()->hash());
    }

    void dataOfOneKindStaysAsItIs()
    {
        const EventLog all = visits();
        const std::uint32_t bought[] = {1, 3, 4, 5}; // a skip, an impression and two purchases
        const auto dataset = shop(all.select(bought));
        QCOMPARE(valuesOf(*dataset, 0), (std::vector<float>{1}));
        QCOMPARE(dataset->hash(), dataset->withKindWeights(*kindWeightsFrom("purchase=9"))->hash());
        QCOMPARE(dataset->kindWeights()[EventKind::Purchase], 1.F);
        QCOMPARE(dataset->kindWeights()[EventKind::Skip], 0.F);
    }

    void ofRatingsAKindCountsOrNot()
    {
        DatasetParts parts = shop()->parts();
        parts.feedback = Feedback::Explicit;
        const Dataset dataset(parts);
        QCOMPARE(valuesOf(dataset, 0), (std::vector<float>{1})); // the newest of A, not five times
    }

    void weightsAreWrittenAndRead()
    {
        const KindWeights weights = *kindWeightsFrom("view=.25,purchase=7,skip=0");
        QCOMPARE(weights[EventKind::View], .25F);
        QCOMPARE(weights[EventKind::Cart], 3.F); // not named
        QVERIFY(*kindWeightsFrom(textOf(weights)) == weights);
        for (const char* wrong : {"view", "view=-1", "view=nan", "gaze=1", "view=1x"})
            QVERIFY2(!kindWeightsFrom(wrong), wrong);
    }

    void sessionsAreNumberedAnewAndAbsentColumnsCostNothing()
    {
        const EventLog all = visits();
        QCOMPARE(all.sessionCount(), 3U);
        const std::uint32_t later[] = {3, 4, 5};
        const EventLog log = all.select(later);
        QCOMPARE(log.at(0).session, 0U);
        QCOMPARE(log.at(1).session, 1U);
        QCOMPARE(log.at(2).session, noSession);
        QCOMPARE(log.at(1).position, std::uint16_t{1});
        QCOMPARE(log.at(0).price, 2.5F);
        const std::uint32_t silent[] = {5};
        QVERIFY(all.select(silent).sessions().empty());
        QVERIFY(all.select(silent).positions().empty());
        QVERIFY(!all.select(silent).prices().empty());
    }

    void splitsHoldOutNoImpressionAndKeepTheDetails()
    {
        const auto dataset = shop();
        SplitPlan plan;
        plan.kind = SplitKind::GlobalTemporal;
        plan.cut = 30;
        const auto split = makeSplit(dataset, plan);
        QVERIFY2(split, split ? "" : split.error().text().c_str());
        QCOMPARE(split->test->interactions().size(), std::size_t{1}); // Bob's purchase, not what he was shown
        QCOMPARE(split->test->interactions().row(UserIndex{1}).items[0], ItemIndex{1});
        QCOMPARE(split->test->log().prices()[split->test->log().size() - 1], 4.F);
        QCOMPARE(valuesOf(*split->train, 0), (std::vector<float>{6}));
    }

    void filtersAndCutsKeepTheDetails()
    {
        const auto once = filtered(shop(), {.asImplicit = true});
        QVERIFY(once);
        QCOMPARE(valuesOf(**once, 0), (std::vector<float>{1}));
        QCOMPARE((*once)->log().at(0).price, 2.5F); // of the event the cell is dated by
        std::size_t train = 5;
        const auto events = filteredEvents(shop(), {.asImplicit = true}, train);
        QCOMPARE((*events)->log().size(), std::size_t{3}); // what was only shown is no sign of liking
        QCOMPARE(train, std::size_t{2});
        QCOMPARE(shop()->before(20)->log().size(), std::size_t{3});
        QCOMPARE(shop()->before(20)->log().at(1).position, std::uint16_t{2});
    }

    void foldersAndWorkspacesGiveTheSameBack()
    {
        const auto dataset = shop()->withKindWeights(*kindWeightsFrom("skip=.1"));
        QVERIFY(exportDataset(*dataset, m_folder / "out", JobContext()));
        const auto read = import({.path = m_folder / "out"}, JobContext());
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(read->dataset->hash(), dataset->hash());
        QCOMPARE(read->dataset->log().at(1).kind, EventKind::Skip);
        auto workspace = Workspace::create(m_folder / "w.orrery");
        const auto stored = workspace->loadDataset(*workspace->addDataset({dataset, {}, {}}));
        QVERIFY2(stored, stored ? "" : stored.error().text().c_str());
        QCOMPARE(stored->dataset->hash(), dataset->hash());
        QCOMPARE(stored->dataset->log().at(3).session, 1U);
        QCOMPARE(stored->dataset->log().at(2).position, std::uint16_t{3});
        QCOMPARE(stored->dataset->log().at(5).price, 4.F);
        QVERIFY(std::isnan(stored->dataset->log().at(0).price));
        QCOMPARE(valuesOf(*stored->dataset, 0), (std::vector<float>{6, .1F}));
    }

    void tablesAreGuessedAndRead()
    {
        write("order_id,customer,product,event,quantity,unit price,rank,date\n"
              "536365,ann,A,purchase,2,2.55,,2010-12-01\n536365,ann,B,purchase,1,3,,2010-12-01\n"
              ",bob,A,impression,1,,4,2010-12-02\n536370,bob,A,purchase,1,2.75,0,2010-12-02\n"
              "536371,bob,B,purchase,1,cheap,1,2010-12-02\n536371,bob,B,purchase,1,1,-3,2010-12-02\n");
        const auto read = import({.path = m_folder / "t.csv"}, JobContext());
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        const EventLog& log = read->dataset->log();
        QCOMPARE(log.size(), std::size_t{4});
        QCOMPARE(log.at(0).session, 0U);
        QCOMPARE(log.at(1).session, 0U);
        QCOMPARE(log.at(2).session, noSession);
        QCOMPARE(log.at(3).session, 1U);
        QCOMPARE(log.at(2).position, std::uint16_t{4});
        QCOMPARE(log.at(3).position, std::uint16_t{0});
        QCOMPARE(log.at(0).price, 2.55F);
        QVERIFY(std::isnan(log.at(2).price));
        QCOMPARE(read->dataset->items().show("price", 0), std::string("2.65")); // the median of 2.55 and 2.75
        QCOMPARE(read->report.rejected.size(), std::size_t{2});
        QCOMPARE(read->report.rejected[0].reason, std::string("price 'cheap' is not a number"));
        QCOMPARE(read->report.rejected[1].reason, std::string("position '-3' is out of range"));
        QCOMPARE(read->report.duplicates, std::uint64_t{0}); // an impression is no pair
    }

    void aVisitIsThePersonWhereNobodyIsNamed()
    {
        write("session_id,item_id,timestamp\n1,A,1396800000\n1,B,1396800001\n2,A,1396800002\n");
        const auto preview = previewTable(m_folder / "t.csv");
        QCOMPARE(preview->layout.columns[0].role, ColumnRole::Person);
    }

private:
    void write(std::string_view text) { std::ofstream(m_folder / "t.csv", std::ios::binary) << text; }

    std::unique_ptr<QTemporaryDir> m_scratch;
    fs::path m_folder;
};

QTEST_APPLESS_MAIN(ShopEventsTest)
#include "shop_events_test.moc"
