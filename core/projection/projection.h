// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/catalogue.h"
#include "core/projection/point_grid.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct NeighbourGraph;

/// The place of each row of a matrix of vectors on a map. Only distances mean something: neither the axes nor their
/// units do, and no layout keeps all neighbours (projection_trust.h says how many).
using Layout = std::vector<MapPoint>;

/// What is projected. Nothing is kept after the call.
struct ProjectionInput {
    MatrixView vectors; ///< [rows x length], finite
    SpaceMetric metric = SpaceMetric::Cosine;
    /// Where to begin instead of the principal components, so that two models or two epochs lie alike; empty, or a
    /// finite point a row. Of methods that optimize.
    std::span<const MapPoint> start = {};
    /// Neighbours that were found before (neighbour_graph.h), at least as many as the method asks for; null: it finds
    /// them itself. Of methods that need some.
    const NeighbourGraph* graph = nullptr;
    /// Shows the layout while it optimizes, first where it begins, then a few times a second. Called from the job's
    /// thread; what it is given changes after it returns.
    std::function<void(const Layout& layout)> drawn = {};
};

/// A way to make a layout: declared in its own .cpp, and one line in projection.cpp. Forms, flags and help come from
/// this declaration.
struct ProjectionMethod {
    std::string id;      ///< "umap": stable, in files and on the command line
    std::string title;   ///< "UMAP"
    std::string summary; ///< what it does, in two plain sentences
    std::string whenToUse;
    std::string paper;       ///< authors, title, venue, year
    bool seeded = false;     ///< draws random numbers: another seed gives another layout
    bool optimizes = false;  ///< calls `drawn`, and can begin at a given layout
    bool neighbours = false; ///< uses a graph of neighbours
    std::vector<ParamSpec> params = {};

    /// Called through project(), which has seen to what is the same for all. Errors: InvalidArgument, Cancelled.
    Result<Layout> (*run)(const ProjectionInput& input, const ParamSet& params, const JobContext& job) = nullptr;
    /// One thread's seconds and the bytes beyond the vectors.
    Cost (*estimate)(std::size_t rows, std::size_t length, const ParamSet& params) = nullptr;
};

/// All methods, in the order in which they are shown.
[[nodiscard]] ORRERY_API std::span<const ProjectionMethod> projectionMethods();
/// Errors: NotFound, which lists the known ids.
[[nodiscard]] ORRERY_API Result<const ProjectionMethod*> requireProjection(std::string_view id);

/// A point for each row; the same input, parameters and seed give the same bits on any number of threads. Errors:
/// InvalidArgument (parameters; vectors or a start that are not finite or do not fit), OutOfMemory, Cancelled.
[[nodiscard]] ORRERY_API Result<Layout> project(const ProjectionMethod& method, const ProjectionInput& input,
                                                const ParamSet& params, const JobContext& job);

} // namespace orrery
