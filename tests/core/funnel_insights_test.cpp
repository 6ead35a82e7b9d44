// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/funnel_trial.h"
#include "core/evaluation/objective_front.h"
#include "core/evaluation/ranker_report.h"
#include "core/evaluation/source_worth.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel_training.h"
#include "core/pipeline/item_losses.h"
#include "core/pipeline/why_above.h"
#include "core/store/funnel_store.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

std::shared_ptr<const Dataset> blocks()
{
    static const auto dataset = blockDataset(4, 30, 30);
    return dataset;
}

FunnelPart part(const std::string& name, const char* algorithm)
{
    return {name, nullptr, findAlgorithm(algorithm), {}, 1};
}

FunnelRecipe recipeWith(RuleSet rules, int most = 25)
{
    FunnelRecipe recipe = usualFunnel(std::vector<std::string>{"ALS", "kNN"});
    for (SourceChoice& source : recipe.sources)
        source.most = most;
    recipe.rules = std::move(rules);
    return recipe;
}

const std::vector<FunnelPart> untrained{part("ALS", "implicit-als"), part("kNN", "item-knn")};

FunnelPtr trained(const FunnelRecipe& recipe) { return *trainFunnel(recipe, untrained, blocks(), JobContext()); }

std::vector<Query> everybody()
{
    std::vector<Query> queries;
    for (std::uint32_t user = 0; user < blocks()->personCount(); ++user)
        queries.push_back(queryFor(*blocks(), UserIndex{user}));
    return queries;
}

FunnelTrial trialOf(const FunnelRecipe& recipe)
{
    return *tryFunnel(recipe, untrained, blocks(), endOfTime, 1000, JobContext());
}

/// 60 people who use items of their own kind of three, a few a week over a year: sittings to learn from.
std::shared_ptr<const Dataset> year()
{
    DatasetBuilder builder;
    builder.implicit();
    for (int person = 0; person < 60; ++person) {
        std::string row;
        for (int use = 0; use < 20; ++use)
            row += fmt::format("i{}@{} ", (person % 3) * 30 + (person * 7 + use * 11) % 30,
                               86'400 * (1 + (use * 18 + person) % 365));
        builder.row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

} // namespace

class FunnelInsightsTest : public QObject {
    Q_OBJECT
private slots:
    void differencesSumToThatOfTheScores()
    {
        RuleSet rules;
        rules.rules = {{BoostRule{"genres = Genre1", 1.5}}};
        const auto funnel = trained(recipeWith(rules));
        const auto single = makeModelRecommender("kNN", funnel->parts().back().model);
        for (const Recommender* recommender : {static_cast<const Recommender*>(funnel.get()), single.get()}) {
            const Query query = everybody()[7];
            const auto list = *recommender->recommend(query, 6, TrailLevel::None, JobContext());
            const ItemIndex first = list.items.front().item, last = list.items.back().item;
            const auto why = whyAbove(*blocks(), *recommender, query, first, last);
            QVERIFY(why);
            double sum = 0, absolute = 0;
            for (const ReasonPair& reason : why->reasons) {
                sum += reason.difference();
                absolute += std::abs(reason.above) + std::abs(reason.below);
            }
            QVERIFY(std::abs(sum - (why->scoreAbove - why->scoreBelow)) <= 1e-4 * absolute);
            QVERIFY2(why->verdict.find("stands above") != std::string::npos || why->verdict.ends_with("higher score"),
                     why->verdict.c_str());
            QVERIFY(whyAbove(*blocks(), *recommender, query, last, first)->verdict.starts_with("It is the other way"));
        }
    }

    // Everybody is counted once, and as the trace of each tells it.
    void countsWhereAnItemIsLost()
    {
        RuleSet rules;
        rules.rules = {{CapRule{CapRule::Of::Category, 3}}, {FilterRule{"genres != Long"}}};
        const auto funnel = trained(recipeWith(rules));
        const auto queries = everybody();
        for (const std::uint32_t number : {0U, 40U, 75U}) {
            const ItemIndex item{number};
            const ItemLosses losses = *lossesOf(*funnel, queries, item, 10, JobContext({1, 1}));
            QCOMPARE(losses.people, queries.size());
            QCOMPARE(losses.seen + losses.notFound + losses.ranked + losses.lostInRules() + losses.listed,
                     losses.people);
            std::size_t seen = 0, retrieval = 0, dropped = 0, listed = 0;
            for (const Query& query : queries) {
                const auto trace = *funnel->trace(query, item);
                seen += trace.verdict == "It is already in the history" ? 1 : 0;
                retrieval += trace.verdict.starts_with("Lost in retrieval") ? 1 : 0;
                dropped += trace.verdict.starts_with("Lost in the rules") ? 1 : 0;
                listed += trace.rank > 0 && trace.rank <= 10 ? 1 : 0;
            }
            QCOMPARE(losses.seen, seen);
            QCOMPARE(losses.notFound, retrieval);
            QCOMPARE(losses.listed, listed);
            QCOMPARE(losses.rules[0].dropped + losses.rules[1].dropped, dropped);
            const ItemLosses again = *lossesOf(*funnel, queries, item, 10, JobContext({1, 2}));
            QCOMPARE(again.ranked, losses.ranked);
            QCOMPARE(again.foundBy, losses.foundBy);
        }
    }

    void aTrialKnowsNothingOfWhatCameLater()
    {
        const FunnelTrial trial = trialOf(recipeWith({}));
        QVERIFY(trial.cut < endOfTime);
        std::size_t chosen = 0;
        for (std::size_t i = 0; i < trial.people.size(); ++i) {
            for (const HistoryEntry& entry : trial.queries[i].history) {
                QVERIFY(entry.at < trial.cut);
                QVERIFY(!std::ranges::binary_search(trial.later[i], entry.item));
            }
            chosen += trial.later[i].size();
        }
        QVERIFY(chosen > 0);
        QVERIFY(trial.funnel->ground()->events()->last() < trial.cut);
    }

    // By hand: what is found by whom, straight from the candidates.
    void sourcesAreWorthWhatOnlyTheyFind()
    {
        const FunnelTrial trial = trialOf(recipeWith({}, 12));
        const FunnelWorth worth = *worthOf(*trial.funnel, trial.queries, trial.later, JobContext({1, 2}));
        std::size_t choices = 0, found = 0;
        std::vector<std::size_t> by(4, 0), only(4, 0);
        for (std::size_t q = 0; q < trial.queries.size(); ++q) {
            choices += trial.later[q].size();
            const auto candidates = *trial.funnel->candidatesOf(trial.queries[q], JobContext());
            for (std::size_t row = 0; row < candidates.size(); ++row) {
                if (!std::ranges::binary_search(trial.later[q], candidates.items[row]))
                    continue;
                ++found;
                const auto places = candidates.placesOf(row);
                for (std::size_t source = 0; source < 4; ++source) {
                    by[source] += places[source] > 0 ? 1 : 0;
                    only[source] += places[source] > 0 && std::ranges::count(places, 0) == 3 ? 1 : 0;
                }
            }
        }
        QCOMPARE(worth.choices, choices);
        QCOMPARE(worth.recall, double(found) / double(choices));
        for (std::size_t source = 0; source < 4; ++source) {
            QCOMPARE(worth.sources[source].recall, double(by[source]) / double(choices));
            QCOMPARE(worth.sources[source].exclusive, double(only[source]) / double(choices));
            // All candidates are kept, so that what is lost without it is what it alone finds.
            QVERIFY(std::abs(worth.recall - worth.sources[source].recallWithout - worth.sources[source].exclusive) <
                    1e-12);
        }
    }

    void fewerPlacesCostRecall()
    {
        FunnelRecipe recipe = recipeWith({}, 20);
        recipe.keep = 10;
        const FunnelTrial trial = trialOf(recipe);
        const FunnelWorth worth = *worthOf(*trial.funnel, trial.queries, trial.later, JobContext());
        std::size_t found = 0;
        for (std::size_t q = 0; q < trial.queries.size(); ++q) {
            const auto candidates = *trial.funnel->candidatesOf(trial.queries[q], JobContext());
            for (const ItemIndex item : candidates.items)
                found += std::ranges::binary_search(trial.later[q], item) ? 1 : 0;
        }
        QCOMPARE(worth.recall, double(found) / double(worth.choices));
        QCOMPARE(worth.candidates, 10.0);
    }

    void nobodyWhoChoseIsAnError()
    {
        const auto funnel = trained(recipeWith({}));
        const auto queries = everybody();
        const std::vector<std::vector<ItemIndex>> later(queries.size());
        QCOMPARE(worthOf(*funnel, queries, later, JobContext()).error().code, Code::InvalidArgument);
    }

    void noPointOfTheFrontIsBeaten()
    {
        const FunnelTrial trial = trialOf(recipeWith({}));
        FrontPlan plan;
        plan.points = 12;
        const auto points = *objectiveFront(*trial.funnel, trial.queries, trial.later, plan, JobContext({1, 1}));
        QVERIFY(points.size() > 4);
        QVERIFY(points.front().weights == trial.funnel->recipe().objectives);
        using Kind = RuleMeasure::Kind;
        const auto beats = [&](const ObjectivePoint& a, const ObjectivePoint& b) {
            bool better = false;
            for (const Kind kind : plan.of) {
                if (a.value(kind) < b.value(kind))
                    return false;
                better = better || a.value(kind) > b.value(kind);
            }
            return better;
        };
        for (const ObjectivePoint& one : points)
            QCOMPARE(one.onFront, std::ranges::none_of(points, [&](const auto& other) { return beats(other, one); }));
        // More weight of diversity makes lists more diverse.
        const auto most = std::ranges::max_element(points, {}, [](const auto& one) { return one.weights.diversity; });
        QVERIFY(most->value(Kind::Diversity) > points.front().value(Kind::Diversity));
        const auto again = *objectiveFront(*trial.funnel, trial.queries, trial.later, plan, JobContext({1, 2}));
        for (std::size_t i = 0; i < points.size(); ++i)
            QCOMPARE(again[i].value(Kind::Agreement), points[i].value(Kind::Agreement));
    }

    // The ranker of a funnel is learned from what was before, and beats chance on the blocks.
    void aRankerIsTrainedAndStored()
    {
        FunnelRecipe recipe = recipeWith({});
        recipe.rankBy = RankBy::Learnt;
        recipe.trees.set("trees", std::int64_t{30});
        const auto dataset = year();
        const auto made = trainFunnel(recipe, untrained, dataset, JobContext());
        QVERIFY2(made.has_value(), made ? "" : made.error().message.c_str());
        const FunnelPtr funnel = *made;
        QVERIFY(funnel->learnt());
        Artifact artifact;
        save(*funnel->learnt(), artifact);
        const auto loaded = loadRanker(artifact);
        QVERIFY(loaded);
        QCOMPARE(loaded->sources, funnel->learnt()->sources);
        QCOMPARE(loaded->trainedBy, funnel->learnt()->trainedBy);
        QVERIFY(loaded->training == funnel->learnt()->training);
        const auto again = *Funnel::open(recipe, funnel->parts(), funnel->ground(), JobContext(),
                                         {std::make_shared<const LearntRanker>(*loaded)});
        for (const std::uint32_t user : {3U, 30U, 50U}) {
            const Query query = queryFor(*dataset, UserIndex{user});
            const auto list = *funnel->recommend(query, 10, TrailLevel::None, JobContext());
            QVERIFY2(list.fallback.empty(), list.fallback.c_str());
            const auto same = *again->recommend(query, 10, TrailLevel::None, JobContext());
            QCOMPARE(list.items.size(), same.items.size());
            for (std::size_t i = 0; i < list.items.size(); ++i)
                QCOMPARE(list.items[i].item, same.items[i].item);
            const auto why = funnel->explain(query, list.items.front().item);
            double sum = 0, absolute = 0;
            for (const Term& term : why->terms) {
                sum += term.value;
                absolute += std::abs(term.value);
            }
            QVERIFY(std::abs(sum - why->score) <= 1e-4 * absolute);
        }
        // What it goes by: shares of all that was gained.
        const auto features = rankerFeatures(*funnel);
        QVERIFY2(features.has_value(), features ? "" : features.error().message.c_str());
        double gains = 0;
        for (const RankerFeature& feature : *features)
            gains += feature.gain;
        QVERIFY(std::abs(gains - 1) < 1e-9);
        QVERIFY(features->front().gain >= features->back().gain && features->front().splits > 0);
        QCOMPARE(features->size(), funnel->learnt()->training.spreads.size());
        QCOMPARE(rankerFeatures(*trained(recipeWith({}))).error().code, Code::Unsupported);
        // Other merges have other scales: it knows its own, and says so where it is another.
        QVERIFY(funnel->learnt()->mergedBy == MergeBy::ReciprocalRank);
        QVERIFY(loaded->mergedBy == MergeBy::ReciprocalRank);
        const auto warned = [&](MergeBy by, const LearntRanker& ranker) {
            FunnelRecipe merged = recipe;
            merged.mergeBy = by;
            const auto asked = *Funnel::open(merged, funnel->parts(), funnel->ground(), JobContext(),
                                             {std::make_shared<const LearntRanker>(ranker)});
            const auto run = *asked->run(queryFor(*dataset, UserIndex{3}), 10, TrailLevel::None, JobContext());
            return run.ranked.fallback.empty() &&
                   std::ranges::any_of(run.ranked.warnings, [](const std::string& warning) {
                       return warning.find("merged by places, and these are merged by scores") != std::string::npos;
                   });
        };
        QVERIFY(warned(MergeBy::Score, *loaded));
        QVERIFY(!warned(MergeBy::ReciprocalRank, *loaded));
        LearntRanker ofBefore = *loaded;
        ofBefore.mergedBy.reset();
        Artifact without;
        save(ofBefore, without);
        QVERIFY(!loadRanker(without)->mergedBy);
        QVERIFY(!warned(MergeBy::Score, ofBefore));
        for (const double no : {3.0, .5, -1.0}) {
            without.putNumber("merged by", no);
            QCOMPARE(loadRanker(without).error().code, Code::Corrupt);
        }
        // Where nobody comes back there is nothing to learn from, and it says so.
        QCOMPARE(trainFunnel(recipe, untrained, blocks(), JobContext()).error().code, Code::InvalidArgument);
        artifact.putNumber("chances", 9);
        QCOMPARE(loadRanker(artifact).error().code, Code::Corrupt);
    }

    // Sources are called by their models: what was learned of one is so under its new name, in the file as well.
    void whatWasLearnedStandsAfterARenaming()
    {
        FunnelRecipe recipe = recipeWith({});
        recipe.sources.push_back({SourceChoice::Kind::Recent, "kNN"});
        recipe.rankBy = RankBy::Learnt;
        recipe.mergeBy = MergeBy::Chance;
        recipe.trees.set("trees", std::int64_t{10});
        const auto dataset = year();
        const FunnelPtr funnel = *trainFunnel(recipe, untrained, dataset, JobContext());
        QVERIFY(funnel->learning().ranker && funnel->learning().merge);

        const QTemporaryDir folder;
        auto workspace = Workspace::create(folder.filePath("w.orrery").toStdString());
        const auto id = *workspace->addDataset(Imported{dataset, {}, {}, {}});
        ModelRow row;
        row.dataset = id;
        row.name = "kNN";
        row.algorithm = "item-knn";
        const auto model = *workspace->addModel(row, *funnel->parts().back().model);
        StoredFunnel stored{recipe, {}};
        save(funnel->learning(), stored.ranker);
        const auto place = *workspace->addFunnel(row, stored);
        QVERIFY(workspace->renameModel(model, "Alike"));

        const StoredFunnel renamed = *workspace->loadFunnel(place);
        std::vector<FunnelPart> parts = funnel->parts();
        parts.back().name = "Alike";
        const auto again = *openFunnel(renamed, parts, funnel->ground(), JobContext());
        const std::vector<std::string> sources{"ALS", "Alike", "Most used", "Trending", "Alike, newest 3"};
        QCOMPARE(again->learning().ranker->sources, sources);
        QCOMPARE(again->learning().merge->sources, sources);
        for (const std::uint32_t user : {3U, 30U, 50U}) {
            const Query query = queryFor(*dataset, UserIndex{user});
            const auto before = *funnel->run(query, 10, TrailLevel::None, JobContext());
            const auto after = *again->run(query, 10, TrailLevel::None, JobContext());
            QVERIFY2(after.ranked.fallback.empty(), after.ranked.fallback.c_str());
            QVERIFY2(after.mergeFallback.empty(), after.mergeFallback.c_str());
            QCOMPARE(after.ranked.scores, before.ranked.scores);
            QVERIFY(after.list == before.list);
        }
    }
};

QTEST_APPLESS_MAIN(FunnelInsightsTest)
#include "funnel_insights_test.moc"
