// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/als_block_solver.h"

#include "core/models/implicit/als_dense.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::als {

BlockSolver::BlockSolver(MatrixView fixed, std::span<const float> gram, const StepSettings& settings)
    : m_fixed(fixed), m_gram(gram), m_extra(settings.objective.extra()),
      m_blockSize(std::min(fixed.cols, paddedTo(settings.blockSize))), m_system(m_blockSize * m_blockSize),
      m_tile(tileRows * m_blockSize), m_step(m_blockSize)
{
}

double BlockSolver::solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty,
                          float* x)
{
    const Gathered cells{m_fixed.data, m_fixed.cols, columns, weights};
    predict(cells, x);
    for (std::size_t first = 0; first < m_fixed.cols; first += m_blockSize) {
        const std::size_t size = std::min(m_blockSize, m_fixed.cols - first);
        assemble(cells, penalty, first, size, x);
        if (!factorize(m_system.data(), size, m_tile.data()))
            continue; // too ill-conditioned for float: the block stays where it is
        solveFactorized(m_system.data(), size, m_step.data());
        for (std::size_t d = 0; d < size; ++d)
            x[first + d] += m_step[d];
        movePredictions(cells, first, size);
    }
    return loss(cells, penalty, x);
}

void BlockSolver::predict(const Gathered& cells, const float* x)
{
    m_predictions.resize(cells.ids.size());
    for (std::size_t j = 0; j < cells.ids.size(); ++j)
        m_predictions[j] = dot(cells.row(j), x, m_fixed.cols);
}

void BlockSolver::assemble(const Gathered& cells, float penalty, std::size_t first, std::size_t size, const float* x)
{
    std::fill_n(m_system.data(), size * size, 0.F);
    for (std::size_t d = 0; d < size; ++d) {
        const float diagonal = m_gram[first + d] + penalty;
        m_system[d * size + d] = diagonal;
        m_step[d] = -diagonal * x[first + d];
    }
    std::array<float, tileRows> roots, rights;
    for (std::size_t from = 0; from < cells.ids.size(); from += tileRows) {
        const std::size_t count = std::min(tileRows, cells.ids.size() - from);
        for (std::size_t j = 0; j < count; ++j) {
            const float weight = cells.weights[from + j];
            roots[j] = std::sqrt(weight);
            rights[j] = m_extra + weight - weight * m_predictions[from + j];
        }
        packRows(cells, from, count, first, size, {roots.data(), rights.data()}, m_tile.data(), m_step.data());
        addPanelProducts(m_tile.data(), count, size, m_system.data());
    }
}

void BlockSolver::movePredictions(const Gathered& cells, std::size_t first, std::size_t size)
{
    for (std::size_t j = 0; j < cells.ids.size(); ++j)
        m_predictions[j] += dot(cells.row(j) + first, m_step.data(), size);
}

double BlockSolver::loss(const Gathered& cells, float penalty, const float* x) const
{
    double value = 0;
    for (std::size_t d = 0; d < m_fixed.cols; ++d)
        value += static_cast<double>(m_gram[d] + penalty) * static_cast<double>(x[d]) * static_cast<double>(x[d]);
    for (std::size_t j = 0; j < cells.ids.size(); ++j)
        value += cellLoss(cells.weights[j], m_extra, m_predictions[j]);
    return value;
}

} // namespace orrery::als
