// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/params/param_table.h"
#include "core/ranking/gbdt.h"

namespace orrery {
namespace {

const ParamTable<GbdtParams>& table()
{
    static const auto declared =
        ParamTable<GbdtParams>{}
            .choice("objective", "Objective", "What the trees learn to do well", &GbdtParams::objective,
                    {{"ndcg", "NDCG (LambdaMART)"},
                     {"pairwise", "Pairs in order"},
                     {"pointwise", "Probability of each"},
                     {"squared", "Value of each"}})
            .number("trees", "Trees", "At most so many rounds; 100 to 1000 is usual, early stopping keeps the best",
                    &GbdtParams::trees, 1, static_cast<double>(TreeEnsemble::maxTrees), ParamScale::Logarithmic)
            .number("depth", "Depth", "Questions on the way to a leaf; 3 to 8 is usual", &GbdtParams::depth, 1, 12)
            .number("learning-rate", "Learning rate",
                    "What share of each tree is added: lower needs more trees and is often better; .02 to .3 is usual",
                    &GbdtParams::learningRate, .001, 1, ParamScale::Logarithmic)
            .number("min-child-weight", "Least weight of a leaf",
                    "Sum of second derivatives: higher is more cautious; 1 to 20 is usual", &GbdtParams::minChildWeight,
                    .001, 1e6, ParamScale::Logarithmic)
            .number("lambda", "Regularization", "L2 strength on leaves: higher is more cautious; 1 to 10 is usual",
                    &GbdtParams::lambda, 0, 1e4)
            .number("subsample", "Share of rows", "Of which each tree is grown; .5 to 1 is usual",
                    &GbdtParams::subsample, .05, 1)
            .number("column-sample", "Share of features", "That each tree may ask; .5 to 1 is usual",
                    &GbdtParams::columnSample, .05, 1)
            .number("patience", "Early stopping",
                    "Rounds without a better validation before it stops; 10 to 50 is usual, 0 never stops",
                    &GbdtParams::patience, 0, 10'000);
    return declared;
}

} // namespace

std::span<const ParamSpec> gbdtParamSpecs() { return table().specs(); }

Result<GbdtParams> readGbdtParams(const ParamSet& set) { return table().read(set); }

} // namespace orrery
