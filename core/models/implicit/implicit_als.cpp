// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/implicit_als.h"

#include "core/models/implicit/als_solver.h"
#include "core/models/implicit/factor_model.h"
#include "core/models/implicit/liked_cells.h"
#include "core/models/implicit/ridge_fold_in.h"
#include "core/models/warm_start.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using als::Cells;
using implicit::ConfidenceRule;
using implicit::PenaltyRule;
using Mapping = ConfidenceRule::Mapping;

enum class Strength { Share, Plain };
enum class Unknown { Elsewhere, Everywhere };

// On MovieLens (latest-small; 80% of each person's ratings; relevant: 4 stars or more) these defaults reach an NDCG@10
// of .30; popularity reaches .16.
struct AlsConfig {
    int factors = 64;
    int iterations = 15;
    float regularization = .02F;
    float alpha = 10;
    Mapping confidence = Mapping::Above;
    float likedFrom = 4;
    float epsilon = 1;
    Strength strength = Strength::Share;
    float exponent = 1;
    float unknownWeight = 1;
    Unknown unknown = Unknown::Elsewhere;
    als::Solver solver = als::Solver::ConjugateGradient;
    int steps = 3;
    int blockSize = 32;

    [[nodiscard]] als::Objective objective() const { return {unknownWeight, unknown == Unknown::Everywhere}; }
    [[nodiscard]] als::StepSettings stepSettings() const
    {
        return {solver, steps, objective(), static_cast<std::size_t>(blockSize)};
    }
};

const ParamTable<AlsConfig>& table()
{
    static const auto declared =
        ParamTable<AlsConfig>{}
            .number("factors", "Factors", "Length of each vector; more tell finer tastes apart; 32 to 128 is usual",
                    &AlsConfig::factors, 1, 512)
            .number("iterations", "Iterations", "Rounds over all people and items; 10 to 20 is usual",
                    &AlsConfig::iterations, 1, 200)
            .number("regularization", "Regularization",
                    "Higher is smoother; a share of the total confidence, .005 to .03 is usual",
                    &AlsConfig::regularization, .000001, 10, ParamScale::Logarithmic)
            .number("alpha", "Confidence weight",
                    "How much more a liked item counts than an unknown one; 5 to 40 is usual", &AlsConfig::alpha, .001,
                    10000, ParamScale::Logarithmic)
            .choice("confidence", "Confidence", "How the value of a liked item sets its confidence",
                    &AlsConfig::confidence,
                    {{"above", "The same for all: 1 + weight"},
                     {"linear", "In proportion: 1 + weight x value"},
                     {"log", "Logarithmic: 1 + weight x ln(1 + value / epsilon)"}})
            .number("liked-from", "Liked from",
                    "Smallest rating that counts as liked; lower ones count as unknown. Counts above 0 are all liked",
                    &AlsConfig::likedFrom, 0, 100)
            .number("epsilon", "Epsilon", "Unit of the logarithmic confidence", &AlsConfig::epsilon, .0001, 10000,
                    ParamScale::Logarithmic)
            .advanced()
            .number("exponent", "Regularization by use",
                    "Whether much used items and long histories are held back more: 1 in proportion, 0 all alike",
                    &AlsConfig::exponent, 0, 1)
            .advanced()
            .choice("strength", "Regularization as",
                    "What the regularization is a share of; plain is lambda as papers and other programs give it",
                    &AlsConfig::strength,
                    {{"share", "Share of the total confidence, whatever the exponent"},
                     {"plain", "Plain: times use to the power of the exponent"}})
            .advanced()
            .number("unknown-weight", "Weight of unknown items", "1 in Hu et al.; .05 to 1 is usual with 'everywhere'",
                    &AlsConfig::unknownWeight, .0001, 100, ParamScale::Logarithmic)
            .advanced()
            .choice("unknown", "Unknown counts", "Whether liked items, too, are pulled to 0 with the unknown weight",
                    &AlsConfig::unknown,
                    {{"elsewhere", "Of items that are not liked (Hu et al.)"},
                     {"everywhere", "Of all items (Rendle et al.)"}})
            .advanced()
            .choice("solver", "Solver",
                    "Conjugate gradient is fastest; Cholesky solves each step exactly; blocks are in between",
                    &AlsConfig::solver,
                    {{"gradient", "Conjugate gradient"}, {"exact", "Cholesky"}, {"blocks", "Blocks (iALS++)"}})
            .advanced()
            .number("steps", "Gradient steps", "Of conjugate gradient, for each person and item; 2 to 5 is usual",
                    &AlsConfig::steps, 1, 50)
            .advanced()
            .number("block-size", "Block size",
                    "Factors that iALS++ solves for at once, rounded up to 16; 32 to 128 is usual",
                    &AlsConfig::blockSize, 16, 512)
            .advanced();
    return declared;
}

/// One side of the matrix while it is trained.
struct Side {
    Cells cells;
    std::vector<float> penalty;
    Matrix factors;
};

double sizeOf(const Cells& cells, std::size_t row, const AlsConfig& config)
{
    const auto weights = cells.weightsOf(row);
    return std::accumulate(weights.begin(), weights.end(),
                           static_cast<double>(config.unknownWeight) * static_cast<double>(cells.columnCount));
}

PenaltyRule penaltyOf(const AlsConfig& config, const Cells& cells)
{
    PenaltyRule rule{1, config.exponent, 1};
    double sizes = 0, powers = 0;
    for (std::size_t row = 0; row < cells.rows(); ++row) {
        sizes += sizeOf(cells, row, config);
        powers += static_cast<double>(rule.of(sizeOf(cells, row, config)));
    }
    rule.strength = config.regularization;
    if (config.strength == Strength::Share && config.exponent < 1)
        rule.norm = sizes / powers;
    return rule;
}

Side sideOf(Cells cells, const PenaltyRule& rule, const AlsConfig& config)
{
    Side side{std::move(cells), {}, {}};
    side.factors = Matrix(side.cells.rows(), static_cast<std::size_t>(config.factors));
    for (std::size_t row = 0; row < side.cells.rows(); ++row)
        side.penalty.push_back(rule.of(sizeOf(side.cells, row, config)));
    return side;
}

double penaltySum(const Side& side)
{
    double sum = 0;
    for (std::size_t row = 0; row < side.factors.rows(); ++row) {
        double square = 0;
        for (const float value : side.factors.row(row))
            square += static_cast<double>(value) * static_cast<double>(value);
        sum += static_cast<double>(side.penalty[row]) * square;
    }
    return sum;
}

/// Random item vectors of about length one: from there the loss falls faster than from the tenth of it that is usual
/// (Rendle et al. 2021), to the same end. What is known already goes on from there.
Status initialize(Matrix& items, MatrixView known, const JobContext& job)
{
    Rng rng = job.rng("als.init");
    const double scale = 1 / std::sqrt(static_cast<double>(items.cols()));
    for (std::size_t row = 0; row < items.rows(); ++row) {
        for (float& value : items.row(row))
            value = static_cast<float>(scale * rng.normal());
        std::ranges::copy(knownRow(known, row), items.row(row).begin());
        if (const auto alive = job.check(); row % 1024 == 0 && !alive)
            return alive;
    }
    return {};
}

// The first step solves for people from zero, or from where they were.
void initializePeople(Matrix& people, MatrixView known)
{
    for (std::size_t row = 0; row < known.rows; ++row)
        std::ranges::copy(known.row(row), people.row(row).begin());
}

Result<double> solve(const JobContext& job, Side& side, const Side& fixed, const als::StepSettings& settings)
{
    return als::solveSide(job, side.cells, side.penalty, fixed.factors.view(), side.factors.ref(), settings);
}

/// Alternates. The loss that is reported is a mean over all cells of the matrix, weighted by their confidence, plus
/// the penalty on the same scale.
Status train(const JobContext& job, const AlsConfig& config, int iterations, Side& people, Side& items)
{
    double confidences = 0;
    for (std::size_t row = 0; row < people.cells.rows(); ++row)
        confidences += sizeOf(people.cells, row, config);
    for (int iteration = 1; iteration <= iterations; ++iteration) {
        const als::StepSettings settings = config.stepSettings();
        if (const auto done = solve(job, people, items, settings); !done)
            return tl::unexpected(done.error());
        const auto loss = solve(job, items, people, settings);
        if (!loss)
            return tl::unexpected(loss.error());
        const double mean = (*loss + penaltySum(people)) / confidences;
        if (!std::isfinite(mean))
            return error(Code::Numeric, fmt::format("Training diverged in iteration {}", iteration),
                         "Raise the regularization or lower the confidence weight");
        job.measure("loss", iteration, mean);
        job.offerVectors(iteration, [&] { return items.factors; });
        job.progress(static_cast<double>(iteration) / (iterations + 1),
                     fmt::format("iteration {} of {}", iteration, iterations));
    }
    // The stored people must lie where their fold-in puts them.
    const auto last = solve(job, people, items, {als::Solver::Exact, 0, config.objective()});
    return last ? Status{} : tl::unexpected(last.error());
}

Result<ModelPtr> fitChecked(const FitInput& input, const AlsConfig& config, const JobContext& job)
{
    const Dataset& dataset = *input.train;
    const WarmStart start = warmStartFrom(input.before.get(), static_cast<std::size_t>(config.factors),
                                          dataset.personCount(), dataset.itemCount());
    const auto confidence =
        implicit::confidenceFor(dataset, {config.confidence, config.likedFrom, config.alpha, config.epsilon});
    auto liked = implicit::likedCells(dataset.interactions(), confidence);
    if (!liked)
        return tl::unexpected(liked.error());
    Cells cells = std::move(*liked);
    const auto peoplePenalty = penaltyOf(config, cells);
    Cells turned = als::transposed(cells);
    const auto itemPenalty = penaltyOf(config, turned);
    Side items = sideOf(std::move(turned), itemPenalty, config);
    Side people = sideOf(std::move(cells), peoplePenalty, config);
    if (const auto done = initialize(items.factors, start.items, job); !done)
        return tl::unexpected(done.error());
    initializePeople(people.factors, start.people);
    if (const auto done = train(job, config, start.rounds(config.iterations), people, items); !done)
        return tl::unexpected(done.error());
    const auto foldIn = [&](implicit::ItemFactors fixed) -> Result<std::unique_ptr<const implicit::FoldInMethod>> {
        return std::make_unique<const implicit::RidgeFoldIn>(fixed.vectors, config.objective(), peoplePenalty);
    };
    return implicit::FactorModel::make(
        {std::move(items.factors), std::move(people.factors), {}, confidence, PopularFallback(dataset.interactions())},
        foldIn);
}

Result<ModelPtr> loadImplicitAls(const Artifact& artifact)
{
    return implicit::FactorModel::load(artifact, false, [&](implicit::ItemFactors items) {
        return implicit::RidgeFoldIn::load(artifact, items.vectors);
    });
}

Result<ModelPtr> fitImplicitAls(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    return config ? fitChecked(input, *config, job) : tl::unexpected(config.error());
}

Cost estimateImplicitAls(const DatasetShape& shape, const ParamSet& params)
{
    const AlsConfig config = table().read(params).value_or(AlsConfig{});
    const double k = config.factors;
    const double cells = 2.0 * static_cast<double>(shape.interactions);
    const double rows = static_cast<double>(shape.people + shape.items);
    const double gradient = (config.steps + 1) * k * (cells + 12 * rows) * 9e-11 + rows * k * k * 7e-11;
    const double block = std::min(k, static_cast<double>(config.blockSize));
    const double blocks = k * (block + 4) * cells * 2.2e-11 + rows * k * (block * block * 5e-11 + k * 1e-10);
    const double exact = cells * k * k * 1.9e-11 + rows * k * k * k * 2.8e-11;
    const double sides = config.solver == als::Solver::Exact    ? exact
                         : config.solver == als::Solver::Blocks ? blocks
                                                                : gradient;
    Cost cost;
    cost.seconds = config.iterations * sides + exact / 2;
    cost.bytes = shape.interactions * 2 * (sizeof(float) + sizeof(std::uint32_t)) +
                 static_cast<std::size_t>(rows * k * 3 * sizeof(float));
    return cost;
}

} // namespace

Algorithm implicitAlsAlgorithm()
{
    Algorithm a;
    a.id = "implicit-als";
    a.title = "Implicit ALS";
    a.family = "Matrix factorization";
    a.summary = "Places people and items in one space so that people lie near what they like. It learns from what they "
                "did not touch as well, with less confidence.";
    a.whenToUse = "For ranking from likes, plays or purchases; a strong first choice when there are few attributes.";
    a.paper = "Hu, Koren & Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008; solver after "
              "Takács, Pilászy & Tikk: Applications of the conjugate gradient method for implicit feedback "
              "collaborative filtering, RecSys 2011, and Rendle, Krichene, Zhang & Koren: iALS++, 2021";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.seeded = true;
    a.warmStart = true;
    a.starter = true;
    a.params = table().specs();
    a.fit = fitImplicitAls;
    a.load = loadImplicitAls;
    a.estimate = estimateImplicitAls;
    return a;
}

} // namespace orrery
