// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/funnel_ground.h"
#include "core/pipeline/funnel_learning.h"
#include "core/pipeline/funnel_recipe.h"
#include "core/pipeline/rank_stage.h"
#include "core/pipeline/recommender.h"
#include "core/reranking/reranker.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery {

struct Algorithm;

/// A model that a recipe names.
struct FunnelPart {
    std::string name;
    ModelPtr model;
    /// How it was trained, so that its like can be trained on less; null for what cannot be trained here.
    const Algorithm* algorithm = nullptr;
    ParamSet params = {};
    std::uint64_t seed = 1;
};

/// How one source served one question.
struct SourceReport {
    std::string title;
    std::string how;          ///< CandidateSource::how()
    std::string why;          ///< why it was not asked or gave nothing: "switched off", "out of time"; else empty
    std::uint32_t found = 0;  ///< items that it proposed
    std::uint32_t kept = 0;   ///< of these among the candidates
    std::uint32_t only = 0;   ///< of the kept ones, those that no other source found
    std::uint32_t listed = 0; ///< of these in the final list
    double ms = 0;
};

/// One question's way through a funnel, step by step.
struct FunnelRun {
    RuleRequest request;
    std::vector<SourceReport> sources; ///< aligned with the recipe's
    Candidates candidates;             ///< its sources are aligned with the recipe's, too
    std::string mergeFallback;         ///< why they are merged by reciprocal ranks instead; empty where they are not
    Ranked ranked;                     ///< aligned with the candidates
    std::vector<float> scores;         ///< after the objectives, aligned with the candidates
    std::vector<std::uint32_t> rankPlaces; ///< aligned: by these scores, from 1; 0: could not be scored
    RuleTrail trail;                       ///< TrailLevel::Full only
    std::vector<Reranked> list;
    double retrieveMs = 0, rankMs = 0, rulesMs = 0;

    [[nodiscard]] std::vector<Candidate> forRules() const; ///< candidates with their scores
};

/// Retrieve, rank, re-rank: what a recipe says, made ready for a dataset. Scores are those of placeScores() after the
/// rules, from 1 down.
class ORRERY_API Funnel : public Recommender {
public:
    /// Sources whose model is not among `parts` stay silent, and say so; so does a ranker, for which the merged order
    /// stands in. `learning`: of RankBy::Learnt and MergeBy::Chance; where the latter does not know a source that is
    /// on, reciprocal ranks stand in. Errors: InvalidArgument (rules that the catalog does not know, no source at all),
    /// OutOfMemory, Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const Funnel>> open(FunnelRecipe recipe, std::vector<FunnelPart> parts,
                                                                    std::shared_ptr<const FunnelGround> ground,
                                                                    const JobContext& job,
                                                                    FunnelLearning learning = {});

    [[nodiscard]] virtual const FunnelRecipe& recipe() const = 0;
    [[nodiscard]] virtual const std::vector<FunnelPart>& parts() const = 0;
    [[nodiscard]] virtual const std::shared_ptr<const FunnelGround>& ground() const = 0;
    [[nodiscard]] virtual const RankStagePtr& ranker() const = 0; ///< who orders
    /// How candidates are merged: as the recipe says, or by places where they stand in.
    [[nodiscard]] virtual MergeBy mergedBy() const = 0;
    [[nodiscard]] virtual const FunnelLearning& learning() const = 0; ///< as given to open(), also where it is not used
    [[nodiscard]] const LearntRankerPtr& learnt() const { return learning().ranker; }
    [[nodiscard]] virtual const Reranker& reranker() const = 0;

    /// The whole way, with n items at its end. Sources are asked on the job's threads. Errors: Cancelled.
    [[nodiscard]] virtual Result<FunnelRun> run(const Query& query, std::size_t n, TrailLevel level,
                                                const JobContext& job) const = 0;
    /// What the sources find together. Errors: Cancelled.
    [[nodiscard]] virtual Result<Candidates> candidatesOf(const Query& query, const JobContext& job) const = 0;
    /// What the rules are given for many people: candidates as ranked, and requests. Errors: Cancelled.
    struct BeforeRules {
        std::vector<std::vector<Candidate>> candidates;
        std::vector<RuleRequest> requests;
    };
    [[nodiscard]] virtual Result<BeforeRules> beforeRules(std::span<const Query> queries,
                                                          const JobContext& job) const = 0;
    /// What a question is for the rules: the person's purchases and what was looked at in this sitting (entries of the
    /// last half hour before now), on shelf "for-you".
    [[nodiscard]] virtual RuleRequest requestOf(const Query& query) const = 0;
};
using FunnelPtr = std::shared_ptr<const Funnel>;

/// The funnel behind a recommender; null where it is none.
[[nodiscard]] ORRERY_API const Funnel* funnelOf(const Recommender* recommender);

} // namespace orrery
