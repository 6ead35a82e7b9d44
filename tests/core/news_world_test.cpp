// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import.h"
#include "core/simulation/news_world.h"

#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <cmath>
#include <filesystem>
#include <set>

using namespace orrery;
namespace fs = std::filesystem;

namespace {

/// Large enough that chance is small beside what is planted.
const NewsPlan& plan()
{
    static const NewsPlan large = [] {
        NewsPlan made = newsSamplePlan();
        made.people = 1500;
        made.visits = 20'000;
        return made;
    }();
    return large;
}

const EventWorld& news()
{
    static const EventWorld made = generateNews(plan(), JobContext()).value();
    return made;
}

double clickRate(std::string_view page, std::uint16_t position)
{
    const EventLog& log = news().dataset->log();
    double shown = 0, clicked = 0;
    for (std::size_t i = 0; i < log.size(); ++i)
        if (log.positions()[i] == position && log.contextOf(i, EventContext::Place) == page) {
            ++shown;
            clicked += log.kindOf(i) == EventKind::Click ? 1 : 0;
        }
    return clicked / shown;
}

} // namespace

class NewsWorldTest : public QObject {
    Q_OBJECT
private slots:
    void thePositionBiasIsRecoveredFromTestPages()
    {
        // log CTR(k) = log CTR(1) - bias log k, by least squares over the 8 positions. About 1,000 lists a position,
        // with 300 to 80 clicks: one position's rate is known to 6 to 11 %, the slope to about .05.
        double n = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (std::uint16_t k = 1; k <= 8; ++k) {
            const double logK = std::log(k), rate = std::log(clickRate("test page", k));
            n += 1;
            x += logK;
            y += rate;
            xx += logK * logK;
            xy += logK * rate;
        }
        const double slope = (n * xy - x * y) / (n * xx - x * x);
        qInfo("planted %.2f, recovered %.3f", plan().positionBias, -slope);
        QVERIFY2(std::abs(-slope - plan().positionBias) < .1, qPrintable(QString::number(slope)));
    }

    void everyListTellsItsPositionsOnce()
    {
        const EventLog& log = news().dataset->log();
        std::vector<std::set<std::uint16_t>> positions(log.sessionCount());
        for (std::size_t i = 0; i < log.size(); ++i)
            QVERIFY(positions[log.sessions()[i]].insert(log.positions()[i]).second);
        for (const auto& list : positions)
            QVERIFY(*list.begin() == 1 && *list.rbegin() == list.size() && list.size() <= plan().listLength);
        QVERIFY(positions.size() > 19'000);
    }

    void articlesLiveForHours()
    {
        const EventWorld& world = news();
        const EventLog& log = world.dataset->log();
        std::size_t young = 0;
        for (std::size_t i = 0; i < log.size(); ++i) {
            const Timestamp age = log.times()[i] - world.released[log.items()[i].value];
            QVERIFY(age >= 0);
            QVERIFY(age < 3600 * (4 * 9 + 1)); // four of the longest lives, and the reading of one list
            young += age < 3600 * 9;
        }
        QVERIFY2(young > log.size() * 6 / 10, qPrintable(QString::number(young)));
    }

    void burstsDrawEverybodyToATopic()
    {
        const EventWorld& world = news();
        const EventLog& log = world.dataset->log();
        const auto bursts = burstsOf(plan());
        QCOMPARE(bursts.size(), plan().bursts);
        double more = 0, of = 0;
        for (const NewsBurst& burst : bursts) {
            const auto shareIn = [&](Timestamp from, Timestamp to) {
                double all = 0, topic = 0;
                for (std::size_t i = 0; i < log.size(); ++i)
                    if (log.times()[i] >= from && log.times()[i] < to && log.positions()[i] == 1) {
                        ++all;
                        topic += static_cast<double>(world.items.view().row(log.items()[i].value)[burst.topic]);
                    }
                return topic / std::max(1., all);
            };
            more += shareIn(burst.from, burst.to);
            of += shareIn(burst.from - 86'400, burst.to - 86'400); // the same hours of the day before
        }
        QVERIFY2(more > 2 * of, qPrintable(QString("%1 %2").arg(more).arg(of)));
    }

    void interestsDecideWhatIsClicked()
    {
        const EventWorld& world = news();
        const EventLog& log = world.dataset->log();
        std::array<double, 2> clicks{}, examined{};
        for (std::size_t i = 0; i < log.size(); ++i) {
            const Event event = log.at(i);
            if (event.kind == EventKind::Impression)
                continue;
            const auto topic = world.items.view().row(event.item.value);
            double interest = 0;
            for (std::size_t d = 0; d < topic.size(); ++d)
                interest += static_cast<double>(topic[d] * world.people.view().row(event.user.value)[d]);
            examined[interest > .5] += 1;
            clicks[interest > .5] += event.kind == EventKind::Click ? 1 : 0;
        }
        QVERIFY(clicks[1] / examined[1] > 2 * clicks[0] / examined[0]);
    }

    void onlyClicksAreInteractions()
    {
        const Dataset& data = *news().dataset;
        std::set<std::pair<std::uint32_t, std::uint32_t>> clicked;
        for (std::size_t i = 0; i < data.log().size(); ++i)
            if (data.log().kindOf(i) == EventKind::Click)
                QVERIFY(clicked.emplace(data.log().users()[i].value, data.log().items()[i].value).second); // once each
        QCOMPARE(data.interactions().allItems().size(), clicked.size());
    }

    void theSameSeedGivesTheSameNewsOnAnyThreads()
    {
        const auto one = generateNews(newsSamplePlan(), JobContext({1, 1}));
        const auto four = generateNews(newsSamplePlan(), JobContext({9, 4}));
        QCOMPARE(one->dataset->hash(), four->dataset->hash());
        NewsPlan other = newsSamplePlan();
        other.seed = 2;
        QVERIFY(generateNews(other, JobContext())->dataset->hash() != one->dataset->hash());
    }

    void theFilesGiveTheSameDatasetAndTruth()
    {
        const QTemporaryDir folder;
        const fs::path made = fs::path(folder.path().toStdString()) / "news";
        const auto small = generateNews(newsSamplePlan(), JobContext());
        QVERIFY(writeEventWorld(*small, made, JobContext()));
        const auto imported = import({.path = made}, JobContext());
        QVERIFY2(imported, imported ? "" : imported.error().text().c_str());
        QCOMPARE(imported->dataset->hash(), small->dataset->hash());
        QVERIFY(imported->planted);
        QCOMPARE(imported->planted->values, small->items.values);
        QVERIFY(!writeEventWorld(*small, made, JobContext())); // something is there
        QVERIFY(fs::exists(made / "ratings.csv"));
        const auto shipped = import({.path = fs::path(ORRERY_SOURCE_DIR) / "datasets" / "news"}, JobContext());
        QVERIFY2(shipped, shipped ? "" : shipped.error().text().c_str());
        QCOMPARE(shipped->dataset->hash(), small->dataset->hash());
    }

    void aNewsroomThatCannotBeIsRefused()
    {
        NewsPlan odd;
        odd.listLength = 0;
        QCOMPARE(generateNews(odd, JobContext()).error().code, Code::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(NewsWorldTest)
#include "news_world_test.moc"
