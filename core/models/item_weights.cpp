// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/item_weights.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

tl::unexpected<Error> corruptNeighbours(std::size_t item, std::string_view what)
{
    return error(Code::Corrupt, fmt::format("The stored neighbours of item {} {}", item, what), "Train the model again",
                 "neighbours");
}

/// Ascending rows without the item itself: what scoring relies on.
Status checkNeighbours(const SparseMatrix& matrix)
{
    for (std::size_t item = 0; item < matrix.rowCount(); ++item) {
        const auto columns = matrix.row(item).columns;
        if (std::ranges::adjacent_find(columns, std::ranges::greater_equal{}) != columns.end())
            return corruptNeighbours(item, "are out of order");
        if (std::ranges::binary_search(columns, static_cast<std::uint32_t>(item)))
            return corruptNeighbours(item, "include itself");
    }
    return {};
}

Result<SimilarBy> loadSimilarBy(const Artifact& artifact)
{
    if (!artifact.arrays().contains("similar-by"))
        return SimilarBy::Speakers;
    const auto number = artifact.number("similar-by");
    if (!number)
        return tl::unexpected(number.error());
    if (*number != 0 && *number != 1)
        return error(Code::Corrupt, fmt::format("The stored model has an unknown similarity {}", *number),
                     "Train the model again", "similar-by");
    return *number == 1 ? SimilarBy::SpokenFor : SimilarBy::Speakers;
}

Result<ItemWeights> loadSparse(const Artifact& artifact)
{
    const auto counts = artifact.indices("neighbour-counts", Artifact::anyLength, std::uint64_t{1} << 32);
    if (!counts)
        return tl::unexpected(counts.error());
    SparseMatrix matrix;
    matrix.columnCount = counts->size();
    for (const std::uint32_t count : *counts)
        matrix.starts.push_back(matrix.starts.back() + count);
    auto columns = artifact.indices("neighbours", matrix.starts.back(), counts->size());
    if (!columns)
        return tl::unexpected(columns.error());
    auto values = artifact.floats("similarities", matrix.starts.back());
    if (!values)
        return tl::unexpected(values.error());
    matrix.columns = std::move(*columns);
    matrix.values = std::move(*values);
    if (const auto valid = checkNeighbours(matrix); !valid)
        return tl::unexpected(valid.error());
    const auto similarBy = loadSimilarBy(artifact);
    return similarBy ? Result<ItemWeights>(ItemWeights(std::move(matrix), *similarBy))
                     : tl::unexpected(similarBy.error());
}

Result<ItemWeights> loadDense(const Artifact& artifact)
{
    const auto values = artifact.floats("item-weights");
    if (!values)
        return tl::unexpected(values.error());
    const auto n = static_cast<std::size_t>(std::sqrt(static_cast<double>(values->size())) + 0.5);
    if (n == 0 || n * n != values->size())
        return error(Code::Corrupt, fmt::format("The stored item weights are {}, not a square", values->size()),
                     "Train the model again", "item-weights");
    for (std::size_t i = 0; i < n; ++i)
        if ((*values)[i * n + i] != 0)
            return error(Code::Corrupt, fmt::format("The stored item {} speaks for itself", i), "Train the model again",
                         "item-weights");
    Matrix all = Matrix::unset(n, n);
    std::ranges::copy(*values, all.all().begin());
    return ItemWeights(std::move(all));
}

} // namespace

ItemWeights::ItemWeights(SparseMatrix speakers, SimilarBy similarBy)
    : m_speakers(std::move(speakers)), m_spokenFor(m_speakers.transposed()), m_similarBy(similarBy),
      m_isSymmetric(m_spokenFor.columns == m_speakers.columns && m_spokenFor.values == m_speakers.values)
{
    if (m_isSymmetric)
        m_spokenFor = {};
    deriveSilent();
}

ItemWeights ItemWeights::symmetric(SparseMatrix speakers)
{
    ItemWeights weights;
    weights.m_speakers = std::move(speakers);
    weights.m_isSymmetric = true;
    weights.deriveSilent();
    return weights;
}

void ItemWeights::deriveSilent()
{
    for (std::size_t item = 0; item < m_speakers.rowCount(); ++item)
        m_silent.push_back(spokenFor().row(item).size() == 0 ? 1 : 0);
}

ItemWeights::ItemWeights(Matrix all) : m_all(std::move(all))
{
    for (std::size_t item = 0; item < m_all.rows(); ++item) {
        const auto row = std::as_const(m_all).row(item);
        m_silent.push_back(std::ranges::all_of(row, [](float weight) { return weight == 0; }) ? 1 : 0);
    }
}

void ItemWeights::addSpokenFor(std::uint32_t item, double weight, std::span<double> sums) const
{
    if (isDense()) {
        const auto row = m_all.row(item);
        for (std::size_t i = 0; i < row.size(); ++i)
            sums[i] += static_cast<double>(row[i]) * weight;
        return;
    }
    const auto row = spokenFor().row(item);
    for (std::size_t i = 0; i < row.size(); ++i)
        sums[row.columns[i]] += static_cast<double>(row.values[i]) * weight;
}

std::vector<Neighbour> ItemWeights::positiveNeighbours(std::uint32_t item) const
{
    std::vector<Neighbour> found;
    if (!isDense()) {
        const auto row = (m_similarBy == SimilarBy::Speakers ? m_speakers : spokenFor()).row(item);
        for (std::size_t i = 0; i < row.size(); ++i)
            found.push_back({ItemIndex{row.columns[i]}, row.values[i]});
        return found;
    }
    const auto row = m_all.row(item);
    for (std::uint32_t other = 0; other < row.size(); ++other)
        if (const float back = m_all.row(other)[item]; row[other] > 0 && back > 0)
            found.push_back({ItemIndex{other}, std::sqrt(row[other] * back)});
    return found;
}

std::vector<Neighbour> ItemWeights::similarTo(std::uint32_t item, std::size_t n) const
{
    auto found = positiveNeighbours(item);
    std::ranges::stable_sort(found, std::ranges::greater{}, &Neighbour::similarity); // in order of items: ties by index
    found.resize(std::min(n, found.size()));
    return found;
}

void ItemWeights::save(Artifact& artifact) const
{
    if (isDense())
        return artifact.put("item-weights", m_all.all());
    std::vector<std::uint32_t> counts;
    for (std::size_t i = 0; i < itemCount(); ++i)
        counts.push_back(static_cast<std::uint32_t>(m_speakers.row(i).size()));
    artifact.put("neighbour-counts", std::span<const std::uint32_t>(counts));
    artifact.put("neighbours", std::span<const std::uint32_t>(m_speakers.columns));
    artifact.put("similarities", std::span<const float>(m_speakers.values));
    if (m_similarBy != SimilarBy::Speakers)
        artifact.putNumber("similar-by", static_cast<double>(m_similarBy));
}

Result<ItemWeights> ItemWeights::load(const Artifact& artifact)
{
    return artifact.arrays().contains("item-weights") ? loadDense(artifact) : loadSparse(artifact);
}

} // namespace orrery
