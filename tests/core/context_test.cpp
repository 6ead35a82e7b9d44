// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/filter.h"
#include "core/evaluation/split.h"
#include "core/models/artifact.h"
#include "core/models/context/segments.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr Timestamp day = 86'400;
constexpr Timestamp thursday = 0, saturday = 2 * day; // 1 January 1970 was a Thursday

/// P is used 6 times on working days and twice at weekends, Q the other way round, R four times each.
std::shared_ptr<const Dataset> week()
{
    DatasetBuilder builder;
    builder.implicit();
    int person = 0;
    const auto add = [&](char item, int times, Timestamp at) {
        for (int n = 0; n < times; ++n)
            builder.row(fmt::format("p{}", person++), fmt::format("{}@{} ", item, at));
    };
    add('P', 6, thursday);
    add('P', 2, saturday);
    add('Q', 2, thursday);
    add('Q', 6, saturday);
    add('R', 4, thursday);
    add('R', 4, saturday);
    return builder.build();
}

Query at(Timestamp moment)
{
    Query query;
    query.context = contextAt(moment);
    return query;
}

ModelPtr trained(std::string_view id, const std::vector<std::string>& assignments)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    return train(algorithm, {week()}, parseAssignments(algorithm.params, assignments).value(), JobContext{}).value();
}

double sumOf(const Explanation& why)
{
    double sum = 0;
    for (const Term& term : why.terms)
        sum += term.value;
    return sum;
}

} // namespace

/// Worked by hand.
class ContextTest : public QObject {
    Q_OBJECT
private slots:
    void momentsHaveTheirSegments()
    {
        const EventLog none;
        const Segments ends(ContextBy::Weekend, none), days(ContextBy::Weekday, none),
            parts(ContextBy::PartOfDay, none);
        QCOMPARE(ends.of(contextAt(thursday)).value(), std::size_t{0});
        QCOMPARE(ends.of(contextAt(saturday + 5)).value(), std::size_t{1});
        QCOMPARE(days.of(contextAt(saturday)).value(), std::size_t{5});
        QCOMPARE(parts.of(contextAt(13 * 3600)).value(), std::size_t{2});
        QVERIFY(!days.of({}));
        QVERIFY(!days.of({{"weekday", "Someday"}}));
        for (const Segments* by : {&ends, &days, &parts})
            for (Timestamp hour = 0; hour < 7 * 24; ++hour)
                QVERIFY(by->of(contextAt(hour * 3600)).value() < by->size());
        QCOMPARE(ends.name(1), std::string("at weekends"));
        QCOMPARE(days.name(5), std::string("on Saturdays"));
        QCOMPARE(parts.name(0), std::string("at night"));
        QCOMPARE(parts.name(3), std::string("in the evening"));
    }

    void devicesAndPlacesAreThoseOfTheEvents()
    {
        const auto data = DatasetBuilder{}
                              .row("ann", "A@1/phone/home B@2/tv C@3/phone D//home E")
                              .row("bob", "A/tv/work B/radio")
                              .build();
        const Segments devices(ContextBy::Device, data->log()), places(ContextBy::Place, data->log());
        QCOMPARE(devices.size(), std::size_t{3}); // phone and tv twice: by name
        QCOMPARE(devices.name(0), std::string("where the device is phone"));
        QCOMPARE(devices.name(2), std::string("where the device is radio"));
        QCOMPARE(places.name(0), std::string("where the place is home"));
        constexpr auto none = Segments::none;
        QCOMPARE(devices.ofEvents(data->log()), (std::vector<std::uint8_t>{0, 1, 0, none, none, 1, 2}));
        QCOMPARE(places.ofEvents(data->log()), (std::vector<std::uint8_t>{0, none, none, 0, none, 1, none}));
        QCOMPARE(Segments(ContextBy::Device, data->log(), 2).ofEvents(data->log()),
                 (std::vector<std::uint8_t>{0, 1, 0, none, none, 1, none}));
        QCOMPARE(devices.of({{"device", "tv"}}).value(), std::size_t{1});
        QVERIFY(!devices.of({{"device", "fridge"}}));
        QVERIFY(!devices.of({{"place", "tv"}}));
        QCOMPARE(contextOf(data->log(), 0).size(), std::size_t{4});
        QCOMPARE(contextOf(data->log(), 5), (Facts{{"device", "tv"}, {"place", "work"}}));
        const auto known = circumstancesOf(data->log());
        QCOMPARE(known.size(), std::size_t{4});
        QCOMPARE(known[3].words, (std::vector<std::string>{"home", "work"}));
    }

    /// A split, a cut and a filter keep what is told of the events that stay.
    void whatIsToldStaysWithItsEvent()
    {
        const auto data = DatasetBuilder{}
                              .row("ann", "A:3@10/tv A:5@20/phone B:4@30/radio/home C:2@40")
                              .row("bob", "B:4@15/tv/work C:5@50/phone")
                              .build();
        const auto told = [](const Dataset& dataset) {
            std::vector<std::string> out;
            for (std::size_t e = 0; e < dataset.log().size(); ++e)
                out.push_back(fmt::format("{} {} {}", dataset.itemIds().name(dataset.log().items()[e].value),
                                          dataset.log().contextOf(e, EventContext::Device),
                                          dataset.log().contextOf(e, EventContext::Place)));
            return out;
        };
        using Lines = std::vector<std::string>;
        QCOMPARE(told(*data->before(30)), (Lines{"A tv ", "A phone ", "B tv work"}));
        SplitPlan plan;
        plan.kind = SplitKind::GlobalTemporal;
        plan.cut = 30;
        const Split split = makeSplit(data, plan).value();
        QCOMPARE(told(*split.train), (Lines{"A phone ", "B tv work"})); // the newest of a pair
        QCOMPARE(told(*split.test), (Lines{"B radio home", "C  ", "C phone "}));
        DatasetFilter filter;
        filter.keepFrom = 3;
        filter.asImplicit = true;
        QCOMPARE(told(**filtered(data, filter)), (Lines{"A phone ", "B radio home", "B tv work", "C phone "}));
        QVERIFY(data->hash() != DatasetBuilder{}
                                    .row("ann", "A:3@10/tv A:5@20/phone B:4@30/radio/home C:2@40")
                                    .row("bob", "B:4@15/tv/work C:5@50/radio")
                                    .build()
                                    ->hash());
    }

    void weightsAndFilterTellDevicesApart()
    {
        DatasetBuilder builder;
        builder.implicit();
        for (int p = 0; p < 8; ++p)
            builder.row(fmt::format("p{}", p), p < 6 ? "P/phone Q/tv" : "P/tv Q/phone");
        const auto data = builder.build();
        Query query;
        query.context = {{"device", "phone"}};
        for (const auto& [id, settings] :
             {std::pair{"context-weights",
                        std::vector<std::string>{"part=popularity", "by=device", "smoothing=4", "strength=1"}},
              {"context-filter", {"part=popularity", "by=device", "least=2"}}}) {
            const Algorithm& algorithm = *findAlgorithm(id);
            const ModelPtr model =
                train(algorithm, {data}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
            QVERIFY(model->capabilities().context);
            const auto onPhone = scoresOf(*model, query), anywhere = scoresOf(*model, Query{});
            QCOMPARE(anywhere[0], anywhere[1]);
            // P has 6 of its 8 events on the phone, where half of all are: (6 + 4 / 2) / ((8 + 4) / 2).
            if (std::string_view(id) == "context-weights")
                QVERIFY(std::abs(static_cast<double>(onPhone[0] - anywhere[0]) - std::log(8.0 / 6)) < 1e-6);
            else
                QCOMPARE(onPhone, (std::vector<float>{6, 2}));
            Artifact stored;
            model->save(stored);
            const ModelPtr again = algorithm.load(stored).value();
            QCOMPARE(scoresOf(*again, query), onPhone);
            const auto where = model->read(query)->explain(ItemIndex{0});
            QVERIFY(std::ranges::any_of(where.terms, [](const Term& term) {
                return term.label.find("where the device is phone") != std::string::npos;
            }));
            stored.putNumber("words", 1e9);
            QVERIFY(!algorithm.load(stored));
        }
        const Algorithm& filter = *findAlgorithm("context-filter");
        const auto place =
            parseAssignments(filter.params, std::vector<std::string>{"part=popularity", "by=place"}).value();
        QCOMPARE(train(filter, {data}, place, JobContext{}).error().message,
                 std::string("No event of this data tells its place"));
    }

    void weightsAreTheLogarithmOfTheLift()
    {
        const ModelPtr model = trained("context-weights", {"part=popularity", "smoothing=4", "strength=1"});
        const auto usual = scoresOf(*model, Query{}), onSaturday = scoresOf(*model, at(saturday));
        // P: 2 of 8 events at weekends, where half of all are: (2 + 4 / 2) / ((8 + 4) / 2).
        const double expected[] = {std::log(4.0 / 6), std::log(8.0 / 6), 0};
        const auto reader = model->read(at(saturday));
        for (std::uint32_t item = 0; item < 3; ++item) {
            QVERIFY(std::abs(static_cast<double>(onSaturday[item] - usual[item]) - expected[item]) < 1e-6);
            const Explanation why = reader->explain(ItemIndex{item});
            QCOMPARE(why.terms.back().kind, TermKind::Context);
            QCOMPARE(why.terms.back().label, std::string("how much it is used at weekends"));
            QVERIFY(std::abs(sumOf(why) - static_cast<double>(onSaturday[item])) < 1e-6);
        }
        QCOMPARE(
            trained("context-weights", {"part=popularity", "strength=0"})->read(at(saturday))->explain({}).terms.size(),
            std::size_t{0});
    }

    void theFilterAnswersFromTheSegment()
    {
        const ModelPtr model = trained("context-filter", {"part=popularity", "least=2"});
        const auto usual = scoresOf(*model, Query{}), onThursday = scoresOf(*model, at(thursday)),
                   onSaturday = scoresOf(*model, at(saturday));
        QCOMPARE(usual, (std::vector<float>{8, 8, 8}));
        QCOMPARE(onThursday, (std::vector<float>{6, 2, 4}));
        QCOMPARE(onSaturday, (std::vector<float>{2, 6, 4}));
        const auto why = model->read(at(saturday))->explain(ItemIndex{1});
        QCOMPARE(why.terms.front().label, std::string("learnt from what people did at weekends"));
        QCOMPARE(why.terms.back().value, 6.0);
    }

    void whatIsSeldomIsAnsweredByTheModelOfAll()
    {
        const ModelPtr model = trained("context-filter", {"part=popularity", "by=weekday", "least=12"});
        QCOMPARE(scoresOf(*model, at(saturday)), (std::vector<float>{2, 6, 4})); // 12 events
        QCOMPARE(scoresOf(*model, at(saturday + day)), (std::vector<float>{8, 8, 8}));
        const auto why = model->read(at(saturday + day))->explain(ItemIndex{0});
        QCOMPARE(why.terms.front().label, std::string("learnt from all events: there are too few on Sundays"));
        const ModelPtr strict = trained("context-filter", {"part=popularity", "by=weekday", "least=13"});
        QCOMPARE(scoresOf(*strict, at(saturday)), (std::vector<float>{8, 8, 8}));
    }

    void aQueryKnowsTheCircumstancesOfItsMoment()
    {
        QCOMPARE(queryFor(History{}, {}, saturday).context, contextAt(saturday));
        QCOMPARE(queryFor(*week(), UserIndex{0}, saturday).context, contextAt(saturday));
        QVERIFY(queryFor(History{}).context.empty());
    }
};

QTEST_APPLESS_MAIN(ContextTest)
#include "context_test.moc"
