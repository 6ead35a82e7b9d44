// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/artifact.h"
#include "core/ranking/feature_set.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Rows of features by question: [rows x features], and the first row of each question, and the number of rows. What
/// is said of whoever asks, and of the circumstances, stands in every row of a question and is counted once a question.
struct FeatureRows {
    MatrixView rows;
    std::span<const std::uint32_t> groupStarts = {}; ///< empty: all rows are of one question
};

/// How the values of one feature are spread.
struct FeatureSpread {
    static constexpr std::size_t mostBins = 10;

    /// Quantiles, ascending, each once: values up to edges[i] and above the one before are counted in bin i, those
    /// above the last in one more. Fewer than 9 where values repeat; none where no value is known.
    std::vector<float> edges;
    std::vector<std::uint32_t> counts; ///< edges + 1
    std::uint32_t missing = 0;
    float lowest = 0, highest = 0; ///< of the known; 0 where there are none

    [[nodiscard]] std::size_t known() const;
    [[nodiscard]] std::size_t all() const { return known() + missing; }
    [[nodiscard]] double missingShare() const { return all() == 0 ? 0 : static_cast<double>(missing) / double(all()); }
    [[nodiscard]] float median() const; ///< upper edge of the bin it lies in; NaN where no value is known
    bool operator==(const FeatureSpread&) const = default;
};

/// How the features were spread in training: kept with a ranker. The version stands for their names.
struct FeatureSnapshot {
    std::string version;                ///< featureVersion()
    std::vector<FeatureSpread> spreads; ///< one a feature
    bool operator==(const FeatureSnapshot&) const = default;
};

/// `features`: one a column. Values that are not finite are missing. The same on any number of threads. O(rows log
/// rows) a feature. Errors: InvalidArgument for rows of another width or 2^32 rows, Cancelled.
[[nodiscard]] ORRERY_API Result<FeatureSnapshot> snapshotOf(std::string version, std::span<const Feature> features,
                                                            const FeatureRows& rows, const JobContext& job);
ORRERY_API void save(const FeatureSnapshot& snapshot, Artifact& artifact);
/// Errors: Corrupt for what save() does not write.
[[nodiscard]] ORRERY_API Result<FeatureSnapshot> loadSnapshot(const Artifact& artifact);

/// Population stability index (Siddiqi, Credit Risk Scorecards, 2006) of counts by bin:
///     sum over bins of (a - e) ln(a / e),   a = (actual + .5) / (all actual + .5 bins), e of the expected alike
/// so that an empty bin is a rare one. The bin of missing values counts as one. By convention below .1 nothing moved,
/// from .25 the two are different. Of two samples alike about (bins - 1) (1 / n + 1 / m) is to be expected.
[[nodiscard]] ORRERY_API double stabilityIndex(std::span<const double> expected, std::span<const double> actual);
inline constexpr double movedFrom = .1, driftedFrom = .25;

enum class FeatureVerdict : std::uint8_t { Ok, Drifted, Missing, OutOfRange, OtherVersion };
/// "ok", "drifted", "missing", "out of range", "another version".
[[nodiscard]] ORRERY_API std::string_view nameOf(FeatureVerdict verdict);

struct FeatureFinding {
    FeatureVerdict verdict = FeatureVerdict::Ok;
    std::size_t outOfRange = 0;     ///< values beyond the declared range
    std::size_t beyondTraining = 0; ///< values below the least or above the largest that training had
    double missing = 0;             ///< share of the values
    double missingInTraining = 0;
    double psi = std::numeric_limits<double>::quiet_NaN(); ///< against training; NaN where it was not asked for
    std::string says; ///< one sentence; empty of what is ok: "Price: missing in all rows, in training in 2 %."
};

/// Whether rows are like those that a ranker learned from.
struct FeatureReport {
    std::vector<FeatureFinding> findings; ///< one a feature; empty of another version
    std::string trouble;                  ///< why the ranker must not be used, one sentence for the trail

    [[nodiscard]] bool usable() const { return trouble.empty(); }
    [[nodiscard]] std::vector<std::string> warnings() const; ///< what the findings say, where they are not ok
};

/// What is looked for: one request is checked for version, range and missing values alone, since whoever asks is no
/// sample of people.
enum class CheckFor { Request, Drift };

/// Checks rows against training. A feature is
///   out of range  where a value is beyond its declared range, or a tenth of ten or more beyond what training had;
///   missing       where it must not be, or is altogether and hardly ever was in training (at most 1 % of its values);
///                 of drift also where it is missing in a quarter of the values more than in training;
///   drifted       where its index is from .25 on, and above what chance makes of so few values.
/// A ranker is not usable with features of another version or width, or where a feature is missing altogether that
/// training hardly ever lacked: the trees have not learned what to do without it. Circumstances that are not told are
/// only warned of.
[[nodiscard]] ORRERY_API FeatureReport check(std::string_view version, std::span<const Feature> features,
                                             const FeatureSnapshot& training, const FeatureRows& rows, CheckFor what);

/// One feature of two periods.
struct FeatureDrift {
    double psi = 0, byChance = 0; ///< byChance: what two samples alike of these sizes would have
    double missingBefore = 0, missingAfter = 0;
    float medianBefore = 0, medianAfter = 0; ///< upper edges of their bins, which are those of the period before
    [[nodiscard]] ORRERY_API std::string_view inWords() const; ///< "stable", "moved somewhat", "drifted"
};
/// One a feature. Errors as snapshotOf().
[[nodiscard]] ORRERY_API Result<std::vector<FeatureDrift>> driftBetween(std::span<const Feature> features,
                                                                        const FeatureRows& before,
                                                                        const FeatureRows& after,
                                                                        const JobContext& job);

} // namespace orrery
