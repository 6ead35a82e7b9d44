// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/projection.h"
#include "tests/testing/tables.h"

#include <string>
#include <utility>

namespace orrery::testing {

/// What tests of UMAP and t-SNE begin with: the neighbours and weights of fixtures/projection (its recipe.py).
inline const std::string projectionFixtures = ORRERY_FIXTURES "/projection/";

inline NeighbourGraph graphOfFixture()
{
    NeighbourGraph graph{14};
    for (const auto& row : numbersOf(projectionFixtures + "neighbours.csv"))
        for (std::size_t i = 0; i < 14; ++i) {
            graph.others.push_back(static_cast<std::uint32_t>(row[i]));
            graph.distances.push_back(static_cast<float>(row[14 + i]));
        }
    return graph;
}

/// One parameter, and the others as they are declared.
inline ParamSet only(const std::string& name, int value)
{
    ParamSet params;
    params.set(name, std::int64_t{value});
    return params;
}

} // namespace orrery::testing
