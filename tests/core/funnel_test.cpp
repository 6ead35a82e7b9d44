// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "core/pipeline/funnel.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::size_t shown = 10;

std::shared_ptr<const Dataset> blocks()
{
    static const auto dataset = blockDataset(4, 20, 30);
    return dataset;
}

FunnelPart part(const std::string& name, const char* algorithm)
{
    const Algorithm* declared = findAlgorithm(algorithm);
    return {name, *train(*declared, {blocks()}, {}, JobContext()), declared, {}, 1};
}

const std::vector<FunnelPart>& parts()
{
    static const std::vector<FunnelPart> all{part("ALS", "implicit-als"), part("kNN", "item-knn")};
    return all;
}

const std::shared_ptr<const FunnelGround>& ground()
{
    static const auto made = *FunnelGround::open(blocks(), JobContext());
    return made;
}

FunnelRecipe twoModels()
{
    FunnelRecipe recipe = usualFunnel(std::vector<std::string>{"ALS", "kNN"});
    recipe.name = "Two models";
    return recipe;
}

FunnelPtr opened(FunnelRecipe recipe) { return *Funnel::open(std::move(recipe), parts(), ground(), JobContext()); }

Query askedBy(std::uint32_t user) { return queryFor(*blocks(), UserIndex{user}); }

FunnelRun ran(const Funnel& funnel, std::uint32_t user, TrailLevel level = TrailLevel::Full)
{
    return *funnel.run(askedBy(user), shown, level, JobContext());
}

std::vector<ItemIndex> itemsOf(const RecommendationList& list)
{
    std::vector<ItemIndex> items;
    for (const Recommendation& one : list.items)
        items.push_back(one.item);
    return items;
}

/// Rules of every way of acting: drop, boost, cap, order anew, pin.
RuleSet manyRules()
{
    RuleSet rules;
    rules.rules = {{FilterRule{"year >= 1900"}},
                   {BoostRule{"genres = Genre1", 1.5}},
                   {CapRule{CapRule::Of::Category, 4}},
                   {DiversityRule{.8, DiversityRule::By::Categories, 20, 50}}};
    return rules;
}

double sumOf(const Explanation& explanation)
{
    double sum = 0;
    for (const Term& term : explanation.terms)
        sum += term.value;
    return sum;
}

} // namespace

class FunnelTest : public QObject {
    Q_OBJECT
private slots:
    void sourcesOfChanceAreKeptByTheirSeed()
    {
        const auto drawn = [](std::uint64_t seed) {
            const SourceChoice exploring{SourceChoice::Kind::Exploring};
            const auto source = *ground()->source(exploring, nullptr, JobContext({seed, 1}));
            return *source->find(askedBy(3), {}, shown, JobContext());
        };
        const auto first = drawn(1);
        QVERIFY(drawn(2) != first);
        QCOMPARE(drawn(1), first);
    }

    void aRecipeTellsHowMuchItsSourcesPropose()
    {
        FunnelRecipe recipe = twoModels();
        for (SourceChoice& source : recipe.sources)
            source.most = 9000;
        recipe.sources.back().on = false;
        QCOMPARE(mostProposed(recipe), 27'000);
        QCOMPARE(mostProposed({}), 1);
    }

    void aModelAloneGivesTheModelsList()
    {
        const auto funnel = opened(rulesOnly("kNN", {}));
        const auto plain = makeModelRecommender("kNN", parts()[1].model);
        for (const std::uint32_t user : {0U, 33U, 79U}) {
            const auto list = *funnel->recommend(askedBy(user), shown, TrailLevel::None, JobContext());
            const auto expected = *plain->recommend(askedBy(user), shown, TrailLevel::None, JobContext());
            QCOMPARE(itemsOf(list), itemsOf(expected));
        }
    }

    void countsAddUp()
    {
        const auto funnel = opened(twoModels());
        const FunnelRun run = ran(*funnel, 5);
        QCOMPARE(run.sources.size(), std::size_t{4});
        std::size_t only = 0;
        for (std::size_t source = 0; source < run.sources.size(); ++source) {
            QVERIFY(run.sources[source].kept <= run.sources[source].found);
            QVERIFY(run.sources[source].only <= run.sources[source].kept);
            only += run.sources[source].only;
        }
        QVERIFY(only <= run.candidates.size());
        QCOMPARE(run.list.size(), shown);
        const auto list = *funnel->recommend(askedBy(5), shown, TrailLevel::Full, JobContext());
        std::size_t accounted = list.candidates;
        for (const Dropped& dropped : list.dropped)
            accounted += dropped.reason == DropReason::Rule ? 0 : dropped.count;
        QCOMPARE(accounted, blocks()->itemCount());
        for (const Recommendation& one : list.items)
            QVERIFY(!one.trail.empty() && one.trail.back().rankAfter > 0);
    }

    void aSourceThatIsOffOrLacksItsModelStaysSilent()
    {
        FunnelRecipe recipe = twoModels();
        recipe.sources[0].on = false;
        recipe.sources[1].model = "nobody";
        const FunnelRun run = ran(*opened(recipe), 5);
        QCOMPARE(run.sources[0].why, std::string("switched off"));
        QVERIFY(run.sources[1].why.find("nobody") != std::string::npos);
        QCOMPARE(run.sources[0].found + run.sources[1].found, 0U);
        QVERIFY(!run.list.empty()); // what is most used
    }

    void aRankerThatIsMissingLeavesTheMergedOrder()
    {
        FunnelRecipe recipe = twoModels();
        recipe.rankBy = RankBy::Learnt;
        const FunnelRun run = ran(*opened(recipe), 5);
        QCOMPARE(run.ranked.fallback, std::string("the ranker has not been trained"));
        QCOMPARE(run.scores, run.candidates.merged);
        const auto list = *opened(recipe)->recommend(askedBy(5), shown, TrailLevel::Full, JobContext());
        QVERIFY(list.fallback.find("not been trained") != std::string::npos);
    }

    void termsSumToTheScore_data()
    {
        QTest::addColumn<int>("rank");
        QTest::addColumn<bool>("objectives");
        QTest::newRow("merged") << 0 << false;
        QTest::newRow("model") << 1 << false;
        QTest::newRow("model and objectives") << 1 << true;
    }
    void termsSumToTheScore()
    {
        QFETCH(int, rank);
        QFETCH(bool, objectives);
        FunnelRecipe recipe = twoModels();
        recipe.rankBy = static_cast<RankBy>(rank);
        recipe.rankModel = "ALS";
        if (objectives)
            recipe.objectives.diversity = .5;
        recipe.rules = manyRules();
        const ItemIndex pinned{7};
        recipe.rules.rules.push_back({PinRule{std::string(blocks()->itemIds().name(pinned.value)), 2}});
        const auto funnel = opened(recipe);
        int explained = 0;
        for (const std::uint32_t user : {0U, 41U, 66U}) {
            const auto list = *funnel->recommend(askedBy(user), shown, TrailLevel::None, JobContext());
            for (const Recommendation& one : list.items) {
                const auto why = funnel->explain(askedBy(user), one.item);
                QVERIFY(why);
                QCOMPARE(why->score, double(one.score));
                double absolute = 0;
                for (const Term& term : why->terms)
                    absolute += std::abs(term.value);
                QVERIFY2(std::abs(sumOf(*why) - why->score) <= 1e-4 * absolute,
                         qPrintable(QString("item %1: %2 of %3").arg(one.item.value).arg(sumOf(*why)).arg(why->score)));
                ++explained;
            }
        }
        QCOMPARE(explained, 30);
    }

    // What ranks alike has one score, and its terms sum to that.
    void termsSumToTheScoreOfWhatRanksAlike()
    {
        FunnelRecipe recipe = twoModels();
        for (SourceChoice& source : recipe.sources)
            source.weight = 0;
        const auto funnel = opened(recipe);
        const auto list = *funnel->recommend(askedBy(3), shown, TrailLevel::None, JobContext());
        QCOMPARE(list.items.size(), shown);
        for (const Recommendation& one : list.items) {
            const auto why = funnel->explain(askedBy(3), one.item);
            QCOMPARE(why->score, 1.0);
            QVERIFY(std::abs(sumOf(*why) - 1) <= 1e-4);
        }
    }

    void aLateModelIsExplainedAsMerged()
    {
        const FunnelRun run = ran(*opened(twoModels()), 3);
        const auto stage = makeModelStage("ALS", parts().front().model);
        const Ranked late = stage->rank(run.request.query, run.candidates, 1e-9);
        QVERIFY(!late.fallback.empty());
        const Explanation why = stage->explain(run.request.query, run.candidates, late, 2);
        QCOMPARE(why.score, double(late.scores[2]));
        QCOMPARE(sumOf(why), why.score);
    }

    void saysWhereAnItemIsLost()
    {
        FunnelRecipe recipe = rulesOnly("kNN", {});
        recipe.sources[0].most = 20;
        recipe.rules.rules = {{CapRule{CapRule::Of::Category, 2}}};
        const auto funnel = opened(recipe);
        const FunnelRun run = ran(*funnel, 5);
        const ItemIndex first = run.list.front().item;
        QCOMPARE(funnel->trace(askedBy(5), first)->verdict.substr(0, 7), std::string("Place 1"));
        bool byRule = false, notFound = false;
        for (std::uint32_t item = 0; item < blocks()->itemCount(); ++item) {
            const auto trace = *funnel->trace(askedBy(5), ItemIndex{item});
            byRule = byRule || trace.verdict.starts_with("Lost in the rules: at most 2");
            notFound = notFound || (trace.verdict.starts_with("Lost in retrieval: No source proposed it: kNN has it") &&
                                    trace.verdict.ends_with("and proposes 20"));
        }
        QVERIFY(byRule);
        QVERIFY(notFound);
        QCOMPARE(funnel->trace(askedBy(5), askedBy(5).history.front().item)->verdict,
                 std::string("It is already in the history"));
    }

    void whatIsDroppedIsRefilledFromTheCandidates()
    {
        FunnelRecipe recipe = twoModels();
        recipe.rules.rules = {{FilterRule{"genres != Genre1"}}};
        const auto list = *opened(recipe)->recommend(askedBy(5), shown, TrailLevel::Full, JobContext());
        QCOMPARE(list.items.size(), shown);
        for (const Dropped& dropped : list.dropped)
            if (dropped.reason == DropReason::Rule)
                QVERIFY(!dropped.by.empty() && dropped.items.size() == dropped.count);
    }

    void theSameOnAnyNumberOfThreadsAndForManyAtOnce()
    {
        FunnelRecipe recipe = twoModels();
        recipe.sources.push_back({SourceChoice::Kind::Exploring});
        recipe.sources.push_back({SourceChoice::Kind::Recent, "kNN"});
        recipe.rules = manyRules();
        const auto funnel = opened(recipe);
        std::vector<Query> queries;
        for (std::uint32_t user = 0; user < 40; ++user)
            queries.push_back(askedBy(user));
        const BulkLists lists = *funnel->recommendAll(queries, shown, JobContext({1, 1}));
        QCOMPARE(funnel->recommendAll(queries, shown, JobContext({1, 2}))->items, lists.items);
        for (std::uint32_t user = 0; user < 40; ++user) {
            const auto list = *funnel->recommend(queries[user], shown, TrailLevel::Full, JobContext({1, 2}));
            const auto row = lists.row(user);
            QCOMPARE(itemsOf(list), std::vector<ItemIndex>(row.begin(), row.end()));
        }
    }

    // What the rules would be given for many people is what they are given for each.
    void beforeRulesIsWhatTheRulesSee()
    {
        const auto funnel = opened(twoModels());
        const std::vector<Query> queries{askedBy(1), askedBy(50)};
        const auto before = *funnel->beforeRules(queries, JobContext());
        for (std::size_t q = 0; q < queries.size(); ++q) {
            const auto run = *funnel->run(queries[q], shown, TrailLevel::None, JobContext());
            const auto expected = run.forRules();
            QCOMPARE(before.candidates[q].size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i)
                QVERIFY(before.candidates[q][i].item == expected[i].item &&
                        before.candidates[q][i].score == expected[i].score);
        }
    }

    void whatIsInTheHistoryComesAgainOnlyWhereAsked()
    {
        FunnelRecipe recipe = twoModels();
        for (const bool again : {false, true}) {
            recipe.again = again;
            std::size_t seen = 0;
            const Query query = askedBy(5);
            const FunnelRun run = ran(*opened(recipe), 5);
            for (const ItemIndex item : run.candidates.items)
                seen += std::ranges::binary_search(query.history, item, {}, &HistoryEntry::item) ? 1 : 0;
            QCOMPARE(seen > 0, again);
        }
    }

    void nothingToAskIsAnError()
    {
        const auto none = Funnel::open({}, parts(), ground(), JobContext());
        QVERIFY(!none);
        QCOMPARE(none.error().code, Code::InvalidArgument);
        FunnelRecipe unknown = twoModels();
        unknown.rules.rules = {{FilterRule{"colour = red"}}};
        QVERIFY(!Funnel::open(unknown, parts(), ground(), JobContext()));
    }

    void jsonKeepsEverySetting()
    {
        FunnelRecipe recipe = twoModels();
        recipe.sources[1] = {SourceChoice::Kind::Recent, "kNN", false, 2.5, 77, 5, Search::Hnsw};
        recipe.mergeBy = MergeBy::Score;
        recipe.keep = 321;
        recipe.again = true;
        recipe.rankBy = RankBy::Model;
        recipe.rankModel = "ALS";
        recipe.objectives = {.5, 1, 2, 3, 4, 5, 6};
        recipe.budgets = {10, 50};
        recipe.trees.set("trees", std::int64_t{50});
        recipe.rules = usualRules();
        const auto read = funnelFromJson(toJson(recipe));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(toJson(*read), toJson(recipe));
        QVERIFY(read->sources == recipe.sources);
        QVERIFY(read->objectives == recipe.objectives && read->budgets == recipe.budgets);
        QCOMPARE(read->rules.rules.size(), recipe.rules.rules.size());
    }

    void strangersRecipesAreErrorsThatNameThePlace_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("says");
        const auto with = [](const char* inside) { return QString(R"({"orrery-funnel": 1, %1})").arg(inside); };
        QTest::newRow("no json") << "funnel"
                                 << "not a recipe";
        QTest::newRow("deep") << QString("[").repeated(100'000) << "nested";
        QTest::newRow("version") << R"({"orrery-funnel": 2})"
                                 << "version";
        QTest::newRow("no sources") << with(R"("sources": [])") << "1 to 20 sources";
        QTest::newRow("source") << with(R"("sources": [3])") << "source 1";
        QTest::newRow("kind") << with(R"("sources": [{"source": "oracle"}])") << "oracle";
        QTest::newRow("no model") << with(R"("sources": [{"source": "model"}])") << "does not say which";
        QTest::newRow("range") << with(R"("sources": [{"source": "popular", "most": 100000000000}])") << "most";
        QTest::newRow("unknown") << with(R"("sources": [{"source": "popular"}], "colour": 1)") << "colour";
        QTest::newRow("rules")
            << with(R"("sources": [{"source": "popular"}], "rules": {"orrery-rules": 1, "rules": [{}]})")
            << "rules, rule 1";
        QTest::newRow("trees") << with(R"("sources": [{"source": "popular"}], "trees": {"depth": []})") << "depth";
    }
    void strangersRecipesAreErrorsThatNameThePlace()
    {
        QFETCH(QString, json);
        QFETCH(QString, says);
        const auto read = funnelFromJson(json.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, Code::BadFile);
        const QString all =
            QString::fromStdString(read.error().message + " " + read.error().hint + " " + read.error().where);
        QVERIFY2(all.contains(says), qPrintable(all));
    }

    void renamesAModelWhereverItIsNamed()
    {
        FunnelRecipe recipe = twoModels();
        recipe.rankBy = RankBy::Model;
        recipe.rankModel = "ALS";
        const FunnelRecipe renamed = withModelRenamed(recipe, "ALS", "Mine");
        QCOMPARE(modelsOf(renamed), (std::vector<std::string>{"Mine", "kNN"}));
        QCOMPARE(renamed.rankModel, std::string("Mine"));
    }
};

QTEST_APPLESS_MAIN(FunnelTest)
#include "funnel_test.moc"
