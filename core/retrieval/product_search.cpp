// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/product_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t blockRows = 16'384;
constexpr double rounding = 1 + 1e-5; ///< of a product of floats against the lengths in doubles

double lengthOf(std::span<const float> vector)
{
    double sum = 0;
    for (const float x : vector)
        sum += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(sum);
}

} // namespace

Result<ProductSearch> ProductSearch::make(MatrixView vectors, const JobContext& job)
{
    std::vector<double> lengths(vectors.rows);
    for (std::size_t row = 0; row < vectors.rows; ++row)
        lengths[row] = lengthOf(vectors.row(row));
    ProductSearch search;
    search.m_order.resize(vectors.rows);
    std::iota(search.m_order.begin(), search.m_order.end(), 0U);
    std::ranges::stable_sort(search.m_order, [&](auto a, auto b) { return lengths[a] > lengths[b]; });
    Matrix rows = Matrix::unset(vectors.rows, vectors.cols);
    for (std::size_t place = 0; place < vectors.rows; ++place)
        std::ranges::copy(vectors.row(search.m_order[place]), rows.row(place).begin());
    search.m_rows = std::make_shared<const Matrix>(std::move(rows));
    for (std::size_t first = 0; first < vectors.rows; first += blockRows) {
        const std::size_t count = std::min(blockRows, vectors.rows - first);
        const MatrixView view{search.m_rows->row(first).data(), count, vectors.cols};
        auto block = ExactSearch::screened(view, SpaceMetric::Dot, job);
        if (!block)
            return tl::unexpected(block.error());
        search.m_blocks.push_back({first, lengths[search.m_order[first]], std::move(*block)});
    }
    return search;
}

Result<std::vector<Near>> ProductSearch::largest(std::span<const float> vector, std::size_t n,
                                                 const JobContext& job) const
{
    const double length = lengthOf(vector) * rounding;
    std::vector<Near> best;
    for (const Block& block : m_blocks) {
        if (n == 0 || (best.size() == n && length * block.length < static_cast<double>(best.back().similarity)))
            break;
        auto found = block.search.nearest(vector, n, job);
        if (!found)
            return found;
        for (Near& one : *found)
            one.row = m_order[block.first + one.row];
        std::vector<Near> both;
        std::ranges::merge(best, *found, std::back_inserter(both), isNearer);
        both.resize(std::min(n, both.size()));
        best = std::move(both);
    }
    return best;
}

} // namespace orrery
