// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/curves.h"
#include "core/evaluation/evaluator.h"
#include "core/models/catalogue.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery {

struct FirstAnswerRequest {
    std::shared_ptr<const Dataset> dataset;
    std::optional<std::size_t>
        trainEvents;           ///< of a dataset that came as a training and a test file: that split is taken
    double budgetSeconds = 30; ///< of training, by the algorithms' estimates
};

/// One algorithm that was trained on the training part and judged on the test part.
struct Contender {
    std::string algorithm; ///< id in the catalogue
    std::string title;
    ParamSet params;
    ModelPtr model;
    Curves curves; ///< of its training
    EvaluationReport report;
    double seconds = 0; ///< of training
};

struct LeftOut {
    std::string algorithm;
    std::string why; ///< "Implicit ALS would take about 80 s of training"
};

/// What "Get a first answer" found.
struct FirstAnswer {
    SplitPlan plan;
    Split split;
    std::string splitWhy;
    Protocol protocol;
    std::vector<Contender> contenders; ///< the simplest first; never empty
    std::vector<LeftOut> leftOut;
    std::size_t a = 0;              ///< the bar: popularity
    std::size_t b = 0;              ///< the best of the others by NDCG@10; a where there is no other
    std::optional<Difference> gain; ///< of b over a in NDCG@10; none where there is no other
    /// Four: what was done, who is best, what else the lists are like, what to do next. The same input gives the same
    /// text.
    std::vector<std::string> sentences;
};

/// Holds a part of the data out, trains popularity, item kNN and implicit ALS as far as the budget goes, judges them
/// alike, and says in plain words what came out. Errors: those of the split and of evaluation; Cancelled. An algorithm
/// that cannot learn from the data is left out and named.
[[nodiscard]] ORRERY_API Result<FirstAnswer> firstAnswer(const FirstAnswerRequest& request, const JobContext& job);

} // namespace orrery
