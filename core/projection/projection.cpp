// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/projection.h"

#include "core/projection/neighbour_graph.h"
#include "core/projection/pca.h"
#include "core/projection/tsne.h"
#include "core/projection/umap.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::size_t rowsPerCheck = 1 << 14;

Status checkVectors(MatrixView vectors, const JobContext& job)
{
    for (std::size_t row = 0; row < vectors.rows; ++row) {
        if (row % rowsPerCheck == 0)
            if (auto alive = job.check(); !alive)
                return alive;
        if (!std::ranges::all_of(vectors.row(row), [](float value) { return std::isfinite(value); }))
            return error(Code::InvalidArgument, "A vector is not finite", "Train the model again, or mend the file",
                         fmt::format("row {}", row + 1));
    }
    return {};
}

Status checkStart(const ProjectionInput& input)
{
    if (!input.start.empty() && input.start.size() != input.vectors.rows)
        return error(Code::InvalidArgument, fmt::format("The layout to begin at has {} points for {} vectors",
                                                        input.start.size(), input.vectors.rows));
    if (!std::ranges::all_of(input.start, [](MapPoint at) { return std::isfinite(at.x) && std::isfinite(at.y); }))
        return error(Code::InvalidArgument, "The layout to begin at is not finite");
    if (input.graph && input.graph->rows() != input.vectors.rows)
        return error(Code::InvalidArgument, fmt::format("The graph of neighbours has {} rows for {} vectors",
                                                        input.graph->rows(), input.vectors.rows));
    return {};
}

} // namespace

std::span<const ProjectionMethod> projectionMethods()
{
    static const std::vector<ProjectionMethod> methods{pcaMethod(), umapMethod(), tsneMethod()};
    return methods;
}

Result<const ProjectionMethod*> requireProjection(std::string_view id)
{
    const auto methods = projectionMethods();
    const auto found = std::ranges::find(methods, id, &ProjectionMethod::id);
    if (found != methods.end())
        return &*found;
    std::vector<std::string> known;
    for (const auto& method : methods)
        known.push_back(method.id);
    return error(Code::NotFound, fmt::format("There is no projection '{}'", id),
                 fmt::format("Known are {}", fmt::join(known, ", ")));
}

Result<Layout> project(const ProjectionMethod& method, const ProjectionInput& input, const ParamSet& params,
                       const JobContext& job)
{
    if (const auto fits = checkStart(input); !fits)
        return tl::unexpected(fits.error());
    if (const auto finite = checkVectors(input.vectors, job); !finite)
        return tl::unexpected(finite.error());
    try {
        return method.run(input, params, job);
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, fmt::format("There is not enough memory for {}", method.title),
                     "Close other models, or use principal components");
    }
}

} // namespace orrery
