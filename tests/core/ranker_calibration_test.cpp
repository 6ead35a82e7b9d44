// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/evaluation/ranker_report.h"
#include "core/pipeline/funnel_training.h"
#include "core/ranking/chance_correction.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::int64_t day = 86'400;
constexpr int days = 300, perDay = 24, kinds = 3;

/// A world that stays as it is: every day as many people come (each for 20 days), items of three kinds that are new as
/// long as 40 days ago at most, and uses at hours of chance. From `nightFrom` on they are at night only.
std::shared_ptr<const Dataset> steadyWorld(int nightFrom = days)
{
    Rng rng(7);
    std::map<std::string, std::string> rows;
    for (int today = 0; today < days; ++today)
        for (int use = 0; use < perDay; ++use) {
            const int person = 2 * today - static_cast<int>(rng.below(40));
            const int item = 6 * (today - static_cast<int>(rng.below(40))) + static_cast<int>(rng.below(2)) * kinds +
                             ((person % kinds) + kinds) % kinds;
            const auto hour = static_cast<std::int64_t>(rng.below(today < nightFrom ? 24 : 2));
            rows[fmt::format("p{}", person)] +=
                fmt::format("i{}@{} ", item, day * (today + 1) + 3600 * hour + static_cast<int>(rng.below(3600)));
        }
    DatasetBuilder builder;
    builder.implicit();
    for (const auto& [person, uses] : rows)
        builder.row(person, uses);
    return builder.build();
}

// A source that knows what is new at any time: a model would be older in later questions.
FunnelRecipe learntRecipe()
{
    FunnelRecipe recipe;
    recipe.name = "Funnel";
    recipe.sources = {{SourceChoice::Kind::Trending}};
    recipe.rankBy = RankBy::Learnt;
    recipe.trees.set("trees", std::int64_t{60});
    return recipe;
}

FunnelPtr trainedOn(const std::shared_ptr<const Dataset>& dataset, int threads = 2)
{
    auto funnel = trainFunnel(learntRecipe(), {}, dataset, JobContext({1, threads}));
    if (!funnel)
        qFatal("%s", funnel.error().message.c_str());
    return *funnel;
}

/// The same ranker as a program of before would have stored it.
LearntRanker asBefore(const LearntRanker& ranker)
{
    Artifact now, before;
    save(ranker, now);
    for (const auto& [name, array] : now.arrays())
        if (name != "corrections" && name != "drift" && name != "drifted")
            before.putRaw(name, array);
    return *loadRanker(before);
}

} // namespace

class RankerCalibrationTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (!whyNoGbdt().empty())
            QSKIP("This build cannot train trees");
    }

    // Margins learned from sampled rows differ from the log-odds of all rows by a number.
    void findsTheShiftOfMargins()
    {
        Rng rng(3);
        std::vector<float> margins, labels;
        double sum = 0;
        for (int row = 0; row < 100'000; ++row) {
            const double margin = 6 * rng.uniform() - 3, chance = probabilityOf(margin - 3);
            margins.push_back(static_cast<float>(margin));
            labels.push_back(rng.uniform() < chance ? 1.F : 0.F);
            sum += static_cast<double>(labels.back());
        }
        const auto found = fitCorrection(margins, labels, JobContext());
        QVERIFY(found);
        QVERIFY2(std::abs(static_cast<double>(found->shift) + 3) < .05, std::to_string(found->shift).c_str());
        double said = 0;
        for (const float margin : margins)
            said += probabilityOf(static_cast<double>(found->logOdds(margin)));
        QVERIFY(std::abs(said - sum) < 1);
        // Of nothing there is nothing to learn, and what never came true is rare, not impossible.
        QCOMPARE(*fitCorrection({}, {}, JobContext()), ChanceCorrection{});
        const std::vector<float> never(1000, 0.F);
        const auto rare = fitCorrection(std::span(margins).first(1000), never, JobContext());
        QVERIFY(std::isfinite(rare->shift) && rare->shift < -5);
    }

    // On a time that neither the trees nor the correction have seen.
    void chancesAreWhatComesTrue()
    {
        const auto dataset = steadyWorld();
        const Timestamp cut = dataset->timeOfShare(.8);
        const FunnelPtr funnel = trainedOn(dataset->before(cut));
        const auto reports = chanceReports(*funnel, dataset, cut, 1000, JobContext({1, 2}));
        QVERIFY2(reports.has_value(), reports ? "" : reports.error().message.c_str());
        const ChanceReport& used = reports->front();
        QCOMPARE(used.title, std::string("used"));
        QVERIFY(used.questions > 500 && used.seen > 0);
        QVERIFY2(used.uncorrected.predicted > 3 * used.seen, "sampled rows make chances too high");
        QVERIFY2(std::abs(used.corrected.predicted - used.seen) < .25 * used.seen,
                 fmt::format("{} for {}", used.corrected.predicted, used.seen).c_str());
        QVERIFY(used.corrected.calibrationError < used.uncorrected.calibrationError / 5);
        QVERIFY(used.corrected.brier < used.uncorrected.brier);
        const auto alone = chanceReports(*funnel, dataset, cut, 1000, JobContext({1, 1}));
        QCOMPARE(alone->front().corrected.brier, used.corrected.brier);
        // The score is the log-odds of it, and the correction is a term of its explanation.
        const Query query = queryFor(*dataset->before(cut), UserIndex{3});
        const auto run = *funnel->run(query, 5, TrailLevel::Full, JobContext());
        const auto why = funnel->ranker()->explain(query, run.candidates, run.ranked, 0);
        double sum = 0;
        for (const Term& term : why.terms)
            sum += term.value;
        QVERIFY(std::abs(sum - static_cast<double>(run.ranked.scores[0])) < 1e-4 * std::abs(sum) + 1e-4);
        QVERIFY(std::ranges::any_of(why.terms, [](const Term& term) { return term.label.starts_with("corrected"); }));
    }

    void onlyTheShiftDiffersFromWhatWasStoredBefore()
    {
        const auto dataset = steadyWorld();
        const FunnelPtr funnel = trainedOn(dataset);
        const LearntRanker& ranker = *funnel->learnt();
        const LearntRanker before = asBefore(ranker);
        QVERIFY(before.drift.empty());
        QCOMPARE(before.ofRelevance, ChanceCorrection{});
        QVERIFY(ranker.ofRelevance.shift < -1);
        const auto old = *Funnel::open(funnel->recipe(), funnel->parts(), funnel->ground(), JobContext(),
                                       {std::make_shared<const LearntRanker>(before)});
        const Query query = queryFor(*dataset, UserIndex{3});
        const auto now = *funnel->run(query, 10, TrailLevel::Full, JobContext());
        const auto then = *old->run(query, 10, TrailLevel::Full, JobContext());
        for (std::size_t i = 0; i < now.scores.size(); ++i)
            QVERIFY(std::abs(now.ranked.scores[i] - then.ranked.scores[i] - ranker.ofRelevance.shift) < 1e-4F);
        QVERIFY(!rankerFeatures(*old)->front().drift);
        // What save() writes comes back, what it does not write does not.
        Artifact artifact;
        save(ranker, artifact);
        const auto loaded = loadRanker(artifact);
        QVERIFY(loaded);
        QCOMPARE(loaded->ofRelevance, ranker.ofRelevance);
        QCOMPARE(loaded->drift.size(), ranker.drift.size());
        QCOMPARE(loaded->drift.back().psi, ranker.drift.back().psi);
        QCOMPARE(loaded->drifted, ranker.drifted);
        for (const auto& [name, numbers] : {std::pair{"corrections", std::vector<float>{0, 0, 0, 0, 0}},
                                            std::pair{"corrections", std::vector<float>{0, 1e9F, 0, 0}}}) {
            Artifact damaged = artifact;
            damaged.put(name, std::span<const float>(numbers));
            QCOMPARE(loadRanker(damaged).error().code, Code::Corrupt);
        }
        Artifact damaged = artifact;
        damaged.put("drift", std::span<const double>(std::vector<double>(6, 2.0)));
        QCOMPARE(loadRanker(damaged).error().code, Code::Corrupt);
    }

    // Candidates of earlier and of later questions: alike where nothing changed, whatever the trees learned from.
    void featuresDriftOnlyWhereTheWorldDoes()
    {
        const auto steady = rankerFeatures(*trainedOn(steadyWorld()));
        QVERIFY(steady);
        for (const RankerFeature& one : *steady) {
            QVERIFY(one.drift);
            QVERIFY2(
                one.drift->psi - one.drift->byChance < movedFrom,
                fmt::format("{}: PSI {:.3f}, {:.3f} by chance", one.feature.title, one.drift->psi, one.drift->byChance)
                    .c_str());
        }
        const auto dark = rankerFeatures(*trainedOn(steadyWorld(days * 93 / 100)));
        const auto first = std::ranges::max_element(
            *dark, {}, [](const RankerFeature& one) { return one.drift->psi - one.drift->byChance; });
        QCOMPARE(first->feature.title, std::string("Hour of the day"));
        QCOMPARE(first->drift->inWords(), std::string_view("drifted"));
    }
};

QTEST_APPLESS_MAIN(RankerCalibrationTest)
#include "ranker_calibration_test.moc"
