// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

double dot(std::span<const float> a, std::span<const float> b)
{
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>{},
                                 [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

} // namespace

void Reader::scoreAll(std::span<float> out) const
{
    std::vector<ItemIndex> items(out.size());
    for (std::uint32_t i = 0; i < items.size(); ++i)
        items[i] = ItemIndex{i};
    score(items, out);
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
    const auto self = vectors.row(item.value);
    const double length = std::sqrt(dot(self, self));
    std::vector<Neighbour> all;
    all.reserve(vectors.rows);
    for (std::uint32_t other = 0; other < vectors.rows; ++other) {
        const auto row = vectors.row(other);
        const double norm = length * std::sqrt(dot(row, row));
        if (other != item.value && norm > 0)
            all.push_back({ItemIndex{other}, static_cast<float>(dot(self, row) / norm)});
    }
    const auto better = [](const Neighbour& a, const Neighbour& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.item < b.item;
    };
    const auto kept = all.begin() + static_cast<std::ptrdiff_t>(std::min(n, all.size()));
    std::partial_sort(all.begin(), kept, all.end(), better);
    all.erase(kept, all.end());
    return all;
}

} // namespace orrery
