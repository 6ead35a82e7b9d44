// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/new_item.h"

#include "core/models/content/content_neighbours.h"
#include "core/models/hybrids/parts.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace orrery {
namespace {

double similarities(const std::vector<Neighbour>& from)
{
    double sum = 0;
    for (const Neighbour& neighbour : from)
        sum += static_cast<double>(neighbour.similarity);
    return sum;
}

} // namespace

std::optional<float> Placement::score(const Reader& reader) const
{
    if (from.empty())
        return std::nullopt;
    const double all = similarities(from);
    double sum = 0;
    for (const auto& [item, similarity] : from) {
        float own = 0;
        reader.score({&item, 1}, {&own, 1});
        sum += static_cast<double>(similarity) / all * static_cast<double>(own);
    }
    return static_cast<float>(sum);
}

Explanation Placement::explain(const Reader& reader) const
{
    Explanation why;
    const double all = similarities(from);
    for (const auto& [item, similarity] : from) {
        const double weight = static_cast<double>(similarity) / all;
        Term term{TermKind::Part, item, fmt::format("inherited (content alike {:.2f}) from", similarity), 0};
        term.inside = scaled(reader.explain(item).terms, weight);
        for (const Term& reason : term.inside)
            term.value += reason.value;
        why.score += term.value;
        why.terms.push_back(std::move(term));
    }
    return why;
}

Result<Placement> placeItem(const Dataset& dataset, ItemIndex item, const Model& model, std::size_t neighbours,
                            const JobContext& job)
{
    if (item.value >= dataset.itemCount())
        return error(Code::NotFound, "There is no such item in the catalog");
    const auto content = ContentNeighbours::of(dataset, job);
    if (!content)
        return tl::unexpected(content.error());
    auto allowed = usedItems(dataset.interactions());
    for (std::size_t other = model.itemCount(); other < allowed.size(); ++other)
        allowed[other] = 0; // newer than the model, too
    Placement placed{content->nearest(item, neighbours, allowed), {}, 0};
    const VectorSpace space = model.itemSpace();
    if (space.vectors.empty() || placed.from.empty())
        return placed;
    const double all = similarities(placed.from);
    std::vector<double> vector(space.vectors.cols, 0.0);
    double bias = 0;
    for (const Neighbour& neighbour : placed.from) {
        const double weight = static_cast<double>(neighbour.similarity) / all;
        const auto row = space.vectors.row(neighbour.item.value);
        for (std::size_t d = 0; d < vector.size(); ++d)
            vector[d] += weight * static_cast<double>(row[d]);
        bias += space.bias.empty() ? 0 : weight * static_cast<double>(space.bias[neighbour.item.value]);
    }
    std::ranges::transform(vector, std::back_inserter(placed.vector), [](double x) { return static_cast<float>(x); });
    placed.bias = static_cast<float>(bias);
    return placed;
}

} // namespace orrery
