// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/models/model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

class Artifact;

/// What counts as similar to an item where few pairs have a weight: what speaks for it, or what it speaks for.
enum class SimilarBy { Speakers, SpokenFor };

/// How strongly one unit of an item of the history speaks for another item: for few pairs, or for all. Immutable.
class ItemWeights {
public:
    ItemWeights() = default;
    /// Row i: the items that speak for item i, ascending, never itself.
    ItemWeights(SparseMatrix speakers, SimilarBy similarBy = SimilarBy::Speakers);
    /// The same of a matrix that is known to be its own transpose, which need not be worked out then.
    [[nodiscard]] static ItemWeights symmetric(SparseMatrix speakers);
    /// Row j: what item j says of each item [items x items]; nothing, 0, of itself.
    explicit ItemWeights(Matrix all);

    [[nodiscard]] std::size_t itemCount() const { return m_silent.size(); }
    /// Whether the item speaks for any other.
    [[nodiscard]] bool speaks(std::uint32_t item) const { return m_silent[item] == 0; }
    /// sums[i] += what `weight` units of `item` say of item i. `sums` has itemCount() elements or more.
    void addSpokenFor(std::uint32_t item, double weight, std::span<double> sums) const;
    /// visit(n, weight) for those of `items` (ascending) that speak for `item`; n is their place in `items`.
    template <class Visit> void forSpeakers(std::uint32_t item, std::span<const std::uint32_t> items, Visit visit) const
    {
        if (isDense())
            forDense(item, items, visit);
        else
            forSparse(item, items, visit);
    }
    /// visit(i, weight) for the items that `item` speaks for, ascending. Sparse only.
    template <class Visit> void forSpokenFor(std::uint32_t item, Visit visit) const
    {
        const auto row = spokenFor().row(item);
        for (std::size_t i = 0; i < row.size(); ++i)
            visit(row.columns[i], row.values[i]);
    }
    /// Best first, ties by index. Sparse: the strongest weights, as SimilarBy says. Dense: by the geometric mean
    /// of what the two say of one another (of EASE this is their partial correlation), where both are above 0.
    [[nodiscard]] std::vector<Neighbour> similarTo(std::uint32_t item, std::size_t n) const;

    /// "item-weights" (dense), or "neighbour-counts", "neighbours", "similarities" and perhaps "similar-by" (sparse).
    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ItemWeights> load(const Artifact& artifact);

    [[nodiscard]] bool isDense() const { return m_all.rows() > 0; }
    [[nodiscard]] const SparseMatrix& speakers() const { return m_speakers; } ///< empty when dense
    [[nodiscard]] MatrixView all() const { return m_all.view(); }             ///< empty when sparse

private:
    template <class Visit> void forDense(std::uint32_t item, std::span<const std::uint32_t> items, Visit visit) const
    {
        for (std::size_t n = 0; n < items.size(); ++n)
            if (const float weight = m_all.row(items[n])[item]; weight != 0)
                visit(n, weight);
    }
    template <class Visit> void forSparse(std::uint32_t item, std::span<const std::uint32_t> items, Visit visit) const
    {
        const auto row = m_speakers.row(item);
        std::size_t n = 0;
        for (std::size_t i = 0; i < row.size() && n < items.size(); ++i) {
            while (n < items.size() && items[n] < row.columns[i])
                ++n;
            if (n < items.size() && items[n] == row.columns[i])
                visit(n, row.values[i]);
        }
    }
    [[nodiscard]] std::vector<Neighbour> positiveNeighbours(std::uint32_t item) const;
    [[nodiscard]] const SparseMatrix& spokenFor() const { return m_isSymmetric ? m_speakers : m_spokenFor; }
    void deriveSilent();

    SparseMatrix m_speakers;
    SparseMatrix m_spokenFor; ///< its transpose; empty where that is the same
    SimilarBy m_similarBy = SimilarBy::Speakers;
    bool m_isSymmetric = false;
    Matrix m_all;
    std::vector<std::uint8_t> m_silent; ///< of each item
};

} // namespace orrery
