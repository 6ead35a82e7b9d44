// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/gbdt.h"

#include "core/ranking/training_checks.h"
#include "core/ranking/xgboost_booster.h"
#include "core/ranking/xgboost_trees.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t listLength = 10; // of the validation's NDCG

struct Measure {
    const char* name;
    bool higherIsBetter;
    double (*of)(const TrainingRows& rows, std::span<const float> margins);
};

double weightOf(const TrainingRows& rows, std::size_t r)
{
    return rows.weights.empty() ? 1 : static_cast<double>(rows.weights[r]);
}

/// The weighted mean of `loss(label, margin)`.
template <class Loss> double meanLoss(const TrainingRows& rows, std::span<const float> margins, Loss loss)
{
    double sum = 0, weights = 0;
    for (std::size_t r = 0; r < margins.size(); ++r) {
        sum += weightOf(rows, r) * loss(static_cast<double>(rows.labels[r]), static_cast<double>(margins[r]));
        weights += weightOf(rows, r);
    }
    return sum / weights;
}

double ndcgOf(const TrainingRows& rows, std::span<const float> margins)
{
    return groupedNdcg(margins, rows.labels, rows.groupStarts, listLength);
}

/// -log p of what was seen: log(1 + exp(-margin)) for 1, log(1 + exp(margin)) for 0.
double logLossOf(const TrainingRows& rows, std::span<const float> margins)
{
    return meanLoss(rows, margins, [](double label, double margin) {
        const double wrong = label > .5 ? -margin : margin;
        return std::max(wrong, 0.) + std::log1p(std::exp(-std::abs(wrong)));
    });
}

double rmseOf(const TrainingRows& rows, std::span<const float> margins)
{
    return std::sqrt(
        meanLoss(rows, margins, [](double label, double margin) { return (label - margin) * (label - margin); }));
}

Measure measureOf(GbdtObjective objective)
{
    switch (objective) {
    case GbdtObjective::Ndcg:
    case GbdtObjective::Pairwise: return {"validation NDCG@10", true, ndcgOf};
    case GbdtObjective::Pointwise: return {"validation log loss", false, logLossOf};
    case GbdtObjective::Squared: break;
    }
    return {"validation RMSE", false, rmseOf};
}

/// The margin that all rows start from: what the labels alone say.
double startOf(const TrainingRows& rows, GbdtObjective objective)
{
    if (isRanking(objective))
        return 0;
    double sum = 0, weights = 0;
    for (std::size_t r = 0; r < rows.labels.size(); ++r) {
        sum += weightOf(rows, r) * static_cast<double>(rows.labels[r]);
        weights += weightOf(rows, r);
    }
    const double mean = sum / weights;
    // A float, as that is what the library starts from.
    return static_cast<double>(
        static_cast<float>(objective == GbdtObjective::Pointwise ? std::log(mean / (1 - mean)) : mean));
}

class Training {
public:
    Training(const TrainingRows& train, const TrainingRows& validation, const GbdtParams& params, const JobContext& job)
        : m_train(train), m_validation(validation), m_params(params), m_job(job), m_measure(measureOf(params.objective))
    {
    }

    Result<TrainedTrees> run()
    {
        m_bias = startOf(m_train, m_params.objective);
        auto booster = XgboostBooster::make(m_train, m_validation, m_params, m_bias, m_job.rng("gbdt").next());
        if (!booster)
            return tl::unexpected(booster.error());
        for (int round = 0; round < m_params.trees && !stalled(round); ++round)
            if (const auto added = addTree(**booster, round); !added)
                return tl::unexpected(added.error());
        return takeOut(**booster);
    }

private:
    [[nodiscard]] bool validates() const { return m_validation.features.rows() > 0; }

    [[nodiscard]] bool stalled(int round) const
    {
        return validates() && m_params.patience > 0 && round > static_cast<int>(m_best) + m_params.patience;
    }

    Status addTree(XgboostBooster& booster, int round)
    {
        if (const auto go = m_job.check(); !go)
            return go;
        m_job.progress(static_cast<double>(round) / m_params.trees,
                       fmt::format("tree {} of {}", round + 1, m_params.trees));
        if (const auto added = booster.addTree(round); !added)
            return added;
        m_rounds = static_cast<std::size_t>(round) + 1;
        return validates() ? validate(booster) : Status();
    }

    Status validate(XgboostBooster& booster)
    {
        auto margins = booster.margins();
        if (!margins)
            return tl::unexpected(margins.error());
        const double value = m_measure.of(m_validation, *margins);
        if (!std::isfinite(value))
            return error(Code::Numeric, fmt::format("Training diverged after {} trees", m_rounds),
                         "Lower the learning rate");
        m_values.push_back(value);
        m_job.measure(m_measure.name, static_cast<double>(m_rounds), value);
        const bool better =
            m_rounds == 1 || (m_measure.higherIsBetter ? value > m_values[m_best] : value < m_values[m_best]);
        if (better) {
            m_best = m_rounds - 1;
            m_margins = std::move(*margins);
        }
        return {};
    }

    Result<TrainedTrees> takeOut(XgboostBooster& booster)
    {
        if (!validates()) {
            m_best = m_rounds - 1;
            auto margins = booster.margins();
            if (!margins)
                return tl::unexpected(margins.error());
            m_margins = std::move(*margins);
        }
        const auto json = booster.json();
        if (!json)
            return tl::unexpected(json.error());
        const auto trees = treesFromXgboost(*json, m_best + 1);
        if (!trees)
            return tl::unexpected(trees.error());
        auto made = TreeEnsemble::make(m_train.features.cols(), m_bias, *trees);
        if (!made)
            return error(Code::Internal, "XGBoost's trees cannot be used: " + made.error().message);
        if (const auto same = checkMargins(*made); !same)
            return tl::unexpected(same.error());
        return TrainedTrees{std::move(*made), m_params.objective,
                            m_measure.name,   std::move(m_values),
                            m_best,           XgboostBooster::version() + ", one thread"};
    }

    /// That the trees say what the library said: another version may mean something else by what it writes.
    [[nodiscard]] Status checkMargins(const TreeEnsemble& trees) const
    {
        constexpr std::size_t looked = 1000;
        const MatrixView rows = (validates() ? m_validation : m_train).features.view();
        std::vector<float> own(std::min(rows.rows, looked));
        trees.predict({rows.data, own.size(), rows.cols}, own);
        for (std::size_t r = 0; r < own.size(); ++r)
            if (!(std::abs(own[r] - m_margins[r]) <= 1e-4F * (1 + std::abs(m_margins[r]))))
                return error(Code::Internal, fmt::format("The trees of {} predict {} where it says {}",
                                                         XgboostBooster::version(), own[r], m_margins[r]));
        return {};
    }

    const TrainingRows &m_train, &m_validation;
    const GbdtParams& m_params;
    const JobContext& m_job;
    Measure m_measure;
    double m_bias = 0;
    std::size_t m_rounds = 0, m_best = 0;
    std::vector<double> m_values;
    std::vector<float> m_margins; ///< the library's, after the best round
};

} // namespace

std::string whyNoGbdt() { return XgboostBooster::whyAbsent(); }

Result<TrainedTrees> trainTrees(const TrainingRows& train, const TrainingRows& validation, const GbdtParams& params,
                                const JobContext& job)
{
    if (const auto why = whyNoGbdt(); !why.empty())
        return error(Code::Unsupported, "This build cannot train trees", why);
    if (const auto fine = checkTraining(train, validation, params.objective); !fine)
        return tl::unexpected(fine.error());
    try {
        return Training(train, validation, params, job).run();
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory to train trees on so many rows",
                     "Train on fewer questions, or with fewer candidates for each");
    }
}

double probabilityOf(double margin) { return 1 / (1 + std::exp(-margin)); }

} // namespace orrery
