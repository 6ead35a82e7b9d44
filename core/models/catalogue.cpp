// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"

#include "core/models/bias.h"
#include "core/models/implicit_als.h"
#include "core/models/item_knn.h"
#include "core/models/popularity.h"
#include "core/models/svd.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {

DatasetShape shapeOf(const Dataset& dataset)
{
    return {dataset.personCount(), dataset.itemCount(), dataset.log().size()};
}

std::span<const Algorithm> catalogue()
{
    static const std::vector<Algorithm> all = {
        popularityAlgorithm(), biasAlgorithm(), itemKnnAlgorithm(), svdAlgorithm(), implicitAlsAlgorithm(),
    };
    return all;
}

const Algorithm* findAlgorithm(std::string_view id)
{
    const auto found = std::ranges::find(catalogue(), id, &Algorithm::id);
    return found == catalogue().end() ? nullptr : &*found;
}

Result<const Algorithm*> requireAlgorithm(std::string_view id)
{
    if (const Algorithm* found = findAlgorithm(id))
        return found;
    std::vector<std::string> ids;
    for (const auto& algorithm : catalogue())
        ids.push_back(algorithm.id);
    return error(Code::NotFound, fmt::format("There is no algorithm '{}'", id),
                 fmt::format("Known are {}", fmt::join(ids, ", ")));
}

} // namespace orrery
