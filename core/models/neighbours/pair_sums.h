// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sparse_matrix.h"
#include "core/models/neighbours/dense_sums.h"
#include "core/models/neighbours/rating_grid.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

/// What a walk over pairs adds up, and how. Such a policy has
///     Held                            what a dense row holds of each column
///     add(person, own, dense row)     for one who has the item whose row it is, with the value `own`
///     sumsOf(held)                    what the score is asked about
namespace orrery::overlaps {

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

/// A sum over pairs of ratings on a grid, of which only their difference counts: of f(difference in steps), a whole
/// number, times `unit`, plus `offset` a person.
struct GridSum {
    std::vector<std::uint32_t> f; ///< of each difference from -grid.highest to grid.highest
    double unit = 1;
    double offset = 0;
};

/// Such a sum and the number of people in one word: exact, as ValuePairs<Sums> would be, in a quarter of its time.
/// Sums: an aggregate of the number and the sum.
template <class Word, class Sums> class GridPairs {
public:
    using Held = Word;

    /// Bits that a word needs where no item has more than `people`.
    static int bitsFor(const GridSum& sum, std::uint64_t people)
    {
        return sumBits(sum, people) + static_cast<int>(std::bit_width(people));
    }

    GridPairs(const SparseMatrix& ratings, const RatingGrid& grid, const GridSum& sum, std::uint64_t people)
        : m_ratings(ratings), m_grid(grid), m_bits(sumBits(sum, people)), m_unit(sum.unit), m_offset(sum.offset)
    {
        m_codes.reserve(ratings.size());
        for (const float value : ratings.values)
            m_codes.push_back(grid.codeOf(value));
        for (const std::uint32_t f : sum.f)
            m_steps.push_back((Word{1} << m_bits) + f);
    }

    void add(std::size_t person, float own, DenseSums<Held>& row) const
    {
        row.noting() ? addTo<true>(person, own, row) : addTo<false>(person, own, row);
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
        const std::size_t size = m_ratings.starts[person + 1] - first;
        const std::uint32_t* const columns = m_ratings.columns.data() + first;
        const std::uint8_t* const codes = m_codes.data() + first;
        const Word* const steps = m_steps.data() + m_grid.highest + m_grid.codeOf(own); // own - other + highest
        Word* const sums = to.held();
        std::uint8_t* const touched = to.touched();
        for (std::size_t cell = 0; cell < size; ++cell) {
            sums[columns[cell]] += *(steps - codes[cell]);
            if constexpr (noting)
                touched[columns[cell] / blockColumns] = 1;
        }
    }

    const SparseMatrix& m_ratings;
    RatingGrid m_grid;
    int m_bits; ///< of a word, for the sum; those above it count people
    double m_unit, m_offset;
    std::vector<std::uint8_t> m_codes; ///< of each cell
    std::vector<Word> m_steps;         ///< what one person adds, by difference
};

} // namespace orrery::overlaps
