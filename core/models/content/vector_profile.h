// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/models/content/content_profile.h"
#include "core/models/model.h"
#include "core/models/popular_fallback.h"

namespace orrery {

struct VectorProfileParts {
    Matrix vectors; ///< [items x d], finite; a row of zeros: nothing is known of the item
    ProfileWeigher weigher;
    PopularFallback fallback;
};

/// Recommends what lies in the direction of the history, in a space of dense item vectors v:
///     profile = sum over j of w_j v_j,   score(i) = <profile, v_i> / |profile|
/// which is a cosine where item vectors have length one. An item without a vector gets its popularity, on a scale
/// below. Terms: w_j <v_j, v_i> / |profile|. LSA and imported vectors are of this form. Sums in double, in ascending
/// order everywhere.
class VectorProfile final : public Model {
public:
    VectorProfile(VectorProfileParts parts, Capabilities can) : m_parts(std::move(parts)), m_can(std::move(can)) {}
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ModelPtr> load(const Artifact& artifact, Capabilities can);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return m_can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.vectors.rows(); }
    [[nodiscard]] VectorSpace itemSpace() const override { return {m_parts.vectors.view(), SpaceMetric::Cosine, {}}; }
    void save(Artifact& artifact) const override;

private:
    VectorProfileParts m_parts;
    Capabilities m_can;
};

/// Divides each row by its Euclidean length; rows of zeros stay.
void scaleToUnitLength(Matrix& vectors);

} // namespace orrery
