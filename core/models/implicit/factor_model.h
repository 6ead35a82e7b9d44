// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/implicit/fold_in_method.h"
#include "core/models/model.h"
#include "core/models/popular_fallback.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace orrery::implicit {

/// Which cells are liked, and what each weighs.
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

    /// Zero for what is not liked.
    [[nodiscard]] float weightOf(float value) const;
    bool operator==(const ConfidenceRule&) const = default;
};

/// How a method is made for the items of a model: when it was trained, and when it is read back.
using MakeFoldIn = std::function<Result<std::unique_ptr<const FoldInMethod>>(ItemFactors items)>;

struct FactorParts {
    Matrix items;                ///< [items x k]
    Matrix people;               ///< [people x k]; only to be looked at: read() always folds in
    std::vector<float> itemBias; ///< one an item; empty: the model has none
    ConfidenceRule confidence;
    PopularFallback fallback;
};

/// Vectors of items and a way to find a person's vector from a history: what implicit factorizations share. A score is
/// the item's bias, where there are biases, and what each liked item of the history adds.
class FactorModel final : public Model {
public:
    /// Errors: those of `makeFoldIn`.
    static Result<ModelPtr> make(FactorParts parts, const MakeFoldIn& makeFoldIn);
    /// Errors: Corrupt.
    static Result<ModelPtr> load(const Artifact& artifact, bool withBiases, const MakeFoldIn& makeFoldIn);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.items.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override
    {
        return {m_parts.items.view(), SpaceMetric::Cosine, m_parts.itemBias};
    }
    [[nodiscard]] VectorSpace personSpace() const override { return {m_parts.people.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;

    [[nodiscard]] ItemFactors items() const { return {m_parts.items.view(), m_parts.itemBias}; }

private:
    explicit FactorModel(FactorParts parts) : m_parts(std::move(parts)) {}
    [[nodiscard]] Liked likedOf(const History& history) const;

    FactorParts m_parts;
    std::unique_ptr<const FoldInMethod> m_foldIn;
};

/// The settings of a stored model make no sense.
[[nodiscard]] tl::unexpected<Error> corruptSettings(const std::string& where);
/// Whether it is a positive, finite float.
[[nodiscard]] bool isPositiveFloat(double value);

} // namespace orrery::implicit
