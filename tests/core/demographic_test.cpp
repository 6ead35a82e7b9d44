// SPDX-License-Identifier: GPL-3.0-or-later
// What is popular among people alike, worked by hand; and who is put together with whom.
#include "core/models/catalogue.h"
#include "core/models/demographic/person_clusters.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// Two from France who use A, three from Spain of whom two use B; one who says nothing uses C.
std::shared_ptr<const Dataset> twoCountries()
{
    return DatasetBuilder{}
        .implicit()
        .row("f1", "A B")
        .row("f2", "A")
        .row("s1", "B")
        .row("s2", "B C")
        .row("s3", "C")
        .row("x", "C")
        .fact("country", "f1", "France")
        .fact("country", "f2", "France")
        .fact("country", "s1", "Spain")
        .fact("country", "s2", "Spain")
        .fact("country", "s3", "Spain")
        .build();
}

ModelPtr trained(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> settings)
{
    const Algorithm& algorithm = *findAlgorithm("demographic");
    return train(algorithm, {dataset}, parseAssignments(algorithm.params, settings).value(), JobContext{}).value();
}

Query saying(const char* name, const char* value) { return queryFor(History{}, {}, endOfTime, {{name, value}}); }

bool close(float a, double b) { return std::abs(static_cast<double>(a) - b) < 1e-6; }

} // namespace

class DemographicTest : public QObject {
    Q_OBJECT
private slots:
    void aGroupIsHeldToAllAsIfSoManyWereInIt()
    {
        // p(A) = 2/6, p(B) = 3/6, p(C) = 3/6; of 2 in France A 2, B 1, C 0; m = 4: (n + 4 p) / (2 + 4).
        const auto model = trained(twoCountries(), {"smoothing=4"});
        const auto french = scoresOf(*model, saying("country", "France"));
        QVERIFY(close(french[0], (2 + 4 * 2 / 6.) / 6));
        QVERIFY(close(french[1], (1 + 4 * 3 / 6.) / 6));
        QVERIFY(close(french[2], (0 + 4 * 3 / 6.) / 6));
        // Of 3 in Spain B 2, C 2.
        const auto spanish = scoresOf(*model, saying("country", "Spain"));
        QVERIFY(close(spanish[0], (0 + 4 * 2 / 6.) / 7));
        QVERIFY(close(spanish[1], (2 + 4 * 3 / 6.) / 7));
    }

    void whoeverSaysNothingKnownGetsWhatAllUse()
    {
        const auto model = trained(twoCountries(), {"smoothing=4"});
        for (const Query& query : {Query{}, saying("country", "Atlantis"), saying("age", "9")}) {
            const auto scores = scoresOf(*model, query);
            QVERIFY(close(scores[0], 2 / 6.) && close(scores[1], 3 / 6.) && close(scores[2], 3 / 6.));
            QVERIFY(!model->read(query)->fallback().empty());
        }
        QVERIFY(model->read(saying("country", "Spain"))->fallback().empty());
    }

    void withoutSmoothingOnlyTheGroupCounts()
    {
        const auto french = scoresOf(*trained(twoCountries(), {"smoothing=0"}), saying("country", "France"));
        QVERIFY(close(french[0], 1) && close(french[1], .5) && close(french[2], 0));
    }

    void itsTermsNameTheGroup()
    {
        const auto model = trained(twoCountries(), {"smoothing=4"});
        const auto why = model->read(saying("country", "France"))->explain(ItemIndex{0});
        QCOMPARE(why.terms.size(), std::size_t{2});
        QCOMPARE(why.terms[0].label, std::string("used by 2 of 2 people alike (country France)"));
        QVERIFY(close(static_cast<float>(why.terms[0].value), 2 / 6.));
        const auto sources = model->read(saying("country", "France"))->sources();
        QCOMPARE(sources.size(), std::size_t{2});
        QVERIFY(close(static_cast<float>(sources[1].share), 2 / 6.)); // 2 people of 2 + 4
    }

    void groupsFallApartWhereFactsDo()
    {
        // Two kinds of people who differ in two facts, and a third fact at random: two clusters tell the kinds apart.
        DatasetBuilder builder;
        for (int person = 0; person < 40; ++person) {
            const std::string name = fmt::format("p{}", person);
            const bool first = person % 2 == 0;
            builder.row(name, "A:5");
            builder.fact("country", name, first ? "France" : "Spain").fact("job", name, first ? "cook" : "clerk");
            builder.fact("month", name, fmt::format("{}", person / 8));
        }
        const auto dataset = builder.build();
        const auto clusters = PersonClusters::learn(*dataset, 2, JobContext{}).value();
        QCOMPARE(clusters.size(), std::size_t{2});
        const auto of = [&](std::uint32_t person) { return clusters.of(factsOf(*dataset, UserIndex{person})); };
        QVERIFY(of(0) != of(1));
        for (std::uint32_t person = 0; person < 40; ++person)
            QCOMPARE(of(person), of(person % 2));
        // One fact alone is enough to be put with them.
        QCOMPARE(clusters.of({{"job", "cook"}}), of(0));
        QCOMPARE(clusters.of({{"country", "Spain"}}), of(1));
        QVERIFY(!clusters.of({{"job", "astronaut"}}).has_value());
    }

    void choosingTheGroupsCanBeStopped()
    {
        /// Asks to stop as soon as the first group is being chosen.
        struct Impatient final : JobObserver {
            void progressed(double, std::string_view doing) override
            {
                chosen += doing == "choosing groups" ? 1 : 0;
                token.cancel();
            }
            CancelToken token;
            int chosen = 0;
        } impatient;
        DatasetBuilder builder;
        for (int person = 0; person < 40; ++person)
            builder.row(fmt::format("p{}", person), "A:5")
                .fact("month", fmt::format("p{}", person), fmt::format("{}", person / 4));
        const auto learnt = PersonClusters::learn(*builder.build(), 8, JobContext({}, impatient.token, &impatient));
        QVERIFY(!learnt);
        QCOMPARE(learnt.error().code, Code::Cancelled);
        QCOMPARE(impatient.chosen, 1);
    }

    void numbersAreReadAsRanges()
    {
        NumberColumn ages;
        DatasetBuilder builder;
        for (int person = 0; person < 24; ++person) {
            builder.row(fmt::format("p{}", person), "A:5");
            ages.values.push_back(20 + person);
        }
        DatasetParts parts = builder.build()->parts();
        AttributeTable people;
        people.add({"age", ages});
        parts.people = std::make_shared<const AttributeTable>(std::move(people));
        const FactFeatures features{Dataset(parts)};
        QCOMPARE(features.size(), std::size_t{6}); // 24 people in six ranges of four
        const auto young = features.of({{"age", "21"}}), older = features.of({{"age", "24"}});
        QCOMPARE(young.size(), std::size_t{1});
        QCOMPARE(features.label(young[0].feature), std::string("age below 24"));
        QCOMPARE(features.label(older[0].feature), std::string("age from 24 to below 28"));
        QCOMPARE(features.label(features.of({{"age", "99"}})[0].feature), std::string("age from 40"));
        QVERIFY(features.of({{"age", "unknown"}}).empty());
    }
};

QTEST_APPLESS_MAIN(DemographicTest)
#include "demographic_test.moc"
