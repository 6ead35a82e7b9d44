// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/ranking/feature_check.h"
#include "core/ranking/gbdt.h"
#include "core/ranking/probability_measures.h"
#include "core/ranking/value_features.h"
#include "core/ranking/value_rows.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Who will spend more than a sum in the next days.
struct ValueQuestion {
    ValueLabel label;
    Timestamp at = endOfTime;       ///< now: nothing from it on is known; endOfTime: right after the last event
    int stepDays = 0;               ///< between two cuts; 0: as many as the label's days
    std::size_t mostRows = 400'000; ///< of training; half as many of validation and test each
    ParamSet trees; ///< of gbdtParamSpecs(), over those of valueTreeSettings(); the objective is always pointwise
};

/// What the trees of a question are trained with where it says nothing else.
[[nodiscard]] ORRERY_API ParamSet valueTreeSettings();

/// People at the cuts of one part.
struct ValuePart {
    std::vector<Timestamp> cuts;
    std::size_t rows = 0, positives = 0;
};

/// How well probabilities say who will; of the test rows.
struct ValueQuality {
    double auc = 0, logLoss = 0, brier = 0;
    TopShare topTenth; ///< of the rows
};

/// What a feature does, and whether it can be trusted.
struct ValueFeatureReport {
    std::size_t feature = 0; ///< of valueFeatures()
    double gain = 0;         ///< share of the gain of all splits
    double effect = 0;       ///< mean of the absolute SHAP value on test rows, in log odds
    FeatureDrift drift;      ///< from training to test rows
    double alone = 0;        ///< AUC of this feature alone on training rows, whichever way is better
    bool suspicious = false; ///< alone > .98: it may tell what is asked
    bool seesFuture = false; ///< differs once everything from the cut on is taken away: it must not
};

struct ValueReport {
    ValuePart train, validation, test;
    /// The trees; the same probability for all (that of training and validation); and a rule of recency and frequency:
    /// the share of yes among training and validation rows with as many orders in 90 days (0, 1, 2-3, 4-7, 8 and more)
    /// and as old a last one (7, 30, 90 days, older), of 10 more rows of the overall share each.
    ValueQuality trees, base, rule;
    std::vector<CalibrationBin> calibration;  ///< of the trees, tenths of the test rows
    double calibrationError = 0;              ///< ECE
    std::vector<ValueFeatureReport> features; ///< by effect, the largest first
    std::size_t comparedRows = 0;             ///< test rows that were worked out again without what came later
};

struct PersonChance {
    UserIndex user;
    float probability = 0;
};

/// A part of SHAP: what a feature of a person does to the log odds.
struct ValueReason {
    std::size_t feature = 0; ///< of valueFeatures()
    float value = 0;         ///< of the feature; NaN: not known
    float effect = 0;
};

/// What came of a question: immutable; a page only shows it.
struct ValueAnswer {
    ValueQuestion question;
    Timestamp now = noTime;
    /// Early stopping on the validation cuts said how many trees; as many were then trained on training and validation
    /// cuts together, whose rows are the newest. This model was judged on the test cuts, and it answers.
    TrainedTrees model;
    ValueReport report;
    std::vector<PersonChance> people;               ///< everybody with an event before now, the likeliest first
    std::shared_ptr<const CustomerHistory> history; ///< of what was before now

    /// "likely to spend more than 100 in 7 days"
    [[nodiscard]] ORRERY_API std::string title() const;
    /// The likeliest people: a share of all (at least one), or those of at least a probability.
    [[nodiscard]] ORRERY_API std::span<const PersonChance> topShare(double share) const;
    [[nodiscard]] ORRERY_API std::span<const PersonChance> atLeast(double probability) const;
    /// What speaks for and against a person, the strongest first; they and `expected` sum to the log odds.
    struct Reasons {
        std::vector<ValueReason> reasons;
        float expected = 0;
    };
    [[nodiscard]] ORRERY_API Reasons reasonsFor(UserIndex user) const;
};

/// A column of people named title(): "yes" for those, nothing for all others, who are of the history's dataset.
[[nodiscard]] ORRERY_API AttributeColumn segmentOf(const ValueAnswer& answer, std::span<const PersonChance> people);

/// Writes "person,probability" lines to a CSV file: ids of people, the first of them first. Errors: Io, Cancelled.
[[nodiscard]] ORRERY_API Status exportChances(const ValueAnswer& answer, std::span<const PersonChance> people,
                                              const std::filesystem::path& file, const JobContext& job);

/// Learns from people at moments of the past, and judges on the last of these, which no training looked at. Errors:
/// InvalidArgument (no times, purchases or prices; too short a time; nobody or everybody spends so much), Unsupported
/// (whyNoGbdt), Cancelled, OutOfMemory. The same data, question and seed give the same bits on any number of threads.
[[nodiscard]] ORRERY_API Result<ValueAnswer> whoWillMatter(const std::shared_ptr<const Dataset>& dataset,
                                                           const ValueQuestion& question, const JobContext& job);

} // namespace orrery
