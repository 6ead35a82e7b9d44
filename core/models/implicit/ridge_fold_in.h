// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/implicit/als_solver.h"
#include "core/models/implicit/fold_in_method.h"

#include <cmath>
#include <vector>

namespace orrery::implicit {

/// The lambda of a row grows with its size, the sum of the weights over all columns (Rendle et al. 2021):
///     lambda = strength * norm * size^exponent.
struct PenaltyRule {
    float strength = .02F;
    float exponent = 1; ///< 0 to 1
    double norm = 1;    ///< > 0

    [[nodiscard]] float of(double size) const
    {
        const double power = exponent == 0 ? 1 : exponent == 1 ? size : std::pow(size, static_cast<double>(exponent));
        return static_cast<float>(static_cast<double>(strength) * norm * power);
    }
    bool operator==(const PenaltyRule&) const = default;
};

/// A person by the equations of implicit ALS. They are linear, so that with A the person's matrix the score of item i
/// is the sum over the history of (w_j + t) (y_i A^-1 y_j) (Hu et al., section 5).
class RidgeFoldIn final : public FoldInMethod {
public:
    RidgeFoldIn(MatrixView items, als::Objective objective, PenaltyRule penalty);
    /// Errors: Corrupt.
    static Result<std::unique_ptr<const FoldInMethod>> load(const Artifact& artifact, MatrixView items);

    [[nodiscard]] std::unique_ptr<FoldedIn> fit(Liked liked) const override;
    void solve(std::span<const Liked> people, MatrixRef vectors) const override;
    void save(Artifact& artifact) const override;

private:
    [[nodiscard]] float penaltyOf(const Liked& liked) const;

    MatrixView m_items;
    als::Objective m_objective;
    PenaltyRule m_penalty;
    std::vector<double> m_gram; ///< a Y^T Y, k x k
};

} // namespace orrery::implicit
