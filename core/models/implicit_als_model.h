// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"
#include "core/models/popular_fallback.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::als {

/// Which cells are preferred, and with what confidence 1 + weight.
struct ConfidenceRule {
    enum class Mapping {
        Above,  ///< weight = alpha
        Linear, ///< weight = alpha * value
        Log,    ///< weight = alpha * ln(1 + value / epsilon)
    };
    Mapping mapping = Mapping::Above;
    float likedFrom = 4; ///< smaller values count as if there were none; so does everything <= 0
    float alpha = 1;     ///< > 0
    float epsilon = 1;   ///< > 0

    /// Zero for what is not preferred.
    [[nodiscard]] float weightOf(float value) const;
    bool operator==(const ConfidenceRule&) const = default;
};

/// The lambda of a row is a share of the sum of confidences over all columns: one setting fits large and small data.
struct PenaltyRule {
    float share = .02F;
    bool bySize = true; ///< of the row's own sum (Rendle et al. 2021, exponent 1), or else of the side's average
    double averageSize = 1;

    [[nodiscard]] float of(double size) const
    {
        return static_cast<float>(static_cast<double>(share) * (bySize ? size : averageSize));
    }
    bool operator==(const PenaltyRule&) const = default;
};

struct AlsParts {
    Matrix items;  ///< [items x k]
    Matrix people; ///< [people x k]; only to be looked at: read() always folds in
    ConfidenceRule confidence;
    PenaltyRule penalty;
    PopularFallback fallback;
};

class ImplicitAls final : public Model {
public:
    explicit ImplicitAls(AlsParts parts);
    /// Errors: Corrupt.
    static Result<ModelPtr> load(const Artifact& artifact);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {m_parts.items.view(), SpaceMetric::Cosine, {}}; }
    [[nodiscard]] VectorSpace personSpace() const override { return {m_parts.people.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const AlsParts& parts() const { return m_parts; }
    /// Y^T Y, k x k.
    [[nodiscard]] std::span<const double> gram() const { return m_gram; }

    /// What of a history takes part: known items that are preferred.
    struct Preferred {
        std::vector<std::uint32_t> items;
        std::vector<float> weights;
        float penalty = 0;
    };
    void collect(const History& history, Preferred& preferred) const;

private:
    AlsParts m_parts;
    std::vector<double> m_gram;
};

} // namespace orrery::als
