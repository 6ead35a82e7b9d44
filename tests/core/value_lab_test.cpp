// SPDX-License-Identifier: GPL-3.0-or-later
// Who will matter: features of customers at a moment, cuts, the measures of probabilities, and the lab as a whole.
#include "core/ranking/value_lab.h"

#include "core/base/rng.h"

#include <QTemporaryDir>
#include <QtTest>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr Timestamp day = 86'400, hour = 3'600;
/// A Monday, 00:00 UTC: 3 January 2022.
constexpr Timestamp monday = 1'641'168'000;
constexpr float notKnown = std::numeric_limits<float>::quiet_NaN();

Event did(std::uint32_t user, std::uint32_t item, Timestamp at, EventKind kind, float value = 1, float price = noPrice,
          std::uint32_t session = noSession)
{
    Event event;
    event.user = UserIndex{user};
    event.item = ItemIndex{item};
    event.at = at;
    event.kind = kind;
    event.value = value;
    event.price = price;
    event.session = session;
    return event;
}

Event bought(std::uint32_t user, Timestamp at, float price, std::uint32_t item = 0, float value = 1,
             std::uint32_t session = noSession)
{
    return did(user, item, at, EventKind::Purchase, value, price, session);
}

/// Items 0 to 3: tools, tools, toys, of no category; item 3 has a price of 40 in the catalog.
std::shared_ptr<const Dataset> shopOf(const std::vector<Event>& events, std::uint32_t people)
{
    EventLog log;
    for (const Event& event : events)
        log.append(event);
    Vocabulary personIds, itemIds;
    for (std::uint32_t p = 0; p < people; ++p)
        personIds.add(fmt::format("p,{}", p));
    for (std::uint32_t i = 0; i < 4; ++i)
        itemIds.add(fmt::format("i{}", i));
    TagColumn category;
    for (const char* name : {"tools", "tools", "toys"}) {
        category.tags.push_back(category.vocabulary.add(name));
        category.starts.push_back(static_cast<std::uint32_t>(category.tags.size()));
    }
    AttributeTable items;
    items.add({"category", std::move(category)});
    items.add({"price", NumberColumn{{notKnown, notKnown, notKnown, 40}}});
    DatasetParts parts{"shop", Feedback::Implicit, 0, 0, {}, {}, {}, {}, {}, {}};
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = std::make_shared<const Vocabulary>(std::move(personIds));
    parts.itemIds = std::make_shared<const Vocabulary>(std::move(itemIds));
    parts.people = std::make_shared<const AttributeTable>();
    parts.items = std::make_shared<const AttributeTable>(std::move(items));
    return std::make_shared<const Dataset>(std::move(parts));
}

CustomerHistory historyOf(const std::vector<Event>& events, std::uint32_t people = 1)
{
    return CustomerHistory::open(shopOf(events, people), JobContext{}).value();
}

std::map<std::string, float> featuresAt(const CustomerHistory& history, Timestamp now, std::uint32_t user = 0)
{
    std::vector<float> row(valueFeatures().size());
    history.fill(UserIndex{user}, now, row);
    std::map<std::string, float> named;
    for (std::size_t f = 0; f < row.size(); ++f)
        named.emplace(valueFeatures()[f].id, row[f]);
    return named;
}

bool sameBits(std::span<const float> a, std::span<const float> b)
{
    return std::ranges::equal(a, b, {}, std::bit_cast<std::uint32_t, float>, std::bit_cast<std::uint32_t, float>);
}

/// Half a year of a shop where every person buys for 60 with a chance of their own each day, one in ten of them often.
/// They look at something on half of the days.
std::vector<Event> plantedShop(std::uint32_t people, std::uint64_t seed = 1)
{
    Rng rng(seed);
    std::vector<Event> events;
    for (std::uint32_t p = 0; p < people; ++p) {
        const double chance = p % 10 == 0 ? .3 + .2 * rng.uniform() : .01 + .05 * rng.uniform();
        for (Timestamp d = 0; d < 180; ++d) {
            const Timestamp at = monday + d * day + static_cast<Timestamp>(rng.below(20)) * hour;
            if (rng.uniform() < .5)
                events.push_back(did(p, static_cast<std::uint32_t>(rng.below(3)), at, EventKind::View));
            if (rng.uniform() < chance)
                events.push_back(bought(p, at + hour, 60, static_cast<std::uint32_t>(rng.below(3))));
        }
    }
    return events;
}

ValueQuestion quick(double moreThan = 100)
{
    ValueQuestion question;
    question.label.moreThan = moreThan;
    question.trees.set("trees", std::int64_t{60});
    question.trees.set("depth", std::int64_t{3});
    return question;
}

const ValueAnswer& plantedAnswer()
{
    static const ValueAnswer answer = whoWillMatter(shopOf(plantedShop(300), 300), quick(), JobContext{}).value();
    return answer;
}

Code refusal(const std::vector<Event>& events, const ValueQuestion& question = quick())
{
    const auto answer = whoWillMatter(shopOf(events, 20), question, JobContext{});
    return answer ? Code::Internal : answer.error().code;
}

} // namespace

class ValueLabTest : public QObject {
    Q_OBJECT

private slots:
    void featuresAreThoseWorkedByHand()
    {
        // Monday 10:00 an order of 10 x 2 tools and 5 of toys in session 7, on Saturday 19:00 one of 30 without a
        // session, 20 minutes later 40; a cart and two looks; asked ten days after the start.
        const auto history = historyOf(
            {bought(0, monday + 10 * hour, 10, 0, 2, 7), bought(0, monday + 12 * hour, 5, 2, 1, 7),
             bought(0, monday + 5 * day + 19 * hour, 30, 1), bought(0, monday + 5 * day + 19 * hour + 1'200, 40, 3),
             did(0, 1, monday + 2 * day, EventKind::View), did(0, 1, monday + 9 * day, EventKind::Click),
             did(0, 1, monday + 9 * day, EventKind::Cart)});
        const auto at = featuresAt(history, monday + 10 * day);
        QCOMPARE(at.at("spend.1d"), 0.F);
        QCOMPARE(at.at("spend.7d"), 70.F);
        QCOMPARE(at.at("spend.30d"), 95.F);
        QCOMPARE(at.at("spend.ever"), 95.F);
        QCOMPARE(at.at("spend.trend"), std::log(96.F));
        QCOMPARE(at.at("orders.7d"), 1.F);
        QCOMPARE(at.at("orders.ever"), 2.F);
        QCOMPARE(at.at("units.ever"), 5.F);
        QCOMPARE(at.at("items.ever"), 4.F);
        const float last = 10 - (5 + 19.F / 24 + 1.F / 72), first = 10 - 10.F / 24, between = 5 + 9.F / 24;
        QVERIFY(std::abs(at.at("days.since_order") - last) < 1e-5F);
        QVERIFY(std::abs(at.at("days.since_first") - first) < 1e-5F);
        QVERIFY(std::abs(at.at("days.between") - between) < 1e-5F);
        QVERIFY(std::abs(at.at("days.overdue") - std::log((last + 1.F / 24) / (between + 1.F / 24))) < 1e-5F);
        QCOMPARE(at.at("days.since_event"), 1.F);
        QCOMPARE(at.at("basket.mean"), 47.5F);
        QCOMPARE(at.at("basket.last"), 70.F);
        QCOMPARE(at.at("basket.largest"), 70.F);
        // Tools 20 + 30, toys 5; what is of no category does not count.
        QCOMPARE(at.at("category.count"), 2.F);
        QVERIFY(std::abs(at.at("category.top_share") - 50.F / 55) < 1e-6F);
        QCOMPARE(at.at("views.7d"), 1.F);
        QCOMPARE(at.at("views.30d"), 2.F);
        QCOMPARE(at.at("carts.7d"), 1.F);
        QCOMPARE(at.at("weekend.share"), .5F);
        QCOMPARE(at.at("evening.share"), .5F);
        QCOMPARE(at.at("returned.share"), 0.F);
    }

    // As far apart as moments of strangers can be: no difference of two fits into one.
    void extremeMomentsStayInRange()
    {
        const Timestamp first = noTime + 1, last = endOfTime - 1;
        const auto history = historyOf({bought(0, first, 10), bought(0, first + 1, 5), bought(0, last, 20)});
        const auto at = featuresAt(history, endOfTime);
        QCOMPARE(at.at("spend.1d"), 20.F);
        QCOMPARE(at.at("orders.ever"), 2.F);
        QCOMPARE(at.at("orders.90d"), 1.F);
        QCOMPARE(at.at("days.since_first"), 1e5F); // the most that is declared
        QVERIFY(at.at("days.since_order") < 1e-4F);
        const auto cuts = planValueCuts(first, last, 30, 7);
        QVERIFY(cuts.has_value());
        QVERIFY(cuts->train.front() > first && cuts->test.back() < last);
        QCOMPARE(planValueCuts(first, first + 20 * day, 30, 7).error().code, Code::InvalidArgument);
    }

    void whatWasGivenBackIsTakenOffThen()
    {
        const auto history = historyOf({bought(0, monday, 50, 0, 2), bought(0, monday + 3 * day, 50, 0, -1)});
        QCOMPARE(featuresAt(history, monday + 2 * day).at("spend.ever"), 100.F);
        const auto later = featuresAt(history, monday + 4 * day);
        QCOMPARE(later.at("spend.ever"), 50.F);
        QCOMPARE(later.at("returned.share"), .5F);
        QCOMPARE(later.at("orders.ever"), 1.F);
        QCOMPARE(history.spent(UserIndex{0}, monday, monday + 3 * day), 100.);
        QCOMPARE(history.spent(UserIndex{0}, monday, monday + 3 * day + 1), 50.);
    }

    void catalogsPriceOnlyWhatNoEventDoes()
    {
        const auto bare = historyOf({bought(0, monday, noPrice, 3, 2), bought(0, monday, noPrice, 0)});
        QCOMPARE(bare.spent(UserIndex{0}, monday, monday + 1), 80.);
        const auto priced = historyOf({bought(0, monday, noPrice, 3, 2), bought(0, monday, 7, 0)});
        QCOMPARE(priced.spent(UserIndex{0}, monday, monday + 1), 7.);
    }

    void whoDidNothingHasNothingKnown()
    {
        const auto at = featuresAt(historyOf({bought(1, monday, 5)}, 2), monday + day, 0);
        QCOMPARE(at.at("spend.ever"), 0.F);
        QVERIFY(std::isnan(at.at("days.since_order")) && std::isnan(at.at("basket.mean")));
        QVERIFY(std::isnan(at.at("days.since_event")));
    }

    void noFeatureSeesTheFuture()
    {
        const auto events = plantedShop(40);
        const Timestamp now = monday + 100 * day + 7 * hour;
        std::vector<Event> before, moved, more = events;
        Rng rng(3);
        for (Event event : events) {
            if (event.at < now) {
                before.push_back(event);
                moved.push_back(event);
                continue;
            }
            event.at += 11 * hour;
            event.price *= 3;
            event.item = ItemIndex{2};
            moved.push_back(event);
        }
        for (std::uint32_t p = 0; p < 40; ++p) // at the moment itself, too
            more.push_back(bought(p, now + static_cast<Timestamp>(rng.below(2)) * day, 1000));
        const auto whole = historyOf(events, 40);
        for (const auto& others : {before, moved, more}) {
            const auto history = historyOf(others, 40);
            for (std::uint32_t p = 0; p < 40; ++p) {
                std::vector<float> a(valueFeatures().size()), b(a.size());
                whole.fill(UserIndex{p}, now, a);
                history.fill(UserIndex{p}, now, b);
                QVERIFY(sameBits(a, b));
            }
        }
    }

    void valuesLieInTheirDeclaredRange()
    {
        const auto history = historyOf(plantedShop(50), 50);
        std::set<std::string_view> ids;
        for (const Feature& feature : valueFeatures()) {
            QVERIFY(feature.low < feature.high);
            ids.insert(feature.id);
        }
        QCOMPARE(ids.size(), valueFeatures().size());
        std::vector<float> row(ids.size());
        for (std::uint32_t p = 0; p < 50; ++p) {
            history.fill(UserIndex{p}, monday + 60 * day, row);
            for (std::size_t f = 0; f < row.size(); ++f)
                QVERIFY(std::isnan(row[f]) ? valueFeatures()[f].mayBeMissing
                                           : (row[f] >= valueFeatures()[f].low && row[f] <= valueFeatures()[f].high));
        }
    }

    void cutsOfTwoPartsNeverLookAtTheSameDays()
    {
        for (const auto& [span, days, step] : {std::tuple{180, 7, 7}, {40, 7, 7}, {400, 30, 10}, {3000, 7, 7}}) {
            const auto cuts = planValueCuts(monday, monday + span * day, days, step).value();
            QVERIFY(cuts.train.front() > monday);
            QVERIFY(cuts.train.back() + days * day <= cuts.validation.front());
            QVERIFY(cuts.validation.back() + days * day <= cuts.test.front());
            QCOMPARE(cuts.test.back() + days * day, monday + span * day);
            QVERIFY(cuts.train.size() + cuts.validation.size() + cuts.test.size() <= 60);
        }
        QCOMPARE(planValueCuts(monday, monday + 20 * day, 7, 7).error().code, Code::InvalidArgument);
        QCOMPARE(planValueCuts(monday, monday + 60 * day, 30, 1).error().code, Code::InvalidArgument);
    }

    void rowsAreEverybodyWhoDidAnythingBefore()
    {
        const auto history = historyOf({bought(0, monday, 10), bought(1, monday + 5 * day, 10),
                                        bought(0, monday + 6 * day, 90), bought(0, monday + 10 * day, 500)},
                                       3);
        const std::vector<Timestamp> cuts{monday + day, monday + 6 * day};
        const auto rows = valueRowsOf(history, cuts, {89, 4}, 1000, JobContext{}).value();
        QCOMPARE(rows.users, (std::vector<UserIndex>{UserIndex{0}, UserIndex{0}, UserIndex{1}}));
        QCOMPARE(rows.rows.labels, (std::vector<float>{0, 1, 0}));
        // More than, and before the end of the days.
        QCOMPARE(valueRowsOf(history, cuts, {90, 4}, 1000, JobContext{}).value().rows.labels[1], 0.F);
        QCOMPARE(valueRowsOf(history, cuts, {90, 5}, 1000, JobContext{}).value().rows.labels[1], 1.F);
    }

    void manyRowsAreSampled()
    {
        const auto history = historyOf(plantedShop(200), 200);
        const std::vector<Timestamp> cuts{monday + 50 * day, monday + 60 * day, monday + 70 * day};
        const auto some = valueRowsOf(history, cuts, {}, 300, JobContext{}).value();
        QVERIFY(some.users.size() > 240 && some.users.size() < 360);
        QCOMPARE(valueRowsOf(history, cuts, {}, 300, JobContext({1, 2})).value().users, some.users);
        QVERIFY(valueRowsOf(history, cuts, {}, 300, JobContext({2, 2})).value().users != some.users);
    }

    void measuresAreThoseWorkedByHand()
    {
        const std::vector<float> scores{.1F, .4F, .4F, .8F}, labels{0, 1, 0, 1};
        QCOMPARE(areaUnderCurve(scores, labels), 3.5 / 4); // of four pairs one is level
        const std::vector<float> unknown{notKnown, .4F, .4F, .8F};
        QCOMPARE(areaUnderCurve(unknown, labels), 3.5 / 4);
        const std::vector<float> all{1, 1, 1, 1};
        QVERIFY(std::isnan(areaUnderCurve(scores, all)));
        const double loss = -(std::log(.9) + std::log(.4) + std::log(.6) + std::log(.8)) / 4;
        QVERIFY(std::abs(meanLogLoss(scores, labels) - loss) < 1e-7);
        QVERIFY(std::abs(brierScore(scores, labels) - (.01 + .36 + .16 + .04) / 4) < 1e-7);
        const auto bins = calibrationOf(scores, labels, 2);
        QCOMPARE(bins.size(), 2U);
        QVERIFY(std::abs(bins[0].predicted - .25) < 1e-7 && bins[0].seen == .5);
        QVERIFY(std::abs(expectedCalibrationError(bins) - (.25 + .1) / 2) < 1e-7);
        const TopShare top = topShareOf(scores, labels, .5);
        QCOMPARE(top.rows, 2U);
        QCOMPARE(top.seen, 1.);
        QCOMPARE(top.captured, 1.);
    }

    void findsWhoSpendsOften()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const ValueAnswer& answer = plantedAnswer();
        const ValueReport& report = answer.report;
        QVERIFY2(report.trees.auc > .85, fmt::format("{}", report.trees.auc).c_str());
        QVERIFY(report.trees.logLoss < report.base.logLoss);
        QVERIFY(std::abs(report.base.auc - .5) < 1e-12);
        QVERIFY2(report.calibrationError < .03, fmt::format("{}", report.calibrationError).c_str());
        QCOMPARE(report.calibration.size(), 10U);
        QVERIFY(report.test.rows > 0 && report.train.positives > 0);
        QCOMPARE(answer.now, answer.history->last() + 1);
        // The 30 people who buy often are the likeliest 30, but for a few.
        std::size_t often = 0;
        for (const PersonChance& one : answer.topShare(.1))
            often += one.user.value % 10 == 0;
        QCOMPARE(answer.topShare(.1).size(), 30U);
        QVERIFY(often >= 27);
        for (const PersonChance& one : answer.atLeast(.5))
            QVERIFY(one.probability >= .5F);
        QCOMPARE(answer.title(), std::string("likely to spend more than 100 in 7 days"));
    }

    void reportsWhatFeaturesDo()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const auto& features = plantedAnswer().report.features;
        QCOMPARE(features.size(), valueFeatures().size());
        double gain = 0;
        for (const ValueFeatureReport& one : features) {
            gain += one.gain;
            QVERIFY(!one.seesFuture);
            QVERIFY(one.alone >= .5 || std::isnan(one.alone));
        }
        QVERIFY(std::abs(gain - 1) < 1e-9);
        QVERIFY(std::ranges::is_sorted(features, std::greater<>(), &ValueFeatureReport::effect));
        QVERIFY(plantedAnswer().report.comparedRows > 100);
        // Time goes on: who was first here half a year ago is now longer here than anybody was in training.
        const auto since = std::ranges::find_if(features, [](const ValueFeatureReport& one) {
            return valueFeatures()[one.feature].id == "days.since_first";
        });
        QVERIFY(since->drift.psi > driftedFrom);
    }

    void reasonsSumToTheLogOdds()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const PersonChance& one = plantedAnswer().people.front();
        const auto [reasons, expected] = plantedAnswer().reasonsFor(one.user);
        double sum = static_cast<double>(expected);
        for (const ValueReason& reason : reasons)
            sum += static_cast<double>(reason.effect);
        QVERIFY(std::abs(probabilityOf(sum) - static_cast<double>(one.probability)) < 1e-5);
        QVERIFY(std::abs(reasons.front().effect) >= std::abs(reasons.back().effect));
    }

    void aFeatureThatTellsItAllIsSuspicious()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        // Half of the people buy for 200 every day, the others never: what they spent so far says everything.
        std::vector<Event> events;
        for (std::uint32_t p = 0; p < 20; ++p)
            for (Timestamp d = 0; d < 120; ++d)
                events.push_back(p % 2 ? bought(p, monday + d * day, 200)
                                       : did(p, 0, monday + d * day, EventKind::View));
        const auto answer = whoWillMatter(shopOf(events, 20), quick(), JobContext{}).value();
        const auto spend = std::ranges::find_if(answer.report.features, [](const ValueFeatureReport& one) {
            return valueFeatures()[one.feature].id == "spend.7d";
        });
        QVERIFY(spend->suspicious);
        QCOMPARE(spend->alone, 1.);
    }

    void nothingFromTheMomentOnIsKnown()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const auto events = plantedShop(100);
        std::vector<Event> before;
        ValueQuestion question = quick();
        question.at = monday + 120 * day;
        for (const Event& event : events)
            if (event.at < question.at)
                before.push_back(event);
        const auto a = whoWillMatter(shopOf(events, 100), question, JobContext{}).value();
        const auto b = whoWillMatter(shopOf(before, 100), question, JobContext{}).value();
        QCOMPARE(a.now, question.at);
        QCOMPARE(a.report.test.cuts, b.report.test.cuts);
        QVERIFY(a.report.test.cuts.back() + 7 * day <= question.at);
        for (std::size_t i = 0; i < a.people.size(); ++i) {
            QCOMPARE(a.people[i].user, b.people[i].user);
            QCOMPARE(a.people[i].probability, b.people[i].probability);
        }
    }

    void theSameOnAnyNumberOfThreads()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const auto dataset = shopOf(plantedShop(300), 300);
        const auto answer = whoWillMatter(dataset, quick(), JobContext({1, 2})).value();
        QCOMPARE(answer.report.trees.logLoss, plantedAnswer().report.trees.logLoss);
        for (std::size_t i = 0; i < answer.people.size(); ++i)
            QCOMPARE(answer.people[i].probability, plantedAnswer().people[i].probability);
        const CancelToken token;
        token.cancel();
        QCOMPARE(whoWillMatter(dataset, quick(), JobContext({}, token)).error().code, Code::Cancelled);
    }

    void saysWhatIsMissing()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const auto why = [](const std::vector<Event>& events) {
            const auto history = CustomerHistory::open(shopOf(events, 3), JobContext{});
            return history ? std::string() : history.error().hint;
        };
        QVERIFY(why({did(0, 0, noTime, EventKind::Purchase, 1, 5)}).find("times") != std::string::npos);
        QVERIFY(why({did(0, 0, monday, EventKind::View)}).find("purchase") != std::string::npos);
        QVERIFY(why({bought(0, monday, 5)}).empty());
        QCOMPARE(refusal({bought(0, monday, 5), bought(0, monday + 10 * day, 5)}), Code::InvalidArgument); // too short
        QCOMPARE(refusal(plantedShop(20), quick(1e6)), Code::InvalidArgument);                             // nobody
        QCOMPARE(refusal(plantedShop(20), quick(-1)), Code::InvalidArgument);
        ValueQuestion wrong = quick();
        wrong.label.days = 0;
        QCOMPARE(refusal(plantedShop(20), wrong), Code::InvalidArgument);
        wrong = quick();
        wrong.trees.set("depth", std::int64_t{99});
        QCOMPARE(refusal(plantedShop(20), wrong), Code::InvalidArgument);
    }

    void chancesAreWrittenForOthers()
    {
        if (!whyNoGbdt().empty())
            QSKIP(whyNoGbdt().c_str());
        const QTemporaryDir folder;
        const auto file = folder.filePath("likely.csv").toStdString();
        QVERIFY(exportChances(plantedAnswer(), plantedAnswer().topShare(.1), file, JobContext{}));
        std::ifstream in(file);
        std::string line;
        std::getline(in, line);
        QCOMPARE(line, std::string("person,probability"));
        std::getline(in, line);
        const PersonChance& one = plantedAnswer().people.front();
        QCOMPARE(line, fmt::format("\"p,{}\",{}", one.user.value, one.probability));
        std::size_t lines = 1;
        while (std::getline(in, line))
            ++lines;
        QCOMPARE(lines, 30U);
        QCOMPARE(exportChances(plantedAnswer(), {}, "/nowhere/likely.csv", JobContext{}).error().code, Code::Io);
    }
};

QTEST_GUILESS_MAIN(ValueLabTest)
#include "value_lab_test.moc"
