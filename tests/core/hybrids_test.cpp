// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/held_out.h"
#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/parts.h"
#include "core/models/hybrids/stacking.h"
#include "core/models/hybrids/weight_search.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

using namespace orrery;
using namespace orrery::testing;

namespace {

ParamSet settings(const Algorithm& algorithm, const std::vector<std::string>& assignments)
{
    return parseAssignments(algorithm.params, assignments).value();
}

ModelPtr trained(std::string_view id, const std::shared_ptr<const Dataset>& dataset,
                 const std::vector<std::string>& assignments)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    return train(algorithm, {dataset}, settings(algorithm, assignments), JobContext{}).value();
}

std::string refusal(std::string_view id, const FitInput& input, const std::vector<std::string>& assignments)
{
    const Algorithm& algorithm = *findAlgorithm(id);
    const auto params = parseAssignments(algorithm.params, assignments);
    const auto model = params ? train(algorithm, input, *params, JobContext{}) : tl::unexpected(params.error());
    return model ? std::string() : model.error().text();
}

/// A, B, C, D used by 4, 3, 2, 1 people.
std::shared_ptr<const Dataset> ladder()
{
    return DatasetBuilder{}.implicit().row("p", "A B C D").row("q", "A B C").row("r", "A B").row("s", "A").build();
}

double scoreOf(const Model& model, const Query& query, std::uint32_t item)
{
    return static_cast<double>(scoresOf(model, query)[item]);
}

/// One person whose items are told apart only by the second part.
PersonRows rowsOf(std::vector<float> scaled, std::vector<float> targets)
{
    PersonRows rows{2, {}, std::move(scaled), std::move(targets), {}};
    rows.weights.assign(rows.targets.size(), 1.F);
    for (std::uint32_t i = 0; i < rows.targets.size(); ++i)
        rows.items.push_back(ItemIndex{i});
    return rows;
}

double sumOf(const std::vector<Term>& terms)
{
    return std::accumulate(terms.begin(), terms.end(), 0.0, [](double sum, const Term& t) { return sum + t.value; });
}

} // namespace

/// Worked by hand unless said otherwise.
class HybridsTest : public QObject {
    Q_OBJECT
private slots:
    void partsAreReadWithTheirSettings()
    {
        const auto plans = parseParts("item-knn neighbours=7,  implicit-als").value();
        QCOMPARE(plans.size(), std::size_t{2});
        QCOMPARE(plans[0].algorithm->id, std::string("item-knn"));
        QCOMPARE(toText(*plans[0].params.find("neighbours")), std::string("7"));
        QCOMPARE(plans[1].algorithm->id, std::string("implicit-als"));
        for (const char* wrong : {"", "nonsense", "item-knn neighbours=no", "blend", "item-knn, switch", ", ,"})
            QVERIFY2(!parseParts(wrong), wrong);
    }

    void aHybridCannotBeAPart()
    {
        const auto dataset = ladder();
        QVERIFY(refusal("blend", {dataset}, {"parts=blend, popularity"}).find("itself made of parts") !=
                std::string::npos);
        const ModelPtr inner = trained("blend", dataset, {"parts=popularity", "weights=equal"});
        const FitInput nested{dataset, {{findAlgorithm("blend"), {}, inner}}};
        QVERIFY(refusal("blend", nested, {"weights=equal"}).find("itself made of parts") != std::string::npos);
    }

    void listsAreScaledOverWhatIsNotInTheHistory()
    {
        const std::vector<float> scores{9, 1, 3, 5, 5};
        const History seen{{ItemIndex{0}}};
        const ListScale minMax(ListScaling::MinMax, scores, seen);
        QCOMPARE(minMax.of(1), 0.0);
        QCOMPARE(minMax.of(3), .5);
        QCOMPARE(minMax.of(9), 2.0); // of the history: outside
        const ListScale zScore(ListScaling::ZScore, scores, seen);
        QCOMPARE(zScore.of(3.5F), 0.0);
        QVERIFY(std::abs(zScore.of(1) + 2.5 / std::sqrt(2.75)) < 1e-12); // variance (6.25 + .25 + 2 * 2.25) / 4
        const ListScale rank(ListScaling::Rank, scores, seen);
        QCOMPARE(rank.of(1), 0.0);
        QCOMPARE(rank.of(3), 1.0 / 3);
        QCOMPARE(rank.of(5), 2.5 / 3); // two share the places 2 and 3
        const ListScale same(ListScaling::ZScore, std::vector<float>{2, 2, 2}, {});
        QCOMPARE(same.of(2), 0.0);
        QCOMPARE(minMax.of(std::nanf("")), 0.0);
    }

    void aBlendIsTheWeightedSumOfItsParts()
    {
        const auto dataset = ladder();
        const ModelPtr blend =
            trained("blend", dataset, {"parts=popularity, random", "weights=3, 1", "scaling=min-max"});
        const ModelPtr random = trained("random", dataset, {});
        const auto other = scoresOf(*random, Query{});
        const auto [low, high] = std::ranges::minmax(other);
        for (std::uint32_t item = 0; item < 4; ++item) {
            const double popular = (3.0 - item) / 3; // 4, 3, 2, 1 people
            const double expected = 3 * popular + static_cast<double>((other[item] - low) / (high - low));
            QVERIFY(std::abs(scoreOf(*blend, Query{}, item) - expected) < 1e-5);
        }
    }

    void partsThatWereTrainedAreTaken()
    {
        const auto dataset = ladder();
        const Algorithm& popularity = *findAlgorithm("popularity");
        const FitInput input{dataset, {{&popularity, {}, fitted(popularity, dataset)}}};
        const Algorithm& blend = *findAlgorithm("blend");
        const ModelPtr model =
            train(blend, input, settings(blend, {"weights=2", "scaling=min-max"}), JobContext{}).value();
        QCOMPARE(scoreOf(*model, Query{}, 0), 2.0);
        QCOMPARE(scoreOf(*model, Query{}, 3), 0.0);
        const auto smaller = DatasetBuilder{}.implicit().row("p", "A B").row("q", "A").build();
        const FitInput mixed{dataset, {input.parts[0], {&popularity, {}, fitted(popularity, smaller)}}};
        QVERIFY(refusal("blend", mixed, {"weights=equal"}).find("same catalog") != std::string::npos);
    }

    void whatAPartSaysIsInsideItsTerm()
    {
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        const Query query = queryFor(*world.dataset, UserIndex{3});
        for (const char* scaling : {"min-max", "z-score"}) {
            const ModelPtr model = trained("blend", world.dataset, {"weights=1, 2", std::string("scaling=") + scaling});
            const auto reader = model->read(query);
            for (std::uint32_t item = 0; item < model->itemCount(); item += 7) {
                const Explanation why = reader->explain(ItemIndex{item});
                QCOMPARE(why.terms.size(), std::size_t{2});
                for (const Term& term : why.terms) {
                    QVERIFY(!term.inside.empty());
                    QVERIFY(std::abs(sumOf(term.inside) - term.value) < 1e-9);
                }
                QVERIFY(std::abs(sumOf(flattened(why.terms)) - scoreOf(*model, query, item)) < 1e-4);
            }
        }
        const auto byPlace = trained("blend", world.dataset, {"weights=1, 2", "scaling=rank"})->read(query);
        for (std::uint32_t item = 0; item < 20; ++item) {
            float score = 0;
            const ItemIndex asked{item};
            byPlace->score({&asked, 1}, {&score, 1});
            const Explanation why = byPlace->explain(asked);
            QVERIFY(std::abs(sumOf(why.terms) - static_cast<double>(score)) < 1e-4 && why.terms[0].inside.empty());
        }
    }

    void weightsThatDoNotFitAreNamed()
    {
        const auto dataset = ladder();
        QVERIFY(refusal("blend", {dataset}, {"weights=1"}).find("1 weights for 2 parts") != std::string::npos);
        for (const char* wrong : {"weights=0, 0", "weights=-1, 2", "weights=much", "weights=1,"})
            QVERIFY2(!refusal("blend", {dataset}, {wrong}).empty(), wrong);
    }

    void theSearchFindsThePartThatKnows()
    {
        // Of 12 items 11 come before the liked one in the first part's order; the second part has it right.
        std::vector<float> scaled, targets;
        for (int i = 0; i < 12; ++i) {
            scaled.insert(scaled.end(), {static_cast<float>(12 - i), i == 11 ? 1.F : 0.F});
            targets.push_back(i == 11 ? 1.F : 0.F);
        }
        const std::vector<PersonRows> people(40, rowsOf(scaled, targets));
        const std::vector<double> first{1, 0}, second{0, 1};
        QCOMPARE(meanNdcg(people, first, JobContext{}).value(), 0.0); // it is in place 12
        QCOMPARE(meanNdcg(people, second, JobContext{}).value(), 1.0);
        const auto found = searchWeights(people, 2, JobContext{}).value();
        QCOMPARE(meanNdcg(people, found, JobContext{}).value(), 1.0);
        QVERIFY(std::abs(found[0] + found[1] - 1) < 1e-12);
    }

    void ndcgIsThatOfTheEvaluator()
    {
        // Liked items in the places 1 and 3 of 4: (1 + 1 / 2) / (1 + 1 / log2 3).
        const PersonRows rows = rowsOf({4, 0, 3, 0, 2, 0, 1, 0}, {1, 0, 1, 0});
        const std::vector<double> weights{1, 0};
        const double expected = 1.5 / (1 + 1 / std::log2(3.0));
        QVERIFY(std::abs(meanNdcg({&rows, 1}, weights, JobContext{}).value() - expected) < 1e-12);
    }

    void whatIsHeldOutIsNotInTheRest()
    {
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        for (const HeldOutKind kind : {HeldOutKind::Random, HeldOutKind::Newest}) {
            const auto heldOut = holdOut(*world.dataset, kind, JobContext{}).value();
            QCOMPARE(heldOut.people.size(), world.dataset->personCount());
            for (const auto& person : heldOut.people) {
                const auto rest = heldOut.rest->interactions().row(person.user);
                const auto all = world.dataset->interactions().row(person.user);
                QVERIFY(!person.items.empty());
                QCOMPARE(rest.size() + person.items.size(), all.size());
                for (const ItemIndex item : person.items)
                    QVERIFY(!std::ranges::binary_search(rest.items, item));
                if (kind != HeldOutKind::Newest)
                    continue;
                QCOMPARE(person.items.size(), std::size_t{1});
                const auto place = std::ranges::find(all.items, person.items[0]) - all.items.begin();
                QCOMPARE(all.times[static_cast<std::size_t>(place)], std::ranges::max(all.times));
            }
        }
    }

    void learntWeightsTrustWhatKnowsMore()
    {
        // Scores in standard deviations: a part's terms spread as its weight does.
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        const ModelPtr blend = trained("blend", world.dataset, {"parts=random, item-knn"});
        const auto asked = blend->read(queryFor(*world.dataset, UserIndex{0}));
        std::map<std::string, double> squares;
        for (std::uint32_t item = 0; item < blend->itemCount(); ++item)
            for (const Term& term : asked->explain(ItemIndex{item}).terms)
                squares[term.label] += term.value * term.value;
        QVERIFY2(squares["Random"] < .5 * squares["Item kNN"],
                 qPrintable(QString("%1 and %2").arg(squares["Random"]).arg(squares["Item kNN"])));
    }

    void theSwitchAsksThePartForTheLength()
    {
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        const ModelPtr gated =
            trained("switch", world.dataset, {"parts=popularity, item-knn, implicit-als", "from=2, 10"});
        const std::vector<ModelPtr> parts{trained("popularity", world.dataset, {}),
                                          trained("item-knn", world.dataset, {}),
                                          trained("implicit-als", world.dataset, {})};
        const Query whole = queryFor(*world.dataset, UserIndex{2});
        for (const auto& [length, part] : {std::pair{0, 0}, {1, 0}, {2, 1}, {9, 1}, {10, 2}, {15, 2}}) {
            Query query = whole;
            query.history.resize(static_cast<std::size_t>(length));
            QVERIFY(sameBits(scoresOf(*gated, query), scoresOf(*parts[static_cast<std::size_t>(part)], query)));
        }
        Query query = whole;
        query.history.resize(9);
        const auto why = gated->read(query)->explain(ItemIndex{1});
        QCOMPARE(why.terms.front().label, std::string("Item kNN answers: the history has 2 to 9 entries"));
        QVERIFY(!refusal("switch", {world.dataset}, {"from=2, 10"}).empty()); // two parts, two lengths
        for (const char* wrong : {"from=10, 2", "from=0", "from=1.5"})
            QVERIFY2(!refusal("switch", {world.dataset}, {wrong}).empty(), wrong);
    }

    void theCascadeOrdersOnlyWhatTheFirstPartChose()
    {
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        const ModelPtr cascade = trained("cascade", world.dataset, {"parts=popularity, random", "candidates=5"});
        const auto popular = scoresOf(*trained("popularity", world.dataset, {}), Query{});
        const auto random = scoresOf(*trained("random", world.dataset, {}), Query{});
        const Query query = queryFor(*world.dataset, UserIndex{1});
        const auto scores = scoresOf(*cascade, query);
        std::vector<std::uint32_t> open;
        for (std::uint32_t item = 0; item < scores.size(); ++item)
            if (std::ranges::find(query.history, ItemIndex{item}, &HistoryEntry::item) == query.history.end())
                open.push_back(item);
        std::ranges::stable_sort(open, std::greater{}, [&](std::uint32_t item) { return popular[item]; });
        for (std::size_t n = 0; n < open.size(); ++n) {
            QCOMPARE(scores[open[n]] >= 2, n < 5);
            if (n > 5)
                QVERIFY(scores[open[n - 1]] >= scores[open[n]]); // in the first part's order
        }
        std::vector<std::uint32_t> chosen(open.begin(), open.begin() + 5);
        std::ranges::sort(chosen, std::greater{}, [&](std::uint32_t item) { return random[item]; });
        QVERIFY(std::ranges::is_sorted(chosen, std::greater{}, [&](std::uint32_t item) { return scores[item]; }));
        QVERIFY(!refusal("cascade", {world.dataset}, {"parts=popularity, random, ease"}).empty());
    }

    void ridgeSolvesItsEquations()
    {
        // Targets 1 + 2 a - b at (0, 0), (1, 0), (0, 1), (1, 1) are met exactly without a penalty.
        const std::vector<PersonRows> people{rowsOf({0, 0, 1, 0, 0, 1, 1, 1}, {1, 3, 0, 2})};
        const auto [weights, base] = ridgeWeights(people, 2, 1e-9);
        QVERIFY(std::abs(base - 1) < 1e-6 && std::abs(weights[0] - 2) < 1e-6 && std::abs(weights[1] + 1) < 1e-6);
        // One part, rows -1 and 1 with targets -1 and 1: 2 / (2 + strength).
        PersonRows one{1, {ItemIndex{0}, ItemIndex{1}}, {-1, 1}, {-1, 1}, {1, 1}};
        QVERIFY(std::abs(ridgeWeights({&one, 1}, 1, 2).weights[0] - .5) < 1e-12);
        one.weights = {3, 3}; // as though each row were there three times: 6 / (6 + strength)
        QVERIFY(std::abs(ridgeWeights({&one, 1}, 1, 2).weights[0] - .75) < 1e-12);
    }

    void logisticMeetsItsCondition()
    {
        // Rows 1 (liked 3 of 4 times) and 0 (1 of 4): base = ln(1/3), weight = 2 ln 3 without a penalty.
        PersonRows rows{1, {}, {}, {}, std::vector<float>(8, 1.F)};
        for (std::uint32_t i = 0; i < 8; ++i) {
            rows.items.push_back(ItemIndex{i});
            rows.scaled.push_back(i < 4 ? 1.F : 0.F);
            rows.targets.push_back(i < 3 || i == 7 ? 1.F : 0.F);
        }
        const auto found = logisticWeights({&rows, 1}, 1, 1e-9, JobContext{}).value();
        QVERIFY(std::abs(found.base + std::log(3)) < 1e-5);
        QVERIFY(std::abs(found.weights[0] - 2 * std::log(3)) < 1e-5);
    }

    /// Blocks of more items than the best of a list that are looked at: what was liked lies outside of these, too.
    void stackingKeepsTheOrderOfLongLists()
    {
        const auto dataset = blockDataset(2, 30, 200, 5);
        for (const char* learner : {"learner=logistic", "learner=ridge"}) {
            const auto scores = scoresOf(*trained("stacking", dataset, {learner}), queryFor(*dataset, UserIndex{0}));
            double own = 0, other = 0;
            for (std::uint32_t item = 0; item < scores.size(); ++item) {
                const bool isOwn = std::stoul(std::string(dataset->itemIds().name(item)).substr(1)) < 200;
                (isOwn ? own : other) += static_cast<double>(scores[item]) / 200;
            }
            QVERIFY2(own > other + 1e-3, learner);
        }
    }

    void ridgeOverRatingModelsPredictsRatings()
    {
        const PlantedWorld world = plantedWorld(Feedback::Explicit);
        const ModelPtr model = trained("stacking", world.dataset, {"parts=bias, svd", "learner=ridge"});
        QCOMPARE(model->scale(), Scale::Rating);
        QVERIFY(model->capabilities().ratings);
        const auto scores = scoresOf(*model, queryFor(*world.dataset, UserIndex{0}));
        QVERIFY(scores[1] > 4 && scores[60] < 2.5F); // 5 in the own block, 1 elsewhere
        QCOMPARE(trained("stacking", world.dataset, {"learner=ridge"})->scale(), Scale::Rank);
    }
};

QTEST_APPLESS_MAIN(HybridsTest)
#include "hybrids_test.moc"
