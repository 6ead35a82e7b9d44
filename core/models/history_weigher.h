// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/models/query.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

class Artifact;

/// What one entry of a history counts.
enum class Weighting {
    Binary, ///< that it is there
    Value,
    Centred, ///< value minus the person's mean (damped: as though everybody had five more entries at the mean of all)
};

/// Which entries count at all. Of counts, all do.
enum class Entries {
    Liked, ///< from Dataset::likedFrom()
    All,
};

/// What the entries of a history weigh: the same for training and for answering. Part of a model; immutable.
class ORRERY_API HistoryWeigher {
public:
    HistoryWeigher() = default;
    /// Values below `from` are left out; `mean` is that of all values.
    HistoryWeigher(Weighting weighting, float from, double mean) : m_weighting(weighting), m_from(from), m_mean(mean) {}
    /// Learns the smallest value that counts, and the mean, from a dataset.
    HistoryWeigher(const Dataset& dataset, Weighting weighting, Entries entries);

    /// Weights of one person's values; nothing for values that are left out.
    [[nodiscard]] std::vector<std::optional<float>> weigh(std::span<const float> values) const;
    /// The smallest value that counts.
    [[nodiscard]] float from() const { return m_from; }

    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<HistoryWeigher> load(const Artifact& artifact);

private:
    [[nodiscard]] double centreOf(std::span<const float> values) const;

    Weighting m_weighting = Weighting::Value;
    float m_from = 0;
    double m_mean = 0;
};

/// The entries of a history that count, by item, ascending.
struct WeighedHistory {
    std::vector<std::uint32_t> items;
    std::vector<float> weights;
};
/// Of the entries whose item is below `items`; without those that weigh 0.
[[nodiscard]] WeighedHistory weighedHistory(const History& history, std::size_t items, const HistoryWeigher& weigher);

/// The weights of everybody's interactions [people x items], without those that are left out.
/// Errors: InvalidArgument when nothing counts.
[[nodiscard]] ORRERY_API Result<SparseMatrix> weightedMatrix(const Interactions& interactions,
                                                             const HistoryWeigher& weigher);

} // namespace orrery
