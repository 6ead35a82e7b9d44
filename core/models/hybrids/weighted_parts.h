// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/parts.h"

#include <vector>

namespace orrery {

struct PartWeights {
    ListScaling scaling = ListScaling::MinMax;
    std::vector<double> weights; ///< one a part; finite
    double base = 0;             ///< added to every score
};

/// score = base + sum over the parts of weight * (score of the part, on the scale of its list). A part of weight 0 is
/// not asked. Each part is one term, with its own reasons inside where the scale is linear. When nothing but ratings is
/// added up as it is (ListScaling::None over models of ratings), the scores are ratings.
class WeightedParts final : public HybridModel {
public:
    WeightedParts(std::vector<TrainedPart> parts, PartWeights weights);
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ModelPtr> load(const Artifact& artifact);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    [[nodiscard]] Scale scale() const override;
    [[nodiscard]] Capabilities capabilities() const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const PartWeights& weights() const { return m_weights; }

private:
    PartWeights m_weights;
};

} // namespace orrery
