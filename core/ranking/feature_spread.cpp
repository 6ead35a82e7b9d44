// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_spread.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double emptyBin = .5; ///< added to each count

bool isOfQuestion(FeatureGroup group) { return group == FeatureGroup::Person || group == FeatureGroup::Context; }

Status checkShape(std::span<const Feature> features, const FeatureRows& rows)
{
    if (rows.rows.cols != features.size())
        return error(
            Code::InvalidArgument,
            fmt::format("The rows have {} columns, and there are {} features", rows.rows.cols, features.size()),
            "Make the rows anew with these sources");
    if (rows.rows.rows > std::numeric_limits<std::uint32_t>::max())
        return error(Code::InvalidArgument, "There are more rows than can be counted", "Take fewer groups");
    const bool within =
        std::ranges::all_of(rows.groupStarts, [&](std::uint32_t start) { return start <= rows.rows.rows; });
    if (!within || !std::ranges::is_sorted(rows.groupStarts))
        return error(Code::InvalidArgument, "The groups of the rows lie beyond them", "Make the rows anew");
    return {};
}

} // namespace

FeatureValues::FeatureValues(const Feature& feature, const FeatureRows& rows, std::size_t column)
    : m_rows(rows.rows), m_column(column), m_byGroup(isOfQuestion(feature.group))
{
    static constexpr std::array<std::uint32_t, 1> first{0};
    if (rows.rows.rows == 0)
        return;
    m_starts = rows.groupStarts.empty() ? std::span<const std::uint32_t>(first)
                                        : rows.groupStarts.first(rows.groupStarts.size() - 1);
}

std::size_t FeatureSpread::known() const { return std::accumulate(counts.begin(), counts.end(), std::size_t{0}); }

float FeatureSpread::median() const
{
    std::size_t below = 0;
    for (std::size_t bin = 0; bin < counts.size(); ++bin)
        if (below += counts[bin]; counts[bin] > 0 && 2 * below >= known())
            return bin < edges.size() ? edges[bin] : highest;
    return std::numeric_limits<float>::quiet_NaN();
}

FeatureSpread countedInto(const FeatureSpread& bins, const FeatureValues& values)
{
    FeatureSpread out;
    out.edges = bins.edges;
    out.counts.assign(bins.edges.size() + 1, 0);
    bool any = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float value = values[i];
        if (!std::isfinite(value)) {
            ++out.missing;
            continue;
        }
        ++out.counts[static_cast<std::size_t>(std::ranges::lower_bound(out.edges, value) - out.edges.begin())];
        out.lowest = any ? std::min(out.lowest, value) : value;
        out.highest = any ? std::max(out.highest, value) : value;
        any = true;
    }
    return out;
}

FeatureSpread spreadOf(const FeatureValues& values)
{
    std::vector<float> known;
    known.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]))
            known.push_back(values[i] == 0 ? 0 : values[i]); // one zero, not two
    std::ranges::sort(known);
    FeatureSpread bins;
    for (std::size_t bin = 1; bin < FeatureSpread::mostBins && !known.empty(); ++bin) {
        const float edge = known[(bin * known.size() - 1) / FeatureSpread::mostBins];
        if (edge < known.back() && (bins.edges.empty() || bins.edges.back() < edge))
            bins.edges.push_back(edge);
    }
    return countedInto(bins, values);
}

Result<FeatureSnapshot> snapshotOf(std::string version, std::span<const Feature> features, const FeatureRows& rows,
                                   const JobContext& job)
{
    if (const auto fits = checkShape(features, rows); !fits)
        return tl::unexpected(fits.error());
    FeatureSnapshot snapshot;
    snapshot.version = std::move(version);
    snapshot.spreads.resize(features.size());
    const auto done = parallelFor(job, features.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t column = first; column < last; ++column)
            snapshot.spreads[column] = spreadOf(FeatureValues(features[column], rows, column));
    });
    if (!done)
        return tl::unexpected(done.error());
    return snapshot;
}

double stabilityIndex(std::span<const double> expected, std::span<const double> actual)
{
    const double bins = emptyBin * static_cast<double>(expected.size());
    const double allExpected = std::accumulate(expected.begin(), expected.end(), bins);
    const double allActual = std::accumulate(actual.begin(), actual.end(), bins);
    double sum = 0;
    for (std::size_t bin = 0; bin < expected.size(); ++bin) {
        const double e = (expected[bin] + emptyBin) / allExpected, a = (actual[bin] + emptyBin) / allActual;
        sum += (a - e) * std::log(a / e);
    }
    return sum;
}

double stabilityOf(const FeatureSpread& before, const FeatureSpread& after)
{
    std::vector<double> expected(before.counts.begin(), before.counts.end());
    std::vector<double> actual(after.counts.begin(), after.counts.end());
    expected.push_back(before.missing);
    actual.push_back(after.missing);
    return stabilityIndex(expected, actual);
}

double byChance(const FeatureSpread& before, const FeatureSpread& after)
{
    if (before.all() == 0 || after.all() == 0)
        return 0;
    const auto bins = static_cast<double>(before.counts.size()); // with that of missing values, less one
    return bins * (1 / static_cast<double>(before.all()) + 1 / static_cast<double>(after.all()));
}

Result<std::vector<FeatureDrift>> driftBetween(std::span<const Feature> features, const FeatureRows& before,
                                               const FeatureRows& after, const JobContext& job)
{
    for (const FeatureRows* rows : {&before, &after})
        if (const auto fits = checkShape(features, *rows); !fits)
            return tl::unexpected(fits.error());
    std::vector<FeatureDrift> drift(features.size());
    const auto done = parallelFor(job, features.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t column = first; column < last; ++column) {
            const FeatureSpread was = spreadOf(FeatureValues(features[column], before, column));
            const FeatureSpread is = countedInto(was, FeatureValues(features[column], after, column));
            drift[column] = {stabilityOf(was, is), byChance(was, is), was.missingShare(),
                             is.missingShare(),    was.median(),      is.median()};
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return drift;
}

std::string_view FeatureDrift::inWords() const
{
    if (psi - byChance < movedFrom)
        return "stable";
    return psi - byChance < driftedFrom ? "moved somewhat" : "drifted";
}

} // namespace orrery
