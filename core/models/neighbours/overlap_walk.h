// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/large_pages.h"
#include "core/base/parallel.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/models/neighbours/best_of_row.h"
#include "core/models/neighbours/dense_sums.h"
#include "core/models/neighbours/pair_sums.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

/// The one walk over all pairs of items with a person in common, for everything that is learned from such pairs.
namespace orrery::overlaps {

/// What one item has in common with another: the sum over their people of left * right, and how many they are.
struct Overlap {
    double people = 0;
    double dot = 0;

    void add(double left, double right)
    {
        people += 1;
        dot += left * right;
    }
    [[nodiscard]] bool any() const { return people > 0; }
};

/// How close a column is, and what else is to be kept of it.
struct Rated {
    float similarity = 0;
    float extra = 0;
};

/// What a walk finds.
struct Lists {
    SparseMatrix best;         ///< row i: the closest of i, ascending, with their similarities
    std::vector<float> extras; ///< of each cell, where the score gives any
    bool complete = true;      ///< whether no row left any out
};

/// Works out rows one by one: a dense row of sums, scored in batches. To be used again and again, by one thread at a
/// time.
template <class Pairs, class Score> class RowFinder {
    using Held = typename Pairs::Held;
    using Scored = std::invoke_result_t<const Score&, std::size_t, std::uint32_t,
                                        decltype(std::declval<const Pairs&>().sumsOf(std::declval<const Held&>()))>;

public:
    static constexpr bool hasExtras = std::is_same_v<Scored, Rated>;

    RowFinder(const Pairs& pairs, const Score& score, std::size_t columns, std::size_t wanted)
        : m_pairs(pairs), m_score(score), m_sums(columns), m_best(wanted, hasExtras)
    {
    }

    /// Row `item`, whose people are `people`, and `cells` cells theirs. Nothing of use after a cancel: it is asked for
    /// with every person, as one popular item of a large dataset is a second of work.
    void find(std::size_t item, SparseMatrix::Row people, std::uint64_t cells, const JobContext& job)
    {
        m_sums.begin(cells);
        constexpr std::size_t ahead = 2, farAhead = 8;
        for (std::size_t p = 0; p < people.size() && !job.cancelled(); ++p) {
            if (p + farAhead < people.size())
                m_pairs.prefetchStart(people.columns[p + farAhead]);
            if (p + ahead < people.size())
                m_pairs.prefetch(people.columns[p + ahead]);
            m_pairs.add(people.columns[p], people.values[p], m_sums);
        }
        m_sums.held()[item] = {};
        m_best.clear();
        m_sums.forBlocks([&](Held* block, std::uint32_t first) {
            m_batch += takeBlock(block, first, m_columns + m_batch, m_held + m_batch);
            if (m_batch > batch - blockColumns)
                score(item);
        });
        score(item);
        m_best.finish();
    }
    [[nodiscard]] const BestOfRow& best() const { return m_best; }

private:
    static constexpr std::size_t batch = 512;

    void score(std::size_t item)
    {
        for (std::size_t i = 0; i < m_batch; ++i) {
            const Scored scored = m_score(item, m_columns[i], m_pairs.sumsOf(m_held[i]));
            if constexpr (hasExtras) {
                m_similarities[i] = scored.similarity;
                m_extras[i] = scored.extra;
            } else {
                m_similarities[i] = scored;
            }
        }
        m_best.offer(std::span(m_columns).first(m_batch), m_similarities, m_extras);
        m_batch = 0;
    }

    const Pairs& m_pairs;
    const Score& m_score;
    DenseSums<Held> m_sums;
    BestOfRow m_best;
    std::size_t m_batch = 0; ///< found, not yet scored
    std::uint32_t m_columns[batch + blockColumns];
    Held m_held[batch + blockColumns];
    float m_similarities[batch];
    float m_extras[batch];
};

/// Compares all pairs: item i has the people and left weights of row i of `itemPeople` [items x people], and the right
/// weights of the others are in `people` [people x items], which `pairs` adds up. Row i of the result holds the
/// `wanted` items j with the largest score(i, j, sums) above 0, ascending, never itself; equal scores go to the lower
/// index.
/// score: (std::size_t, std::uint32_t, sums) -> float or Rated; called from many threads.
/// O(sum over people of their cells squared); memory for one dense row of items a thread, and the result. The same bits
/// on any number of threads, as each row is worked out by itself.
template <class Pairs, class Score> class Walk {
    using Finder = RowFinder<Pairs, Score>;

public:
    Walk(const SparseMatrix& people, const SparseMatrix& itemPeople, const Pairs& pairs, std::size_t wanted,
         const JobContext& job, const Score& score)
        : m_people(people), m_items(itemPeople), m_pairs(pairs), m_wanted(wanted), m_job(job), m_score(score)
    {
    }

    /// Errors: Cancelled.
    Result<Lists> run()
    {
        const std::size_t n = m_items.rowCount();
        planRows();
        Lists all;
        all.best.columnCount = n;
        all.best.starts.reserve(n + 1);
        // Wave by wave, whose parts are used again: memory written for the first time costs more than the work.
        const std::size_t grain = std::max<std::size_t>(1, n / 4096), wave = grain * 64;
        std::vector<Part> parts(chunkCount(wave, grain));
        for (std::size_t from = 0; from < n; from += wave) {
            const std::size_t size = std::min(wave, n - from);
            const auto done = parallelFor(m_job, size, grain, [&](std::size_t first, std::size_t last) {
                compare(from + first, from + last, parts[first / grain]);
            });
            if (!done)
                return tl::unexpected(done.error());
            for (std::size_t part = 0; part < chunkCount(size, grain); ++part)
                append(all, parts[part]);
        }
        return all;
    }

private:
    /// The finished rows of one chunk.
    struct Part {
        std::vector<std::uint32_t> counts;
        std::vector<std::uint32_t> columns;
        std::vector<float> values;
        std::vector<float> extras;
        bool complete = true;
    };

    void planRows()
    {
        m_cells.resize(m_items.rowCount());
        for (std::size_t item = 0; item < m_cells.size(); ++item) {
            for (const std::uint32_t person : m_items.row(item).columns)
                m_cells[item] += m_people.row(person).size();
            m_work += m_cells[item];
            m_room += std::min<std::uint64_t>({m_cells[item], m_wanted, m_cells.size()});
        }
    }

    void compare(std::size_t first, std::size_t last, Part& part)
    {
        part.counts.clear();
        part.columns.clear();
        part.values.clear();
        part.extras.clear();
        auto finder = borrowFinder();
        for (std::size_t item = first; item < last && !m_job.cancelled(); ++item) {
            finder->find(item, m_items.row(item), m_cells[item], m_job);
            const BestOfRow& best = finder->best();
            part.counts.push_back(static_cast<std::uint32_t>(best.columns().size()));
            part.columns.insert(part.columns.end(), best.columns().begin(), best.columns().end());
            part.values.insert(part.values.end(), best.similarities().begin(), best.similarities().end());
            part.extras.insert(part.extras.end(), best.extras().begin(), best.extras().end());
            part.complete = part.complete && !best.leftOut();
            report(m_cells[item]);
        }
        giveBack(std::move(finder));
    }

    std::unique_ptr<Finder> borrowFinder()
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_idle.empty()) {
                auto finder = std::move(m_idle.back());
                m_idle.pop_back();
                return finder;
            }
        }
        return std::make_unique<Finder>(m_pairs, m_score, m_items.rowCount(), m_wanted);
    }
    void giveBack(std::unique_ptr<Finder> finder)
    {
        const std::scoped_lock lock(m_mutex);
        m_idle.push_back(std::move(finder));
    }

    void append(Lists& all, const Part& part) const
    {
        if (all.best.columns.empty()) {
            reserveLarge(all.best.columns, m_room);
            reserveLarge(all.best.values, m_room);
            reserveLarge(all.extras, Finder::hasExtras ? m_room : 0);
        }
        for (const std::uint32_t count : part.counts)
            all.best.starts.push_back(all.best.starts.back() + count);
        all.best.columns.insert(all.best.columns.end(), part.columns.begin(), part.columns.end());
        all.best.values.insert(all.best.values.end(), part.values.begin(), part.values.end());
        all.extras.insert(all.extras.end(), part.extras.begin(), part.extras.end());
        all.complete = all.complete && part.complete;
    }

    void report(std::uint64_t work)
    {
        const std::uint64_t before = m_done.fetch_add(work);
        const std::uint64_t step = m_work / 100 + 1;
        if (before / step != (before + work) / step)
            m_job.progress(static_cast<double>(before + work) / static_cast<double>(m_work), "comparing items");
    }

    const SparseMatrix& m_people;
    const SparseMatrix& m_items;
    const Pairs& m_pairs;
    std::size_t m_wanted;
    const JobContext& m_job;
    const Score& m_score;
    std::vector<std::uint64_t> m_cells; ///< that each row goes through
    std::uint64_t m_work = 0;           ///< their sum
    std::uint64_t m_room = 0;           ///< what the result can need
    std::atomic<std::uint64_t> m_done{0};
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Finder>> m_idle;
};

/// Walk::run, in one word.
template <class Pairs, class Score>
[[nodiscard]] Result<Lists> lists(const SparseMatrix& people, const SparseMatrix& itemPeople, const Pairs& pairs,
                                  std::size_t wanted, const JobContext& job, const Score& score)
{
    return Walk<Pairs, Score>(people, itemPeople, pairs, wanted, job, score).run();
}

/// On which all values of both are.
[[nodiscard]] inline std::optional<RatingGrid> commonGrid(const SparseMatrix& people, const SparseMatrix& itemPeople)
{
    const auto grid = RatingGrid::of(people.values);
    const auto has = [&](float value) { return grid->has(value); };
    return grid && std::ranges::all_of(itemPeople.values, has) ? grid : std::nullopt;
}

/// The lists by Sums or, where values are on a grid, by sumOn: (const RatingGrid&) -> std::optional<GridSum>, which
/// means the same.
template <class Sums, class SumOn, class Score>
[[nodiscard]] Result<Lists> gridLists(const SparseMatrix& people, const SparseMatrix& itemPeople, std::size_t wanted,
                                      const JobContext& job, const SumOn& sumOn, const Score& score)
{
    using Narrow = GridPairs<std::uint32_t, Sums>;
    using Wide = GridPairs<std::uint64_t, Sums>;
    const auto grid = commonGrid(people, itemPeople);
    if (const auto sum = grid && people.columnCount < Narrow::mostColumns ? sumOn(*grid) : std::optional<GridSum>{}) {
        std::uint64_t most = 1;
        for (std::size_t item = 0; item < itemPeople.rowCount(); ++item)
            most = std::max<std::uint64_t>(most, itemPeople.row(item).size());
        const int bits = Narrow::bitsFor(*sum, most);
        if (bits <= 32)
            return lists(people, itemPeople, Narrow(people, *grid, *sum, most), wanted, job, score);
        if (bits <= 64)
            return lists(people, itemPeople, Wide(people, *grid, *sum, most), wanted, job, score);
    }
    return lists(people, itemPeople, ValuePairs<Sums>(people), wanted, job, score);
}

/// The lists alone, by what two have in common.
template <class Score> [[nodiscard]] Result<SparseMatrix> best(const SparseMatrix& people,
                                                               const SparseMatrix& itemPeople, std::size_t wanted,
                                                               const JobContext& job, const Score& score)
{
    auto found = gridLists<Overlap>(people, itemPeople, wanted, job, gridProducts, score);
    if (!found)
        return tl::unexpected(found.error());
    return std::move(found->best);
}

} // namespace orrery::overlaps
