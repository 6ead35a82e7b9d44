// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/slim_solver.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace orrery::slim {
namespace {

constexpr double precision = 1e-7; // of a step: what is left after many small ones may be ten times as much
constexpr int mostPasses = 2000, mostRounds = 100;
constexpr std::size_t firstRoom = 32; ///< how many items a working set takes in at once, at least

} // namespace

ColumnSolver::ColumnSolver(const Gram& gram, Penalty penalty)
    : m_gram(gram), m_penalty(penalty), m_slopes(gram.diagonals.size()), m_admitted(gram.diagonals.size())
{
}

void ColumnSolver::solve(std::uint32_t target)
{
    begin(target);
    for (int round = 0; round < mostRounds && admitViolators(target); ++round) {
        descend();
        settle();
    }
    finish(target);
}

// An item without people in common with the target never gets a weight: its slope starts at 0 and only falls.
void ColumnSolver::begin(std::uint32_t target)
{
    const auto row = m_gram.others.row(target);
    for (std::size_t i = 0; i < row.size(); ++i)
        m_slopes[row.columns[i]] = static_cast<double>(row.values[i]);
    m_tolerance = precision * std::sqrt(m_gram.diagonals[target]);
    m_active.clear();
    m_now.clear();
    m_settled.clear();
    m_targets.clear();
    m_sums.clear();
    m_diagonals.clear();
}

bool ColumnSolver::admitViolators(std::uint32_t target)
{
    m_violators.clear();
    for (const std::uint32_t item : m_gram.others.row(target).columns) {
        const double excess = (m_slopes[item] - m_penalty.absolute) / std::sqrt(m_gram.diagonals[item]);
        if (m_admitted[item] == 0 && excess > m_tolerance)
            m_violators.push_back({item, excess});
    }
    const std::size_t room = std::max(firstRoom, m_active.size());
    if (m_violators.size() > room) {
        std::ranges::nth_element(m_violators, m_violators.begin() + static_cast<std::ptrdiff_t>(room),
                                 [](const Candidate& a, const Candidate& b) {
                                     return a.excess != b.excess ? a.excess > b.excess : a.item < b.item;
                                 });
        m_violators.resize(room);
    }
    std::ranges::sort(m_violators, {}, &Candidate::item);
    for (const Candidate& violator : m_violators) {
        admit(violator.item);
        m_targets.push_back(product(violator.item, target));
    }
    return !m_violators.empty();
}

void ColumnSolver::admit(std::uint32_t item)
{
    const std::size_t place = m_active.size();
    if (m_products.size() <= place)
        m_products.emplace_back();
    m_products[place].clear();
    double sum = 0;
    for (std::size_t i = 0; i < place; ++i) {
        const double both = product(item, m_active[i]);
        m_products[place].push_back(both);
        m_products[i].resize(place);
        m_products[i].push_back(both);
        sum += both * m_now[i];
    }
    m_products[place].push_back(m_gram.diagonals[item]);
    m_active.push_back(item);
    m_admitted[item] = 1;
    m_diagonals.push_back(m_gram.diagonals[item]);
    m_now.push_back(0);
    m_settled.push_back(0);
    m_sums.push_back(sum);
}

double ColumnSolver::product(std::uint32_t a, std::uint32_t b) const
{
    const auto row = m_gram.others.row(a);
    const auto found = std::ranges::lower_bound(row.columns, b);
    if (found == row.columns.end() || *found != b)
        return 0;
    return static_cast<double>(row.values[static_cast<std::size_t>(found - row.columns.begin())]);
}

void ColumnSolver::descend()
{
    for (int i = 0; i < mostPasses; ++i)
        if (pass() <= m_tolerance)
            return;
}

/// Minimizes over each weight in turn; the largest step.
double ColumnSolver::pass()
{
    double largest = 0;
    for (std::size_t i = 0; i < m_active.size(); ++i) {
        const double slope = m_targets[i] - m_sums[i] + m_diagonals[i] * m_now[i] - m_penalty.absolute;
        const double next = std::max(0.0, slope / (m_diagonals[i] + m_penalty.squared));
        const double step = next - m_now[i];
        if (step == 0)
            continue;
        m_now[i] = next;
        const double* const products = m_products[i].data();
        double* const sums = m_sums.data();
        for (std::size_t j = 0; j < m_active.size(); ++j)
            sums[j] += step * products[j];
        largest = std::max(largest, std::abs(step) * std::sqrt(m_diagonals[i]));
    }
    return largest;
}

/// Brings the slopes of what is not in the working set up to date; those of items that are no candidates mean nothing.
void ColumnSolver::settle()
{
    for (std::size_t i = 0; i < m_active.size(); ++i) {
        const double step = m_now[i] - std::exchange(m_settled[i], m_now[i]);
        if (step == 0)
            continue;
        const auto row = m_gram.others.row(m_active[i]);
        for (std::size_t j = 0; j < row.size(); ++j)
            m_slopes[row.columns[j]] -= step * static_cast<double>(row.values[j]);
    }
}

void ColumnSolver::finish(std::uint32_t target)
{
    std::vector<std::size_t> places(m_active.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::sort(places, {}, [this](std::size_t place) { return m_active[place]; });
    m_items.clear();
    m_weights.clear();
    m_residual = m_gram.diagonals[target];
    for (const std::size_t place : places) {
        m_admitted[m_active[place]] = 0;
        m_residual += m_now[place] * (m_sums[place] - 2 * m_targets[place]);
        if (const auto weight = static_cast<float>(m_now[place]); weight > 0) {
            m_items.push_back(m_active[place]);
            m_weights.push_back(weight);
        }
    }
}

} // namespace orrery::slim
