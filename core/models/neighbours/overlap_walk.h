// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/parallel.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/data/dataset.h"
#include "core/models/history_weigher.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

/// The one walk over all pairs of items with a person in common, for everything that is learned from such pairs.
namespace orrery::overlaps {

/// What one item has in common with another: the sum over their people of left * right, and how many they are.
struct Overlap {
    double dot = 0;
    std::uint32_t people = 0;

    void add(double left, double right)
    {
        ++people;
        dot += left * right;
    }
    [[nodiscard]] bool any() const { return people > 0; }
};

/// A dense row of sums over what two have in common, and which of them were touched.
/// Sums: add(double left, double right) for one person, any() whether there was one.
template <class Sums> class Scratch {
public:
    explicit Scratch(std::size_t columns) : m_sums(columns), m_touched((columns + 63) / 64) {}

    /// For sums of at most `cells` cells: where that is few, touched columns are noted; else all are looked through.
    void begin(std::uint64_t cells) { m_noting = cells < 4 * m_sums.size(); }
    void add(SparseMatrix::Row row, float own) { m_noting ? addTo<true>(row, own) : addTo<false>(row, own); }

    /// visit(column, sums) for all that were touched, in ascending order; clears them.
    template <class Visit> void take(Visit visit)
    {
        if (!m_noting)
            for (std::size_t column = 0; column < m_sums.size(); ++column)
                take(column, visit);
        else
            for (std::size_t word = 0; word < m_touched.size(); ++word)
                for (std::uint64_t bits = std::exchange(m_touched[word], 0); bits != 0; bits &= bits - 1)
                    take(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)), visit);
    }

private:
    template <bool noting> void addTo(SparseMatrix::Row row, float own)
    {
        Sums* const sums = m_sums.data();
        std::uint64_t* const touched = m_touched.data();
        const auto left = static_cast<double>(own);
        for (std::size_t cell = 0; cell < row.size(); ++cell) {
            const std::uint32_t column = row.columns[cell];
            sums[column].add(left, static_cast<double>(row.values[cell]));
            if constexpr (noting)
                touched[column / 64] |= std::uint64_t{1} << column % 64;
        }
    }

    template <class Visit> void take(std::size_t column, Visit& visit)
    {
        if (m_sums[column].any())
            visit(static_cast<std::uint32_t>(column), m_sums[column]);
        m_sums[column] = {};
    }

    std::vector<Sums> m_sums;
    std::vector<std::uint64_t> m_touched; ///< a bit a column
    bool m_noting = false;
};

/// How close a column is, and what else is to be kept of it.
struct Rated {
    float similarity = 0;
    float extra = 0;
};

/// Keeps the best of many columns, offered in ascending order; of equal ones the lower columns.
class Best {
public:
    Best(std::size_t wanted, std::size_t columns, bool hasExtras)
        : m_wanted(wanted), m_room(4 * wanted + 64), m_extras(hasExtras ? columns : 0)
    {
        m_held.reserve(std::min(m_room, columns + 1));
    }

    void offer(std::uint32_t column, float similarity)
    {
        if (!(similarity > 0) || similarity < m_least)
            return;
        m_held.push_back(keyOf(column, similarity));
        if (m_held.size() >= m_room)
            cut();
    }
    void offer(std::uint32_t column, Rated rated)
    {
        m_extras[column] = rated.extra;
        offer(column, rated.similarity);
    }

    /// visit(column, similarity, extra) for what was kept, by column; forgets it.
    template <class Visit> void take(Visit visit)
    {
        cut();
        for (const std::uint64_t key : m_held)
            visit(columnOf(key), similarityOf(key), m_extras.empty() ? 0.F : m_extras[columnOf(key)]);
        m_held.clear();
        m_least = 0;
    }

private:
    /// Bits of positive floats are ordered as they are; then the lower column is the larger.
    static std::uint64_t keyOf(std::uint32_t column, float similarity)
    {
        return std::uint64_t{std::bit_cast<std::uint32_t>(similarity)} << 32 | static_cast<std::uint32_t>(~column);
    }
    static std::uint32_t columnOf(std::uint64_t key) { return ~static_cast<std::uint32_t>(key); }
    static float similarityOf(std::uint64_t key) { return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32)); }

    /// Leaves the best, as they were ordered.
    void cut()
    {
        if (m_held.size() <= m_wanted)
            return;
        m_ranked = m_held;
        const auto last = m_ranked.begin() + static_cast<std::ptrdiff_t>(m_wanted) - 1;
        std::nth_element(m_ranked.begin(), last, m_ranked.end(), std::greater{});
        std::erase_if(m_held, [least = *last](std::uint64_t key) { return key < least; });
        m_least = similarityOf(*last);
    }

    std::size_t m_wanted;
    std::size_t m_room;
    std::vector<std::uint64_t> m_held, m_ranked;
    std::vector<float> m_extras; ///< of each column, where there are any
    float m_least = 0;           ///< the least similarity that is still among the best
};

/// The finished rows of one chunk.
struct Part {
    std::vector<std::uint32_t> counts;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    std::vector<float> extras;
};

/// What a walk finds.
struct Lists {
    SparseMatrix best;         ///< row i: the closest of i, ascending, with their similarities
    std::vector<float> extras; ///< of each cell, where the score gives any
};

/// Compares all pairs: item i has the people and left weights of row i of `itemPeople` [items x people], and the right
/// weights of the others are in `people` [people x items]. Row i of the result holds the `wanted` items j with the
/// largest score(i, j, overlap) above 0, ascending, never itself; equal scores go to the lower index.
/// score: (std::size_t, std::uint32_t, const Sums&) -> float or Rated; called from many threads.
/// O(sum over people of their cells squared); memory for one dense row of items a chunk. The same bits on any number of
/// threads.
template <class Sums, class Score> class Walk {
    static constexpr bool hasExtras =
        std::is_same_v<std::invoke_result_t<const Score&, std::size_t, std::uint32_t, const Sums&>, Rated>;

public:
    Walk(const SparseMatrix& people, const SparseMatrix& itemPeople, std::size_t wanted, const JobContext& job,
         const Score& score)
        : m_people(people), m_items(itemPeople), m_wanted(wanted), m_job(job), m_score(score)
    {
        for (std::size_t p = 0; p < people.rowCount(); ++p)
            m_work += people.row(p).size() * people.row(p).size();
    }

    /// Errors: Cancelled.
    Result<Lists> run()
    {
        const std::size_t n = m_items.rowCount();
        // Few enough chunks that clearing their scratch rows is cheap, enough of them to share out.
        const std::size_t grain = std::max<std::size_t>(1, n / 256);
        std::vector<Part> parts(chunkCount(n, grain));
        const auto done = parallelFor(
            m_job, n, grain, [&](std::size_t first, std::size_t last) { parts[first / grain] = compare(first, last); });
        if (!done)
            return tl::unexpected(done.error());
        return joined(parts);
    }

private:
    Part compare(std::size_t first, std::size_t last)
    {
        Part part;
        Scratch<Sums> scratch(m_items.rowCount());
        Best best(m_wanted, m_items.rowCount(), hasExtras);
        for (std::size_t item = first; item < last; ++item) {
            const std::uint64_t work = workOf(item);
            addUp(item, work, scratch);
            if (m_job.cancelled())
                return {};
            scratch.take([&](std::uint32_t other, const Sums& sums) {
                if (other != item)
                    best.offer(other, m_score(item, other, sums));
            });
            append(part, best);
            report(work);
        }
        return part;
    }

    [[nodiscard]] std::uint64_t workOf(std::size_t item) const
    {
        std::uint64_t work = 0;
        for (const std::uint32_t person : m_items.row(item).columns)
            work += m_people.row(person).size();
        return work;
    }

    // Checks for a cancel with every person: one popular item of a large dataset is a second of work.
    void addUp(std::size_t item, std::uint64_t work, Scratch<Sums>& scratch) const
    {
        scratch.begin(work);
        const auto people = m_items.row(item);
        for (std::size_t p = 0; p < people.size() && !m_job.cancelled(); ++p)
            scratch.add(m_people.row(people.columns[p]), people.values[p]);
    }

    static void append(Part& part, Best& best)
    {
        const std::size_t before = part.columns.size();
        best.take([&](std::uint32_t column, float similarity, float extra) {
            part.columns.push_back(column);
            part.values.push_back(similarity);
            if constexpr (hasExtras)
                part.extras.push_back(extra);
        });
        part.counts.push_back(static_cast<std::uint32_t>(part.columns.size() - before));
    }

    void report(std::uint64_t work)
    {
        const std::uint64_t before = m_done.fetch_add(work);
        const std::uint64_t step = m_work / 100 + 1;
        if (before / step != (before + work) / step)
            m_job.progress(static_cast<double>(before + work) / static_cast<double>(m_work), "comparing items");
    }

    [[nodiscard]] Lists joined(std::vector<Part>& parts) const
    {
        Lists all;
        all.best.columnCount = m_items.rowCount();
        std::size_t cells = 0;
        for (const Part& part : parts)
            cells += part.columns.size();
        all.best.columns.reserve(cells);
        all.best.values.reserve(cells);
        all.extras.reserve(hasExtras ? cells : 0);
        for (Part& part : parts) {
            for (const std::uint32_t count : part.counts)
                all.best.starts.push_back(all.best.starts.back() + count);
            all.best.columns.insert(all.best.columns.end(), part.columns.begin(), part.columns.end());
            all.best.values.insert(all.best.values.end(), part.values.begin(), part.values.end());
            all.extras.insert(all.extras.end(), part.extras.begin(), part.extras.end());
            part = {};
        }
        return all;
    }

    const SparseMatrix& m_people;
    const SparseMatrix& m_items;
    std::size_t m_wanted;
    const JobContext& m_job;
    const Score& m_score;
    std::uint64_t m_work = 0;
    std::atomic<std::uint64_t> m_done{0};
};

/// Walk::run, in one word.
template <class Sums, class Score> [[nodiscard]] Result<Lists> lists(const SparseMatrix& people,
                                                                     const SparseMatrix& itemPeople, std::size_t wanted,
                                                                     const JobContext& job, const Score& score)
{
    return Walk<Sums, Score>(people, itemPeople, wanted, job, score).run();
}

/// The lists alone.
template <class Sums = Overlap, class Score>
[[nodiscard]] Result<SparseMatrix> best(const SparseMatrix& people, const SparseMatrix& itemPeople, std::size_t wanted,
                                        const JobContext& job, const Score& score)
{
    auto found = lists<Sums>(people, itemPeople, wanted, job, score);
    if (!found)
        return tl::unexpected(found.error());
    return std::move(found->best);
}

/// What a walk over a dataset of this shape goes through, for estimates.
struct Work {
    double cells = 0;    ///< entries that count
    double pairs = 0;    ///< of entries of one person
    double compared = 0; ///< pairs of items with a person in common

    [[nodiscard]] static Work of(const DatasetShape& shape, Entries entries)
    {
        // Of ratings about half are liked, of counts all are; a shape does not say which they are.
        const double share = entries == Entries::Liked ? 0.75 : 1;
        const auto n = static_cast<double>(shape.items);
        const double cells = static_cast<double>(shape.interactions) * share;
        const double pairs = std::min(shape.itemPairs() * share * share, cells * n);
        return {cells, pairs, std::min(pairs, n * n / 3)};
    }
    /// One thread's. Measured with all entries on 100 thousand to a million ratings of 1,700 to 50,000 items: within a
    /// factor of 2.5.
    [[nodiscard]] double seconds() const { return pairs * 2e-9 + compared * 1e-8 + cells * 2e-8; }
};

} // namespace orrery::overlaps
