// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/mmr.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Core>

namespace orrery {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b)
{
    std::size_t both = 0;
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();)
        if (*i == *j) {
            ++both;
            ++i;
            ++j;
        } else if (*i < *j)
            ++i;
        else
            ++j;
    const std::size_t all = a.size() + b.size() - both;
    return all == 0 ? 0 : static_cast<double>(both) / static_cast<double>(all);
}

/// What is left to choose from, in the first `m_left` rows; what is chosen goes out by the last taking its place.
class Pool {
public:
    Pool(const RuleCatalog& catalog, DiversityRule::By by, std::span<const ItemIndex> items,
         std::span<const float> relevance)
        : m_catalog(catalog), m_items(items), m_relevance(relevance),
          m_byVectors(by == DiversityRule::By::Vectors && catalog.hasVectors()), m_places(items.size()),
          m_nearest(items.size(), 0)
    {
        std::iota(m_places.begin(), m_places.end(), 0U);
        if (m_byVectors)
            gather();
    }

    [[nodiscard]] bool empty() const { return m_places.empty(); }

    /// Of what is left, the place in `items` of the best.
    [[nodiscard]] std::size_t best(double lambda) const
    {
        std::size_t best = 0;
        double most = valueOf(0, lambda);
        for (std::size_t i = 1; i < m_places.size(); ++i) {
            const double value = valueOf(i, lambda);
            if (value > most || (value == most && goesFirst(m_places[i], m_places[best]))) {
                most = value;
                best = i;
            }
        }
        return best;
    }

    std::uint32_t take(std::size_t row)
    {
        const std::uint32_t place = m_places[row];
        m_places[row] = m_places.back();
        m_nearest[row] = m_nearest[m_places.size() - 1];
        if (m_byVectors)
            m_rows.row(static_cast<Eigen::Index>(row)) = m_rows.row(static_cast<Eigen::Index>(m_places.size() - 1));
        m_places.pop_back();
        return place;
    }

    /// Something that stands above all that is left.
    void meet(ItemIndex item)
    {
        if (m_byVectors)
            return meetVector(item);
        const auto its = m_catalog.categoriesOf(item);
        for (std::size_t i = 0; i < m_places.size(); ++i)
            m_nearest[i] =
                std::max(m_nearest[i], static_cast<float>(jaccard(m_catalog.categoriesOf(m_items[m_places[i]]), its)));
    }

private:
    void gather()
    {
        m_rows.setZero(static_cast<Eigen::Index>(m_items.size()), length());
        for (std::size_t i = 0; i < m_items.size(); ++i)
            if (m_items[i].value < m_catalog.size())
                m_rows.row(static_cast<Eigen::Index>(i)) = vectorOf(m_items[i]).transpose();
    }
    [[nodiscard]] Eigen::Index length() const
    {
        return static_cast<Eigen::Index>(m_catalog.vectorOf(ItemIndex{0}).size());
    }
    [[nodiscard]] Eigen::Map<const Eigen::VectorXf> vectorOf(ItemIndex item) const
    {
        return {m_catalog.vectorOf(item).data(), length()};
    }
    void meetVector(ItemIndex item)
    {
        if (item.value >= m_catalog.size() || m_places.empty())
            return;
        const auto left = static_cast<Eigen::Index>(m_places.size());
        m_alike.noalias() = m_rows.topRows(left) * vectorOf(item);
        Eigen::Map<Eigen::ArrayXf> nearest(m_nearest.data(), left);
        nearest = nearest.max(m_alike.array());
    }
    [[nodiscard]] double valueOf(std::size_t row, double lambda) const
    {
        return lambda * static_cast<double>(m_relevance[m_places[row]]) -
               (1 - lambda) * static_cast<double>(m_nearest[row]);
    }
    [[nodiscard]] bool goesFirst(std::uint32_t a, std::uint32_t b) const
    {
        return m_relevance[a] != m_relevance[b] ? m_relevance[a] > m_relevance[b] : m_items[a] < m_items[b];
    }

    const RuleCatalog& m_catalog;
    std::span<const ItemIndex> m_items;
    std::span<const float> m_relevance;
    bool m_byVectors;
    std::vector<std::uint32_t> m_places;
    std::vector<float> m_nearest;
    Rows m_rows;
    Eigen::VectorXf m_alike;
};

} // namespace

double similarityOf(const RuleCatalog& catalog, DiversityRule::By by, ItemIndex a, ItemIndex b)
{
    if (a.value >= catalog.size() || b.value >= catalog.size())
        return 0;
    if (by == DiversityRule::By::Categories || !catalog.hasVectors())
        return jaccard(catalog.categoriesOf(a), catalog.categoriesOf(b));
    const auto x = catalog.vectorOf(a), y = catalog.vectorOf(b);
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

std::vector<std::uint32_t> mmrOrder(const RuleCatalog& catalog, DiversityRule::By by, std::span<const ItemIndex> items,
                                    std::span<const float> relevance, double lambda, std::size_t n,
                                    std::span<const ItemIndex> above)
{
    Pool pool(catalog, by, items, relevance);
    for (const ItemIndex item : above)
        pool.meet(item);
    std::vector<std::uint32_t> order;
    while (order.size() < n && !pool.empty()) {
        order.push_back(pool.take(pool.best(lambda)));
        if (order.size() < n)
            pool.meet(items[order.back()]);
    }
    return order;
}

} // namespace orrery
