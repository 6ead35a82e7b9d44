// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/stacking.h"

#include "core/models/hybrids/weighted_parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace orrery {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
constexpr std::size_t leastPeople = 10; // of whom something was held out: fewer say nothing
constexpr int mostSteps = 30;

enum class Learner { Logistic, Ridge };

struct StackingConfig {
    std::string parts = "item-knn, implicit-als";
    Learner learner = Learner::Logistic;
    double regularization = 1;
    HeldOutKind heldOut = HeldOutKind::Random;
};

const ParamTable<StackingConfig>& table()
{
    static const auto declared =
        ParamTable<StackingConfig>{}
            .text("parts", "Parts", "The algorithms whose scores are combined, separated by commas",
                  &StackingConfig::parts, partsFormat, checkParts)
            .choice("learner", "Learner",
                    "Ridge over models that predict ratings predicts ratings; else both tell what is liked",
                    &StackingConfig::learner, {{"logistic", "Logistic regression"}, {"ridge", "Ridge regression"}})
            .number("regularization", "Regularization", "Holds the weights small; 0.1 to 100 is usual",
                    &StackingConfig::regularization, .0001, 1e6, ParamScale::Logarithmic)
            .advanced()
            .choice("held-out", "Learnt from", "Which entries the weights are learnt from", &StackingConfig::heldOut,
                    {{"random", "A third of what people did"}, {"newest", "The newest entry"}})
            .advanced();
    return declared;
}

/// [items x parts + 1]: 1, and what the parts say.
MatrixXd designOf(const PersonRows& person)
{
    using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto rows = static_cast<Eigen::Index>(person.items.size()), parts = static_cast<Eigen::Index>(person.parts);
    MatrixXd design(rows, parts + 1);
    design.col(0).setOnes();
    design.rightCols(parts) = Eigen::Map<const FloatRows>(person.scaled.data(), rows, parts).cast<double>();
    return design;
}

VectorXd inDouble(const std::vector<float>& values)
{
    return Eigen::Map<const Eigen::VectorXf>(values.data(), static_cast<Eigen::Index>(values.size())).cast<double>();
}

StackedWeights unpacked(const VectorXd& solution) { return {{solution.begin() + 1, solution.end()}, solution[0]}; }

/// Value, slope and curvature at some weights.
struct LogisticLoss {
    double value = 0;
    VectorXd slope;
    MatrixXd curvature;
};

LogisticLoss logisticLoss(std::span<const PersonRows> people, const VectorXd& weights, const VectorXd& penalty)
{
    LogisticLoss loss{.5 * penalty.dot(weights.cwiseAbs2()), penalty.cwiseProduct(weights), penalty.asDiagonal()};
    for (const PersonRows& person : people) {
        const MatrixXd design = designOf(person);
        const Eigen::ArrayXd sign =
            (inDouble(person.targets).array() > 0).select(Eigen::ArrayXd::Ones(design.rows()), -1.0);
        const Eigen::ArrayXd weight = inDouble(person.weights);
        const Eigen::ArrayXd margin = sign * (design * weights).array();
        const Eigen::ArrayXd miss = 1 / (1 + margin.exp());
        loss.value += (weight * ((-margin).max(0) + (1 + (-margin.abs()).exp()).log())).sum(); // ln(1 + e^-margin)
        loss.slope -= design.transpose() * (weight * sign * miss).matrix();
        loss.curvature += design.transpose() * (weight * miss * (1 - miss)).matrix().asDiagonal() * design;
    }
    return loss;
}

/// The base is free.
VectorXd penaltyOf(std::size_t parts, double strength)
{
    VectorXd penalty = VectorXd::Constant(static_cast<Eigen::Index>(parts) + 1, strength);
    penalty[0] = 0;
    return penalty;
}

} // namespace

StackedWeights ridgeWeights(std::span<const PersonRows> people, std::size_t parts, double strength)
{
    const VectorXd penalty = penaltyOf(parts, strength);
    MatrixXd system = penalty.asDiagonal();
    VectorXd right = VectorXd::Zero(penalty.size());
    for (const PersonRows& person : people) {
        const MatrixXd design = designOf(person);
        const VectorXd weight = inDouble(person.weights);
        system += design.transpose() * weight.asDiagonal() * design;
        right += design.transpose() * weight.cwiseProduct(inDouble(person.targets));
    }
    return unpacked(system.ldlt().solve(right));
}

Result<StackedWeights> logisticWeights(std::span<const PersonRows> people, std::size_t parts, double strength,
                                       const JobContext& job)
{
    const VectorXd penalty = penaltyOf(parts, strength);
    VectorXd weights = VectorXd::Zero(penalty.size());
    LogisticLoss loss = logisticLoss(people, weights, penalty);
    for (int n = 1; n <= mostSteps; ++n) {
        job.measure("stacking loss", n, loss.value);
        // A floor: where all are told apart, the base has no curvature left.
        loss.curvature.diagonal().array() += 1e-9;
        VectorXd step = loss.curvature.ldlt().solve(loss.slope);
        LogisticLoss next = logisticLoss(people, weights - step, penalty);
        for (int halved = 0; !(next.value <= loss.value) && halved < 30; ++halved) {
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
            step /= 2;
            next = logisticLoss(people, weights - step, penalty);
        }
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        if (!(loss.value - next.value > 1e-10 * std::abs(loss.value)))
            break;
        weights -= step;
        loss = std::move(next);
    }
    return unpacked(weights);
}

namespace {

bool predictRatings(const std::vector<TrainedPart>& parts)
{
    return std::ranges::all_of(parts, [](const TrainedPart& part) { return part.model->scale() == Scale::Rating; });
}

/// The mean of the parts, where too little was held out to learn from.
PartWeights meanOf(std::size_t parts, ListScaling scaling)
{
    return {scaling, std::vector<double>(parts, 1 / static_cast<double>(parts)), 0};
}

Result<PartWeights> learnt(const HeldOut& heldOut, const std::vector<TrainedPart>& parts, const StackingConfig& config,
                           const JobContext& job)
{
    const bool ratings = config.learner == Learner::Ridge && predictRatings(parts);
    const ListScaling scaling = ratings ? ListScaling::None : ListScaling::ZScore;
    const auto people = ratings ? heldOutRatings(heldOut, parts, job) : contenders(heldOut, parts, scaling, job);
    if (!people)
        return tl::unexpected(people.error());
    if (people->size() < leastPeople)
        return meanOf(parts.size(), scaling);
    if (config.learner == Learner::Ridge) {
        auto [weights, base] = ridgeWeights(*people, parts.size(), config.regularization);
        return PartWeights{scaling, std::move(weights), base};
    }
    auto found = logisticWeights(*people, parts.size(), config.regularization, job);
    if (!found)
        return tl::unexpected(found.error());
    return PartWeights{scaling, std::move(found->weights), found->base};
}

Result<ModelPtr> fitStacking(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->parts, 1);
    if (!plans)
        return tl::unexpected(plans.error());
    const auto heldOut = holdOut(*input.train, config->heldOut, job);
    if (!heldOut)
        return tl::unexpected(heldOut.error());
    std::optional<PartWeights> weights;
    if (heldOut->people.size() >= leastPeople) {
        const auto early = trainParts(*plans, heldOut->rest, job.part(0, .45));
        if (!early)
            return tl::unexpected(early.error());
        auto found = learnt(*heldOut, *early, *config, job);
        if (!found)
            return tl::unexpected(found.error());
        weights = std::move(*found);
    }
    auto parts = partsFor(input, *plans, job.part(.5, 1));
    if (!parts)
        return tl::unexpected(parts.error());
    if (!weights)
        weights =
            meanOf(parts->size(), config->learner == Learner::Ridge && predictRatings(*parts) ? ListScaling::None
                                                                                              : ListScaling::ZScore);
    return std::make_shared<const WeightedParts>(std::move(*parts), std::move(*weights));
}

Cost estimateStacking(const DatasetShape& shape, const ParamSet& params)
{
    const StackingConfig config = table().read(params).value_or(StackingConfig{});
    const Cost parts = costOfParts(shape, config.parts, StackingConfig{}.parts);
    const Cost learning = costOfHeldOut(shape, parseParts(config.parts).value_or(std::vector<PartPlan>(2)).size());
    return {2 * parts.seconds + 2 * learning.seconds, parts.bytes + learning.bytes};
}

} // namespace

Algorithm stackingAlgorithm()
{
    Algorithm a;
    a.id = "stacking";
    a.title = "Stacking";
    a.family = "Hybrid";
    a.summary = "Learns a linear model over the scores of other models, from entries that they were not shown. Each "
                "score is a sum of what its parts say.";
    a.whenToUse = "When several models are at hand and it is not known how far to trust each; over rating models, for "
                  "lower errors than the best of them.";
    a.paper = "Wolpert: Stacked generalization, Neural Networks 1992; Sill, Takács, Mackey & Lin: Feature-weighted "
              "linear stacking, 2009";
    a.fallback = PopularFallback::declaration() + " Other parts answer as they do alone.";
    a.can.similarPeople = true;
    a.hybrid = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitStacking;
    a.load = WeightedParts::load;
    a.estimate = estimateStacking;
    return a;
}

} // namespace orrery
