// SPDX-License-Identifier: GPL-3.0-or-later
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
        QCOMPARE(segmentOf(ContextBy::Weekend, contextAt(thursday)).value(), std::size_t{0});
        QCOMPARE(segmentOf(ContextBy::Weekend, contextAt(saturday + 5)).value(), std::size_t{1});
        QCOMPARE(segmentOf(ContextBy::Weekday, contextAt(saturday)).value(), std::size_t{5});
        QCOMPARE(segmentOf(ContextBy::PartOfDay, contextAt(13 * 3600)).value(), std::size_t{2});
        QVERIFY(!segmentOf(ContextBy::Weekday, {}));
        QVERIFY(!segmentOf(ContextBy::Weekday, {{"weekday", "Someday"}}));
        for (const ContextBy by : {ContextBy::Weekend, ContextBy::Weekday, ContextBy::PartOfDay})
            for (Timestamp hour = 0; hour < 7 * 24; ++hour)
                QVERIFY(segmentOf(by, contextAt(hour * 3600)).value() < segmentNames(by).size());
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
