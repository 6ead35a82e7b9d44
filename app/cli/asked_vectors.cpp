// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asked_vectors.h"

#include "core/data/people_as_items.h"

#include <fmt/format.h>

namespace orrery::cli {

Result<AskedVectors> askedVectors(const AskedModels& asked, bool ofPeople, const JobContext& job)
{
    const ReadyModel& chosen = asked.ready.models.front();
    const auto model = chosen.recommender->model();
    if (!model || (ofPeople ? model->personSpace() : model->itemSpace()).vectors.empty())
        return error(Code::Unsupported,
                     fmt::format("'{}' has no vectors of {}", chosen.choice.name, ofPeople ? "people" : "items"),
                     ofPeople ? "Ask a model that has, such as implicit-als or svd"
                              : "Ask a model that has, such as implicit-als, svd or lsa");
    if (!ofPeople)
        return AskedVectors{chosen.choice.name, false, asked.data.dataset, asked.data.dataset, asked.ready.train,
                            mappedItems(model)};
    auto rows = peopleAsItems(*asked.data.dataset, job.part(0, .5));
    if (!rows)
        return tl::unexpected(rows.error());
    auto train = peopleAsItems(*asked.ready.train, job.part(.5, 1));
    if (!train)
        return tl::unexpected(train.error());
    return AskedVectors{chosen.choice.name, true, asked.data.dataset, *rows, *train, mappedPeople(model)};
}

Json vectorsJson(const AskedVectors& vectors)
{
    return {{"dataset", datasetJson(*vectors.data)},
            {"model", vectors.model},
            {"of", vectors.ofPeople ? "people" : "items"}};
}

} // namespace orrery::cli
