// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/value_report.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr double tooGood = .98;      ///< AUC of one feature alone
constexpr std::size_t looked = 1000; ///< test rows that are explained, and worked out again without the future

std::size_t columnOf(std::string_view id)
{
    const auto features = valueFeatures();
    const auto found = std::ranges::find(features, id, &Feature::id);
    return static_cast<std::size_t>(found - features.begin());
}

std::size_t positivesOf(const ValueRows& rows)
{
    return static_cast<std::size_t>(std::ranges::count(rows.rows.labels, 1.F));
}

ValuePart partOf(const ValueRows& rows, const std::vector<Timestamp>& cuts)
{
    return {cuts, rows.users.size(), positivesOf(rows)};
}

ValueQuality qualityOf(std::span<const float> chances, const ValueRows& test)
{
    const std::span<const float> labels = test.rows.labels;
    return {areaUnderCurve(chances, labels), meanLogLoss(chances, labels), brierScore(chances, labels),
            topShareOf(chances, labels, .1)};
}

/// The rule of recency and frequency: what share of the rows of a cell said yes.
class RecencyRule {
public:
    explicit RecencyRule(double overall) : m_overall(overall) {}

    void learn(const ValueRows& rows)
    {
        for (std::size_t r = 0; r < rows.users.size(); ++r) {
            Cell& cell = m_cells[cellOf(rows.rows.features.row(r))];
            ++cell.rows;
            cell.yes += static_cast<double>(rows.rows.labels[r]);
        }
    }

    [[nodiscard]] float chanceOf(std::span<const float> features) const
    {
        const Cell& cell = m_cells[cellOf(features)];
        return static_cast<float>((cell.yes + extra * m_overall) / (cell.rows + extra));
    }

private:
    struct Cell {
        double rows = 0, yes = 0;
    };
    static constexpr double extra = 10;
    static constexpr std::array<float, 3> days{7, 30, 90};
    static constexpr std::array<float, 4> orders{0, 1, 3, 7};

    [[nodiscard]] std::size_t cellOf(std::span<const float> features) const
    {
        const float since = features[m_since], often = features[m_orders];
        const auto age = std::isnan(since)
                             ? days.size()
                             : static_cast<std::size_t>(std::ranges::lower_bound(days, since) - days.begin());
        const auto count = static_cast<std::size_t>(std::ranges::lower_bound(orders, often) - orders.begin());
        return age * (orders.size() + 1) + count;
    }

    double m_overall;
    std::size_t m_since = columnOf("days.since_order"), m_orders = columnOf("orders.90d");
    std::array<Cell, (days.size() + 1) * (orders.size() + 1)> m_cells{};
};

std::vector<float> columnOf(const Matrix& features, std::size_t column)
{
    std::vector<float> values(features.rows());
    for (std::size_t r = 0; r < features.rows(); ++r)
        values[r] = features.row(r)[column];
    return values;
}

/// At most `looked` rows, spread evenly.
std::vector<std::size_t> someOf(std::size_t rows)
{
    std::vector<std::size_t> some(std::min(rows, looked));
    for (std::size_t i = 0; i < some.size(); ++i)
        some[i] = i * rows / some.size();
    return some;
}

std::vector<double> effectsOf(const TreeEnsemble& trees, const ValueRows& test)
{
    std::vector<double> effects(trees.featureCount(), 0);
    std::vector<float> terms(trees.featureCount() + 1);
    const auto some = someOf(test.users.size());
    for (const std::size_t r : some) {
        trees.contributions(test.rows.features.row(r), terms);
        for (std::size_t f = 0; f < effects.size(); ++f)
            effects[f] += static_cast<double>(std::abs(terms[f])) / static_cast<double>(some.size());
    }
    return effects;
}

/// Works rows of the first test cut out again from a dataset that ends there, and notes which features differ.
Result<std::size_t> compareWithoutFuture(const CustomerHistory& history, const ValueRows& test,
                                         std::vector<ValueFeatureReport>& features, const JobContext& job)
{
    const Timestamp cut = test.cuts.front();
    const auto cutOff = CustomerHistory::open(history.dataset().before(cut), job);
    if (!cutOff) // nothing was bought before
        return tl::unexpected(cutOff.error());
    const auto first = static_cast<std::size_t>(std::ranges::count(test.cuts, cut));
    std::vector<float> again(features.size());
    const auto some = someOf(first);
    for (const std::size_t r : some) {
        cutOff->fill(test.users[r], cut, again);
        for (std::size_t f = 0; f < again.size(); ++f)
            if (std::bit_cast<std::uint32_t>(again[f]) != std::bit_cast<std::uint32_t>(test.rows.features.row(r)[f]))
                features[f].seesFuture = true;
    }
    return some.size();
}

/// What is said of a person stands in one row: each is a question of its own.
Result<std::vector<FeatureDrift>> driftOf(const ValueSets& sets, const JobContext& job)
{
    std::vector<std::uint32_t> starts(std::max(sets.train.users.size(), sets.test.users.size()) + 1);
    std::iota(starts.begin(), starts.end(), 0U);
    const auto rowsOf = [&](const ValueRows& part) {
        return FeatureRows{part.rows.features.view(), std::span(starts).first(part.users.size() + 1)};
    };
    return driftBetween(valueFeatures(), rowsOf(sets.train), rowsOf(sets.test), job);
}

Result<std::vector<ValueFeatureReport>> featuresOf(const ValueSets& sets, const TreeEnsemble& trees,
                                                   const JobContext& job)
{
    const auto drift = driftOf(sets, job);
    if (!drift)
        return tl::unexpected(drift.error());
    const auto uses = trees.importance();
    const auto effects = effectsOf(trees, sets.test);
    double gain = 0;
    for (const FeatureUse& use : uses)
        gain += use.gain;
    std::vector<ValueFeatureReport> out(uses.size());
    for (std::size_t f = 0; f < out.size(); ++f) {
        const double area = areaUnderCurve(columnOf(sets.train.rows.features, f), sets.train.rows.labels);
        out[f].feature = f;
        out[f].gain = gain > 0 ? uses[f].gain / gain : 0;
        out[f].effect = effects[f];
        out[f].drift = (*drift)[f];
        out[f].alone = std::max(area, 1 - area);
        out[f].suspicious = out[f].alone > tooGood;
    }
    return out;
}

} // namespace

std::vector<float> chancesOf(const TreeEnsemble& trees, MatrixView rows)
{
    std::vector<float> chances(rows.rows);
    trees.predict(rows, chances);
    for (float& chance : chances)
        chance = static_cast<float>(probabilityOf(static_cast<double>(chance)));
    return chances;
}

Result<ValueReport> valueReportOf(const CustomerHistory& history, const ValueCuts& cuts, const ValueSets& sets,
                                  const TreeEnsemble& trees, const JobContext& job)
{
    ValueReport report;
    report.train = partOf(sets.train, cuts.train);
    report.validation = partOf(sets.validation, cuts.validation);
    report.test = partOf(sets.test, cuts.test);
    const double overall = static_cast<double>(report.train.positives + report.validation.positives) /
                           static_cast<double>(report.train.rows + report.validation.rows);
    RecencyRule rule(overall);
    rule.learn(sets.train);
    rule.learn(sets.validation);
    const auto chances = chancesOf(trees, sets.test.rows.features.view());
    std::vector<float> byRule(chances.size());
    for (std::size_t r = 0; r < byRule.size(); ++r)
        byRule[r] = rule.chanceOf(sets.test.rows.features.row(r));
    report.trees = qualityOf(chances, sets.test);
    report.base = qualityOf(std::vector<float>(chances.size(), static_cast<float>(overall)), sets.test);
    report.rule = qualityOf(byRule, sets.test);
    report.calibration = calibrationOf(chances, sets.test.rows.labels);
    report.calibrationError = expectedCalibrationError(report.calibration);
    if (const auto go = job.check(); !go)
        return tl::unexpected(go.error());
    auto features = featuresOf(sets, trees, job);
    if (!features)
        return tl::unexpected(features.error());
    report.features = std::move(*features);
    const auto compared = compareWithoutFuture(history, sets.test, report.features, job);
    if (!compared)
        return tl::unexpected(compared.error());
    report.comparedRows = *compared;
    std::ranges::stable_sort(report.features, std::greater<>(), &ValueFeatureReport::effect);
    return report;
}

} // namespace orrery
