// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

namespace orrery {

struct ItemScoresParts {
    std::vector<float> scores; ///< one an item; finite
    TermKind kind = TermKind::Popularity;
    std::string label; ///< what a score is, for its term: "how many people used it"
    Scale scale = Scale::Count;
    double mean = 0; ///< of ratings: the mean of all, a term of its own that is added to every score
};

/// A model that gives every item one score, the same for everybody.
class ORRERY_API ItemScores final : public Model {
public:
    ItemScores(ItemScoresParts parts, Capabilities can) : m_parts(std::move(parts)), m_can(std::move(can)) {}
    /// `parts` says all but the scores. Errors: Corrupt.
    [[nodiscard]] static Result<ModelPtr> load(const Artifact& artifact, ItemScoresParts parts, Capabilities can);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return m_parts.scale; }
    [[nodiscard]] Capabilities capabilities() const override { return m_can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.scores.size(); }
    void save(Artifact& artifact) const override;

    [[nodiscard]] const ItemScoresParts& parts() const { return m_parts; }

private:
    ItemScoresParts m_parts;
    Capabilities m_can;
};

} // namespace orrery
