// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/ratings/rating_factor_model.h"

namespace orrery {

/// What SVD, PMF and SVD++ have in common: settings of gradient descent. The defaults are those of SVD, chosen on one
/// training part of ml-latest-small and on the denser half of it (CONTRIBUTING.md).
struct SgdConfig : FoldInConfig {
    int factors = 100;
    int epochs = 40;
    float learningRate = .02F;
    float finalRate = .1F;           ///< share of the learning rate left in the last epoch; it falls in equal steps
    float regularization = .06F;     ///< of vectors, at every step
    float biasRegularization = .02F; ///< of biases, at every step
    float initSpread = .02F;         ///< standard deviation of the first random vectors
};

/// Declares them, with the defaults of `Config`, which derives from SgdConfig.
template <class Config> ParamTable<Config> sgdTable(PersonBias bias = PersonBias::Learnt)
{
    const auto real = [](float SgdConfig::*field) { return static_cast<float Config::*>(field); };
    const auto whole = [](int SgdConfig::*field) { return static_cast<int Config::*>(field); };
    ParamTable<Config> table;
    table
        .number("factors", "Factors", "Length of each vector; 20 to 200 is usual", whole(&SgdConfig::factors), 1,
                mostFactors, ParamScale::Logarithmic)
        .number("epochs", "Epochs", "Passes over the ratings; 20 to 60 is usual", whole(&SgdConfig::epochs), 1, 1000,
                ParamScale::Logarithmic)
        .number("learning-rate", "Learning rate", "Size of a step; too large and training diverges",
                real(&SgdConfig::learningRate), 1e-5, 1, ParamScale::Logarithmic)
        .number("regularization", "Regularization", "Keeps vectors small; 0.02 to 0.1 is usual",
                real(&SgdConfig::regularization), 0, 10);
    if (bias == PersonBias::Learnt)
        table
            .number("bias-regularization", "Regularization of biases", "Keeps biases small; 0.005 to 0.05 is usual",
                    real(&SgdConfig::biasRegularization), 0, 10)
            .advanced();
    table
        .number("final-rate", "Final learning rate",
                "Share of the learning rate that is left in the last epoch; 1 keeps it as it is",
                real(&SgdConfig::finalRate), 0, 1)
        .advanced()
        .number("init-spread", "Initial spread", "Standard deviation of the first random vectors; 0.01 to 0.1 is usual",
                real(&SgdConfig::initSpread), 0, 1)
        .advanced();
    return addFoldIn(table, bias);
}

} // namespace orrery
