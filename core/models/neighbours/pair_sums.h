// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/large_pages.h"
#include "core/base/sparse_matrix.h"
#include "core/models/neighbours/dense_sums.h"
#include "core/models/neighbours/rating_grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// What a walk over pairs adds up, and how. Such a policy has
///     Held                            what a dense row holds of each column
///     add(person, own, dense row)     for one who has the item whose row it is, with the value `own`
///     prefetchStart, prefetch(person) who is soon, and sooner, to be added: people of an item stand far apart
///     sumsOf(held)                    what the score is asked about
namespace orrery::overlaps {

/// Fetches what lies at `first`, or the beginning of it.
template <class Cell> void prefetchRow(const Cell* first, std::size_t count)
{
    constexpr std::size_t line = 64 / sizeof(Cell), most = 16 * line; // from there on the processor sees it coming
    for (std::size_t cell = 0; cell < std::min(count, most); cell += line)
        __builtin_prefetch(first + cell);
}

/// Any values of people [people x items]. Sums: add(double own, double other) for one person, any() whether there was
/// one.
template <class Sums> class ValuePairs {
public:
    using Held = Sums;

    explicit ValuePairs(const SparseMatrix& people) : m_people(people) {}

    void add(std::size_t person, float own, DenseSums<Held>& row) const
    {
        row.noting() ? addTo<true>(person, own, row) : addTo<false>(person, own, row);
    }
    void prefetchStart(std::size_t person) const { __builtin_prefetch(m_people.starts.data() + person); }
    void prefetch(std::size_t person) const
    {
        const auto row = m_people.row(person);
        prefetchRow(row.columns.data(), row.size());
        prefetchRow(row.values.data(), row.size());
    }
    static const Sums& sumsOf(const Held& held) { return held; }

private:
    template <bool noting> void addTo(std::size_t person, float own, DenseSums<Held>& to) const
    {
        const auto row = m_people.row(person);
        Sums* const sums = to.held();
        std::uint8_t* const touched = to.touched();
        const auto left = static_cast<double>(own);
        for (std::size_t cell = 0; cell < row.size(); ++cell) {
            const std::uint32_t column = row.columns[cell];
            sums[column].add(left, static_cast<double>(row.values[cell]));
            if constexpr (noting)
                touched[column / blockColumns] = 1;
        }
    }

    const SparseMatrix& m_people;
};

/// A sum over pairs of values on a grid: of f, a whole number, times `unit`, plus `offset` a person.
struct GridSum {
    std::vector<std::uint32_t> f; ///< [own code x other code], grid.codes() of each
    double unit = 1;
    double offset = 0;
};

/// f: (std::uint32_t own, std::uint32_t other) -> std::uint32_t
template <class F> [[nodiscard]] GridSum gridSum(const RatingGrid& grid, double unit, double offset, const F& f)
{
    GridSum sum{{}, unit, offset};
    sum.f.reserve(std::size_t{grid.codes()} * grid.codes());
    for (std::uint32_t own = 0; own < grid.codes(); ++own)
        for (std::uint32_t other = 0; other < grid.codes(); ++other)
            sum.f.push_back(f(own, other));
    return sum;
}

/// Of products; nothing where they are not all whole numbers.
[[nodiscard]] inline std::optional<GridSum> gridProducts(const RatingGrid& grid)
{
    const double low = grid.low / grid.unit;
    if (!(low >= 0 && low < RatingGrid::mostCodes) || low != std::floor(low))
        return {};
    const auto first = static_cast<std::uint32_t>(low);
    return gridSum(grid, grid.unit * grid.unit, 0,
                   [first](std::uint32_t own, std::uint32_t other) { return (first + own) * (first + other); });
}

/// Such a sum and the number of people in one word: exact, as ValuePairs<Sums> would be, in a quarter of its time.
/// Sums: an aggregate of the number and the sum.
template <class Word, class Sums> class GridPairs {
public:
    using Held = Word;

    /// Columns have to be below it.
    static constexpr std::size_t mostColumns = std::size_t{1} << 24;
    /// Bits that a word needs where no item has more than `people`.
    static int bitsFor(const GridSum& sum, std::uint64_t people)
    {
        return sumBits(sum, people) + static_cast<int>(std::bit_width(people));
    }

    GridPairs(const SparseMatrix& ratings, const RatingGrid& grid, const GridSum& sum, std::uint64_t people)
        : m_ratings(ratings), m_grid(grid), m_bits(sumBits(sum, people)), m_unit(sum.unit), m_offset(sum.offset)
    {
        reserveLarge(m_cells, ratings.size());
        for (std::size_t cell = 0; cell < ratings.size(); ++cell)
            m_cells.push_back(ratings.columns[cell] << codeBits | grid.codeOf(ratings.values[cell]));
        for (const std::uint32_t f : sum.f)
            m_steps.push_back((Word{1} << m_bits) + f);
    }

    void add(std::size_t person, float own, DenseSums<Held>& row) const
    {
        row.noting() ? addTo<true>(person, own, row) : addTo<false>(person, own, row);
    }
    void prefetchStart(std::size_t person) const { __builtin_prefetch(m_ratings.starts.data() + person); }
    void prefetch(std::size_t person) const
    {
        prefetchRow(m_cells.data() + m_ratings.starts[person], m_ratings.starts[person + 1] - m_ratings.starts[person]);
    }
    [[nodiscard]] Sums sumsOf(Word held) const
    {
        const auto count = static_cast<double>(held >> m_bits);
        const auto sum = static_cast<double>(held & ((Word{1} << m_bits) - 1));
        return {count, m_unit * sum + m_offset * count};
    }

private:
    static int sumBits(const GridSum& sum, std::uint64_t people)
    {
        return static_cast<int>(std::bit_width(*std::ranges::max_element(sum.f) * people));
    }

    template <bool noting> void addTo(std::size_t person, float own, DenseSums<Held>& to) const
    {
        const auto first = m_ratings.starts[person];
        const std::uint32_t* const cells = m_cells.data() + first;
        const std::size_t size = m_ratings.starts[person + 1] - first;
        const Word* const steps = m_steps.data() + std::size_t{m_grid.codeOf(own)} * m_grid.codes();
        Word* const sums = to.held();
        std::uint8_t* const touched = to.touched();
        for (std::size_t cell = 0; cell < size; ++cell) {
            const std::uint32_t column = cells[cell] >> codeBits;
            sums[column] += steps[cells[cell] & (RatingGrid::mostCodes - 1)];
            if constexpr (noting)
                touched[column / blockColumns] = 1;
        }
    }

    static constexpr int codeBits = 8;

    const SparseMatrix& m_ratings;
    RatingGrid m_grid;
    int m_bits; ///< of a word, for the sum; those above it count people
    double m_unit, m_offset;
    std::vector<std::uint32_t> m_cells; ///< column and code
    std::vector<Word> m_steps;          ///< what one person adds, by both codes
};

} // namespace orrery::overlaps
