// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/lightfm_trainer.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// One person who likes item 0 of two; the person has one feature, each item one of its own and both a third.
LightFmInput twoItems()
{
    LightFmInput input;
    input.liked.starts = {0, 1};
    input.liked.columns = {0};
    input.liked.weights = {1};
    input.liked.columnCount = 2;
    input.people = {1, {0, 1}, {0}, {1}};
    input.items = {3, {0, 2, 4}, {0, 2, 1, 2}, {1, .5F, 1, .5F}};
    input.drawn = {0, 1};
    return input;
}

/// Two kinds of films with fans of each; "new" was used by nobody and is a thriller.
std::shared_ptr<const Dataset> withNewItem()
{
    DatasetBuilder builder;
    for (int fan = 0; fan < 20; ++fan) {
        std::string row;
        for (int film = 0; film < 6; ++film)
            if ((film + fan) % 3 != 0)
                row += fmt::format("{}{}:5 ", fan % 2 == 0 ? 't' : 'c', film);
        builder.row(fmt::format("p{}", fan), row);
        builder.fact("club", fmt::format("p{}", fan), fan % 2 == 0 ? "crime" : "laughs");
    }
    for (int film = 0; film < 6; ++film) {
        builder.tags("genres", fmt::format("t{}", film), {"Thriller"});
        builder.tags("genres", fmt::format("c{}", film), {"Comedy"});
    }
    builder.tags("genres", "new thriller", {"Thriller"});
    builder.tags("genres", "new comedy", {"Comedy"});
    return builder.build();
}

} // namespace

class LightFmTest : public QObject {
    Q_OBJECT
private slots:
    /// One step by the equations of BPR and Adagrad, worked out here in double from the vectors before it.
    void aStepOfPairsIsAsByHand()
    {
        const LightFmInput input = twoItems();
        LightFmConfig config{LightFmLoss::Pairs, 2, 1, .1F, 0, 1};
        const auto after = trainLightFm(input, config, JobContext{}).value();
        config.learningRate = 1e-30F; // the same first vectors, all but unmoved
        const auto before = trainLightFm(input, config, JobContext{}).value();
        const auto p = std::as_const(before.people).row(0);
        const auto of = [&](std::size_t f, std::size_t d) {
            return static_cast<double>(std::as_const(before.items).row(f)[d]);
        };
        double ahead = 0;
        for (std::size_t d = 0; d < 2; ++d) // the shared feature cancels
            ahead += static_cast<double>(p[d]) * (of(0, d) - of(1, d));
        const double miss = 1 / (1 + std::exp(ahead));
        const auto moved = [](double slope) { return .1 * slope / std::sqrt(1 + slope * slope); };
        for (std::size_t d = 0; d < 2; ++d) {
            const double person = static_cast<double>(p[d]);
            const auto now = [&](const Matrix& m, std::size_t row) { return static_cast<double>(m.row(row)[d]); };
            QVERIFY(std::abs(now(after.items, 0) - (of(0, d) + moved(miss * person))) < 1e-7);
            QVERIFY(std::abs(now(after.items, 1) - (of(1, d) - moved(miss * person))) < 1e-7);
            QVERIFY(std::abs(now(after.people, 0) - (person + moved(miss * (of(0, d) - of(1, d))))) < 1e-7);
        }
        QVERIFY(std::abs(static_cast<double>(after.itemBias[0]) - moved(miss)) < 1e-7);
        QVERIFY(std::abs(static_cast<double>(after.itemBias[1]) + moved(miss)) < 1e-7);
    }

    void aRowIsTheSumOfItsFeatures()
    {
        Matrix vectors(3, 1);
        vectors.row(0)[0] = 1;
        vectors.row(1)[0] = 10;
        vectors.row(2)[0] = 100;
        const Matrix sums = sumsOfFeatures(twoItems().items, vectors);
        QCOMPARE(sums.row(0)[0], 51.F);
        QCOMPARE(sums.row(1)[0], 60.F);
    }

    void newItemsArePlacedByTheirTags()
    {
        const auto dataset = withNewItem();
        for (const char* loss : {"warp", "bpr", "logistic"}) {
            ParamSet params;
            params.set("loss", std::string(loss));
            const ModelPtr model = train(*findAlgorithm("lightfm"), {dataset}, params, JobContext{}).value();
            const auto thriller = *dataset->findItem("new thriller"), comedy = *dataset->findItem("new comedy");
            for (std::uint32_t person = 0; person < 4; ++person) {
                const auto scores = scoresOf(*model, queryFor(*dataset, UserIndex{person}));
                QVERIFY2((scores[thriller.value] > scores[comedy.value]) == (person % 2 == 0), loss);
            }
        }
    }

    void newPeopleArePlacedByWhatTheySay()
    {
        const auto dataset = withNewItem();
        const ModelPtr model = fitted(*findAlgorithm("lightfm"), dataset);
        const auto thriller = *dataset->findItem("t0"), comedy = *dataset->findItem("c0");
        for (const bool crime : {true, false}) {
            const Query query = queryFor(History{}, {}, endOfTime, {{"club", crime ? "crime" : "laughs"}});
            const auto scores = scoresOf(*model, query);
            QCOMPARE(scores[thriller.value] > scores[comedy.value], crime);
            const Explanation why = model->read(query)->explain(thriller);
            QCOMPARE(why.terms.back().kind, TermKind::Attribute);
            QCOMPARE(why.terms.back().label, std::string(crime ? "club crime" : "club laughs"));
        }
    }

    void similarPeopleShareTheClub()
    {
        const auto dataset = withNewItem();
        const ModelPtr model = fitted(*findAlgorithm("lightfm"), dataset);
        const auto similar = model->similarPeople(queryFor(*dataset, UserIndex{0}), 5).value();
        QVERIFY(std::ranges::all_of(similar, [](const SimilarPerson& one) { return one.person.value % 2 == 0; }));
    }
};

QTEST_APPLESS_MAIN(LightFmTest)
#include "lightfm_test.moc"
