// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/reranking/rule_set.h"
#include "core/retrieval/candidate_source.h"
#include "core/retrieval/merge.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// One of the sources of a funnel.
struct SourceChoice {
    enum class Kind {
        Model,     ///< what a model recommends
        Recent,    ///< what it recommends to somebody with only the newest entries of the history
        Popular,   ///< the most used
        Trending,  ///< used more than usual lately
        Exploring, ///< seldom used, by chance
    };
    Kind kind = Kind::Model;
    std::string model = {}; ///< name of the model of Model and Recent
    bool on = true;
    double weight = 1; ///< in the merged order
    int most = 200;    ///< items that it may propose
    int newest = 3;    ///< entries of the history that Recent looks at
    Search search = Search::Auto;
    bool operator==(const SourceChoice&) const = default;
};
/// "Implicit ALS", "Implicit ALS, newest 3", "popular", ...: names the source in trails and on screen.
[[nodiscard]] ORRERY_API std::string titleOf(const SourceChoice& source);

/// What orders the candidates before the rules.
enum class RankBy {
    Merged, ///< the order in which they were merged
    Model,  ///< the scores of one model
    Learnt, ///< boosted trees over features
};

/// How much each objective counts, from 0 on. With relevance alone the ranker's own scores order; else the sum over the
/// objectives of weight x placeScores() of the candidates ordered by it, so that no scale has a say.
struct Objectives {
    double relevance = 1; ///< the ranker
    double click = 0;     ///< how likely it is looked at; cart and purchase alike: learnt rankers only
    double cart = 0;
    double purchase = 0;
    double margin = 0; ///< expected margin: how likely it is bought (or else relevance) x what it earns
    double diversity =
        0;              ///< unlike what stands above it: MMR over the first 200 with lambda = 1 - its share of the sum
    double sellers = 0; ///< of sellers that few of the candidates are of
    bool operator==(const Objectives&) const = default;
};

/// Milliseconds that stages may take; 0: as long as they need. Where a stage is late, what comes before it stands in,
/// and the trail says so. Rules have none: a list that breaks them is worse than a late one. With budgets the answer
/// depends on the machine.
struct StageBudgets {
    double retrieve = 0, rank = 0;
    bool operator==(const StageBudgets&) const = default;
};

/// A named pipeline: sources -> merge -> ranker -> rules. A plain value: an edit is a copy, undo is the copy before.
struct FunnelRecipe {
    static constexpr std::size_t mostSources = 20;

    std::string name;
    std::vector<SourceChoice> sources;
    MergeBy mergeBy = MergeBy::ReciprocalRank;
    int keep = 1000;
    bool again = false; ///< what is in the history may be proposed again
    RankBy rankBy = RankBy::Merged;
    std::string rankModel; ///< name of the model of RankBy::Model
    ParamSet trees;        ///< of RankBy::Learnt: settings that differ from the usual
    Objectives objectives;
    StageBudgets budgets;
    RuleSet rules;
};

/// What is declared of each part, for forms, flags and JSON.
[[nodiscard]] ORRERY_API std::span<const ParamSpec> sourceParams();
[[nodiscard]] ORRERY_API std::span<const ParamSpec> funnelParams(); ///< merge, ranker, objectives and budgets
[[nodiscard]] ORRERY_API ParamSet paramsOf(const SourceChoice& source);
[[nodiscard]] ORRERY_API ParamSet paramsOf(const FunnelRecipe& recipe);
/// Errors: InvalidArgument.
[[nodiscard]] ORRERY_API Result<SourceChoice> sourceFrom(const ParamSet& params);
/// Takes what funnelParams() declare; the rest of the recipe stays. Errors: InvalidArgument.
[[nodiscard]] ORRERY_API Result<FunnelRecipe> withParams(FunnelRecipe recipe, const ParamSet& params);

/// Items that the sources that are on may propose together, at least 1.
[[nodiscard]] ORRERY_API int mostProposed(const FunnelRecipe& recipe);
/// Names of the models that the sources that are on and the ranker need, each once, in their order.
[[nodiscard]] ORRERY_API std::vector<std::string> modelsOf(const FunnelRecipe& recipe);
/// The same with one model under another name.
[[nodiscard]] ORRERY_API FunnelRecipe withModelRenamed(FunnelRecipe recipe, const std::string& from,
                                                       const std::string& to);
/// One source, its model as the ranker, and these rules: what a model becomes when rules are put on it.
[[nodiscard]] ORRERY_API FunnelRecipe rulesOnly(const std::string& model, RuleSet rules);
/// The given models (200 each), popular and trending; merged by reciprocal ranks; no rules.
[[nodiscard]] ORRERY_API FunnelRecipe usualFunnel(std::span<const std::string> models);

/// {"orrery-funnel": 1, "name": ..., "sources": [...], "settings": {"merge": ..., ...}, "trees": {...},
/// "rules": {...}}, two blanks of indent, with every setting.
[[nodiscard]] ORRERY_API std::string toJson(const FunnelRecipe& recipe);
/// Reads such a file, which may be anybody's: absent settings have their defaults; all else that is not as declared is
/// an error that names its place. Errors: BadFile.
[[nodiscard]] ORRERY_API Result<FunnelRecipe> funnelFromJson(std::string_view json);

} // namespace orrery
