// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/learnt_ranker.h"

#include "core/models/artifact.h"

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostSources = 1000;
constexpr std::array<std::string_view, chanceCount> chanceNames{"click/", "cart/", "purchase/"};
constexpr const char* relevanceName = "relevance/";

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
    return ranker;
}

} // namespace orrery
