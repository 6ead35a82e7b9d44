// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/asked_candidates.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

std::vector<float> outcomesOf(const AskedSitting& asked, const Candidates& found)
{
    std::vector<float> labels;
    labels.reserve(found.size());
    for (const ItemIndex item : found.items) {
        const auto used = std::ranges::lower_bound(asked.used, item, {}, &SittingItem::item);
        labels.push_back(used != asked.used.end() && used->item == item ? used->label : 0);
    }
    return labels;
}

} // namespace

Status askCandidates(const TrainingSittings& sittings, const Retrieve& retrieve, const JobContext& job,
                     const std::function<void(std::size_t, const AskedCandidates&)>& take)
{
    std::vector<std::optional<Error>> failures(sittings.size());
    std::atomic<std::size_t> answered{0};
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, sittings.size(), 1, [&](std::size_t place, std::size_t) {
        Rng rng(seedFor(job.seed(), fmt::format("asked.{}", sittings.streamOf(place))));
        AskedSitting asked = sittings.ask(place, rng);
        auto found = retrieve(asked.query, single);
        if (!found) {
            failures[place] = found.error();
            return;
        }
        std::vector<float> labels = outcomesOf(asked, *found);
        take(place, {std::move(asked.query), std::move(*found), std::move(labels)});
        const std::size_t all = ++answered;
        job.progress(static_cast<double>(all) / static_cast<double>(sittings.size()),
                     fmt::format("question {} of {}", all, sittings.size()));
    });
    if (!done)
        return done;
    for (const auto& failure : failures)
        if (failure)
            return tl::unexpected(*failure);
    return {};
}

} // namespace orrery
