// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/learnt_ranker.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostSources = 1000;
constexpr std::array<std::string_view, chanceCount> chanceNames{"click/", "cart/", "purchase/"};
constexpr const char *relevanceName = "relevance/", *correctionsName = "corrections", *driftName = "drift",
                     *driftedName = "drifted", *mergedByName = "merged by";
constexpr float farthest = 10'000;
constexpr std::size_t numbersADrift = 6;
constexpr double mostDrift = 1e9;

std::string sourceName(std::size_t i) { return fmt::format("source {:04}", i); }

tl::unexpected<Error> damaged(std::string what)
{
    return error(Code::Corrupt, fmt::format("The ranker is damaged: {}", what), "Train it again");
}

Result<std::size_t> wholeNumber(const Artifact& artifact, const std::string& name, std::size_t most)
{
    const auto number = artifact.number(name);
    if (!number)
        return tl::unexpected(number.error());
    if (!(*number >= 0 && *number <= static_cast<double>(most)) ||
        *number != static_cast<double>(static_cast<std::size_t>(*number)))
        return damaged(fmt::format("'{}' is {}", name, *number));
    return static_cast<std::size_t>(*number);
}

void saveCorrections(const LearntRanker& ranker, Artifact& artifact)
{
    std::vector<float> shifts{ranker.ofRelevance.shift};
    for (const ChanceCorrection& correction : ranker.corrections)
        shifts.push_back(correction.shift);
    artifact.put(correctionsName, std::span<const float>(shifts));
}

// Rankers of before have none.
Status loadCorrections(const Artifact& artifact, LearntRanker& ranker)
{
    if (!artifact.arrays().contains(correctionsName))
        return {};
    const auto shifts = artifact.floats(correctionsName, chanceCount + 1);
    if (!shifts)
        return tl::unexpected(shifts.error());
    for (const float shift : *shifts)
        if (std::abs(shift) > farthest)
            return damaged(fmt::format("a correction of {}", shift));
    ranker.ofRelevance = {shifts->front()};
    for (std::size_t chance = 0; chance < chanceCount; ++chance)
        ranker.corrections.at(chance) = {(*shifts)[chance + 1]};
    return {};
}

// Rankers of before do not say.
Status loadMergedBy(const Artifact& artifact, LearntRanker& ranker)
{
    if (!artifact.arrays().contains(mergedByName))
        return {};
    const auto merge = wholeNumber(artifact, mergedByName, static_cast<std::size_t>(MergeBy::Chance));
    if (!merge)
        return tl::unexpected(merge.error());
    ranker.mergedBy = static_cast<MergeBy>(*merge);
    return {};
}

void saveDrift(const LearntRanker& ranker, Artifact& artifact)
{
    std::vector<double> numbers;
    const auto told = [](float median) { return std::isnan(median) ? 0 : static_cast<double>(median); };
    for (const FeatureDrift& one : ranker.drift)
        numbers.insert(numbers.end(), {one.psi, one.byChance, one.missingBefore, one.missingAfter,
                                       told(one.medianBefore), told(one.medianAfter)});
    artifact.put(driftName, std::span<const double>(numbers));
    artifact.putText(driftedName, ranker.drifted);
}

// Where all values are missing there is no median.
Status loadDrift(const Artifact& artifact, std::size_t features, LearntRanker& ranker)
{
    if (!artifact.arrays().contains(driftName))
        return {};
    const auto numbers = artifact.doubles(driftName);
    auto words = artifact.text(driftedName);
    if (!numbers || !words)
        return tl::unexpected(numbers ? words.error() : numbers.error());
    if (numbers->size() != numbersADrift * features && !numbers->empty())
        return damaged(fmt::format("the drift of {} features is told by {} numbers", features, numbers->size()));
    for (std::size_t i = 0; i < numbers->size(); i += numbersADrift) {
        const double* of = numbers->data() + i;
        if (!std::all_of(of, of + 2, [](double number) { return number >= 0 && number <= mostDrift; }) ||
            !std::all_of(of + 2, of + 4, [](double share) { return share >= 0 && share <= 1; }))
            return damaged(fmt::format("the drift of feature {}", i / numbersADrift + 1));
        const auto median = [of](std::size_t missing, std::size_t at) {
            return of[missing] < 1 ? static_cast<float>(of[at]) : std::numeric_limits<float>::quiet_NaN();
        };
        ranker.drift.push_back({of[0], of[1], of[2], of[3], median(2, 4), median(3, 5)});
    }
    ranker.drifted = std::move(*words);
    return {};
}

} // namespace

void save(const LearntRanker& ranker, Artifact& artifact)
{
    artifact.putNumber("sources", static_cast<double>(ranker.sources.size()));
    for (std::size_t i = 0; i < ranker.sources.size(); ++i)
        artifact.putText(sourceName(i), ranker.sources[i]);
    artifact.putNumber("objective", static_cast<double>(ranker.objective));
    artifact.putText("trained by", ranker.trainedBy);
    save(ranker.training, artifact);
    ranker.relevance.save(artifact, relevanceName);
    double known = 0;
    for (std::size_t chance = 0; chance < chanceCount; ++chance)
        if (ranker.chances.at(chance)) {
            known += 1U << chance;
            ranker.chances.at(chance)->save(artifact, std::string(chanceNames.at(chance)));
        }
    artifact.putNumber("chances", known);
    if (ranker.mergedBy)
        artifact.putNumber(mergedByName, static_cast<double>(*ranker.mergedBy));
    saveCorrections(ranker, artifact);
    saveDrift(ranker, artifact);
}

Result<LearntRanker> loadRanker(const Artifact& artifact)
{
    LearntRanker ranker;
    const auto sources = wholeNumber(artifact, "sources", mostSources);
    const auto objective = wholeNumber(artifact, "objective", static_cast<std::size_t>(GbdtObjective::Squared));
    const auto chances = wholeNumber(artifact, "chances", (1U << chanceCount) - 1);
    auto trainedBy = artifact.text("trained by");
    auto training = loadSnapshot(artifact);
    for (const Error* failure : std::initializer_list<const Error*>{
             sources ? nullptr : &sources.error(), objective ? nullptr : &objective.error(),
             chances ? nullptr : &chances.error(), trainedBy ? nullptr : &trainedBy.error(),
             training ? nullptr : &training.error()})
        if (failure)
            return tl::unexpected(*failure);
    for (std::size_t i = 0; i < *sources; ++i) {
        auto name = artifact.text(sourceName(i));
        if (!name)
            return tl::unexpected(name.error());
        ranker.sources.push_back(std::move(*name));
    }
    ranker.training = std::move(*training);
    ranker.objective = static_cast<GbdtObjective>(*objective);
    ranker.trainedBy = std::move(*trainedBy);
    const std::size_t features = ranker.training.spreads.size();
    auto relevance = TreeEnsemble::load(artifact, relevanceName, features);
    if (!relevance)
        return tl::unexpected(relevance.error());
    ranker.relevance = std::move(*relevance);
    for (std::size_t chance = 0; chance < chanceCount; ++chance) {
        if ((*chances >> chance & 1U) == 0)
            continue;
        auto trees = TreeEnsemble::load(artifact, std::string(chanceNames.at(chance)), features);
        if (!trees)
            return tl::unexpected(trees.error());
        ranker.chances.at(chance) = std::move(*trees);
    }
    if (const auto read = loadMergedBy(artifact, ranker); !read)
        return tl::unexpected(read.error());
    if (const auto read = loadCorrections(artifact, ranker); !read)
        return tl::unexpected(read.error());
    if (const auto read = loadDrift(artifact, features, ranker); !read)
        return tl::unexpected(read.error());
    return ranker;
}

} // namespace orrery
