// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "app/cli/data_options.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel_recipe.h"
#include "core/pipeline/recommender.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class Option;
}

namespace orrery::cli {

/// A model as asked for: an algorithm to train, a model of the workspace, or lists computed elsewhere.
struct ModelChoice {
    std::string name;                     ///< shown: the algorithm's title, or the stored name
    const Algorithm* algorithm = nullptr; ///< null for lists
    ParamSet params;                      ///< complete
    std::optional<ModelRow> stored;
    std::string listsFile;
    std::optional<FunnelRecipe> funnel = {}; ///< of the workspace, or of a file
};

/// One that can be asked, and what it took.
struct ReadyModel {
    ModelChoice choice;
    RecommenderPtr recommender;
    double seconds = 0; ///< of training; 0 where it was stored
    Curves curves;      ///< of that training
};

/// --model and --set, as often as wanted: a --set belongs to the --model before it. --lists-from for lists, --recipe
/// for funnels.
class ModelOptions {
public:
    enum class Number {
        Trained, ///< one, and an algorithm
        One,
        Several,
    };

    void declare(CLI::App& app, Number number);
    /// Whether any model or list was asked for.
    [[nodiscard]] bool named() const { return count() > 0; }
    [[nodiscard]] std::size_t count() const { return m_models.size() + m_lists.size() + m_recipes.size(); }
    /// What was asked for, or the default: the newest model of the workspace, else item kNN.
    /// Errors: InvalidArgument for an unknown model or parameter.
    [[nodiscard]] Result<std::vector<ModelChoice>> choices(const OpenedData& data) const;
    /// Algorithms only, at least one: what is to be trained.
    [[nodiscard]] Result<std::vector<ModelChoice>> algorithms() const;

private:
    struct Named {
        enum class Kind { Model, Lists, Recipe };
        std::string model; ///< or a file
        std::vector<std::string> assignments = {};
        Kind kind = Kind::Model;
    };
    [[nodiscard]] Result<std::vector<Named>> asked() const;
    [[nodiscard]] static Result<ModelChoice> resolve(const Named& named, const std::vector<ModelRow>& stored);

    CLI::App* m_app = nullptr;
    CLI::Option* m_modelOption = nullptr;
    CLI::Option* m_setOption = nullptr;
    CLI::Option* m_listsOption = nullptr;
    CLI::Option* m_recipeOption = nullptr;
    std::vector<std::string> m_models, m_sets, m_lists, m_recipes;
};

/// Trains what is not stored, on `train`; stored models are loaded as they are.
[[nodiscard]] Result<ReadyModel> makeReady(const ModelChoice& choice, const OpenedData& data,
                                           const std::shared_ptr<const Dataset>& train, const JobContext& job);
/// Models, and the data that they may know.
struct ReadyModels {
    std::shared_ptr<const Dataset> train;
    std::vector<ReadyModel> models;
};
/// All that was asked for, sharing the job's progress; what is not stored is trained on what is known before `asOf`. A
/// note says when a stored one saw more.
[[nodiscard]] Result<ReadyModels> makeAllReady(const ModelOptions& options, const OpenedData& data, Timestamp asOf,
                                               Console& console, const JobContext& job);

/// What commands that ask models work on.
struct AskedModels {
    OpenedData data;
    Timestamp asOf = endOfTime;
    ReadyModels ready;
};
/// What such commands begin with: opens the data and makes all models ready, in the job's first `share` of progress.
/// `asOf` as momentFrom() reads it. Errors: those of all three.
[[nodiscard]] Result<AskedModels> openAndMakeReady(const DataOptions& data, const ModelOptions& models,
                                                   const std::string& asOf, const Context& context, double share);
/// The model behind it. Errors: Unsupported of lists, which know of nothing similar.
[[nodiscard]] Result<ModelPtr> requireModel(const ReadyModel& chosen);

} // namespace orrery::cli
