// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/feature_check.h"

#include "core/ranking/feature_spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double shareBeyond = .1, shareMissing = .25, hardlyEver = .01, leastKnown = 10;

std::string percent(double share)
{
    return share > 0 && share < .01 ? "less than 1 %" : fmt::format("{:.0f} %", 100 * share);
}

/// Looks at one feature.
class OneCheck {
public:
    OneCheck(const Feature& feature, const FeatureSpread& training, const FeatureValues& values, CheckFor what)
        : m_feature(feature), m_training(training), m_what(what), m_now(countedInto(training, values))
    {
        m_finding.missing = m_now.missingShare();
        m_finding.missingInTraining = training.missingShare();
        countBeyond(values);
        if (what == CheckFor::Drift)
            m_finding.psi = stabilityOf(training, m_now);
        judge();
    }

    [[nodiscard]] FeatureFinding take() { return std::move(m_finding); }
    /// The trees have not learned to do without it.
    [[nodiscard]] bool isLost() const
    {
        return m_now.all() > 0 && m_now.known() == 0 && m_training.known() > 0 &&
               m_finding.missingInTraining <= hardlyEver;
    }

private:
    void countBeyond(const FeatureValues& values)
    {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float value = values[i];
            if (std::isnan(value))
                continue;
            m_finding.outOfRange += value < m_feature.low || value > m_feature.high ? 1 : 0;
            m_finding.beyondTraining += value < m_training.lowest || value > m_training.highest ? 1 : 0;
        }
    }

    void judge()
    {
        const auto known = static_cast<double>(m_now.known());
        const double beyond = known > 0 ? static_cast<double>(m_finding.beyondTraining) / known : 0;
        if (m_finding.outOfRange > 0)
            say(FeatureVerdict::OutOfRange,
                fmt::format("{} of {} values are not from {:g} to {:g}", m_finding.outOfRange, m_now.all(),
                            m_feature.low, m_feature.high));
        else if (isTooOftenMissing())
            say(FeatureVerdict::Missing, fmt::format("missing in {} of the values, in training in {}",
                                                     percent(m_finding.missing), percent(m_finding.missingInTraining)));
        else if (m_training.known() > 0 && known >= leastKnown && beyond > shareBeyond)
            say(FeatureVerdict::OutOfRange,
                fmt::format("{} of the values are not from {} to {}, as in training", percent(beyond),
                            inWords(m_feature.unit, m_training.lowest), inWords(m_feature.unit, m_training.highest)));
        else if (m_finding.psi - byChance(m_training, m_now) >= driftedFrom)
            say(FeatureVerdict::Drifted,
                fmt::format("its values are spread differently than in training (PSI {:.2f})", m_finding.psi));
    }

    [[nodiscard]] bool isTooOftenMissing() const
    {
        if (m_now.missing > 0 && !m_feature.mayBeMissing)
            return true;
        return isLost() ||
               (m_what == CheckFor::Drift && m_finding.missing > m_finding.missingInTraining + shareMissing);
    }

    void say(FeatureVerdict verdict, const std::string& what)
    {
        m_finding.verdict = verdict;
        m_finding.says = fmt::format("{}: {}.", m_feature.title, what);
    }

    const Feature& m_feature;
    const FeatureSpread& m_training;
    CheckFor m_what;
    FeatureSpread m_now;
    FeatureFinding m_finding;
};

FeatureReport otherVersion(std::string trouble)
{
    FeatureReport report;
    report.trouble = std::move(trouble);
    return report;
}

tl::unexpected<Error> damaged(std::string_view what)
{
    return error(Code::Corrupt, fmt::format("What a ranker knows of its features is damaged: {}", what),
                 "Train the ranker again");
}

} // namespace

std::string_view nameOf(FeatureVerdict verdict)
{
    static constexpr std::array<std::string_view, 5> names = {"ok", "drifted", "missing", "out of range",
                                                              "another version"};
    return names.at(static_cast<std::size_t>(verdict));
}

std::vector<std::string> FeatureReport::warnings() const
{
    std::vector<std::string> all;
    for (const FeatureFinding& finding : findings)
        if (finding.verdict != FeatureVerdict::Ok)
            all.push_back(finding.says);
    return all;
}

FeatureReport check(std::string_view version, std::span<const Feature> features, const FeatureSnapshot& training,
                    const FeatureRows& rows, CheckFor what)
{
    if (version != training.version)
        return otherVersion(fmt::format("The ranker learned from features of version {}, and these are of version {}.",
                                        training.version, version));
    if (rows.rows.cols != features.size() || training.spreads.size() != features.size())
        return otherVersion(fmt::format("The ranker learned from {} features, and there are {}.",
                                        training.spreads.size(), rows.rows.cols));
    FeatureReport report;
    for (std::size_t column = 0; column < features.size(); ++column) {
        OneCheck one(features[column], training.spreads[column], FeatureValues(features[column], rows, column), what);
        // Who asks may not tell where and on what they are: no reason to give up the ranker.
        if (one.isLost() && features[column].group != FeatureGroup::Context && report.trouble.empty())
            report.trouble = fmt::format("The ranker has not learned to do without \"{}\", which is not known here.",
                                         features[column].title);
        report.findings.push_back(one.take());
    }
    return report;
}

void save(const FeatureSnapshot& snapshot, Artifact& artifact)
{
    std::vector<std::uint32_t> bins, counts, missing;
    std::vector<float> edges, ranges;
    for (const FeatureSpread& spread : snapshot.spreads) {
        bins.push_back(static_cast<std::uint32_t>(spread.counts.size()));
        edges.insert(edges.end(), spread.edges.begin(), spread.edges.end());
        counts.insert(counts.end(), spread.counts.begin(), spread.counts.end());
        missing.push_back(spread.missing);
        ranges.insert(ranges.end(), {spread.lowest, spread.highest});
    }
    artifact.putText("features/version", snapshot.version);
    artifact.put("features/bins", std::span<const std::uint32_t>(bins));
    artifact.put("features/edges", std::span<const float>(edges));
    artifact.put("features/counts", std::span<const std::uint32_t>(counts));
    artifact.put("features/missing", std::span<const std::uint32_t>(missing));
    artifact.put("features/ranges", std::span<const float>(ranges));
}

namespace {

/// The arrays as they were written, of the right sizes.
struct StoredSpreads {
    std::vector<std::uint32_t> bins, counts, missing;
    std::vector<float> edges, ranges;
};

Result<StoredSpreads> storedSpreads(const Artifact& artifact)
{
    constexpr std::uint64_t anyCount = std::uint64_t{1} << 32;
    auto bins = artifact.indices("features/bins", Artifact::anyLength, FeatureSpread::mostBins + 1);
    if (!bins)
        return tl::unexpected(bins.error());
    const std::size_t features = bins->size();
    std::size_t all = 0;
    for (const std::uint32_t one : *bins) {
        if (one == 0)
            return damaged("a feature has no bin");
        all += one;
    }
    auto edges = artifact.floats("features/edges", all - features);
    auto counts = artifact.indices("features/counts", all, anyCount);
    auto missing = artifact.indices("features/missing", features, anyCount);
    auto ranges = artifact.floats("features/ranges", 2 * features);
    if (!edges)
        return tl::unexpected(edges.error());
    if (!ranges)
        return tl::unexpected(ranges.error());
    for (const auto* numbers : {&counts, &missing})
        if (!*numbers)
            return tl::unexpected(numbers->error());
    return StoredSpreads{std::move(*bins), std::move(*counts), std::move(*missing), std::move(*edges),
                         std::move(*ranges)};
}

bool isPlausible(const FeatureSpread& spread)
{
    if (std::ranges::adjacent_find(spread.edges, std::greater_equal<>{}) != spread.edges.end() ||
        spread.lowest > spread.highest)
        return false;
    return spread.edges.empty() || (spread.edges.front() >= spread.lowest && spread.edges.back() < spread.highest);
}

} // namespace

Result<FeatureSnapshot> loadSnapshot(const Artifact& artifact)
{
    auto version = artifact.text("features/version");
    if (!version)
        return tl::unexpected(version.error());
    const auto stored = storedSpreads(artifact);
    if (!stored)
        return tl::unexpected(stored.error());
    FeatureSnapshot snapshot{std::move(*version), {}};
    auto edge = stored->edges.begin();
    auto count = stored->counts.begin();
    for (std::size_t i = 0; i < stored->bins.size(); ++i) {
        FeatureSpread spread;
        spread.counts.assign(count, count + stored->bins[i]);
        spread.edges.assign(edge, edge + stored->bins[i] - 1);
        count += stored->bins[i];
        edge += stored->bins[i] - 1;
        spread.missing = stored->missing[i];
        spread.lowest = stored->ranges[2 * i];
        spread.highest = stored->ranges[2 * i + 1];
        if (!isPlausible(spread))
            return damaged(fmt::format("the spread of feature {}", i + 1));
        snapshot.spreads.push_back(std::move(spread));
    }
    return snapshot;
}

} // namespace orrery
