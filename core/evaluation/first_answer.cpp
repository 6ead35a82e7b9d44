// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/first_answer.h"

#include "core/base/words.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::array<std::string_view, 3> candidates = {"popularity", "item-knn", "implicit-als"};
constexpr auto judgedBy = "ndcg@10";

// On a scale other than five stars, what counts as liked is where the protocol says that it is relevant.
ParamSet paramsFor(const Algorithm& algorithm, const Dataset& dataset, const Protocol& protocol)
{
    ParamSet params;
    const auto liked = std::ranges::find(algorithm.params, "liked-from", &ParamSpec::id);
    if (liked == algorithm.params.end() || dataset.feedback() != Feedback::Explicit)
        return params;
    const ParamValue from = static_cast<double>(protocol.relevantFrom);
    if (from != liked->fallback && validate(*liked, from))
        params.set("liked-from", from);
    return params;
}

std::string seconds(double value)
{
    return value < 1 ? "less than a second" : fmt::format("about {} s", grouped(static_cast<std::uint64_t>(value)));
}

Result<Split> chooseSplit(const FirstAnswerRequest& request, FirstAnswer& answer)
{
    if (request.trainEvents) {
        answer.plan.kind = SplitKind::Predefined;
        answer.splitWhy = "The data came with a training and a test file.";
        return predefinedSplit(request.dataset, *request.trainEvents);
    }
    Suggestion suggestion = suggestSplit(*request.dataset);
    answer.plan = suggestion.plan;
    answer.splitWhy = std::move(suggestion.why);
    return makeSplit(request.dataset, answer.plan);
}

struct Chosen {
    const Algorithm* algorithm = nullptr;
    ParamSet params;
};

// The simplest first; each takes its estimate out of what is left of the budget.
std::vector<Chosen> affordable(double budget, FirstAnswer& answer)
{
    std::vector<Chosen> chosen;
    const DatasetShape shape = answer.split.train->shape();
    for (const auto id : candidates) {
        const Algorithm* algorithm = findAlgorithm(id);
        if (!algorithm)
            continue;
        ParamSet params = paramsFor(*algorithm, *answer.split.train, answer.protocol);
        const double needed = expectedCost(*algorithm, shape, params).seconds;
        if (needed > budget) {
            answer.leftOut.push_back({algorithm->id, fmt::format("{} would take {} of training", algorithm->title,
                                                                 seconds(std::ceil(needed)))});
            continue;
        }
        budget -= needed;
        chosen.push_back({algorithm, std::move(params)});
    }
    return chosen;
}

Result<Contender> compete(const Chosen& chosen, const FirstAnswer& answer, const JobContext& job)
{
    const auto start = std::chrono::steady_clock::now();
    job.progress(0, chosen.algorithm->title);
    CurveRecorder recorder(job.part(0, 0.8));
    auto model = train(*chosen.algorithm, {answer.split.train}, chosen.params, recorder.job());
    if (!model)
        return tl::unexpected(model.error());
    Contender contender{chosen.algorithm->id, chosen.algorithm->title, chosen.params, *model, recorder.curves(), {}, 0};
    contender.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto report = evaluate(answer.split, *makeModelRecommender(contender.title, contender.model), answer.protocol,
                           job.part(0.8, 1));
    if (!report)
        return tl::unexpected(report.error());
    contender.report = std::move(*report);
    return contender;
}

Status trainAndJudge(std::span<const Chosen> chosen, FirstAnswer& answer, const JobContext& job)
{
    const double share = 1.0 / static_cast<double>(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const double from = static_cast<double>(i) * share;
        auto contender = compete(chosen[i], answer, job.part(from, from + share));
        if (contender)
            answer.contenders.push_back(std::move(*contender));
        else if (contender.error().code == Code::Cancelled || i == 0)
            return tl::unexpected(contender.error());
        else
            answer.leftOut.push_back(
                {chosen[i].algorithm->id, fmt::format("{} could not learn from this data ({})",
                                                      chosen[i].algorithm->title, contender.error().message)});
    }
    return {};
}

double scoreOf(const Contender& contender, std::string_view id) { return contender.report.find(id)->mean; }

void chooseAB(FirstAnswer& answer)
{
    for (std::size_t i = 1; i < answer.contenders.size(); ++i)
        if (answer.b == answer.a ||
            scoreOf(answer.contenders[i], judgedBy) > scoreOf(answer.contenders[answer.b], judgedBy))
            answer.b = i;
    if (answer.b == answer.a)
        return;
    const auto gain = difference(answer.contenders[answer.a].report, answer.contenders[answer.b].report, judgedBy,
                                 answer.protocol.bootstrapSeed, answer.protocol.bootstrapRounds);
    if (gain)
        answer.gain = *gain;
}

std::string listed(const std::vector<Contender>& contenders)
{
    std::string text;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        if (i > 0)
            text += i + 1 == contenders.size() ? " and " : ", ";
        text += contenders[i].title;
    }
    return text;
}

std::string heldOut(const Split& split)
{
    if (split.kind == SplitKind::GlobalTemporal)
        return fmt::format("everything from {} on was held out to judge them by", dateText(split.asOf));
    if (split.kind == SplitKind::Predefined)
        return "the test file was kept apart to judge them by";
    const auto test = static_cast<double>(split.test->interactions().size());
    const auto train = static_cast<double>(split.train->interactions().size());
    return fmt::format("a random {:.3g} % of the interactions was held out to judge them by",
                       100 * test / (test + train));
}

std::string whatWasDone(const FirstAnswer& answer)
{
    std::string text =
        fmt::format("{} learned from {} and recommended ten items each to {}; {}", listed(answer.contenders),
                    counted(answer.split.train->interactions().size(), "interaction"),
                    counted(answer.contenders[0].report.rankedPeople, "person", "people"), heldOut(answer.split));
    for (const auto& left : answer.leftOut)
        text += fmt::format("; {}, so it was left out", left.why);
    return text + ".";
}

enum class Verdict { Alone, Better, NoBetter, Worse };

Verdict verdictOf(const FirstAnswer& answer)
{
    if (!answer.gain)
        return Verdict::Alone;
    if (answer.gain->interval.low > 0)
        return Verdict::Better;
    return answer.gain->interval.high < 0 ? Verdict::Worse : Verdict::NoBetter;
}

std::string whoIsBest(const FirstAnswer& answer)
{
    const Contender& a = answer.contenders[answer.a];
    const Contender& b = answer.contenders[answer.b];
    const double ofA = scoreOf(a, judgedBy);
    const double ofB = scoreOf(b, judgedBy);
    const Verdict verdict = verdictOf(answer);
    if (verdict == Verdict::Alone)
        return fmt::format("With {} alone there is nothing to compare: its NDCG@10 is {:.3f} (1 is a perfect list).",
                           a.title, ofA);
    const Interval& range = answer.gain->interval;
    const auto between = fmt::format("95 % interval of the difference {:+.3f} to {:+.3f}", range.low, range.high);
    if (verdict == Verdict::Better)
        return fmt::format("{} is best: its NDCG@10 is {:.3f} against {:.3f} of {} (1 is a perfect list; {}).", b.title,
                           ofB, ofA, a.title, between);
    if (verdict == Verdict::Worse)
        return fmt::format(
            "Nothing is better than popular: {} has NDCG@10 {:.3f}, and the best of the others, {}, falls "
            "short with {:.3f} ({}).",
            a.title, ofA, b.title, ofB, between);
    return fmt::format(
        "{} is no better than popular: its NDCG@10 is {:.3f} against {:.3f} of {}, and the difference may "
        "be chance ({}).",
        b.title, ofB, ofA, a.title, between);
}

std::string share(double value)
{
    return value > 0 && value < 0.001 ? "under 0.1 %" : fmt::format("{:.2g} %", 100 * value);
}

std::string known(double bits)
{
    const auto people = static_cast<std::uint64_t>(std::llround(std::exp2(bits)));
    return people <= 1 ? "nearly everybody" : fmt::format("one person in {}", grouped(people));
}

std::string whatTheListsAreLike(const FirstAnswer& answer)
{
    const Contender& a = answer.contenders[answer.a];
    const Contender& b = answer.contenders[answer.b];
    const auto coverage = [](const Contender& one) { return share(scoreOf(one, "coverage@10")); };
    const auto novelty = [](const Contender& one) { return known(scoreOf(one, "novelty@10")); };
    if (answer.a == answer.b)
        return fmt::format("Its lists show {} of the catalog, and an item in them is typically known to {}.",
                           coverage(a), novelty(a));
    return fmt::format(
        "The lists of {} show {} of the catalog and those of {} {}; an item in them is typically known to {}, "
        "against {}.",
        b.title, coverage(b), a.title, coverage(a), novelty(b), novelty(a));
}

std::string whatToDoNext(const FirstAnswer& answer)
{
    const std::string& a = answer.contenders[answer.a].title;
    const std::string& b = answer.contenders[answer.b].title;
    switch (verdictOf(answer)) {
    case Verdict::Alone: return "Next, train a personal model in Recipes, or allow more time here.";
    case Verdict::Better:
        return fmt::format("Next, open Explore and compare A ({}) with B ({}) for one person: each item says why it is "
                           "there.",
                           a, b);
    case Verdict::NoBetter:
    case Verdict::Worse: break;
    }
    return fmt::format(
        "Next, try other settings in Recipes or another split in Judge; until something beats it, {} is the "
        "simpler choice.",
        a);
}

} // namespace

Result<FirstAnswer> firstAnswer(const FirstAnswerRequest& request, const JobContext& job)
{
    FirstAnswer answer;
    auto split = chooseSplit(request, answer);
    if (!split)
        return tl::unexpected(split.error());
    answer.split = std::move(*split);
    answer.protocol = Protocol::standard(*request.dataset);
    const auto chosen = affordable(request.budgetSeconds, answer);
    if (chosen.empty())
        return error(Code::InvalidArgument, "Nothing can be trained within this time", "Allow more seconds");
    if (const auto done = trainAndJudge(chosen, answer, job); !done)
        return tl::unexpected(done.error());
    chooseAB(answer);
    answer.sentences = {whatWasDone(answer), whoIsBest(answer), whatTheListsAreLike(answer), whatToDoNext(answer)};
    return answer;
}

} // namespace orrery
