// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/models/explanation.h"
#include "core/models/ratings/rated_history.h"
#include "core/models/ratings/rating_baseline.h"

#include <string>

namespace orrery {

class Artifact;

/// The bias baseline as a part of a rating model: what it predicts by itself, or where it knows nothing better.
/// Everybody is folded in, so it keeps no biases of people. Immutable.
class BaselinePart {
public:
    BaselinePart() = default;
    BaselinePart(RatingBaseline baseline, RatingRange range);

    [[nodiscard]] std::size_t itemCount() const { return m_baseline.items.size(); }
    [[nodiscard]] const RatingBaseline& baseline() const { return m_baseline; }
    /// The entries that are ratings of known items.
    [[nodiscard]] History usable(const History& history) const { return ratedHistory(history, itemCount(), m_range); }
    /// mean + item bias + person bias; NaN for an item newer than the model.
    [[nodiscard]] double predict(ItemIndex item, double personBias) const;
    /// The terms of predict() for a known item: mean, item, and, where there are ratings, person.
    [[nodiscard]] std::vector<Term> terms(ItemIndex item, double personBias, bool hasRatings) const;

    /// For Reader::fallback().
    [[nodiscard]] static std::string sentence();
    /// For Algorithm::fallback.
    [[nodiscard]] static std::string declaration();

    /// "mean", "reg-people", "range", "items" (their number), "item-bias".
    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<BaselinePart> load(const Artifact& artifact);

private:
    RatingBaseline m_baseline;
    RatingRange m_range;
};

} // namespace orrery
