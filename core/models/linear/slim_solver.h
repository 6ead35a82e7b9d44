// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sparse_matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery::slim {

struct Penalty {
    double absolute = 1; ///< of the sum of weights
    double squared = 10; ///< half of it, of the sum of their squares; > 0
};

/// All that SLIM needs to know of the interactions X [people x items]: X^T X.
struct Gram {
    SparseMatrix others;           ///< row i: x_i . x_j of the other items j, where it is above 0
    std::vector<double> diagonals; ///< x_i . x_i
};

/// Solves columns one after the other; one for each thread, since it keeps its working memory.
/// Minimizes |x_j - X w|^2 / 2 + squared / 2 |w|^2 + absolute |w|_1 over w >= 0, w_j = 0, by coordinate descent in the
/// covariance form (Friedman, Hastie & Tibshirani, Journal of Statistical Software 33, 2010): inside a working set,
/// which takes in the items that violate the optimality conditions most until none does.
class ColumnSolver {
public:
    ColumnSolver(const Gram& gram, Penalty penalty);

    /// Finds the weights of column `target`, to about 1e-6 of its largest.
    void solve(std::uint32_t target);
    /// Items with a weight above 0, ascending, and the weights.
    [[nodiscard]] std::span<const std::uint32_t> items() const { return m_items; }
    [[nodiscard]] std::span<const float> weights() const { return m_weights; }
    /// |x_j - X w|^2.
    [[nodiscard]] double residual() const { return m_residual; }

private:
    struct Candidate {
        std::uint32_t item = 0;
        double excess = 0; ///< by how much it violates, on a scale that compares items
    };

    void begin(std::uint32_t target);
    [[nodiscard]] bool admitViolators(std::uint32_t target);
    void admit(std::uint32_t item);
    [[nodiscard]] double product(std::uint32_t a, std::uint32_t b) const;
    void descend();
    [[nodiscard]] double pass();
    void settle();
    void finish(std::uint32_t target);

    const Gram& m_gram;
    Penalty m_penalty;
    double m_tolerance = 0; ///< in units of |x_i| w_i

    std::vector<double> m_slopes;         ///< of a candidate i: x_i . (x_j - X w), as of the last settle()
    std::vector<std::uint8_t> m_admitted; ///< of each item
    std::vector<Candidate> m_violators;

    // The working set: its items, weights now and at the last settle(), x_i . x_j, and sums over it of products *
    // weight
    std::vector<std::uint32_t> m_active;
    std::vector<double> m_now, m_settled, m_targets, m_sums, m_diagonals;
    std::vector<std::vector<double>> m_products; ///< [active x active]

    std::vector<std::uint32_t> m_items;
    std::vector<float> m_weights;
    double m_residual = 0;
};

} // namespace orrery::slim
