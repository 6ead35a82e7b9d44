// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/rule_preview.h"

#include <array>
#include <span>
#include <vector>

namespace orrery {

inline constexpr std::size_t ruleMeasureCount = static_cast<std::size_t>(RuleMeasure::Kind::Novelty) + 1;

/// What one list adds to a measure, which is the total of the sums over the total of the weights.
struct MeasurePart {
    double sum = 0, weight = 0;
};
using MeasureParts = std::array<MeasurePart, ruleMeasureCount>; ///< by kind; of Coverage and Sellers all 0

/// What is known of a person beside the list.
struct JudgedPerson {
    std::span<const ItemIndex> later; ///< ascending
    std::span<const float> worth;     ///< placeScores() of the candidates
    double bestWorth = 0;             ///< of the k best by the ranker alone, discounted by place
};

/// Counts lists of a catalog. Safe to ask from many threads.
class ListMeasures {
public:
    ListMeasures(const RuleCatalog& catalog, std::size_t k, double newDays);

    [[nodiscard]] MeasureParts of(std::span<const Reranked> list, const JudgedPerson& person) const;

private:
    [[nodiscard]] MeasurePart agreement(std::span<const Reranked> list, const JudgedPerson& person) const;
    [[nodiscard]] MeasurePart diversity(std::span<const Reranked> list) const;

    const RuleCatalog& m_catalog;
    std::size_t m_k;
    bool m_tiers = false;              ///< margins are tiers
    std::vector<float> m_bits;         ///< by item: how little known
    std::vector<std::uint8_t> m_isNew; ///< by seller
};

/// 1.96 standard errors to both sides, as of a normal distribution.
[[nodiscard]] Interval within95(double mean, double standardError);
/// 1 / log2(1 + place).
[[nodiscard]] double placeWorth(std::size_t place);
/// The worth of the k best of these scores, in order, each at its place.
[[nodiscard]] double bestWorth(std::span<const float> worth, std::size_t k);

using ListsSpan = std::span<const std::vector<Reranked>>;
/// All that the catalog tells, in the order of kinds, with intervals. Parts are those of the lists, by person.
[[nodiscard]] Result<std::vector<RuleMeasure>> measured(const RuleCatalog& catalog, ListsSpan before, ListsSpan after,
                                                        std::span<const MeasureParts> partsBefore,
                                                        std::span<const MeasureParts> partsAfter,
                                                        const RulePreview::Settings& settings, const JobContext& job);

} // namespace orrery
