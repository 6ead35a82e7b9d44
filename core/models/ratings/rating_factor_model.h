// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"
#include "core/models/ratings/fold_in.h"
#include "core/params/param_table.h"

#include <functional>
#include <optional>
#include <span>

namespace orrery {

inline constexpr int mostFactors = 1024;
inline constexpr double smallestRidge = .1;

/// All that a rating factorization holds once it is trained.
struct RatingFactorState {
    RatingFactors factors;
    RatingRange range;
    Ridge ridge;
};

/// The model of all rating factorizations (SVD, SVD++, PMF, ALS-WR, NMF): they differ in how the factors are found. Who
/// asks, stored person or guest, is folded in from the history by ridge regression on the item vectors (fold_in.h); the
/// vectors that people had in training are kept for personSpace() only. Where people have no bias, a person is held
/// to the average person and the item biases say what that one would give (centreOnAveragePerson).
[[nodiscard]] ModelPtr ratingFactorModel(RatingFactorState state);

/// How `model` folds people in; nothing of another kind of model.
[[nodiscard]] std::optional<Ridge> ridgeOf(const Model& model);

/// Errors: Corrupt.
[[nodiscard]] Result<ModelPtr> loadRatingFactors(const Artifact& artifact);

/// Finds the factors from all cells that are not marked (see ratingsToLearn).
using RatingTrainer =
    std::function<Result<RatingFactors>(const Interactions&, std::span<const std::uint8_t> heldOut, const JobContext&)>;

/// Whether a model knows how generous a person is.
enum class PersonBias { Learnt, None };

/// How a model is to fold people in.
struct FoldInPlan {
    Ridge ridge;
    bool tune = true; ///< the ridge of the vector is chosen on ratings held back
};
[[nodiscard]] FoldInPlan planOf(const FoldInConfig& config, PersonBias bias = PersonBias::Learnt);

/// Holds a few ratings back where the ridge is to be tuned, trains on the others, tunes. Errors: those of `trainer`.
[[nodiscard]] Result<ModelPtr> fittedRatingFactors(const Dataset& dataset, const FoldInPlan& plan,
                                                   const RatingTrainer& trainer, const JobContext& job);

/// Numbers of a row as it is trained and as it is kept, both at once.
[[nodiscard]] std::size_t paddedAndKept(int factors);
/// What fittedRatingFactors costs beside its trainer: holding back, tuning, the vectors themselves, padded as they are
/// trained and then as they are kept.
[[nodiscard]] Cost costOfRatingFactors(const DatasetShape& shape, int factors, bool tune);

/// An algorithm with all that rating factorizations have in common.
[[nodiscard]] Algorithm ratingFactorization();

/// Declares the parameters of FoldInConfig.
template <class Config> ParamTable<Config>& addFoldIn(ParamTable<Config>& table, PersonBias bias = PersonBias::Learnt)
{
    table
        .flag("tune-fold-in", "Tune the fold-in",
              "Holds back a few ratings of up to 64 people and chooses the fold-in shrinkage that predicts them best",
              static_cast<bool Config::*>(&FoldInConfig::tuneFoldIn))
        .advanced()
        .number("fold-in-reg", "Fold-in shrinkage",
                "How strongly a history's taste is held to the average; used where it is not tuned",
                static_cast<float Config::*>(&FoldInConfig::foldInReg), smallestRidge, 1000, ParamScale::Logarithmic)
        .advanced();
    if (bias == PersonBias::Learnt)
        table
            .number("fold-in-bias-reg", "Fold-in shrinkage of the bias",
                    "How strongly a history's generosity is held to the average; 3 to 10 is usual",
                    static_cast<float Config::*>(&FoldInConfig::foldInBiasReg), smallestRidge, 1000,
                    ParamScale::Logarithmic)
            .advanced();
    return table;
}

} // namespace orrery
