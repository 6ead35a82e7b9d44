// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

double dot(std::span<const float> a, std::span<const float> b)
{
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>{},
                                 [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

struct RowSimilarity {
    std::uint32_t row = 0;
    float similarity = 0;
};

/// The n rows with the largest cosine to `target`, best first, ties by index; without `left` and rows of zeros.
std::vector<RowSimilarity> mostAlike(MatrixView rows, std::span<const float> target, std::size_t left, std::size_t n)
{
    const double length = std::sqrt(dot(target, target));
    std::vector<RowSimilarity> all;
    all.reserve(rows.rows);
    for (std::uint32_t r = 0; r < rows.rows; ++r) {
        const auto row = rows.row(r);
        const double norm = length * std::sqrt(dot(row, row));
        if (r != left && norm > 0)
            all.push_back({r, static_cast<float>(dot(target, row) / norm)});
    }
    const auto better = [](const RowSimilarity& a, const RowSimilarity& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
    };
    const auto kept = all.begin() + static_cast<std::ptrdiff_t>(std::min(n, all.size()));
    std::partial_sort(all.begin(), kept, all.end(), better);
    all.erase(kept, all.end());
    return all;
}

} // namespace

void Reader::scoreAll(std::span<float> out) const
{
    std::vector<ItemIndex> items(out.size());
    for (std::uint32_t i = 0; i < items.size(); ++i)
        items[i] = ItemIndex{i};
    score(items, out);
}

std::string sentenceOf(const std::vector<SourceShare>& sources)
{
    std::vector<SourceShare> serving;
    std::ranges::copy_if(sources, std::back_inserter(serving), [](const SourceShare& s) { return s.share >= .005; });
    std::ranges::stable_sort(serving, std::greater{}, &SourceShare::share);
    if (serving.empty())
        return {};
    std::vector<std::string> parts;
    for (const SourceShare& source : serving)
        parts.push_back(fmt::format("{:.0f} % by {} ({})", 100 * source.share, source.name, source.why));
    return fmt::format("Served {}.", fmt::join(parts, ", "));
}

void Model::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    for (std::size_t q = 0; q < queries.size(); ++q)
        read(queries[q])->scoreAll(out.row(q));
}

Result<std::vector<Neighbour>> Model::similarItems(ItemIndex item, std::size_t n) const
{
    const MatrixView vectors = itemSpace().vectors;
    if (vectors.empty())
        return error(Code::Unsupported, "This model has no notion of similar items", "Ask a model with item vectors");
    if (item.value >= vectors.rows)
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    std::vector<Neighbour> similar;
    for (const auto& [row, similarity] : mostAlike(vectors, vectors.row(item.value), item.value, n))
        similar.push_back({ItemIndex{row}, similarity});
    return similar;
}

std::vector<Neighbour> Model::inheritsFrom(ItemIndex) const { return {}; }

Result<std::vector<SimilarPerson>> Model::similarPeople(const Query& query, std::size_t n) const
{
    const MatrixView vectors = personSpace().vectors;
    const auto reader = read(query);
    if (vectors.empty())
        return error(Code::Unsupported, "This model has no notion of similar people",
                     "Ask a model with person vectors, or one of the neighbour models");
    std::vector<SimilarPerson> similar;
    if (reader->vector().size() != vectors.cols)
        return similar; // the history taught it nothing
    const std::size_t self = query.user ? query.user->value : vectors.rows;
    for (const auto& [row, similarity] : mostAlike(vectors, reader->vector(), self, n))
        similar.push_back({UserIndex{row}, similarity});
    return similar;
}

} // namespace orrery
