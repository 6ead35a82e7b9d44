// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/overlap_work.h"

#include <algorithm>
#include <cmath>

namespace orrery::overlaps {
namespace {

constexpr double usualShare = .75; ///< of liked entries, where it is not counted: of ratings about half, of counts all
constexpr double usualSkew = 4;    ///< of popularity, where it is not counted

/// That a Poisson number of this mean is at least `least`, which is above 0.
double atLeast(int least, double mean)
{
    constexpr int few = 30;
    if (least > few) // near enough to the normal distribution
        return .5 * std::erfc((least - .5 - mean) / std::sqrt(2 * std::max(mean, 1e-9)));
    double term = std::exp(-mean), below = term;
    for (int count = 1; count < least; ++count) {
        term *= mean / count;
        below += term;
    }
    return std::max(0.0, 1 - below);
}

} // namespace

double cellsOf(const DatasetShape& shape, Entries entries)
{
    const auto all = static_cast<double>(shape.interactions);
    return entries == Entries::All ? all : shape.liked > 0 ? shape.liked : all * usualShare;
}

Work Work::of(const DatasetShape& shape, Entries entries)
{
    Work work;
    const auto all = static_cast<double>(shape.interactions);
    const bool liked = entries == Entries::Liked;
    work.m_items = static_cast<double>(shape.items);
    work.cells = cellsOf(shape, entries);
    const double share = all > 0 ? work.cells / all : 0;
    const bool counted = liked && shape.squaredLikedRows > 0;
    work.pairs = counted ? shape.squaredLikedRows : shape.itemPairs() * share * share;
    work.pairs = std::clamp(work.pairs, work.cells, std::max(work.cells, work.cells * work.m_items));
    work.groupItems(work.m_items, counted ? shape.squaredLikedColumns : shape.squaredColumns * share * share);
    work.compared = work.meeting(1);
    return work;
}

void Work::groupItems(double items, double squaredColumns)
{
    if (items <= 0 || cells <= 0)
        return;
    // What chance adds to the spread of the counts is no spread of popularity.
    const double counted = items * (squaredColumns - cells) / (cells * cells);
    const double skew = squaredColumns > 0 ? std::max(1.0, counted) : usualSkew;
    const double spread = std::sqrt(std::log(skew));
    double shares = 0, mean = 0;
    for (double z = -3; z <= 3; z += .25) {
        const double share = std::exp(-z * z / 2);
        m_groups.push_back({share, std::exp(spread * z)});
        shares += share;
        mean += share * m_groups.back().cells;
    }
    mean /= shares;
    for (Group& group : m_groups) {
        group.share /= shares;
        group.cells *= cells / (items * mean);
    }
}

double Work::partners(const Group& group, int support) const
{
    double found = 0;
    for (const Group& other : m_groups)
        found += other.share * atLeast(support, (pairs - cells) * group.cells * other.cells / (cells * cells));
    return m_items * found;
}

double Work::kept(std::size_t wanted, int support) const
{
    double sum = 0;
    for (const Group& group : m_groups) {
        const double has = std::max(1e-12, atLeast(support, group.cells)); // items of nobody have no partners
        sum += group.share * has * std::min(partners(group, support) / has, static_cast<double>(wanted));
    }
    return m_items * sum;
}

bool Work::keepsAll(std::size_t wanted) const
{
    return std::ranges::all_of(m_groups,
                               [&](const Group& group) { return partners(group, 1) <= static_cast<double>(wanted); });
}

double Work::meeting(int support) const
{
    double sum = 0;
    for (const Group& group : m_groups)
        sum += group.share * partners(group, support);
    return m_items * sum;
}

double Work::seconds(double score) const
{
    const double add = 9e-10 + m_items * 1.4e-14; // the longer the row of sums, the farther the cache it is in
    return pairs * add + compared * score + cells * 1e-7;
}

std::size_t bytesOfRows(const DatasetShape& shape) { return shape.items * 64 + shape.people * 16 + 100'000; }

std::size_t bytesOfItemToItem(const DatasetShape& shape, const Work& work, double kept)
{
    // The walk, over the matrix both ways and its cells as codes; then the lists, and these turned for use.
    const double bytes = std::max(work.cells * 22 + kept * 8, work.cells * 8 + kept * 17.5);
    return static_cast<std::size_t>(bytes) + bytesOfRows(shape);
}

} // namespace orrery::overlaps
