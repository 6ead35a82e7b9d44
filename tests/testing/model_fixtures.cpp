// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/model_fixtures.h"

#include "core/base/rng.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

namespace orrery::testing {
namespace {

EventLog asCounts(const EventLog& log)
{
    EventLog counts;
    for (std::size_t i = 0; i < log.size(); ++i) {
        Event event = log.at(i);
        event.value = event.value > 3 ? 3.F : 1.F;
        event.kind = EventKind::View;
        counts.append(event);
    }
    std::vector<std::uint32_t> same(log.size());
    std::iota(same.begin(), same.end(), 0U);
    counts.takeDetails(log, same);
    return counts;
}

std::shared_ptr<const Dataset> withFeedback(const Dataset& dataset, EventLog log, Feedback feedback)
{
    DatasetParts parts = dataset.parts();
    parts.feedback = feedback;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    return std::make_shared<const Dataset>(std::move(parts));
}

std::shared_ptr<const Vocabulary> numbered(char prefix, std::size_t count)
{
    Vocabulary names;
    for (std::size_t i = 0; i < count; ++i)
        names.add(prefix + std::to_string(i));
    return std::make_shared<const Vocabulary>(std::move(names));
}

} // namespace

std::size_t PlantedWorld::blockOf(ItemIndex item) const
{
    const std::string id(dataset->itemIds().name(item.value));
    return std::stoul(id.substr(1)) / itemsPerBlock;
}

PlantedWorld plantedWorld(Feedback feedback)
{
    const auto ratings =
        blockDataset(PlantedWorld::blocks, PlantedWorld::peoplePerBlock, PlantedWorld::itemsPerBlock, 7);
    if (feedback == Feedback::Explicit)
        return {ratings};
    return {withFeedback(*ratings, asCounts(ratings->log()), feedback)};
}

std::shared_ptr<const Dataset> randomDataset(std::size_t people, std::size_t items, std::size_t events,
                                             Feedback feedback)
{
    Rng rng(11);
    EventLog log;
    log.reserve(events, true);
    for (std::size_t i = 0; i < events; ++i) {
        // Squared, so that some people and items have many more events than others.
        const auto pick = [&rng](std::size_t n) {
            const double u = rng.uniform();
            return static_cast<std::uint32_t>(u * u * static_cast<double>(n));
        };
        log.append({UserIndex{pick(people)}, ItemIndex{pick(items)}, static_cast<float>(1 + rng.below(5)),
                    static_cast<Timestamp>(1'000'000'000 + 60 * i)});
    }
    TextColumn titles;
    TagColumn genres;
    for (std::size_t item = 0; item < items; ++item) {
        titles.values.push_back(fmt::format("word{} and word{}", rng.below(300), rng.below(300)));
        genres.tags.push_back(genres.vocabulary.add(fmt::format("Genre{}", rng.below(20))));
        genres.starts.push_back(static_cast<std::uint32_t>(genres.tags.size()));
    }
    AttributeTable table;
    table.add({"title", std::move(titles)});
    table.add({"genres", std::move(genres)});
    TagColumn jobs;
    for (std::size_t person = 0; person < people; ++person) {
        jobs.tags.push_back(jobs.vocabulary.add(fmt::format("job{}", person % 30)));
        jobs.starts.push_back(static_cast<std::uint32_t>(jobs.tags.size()));
    }
    AttributeTable facts;
    facts.add({"occupation", std::move(jobs)});
    VectorColumn places{"embedding", 16, std::vector<float>(16 * items)};
    std::ranges::generate(places.values, [&rng] { return static_cast<float>(rng.uniform() - .5); });
    table.set(std::move(places));
    DatasetParts parts{"random",
                       feedback,
                       1,
                       5,
                       std::make_shared<const EventLog>(std::move(log)),
                       numbered('p', people),
                       numbered('i', items),
                       std::make_shared<const AttributeTable>(std::move(facts)),
                       std::make_shared<const AttributeTable>(std::move(table)),
                       {}};
    return std::make_shared<const Dataset>(std::move(parts));
}

ModelPtr fitted(const Algorithm& algorithm, const std::shared_ptr<const Dataset>& dataset, int threads,
                std::uint64_t seed)
{
    auto model = train(algorithm, {dataset}, {}, JobContext({seed, threads}));
    if (!model) {
        std::fprintf(stderr, "%s: %s\n", algorithm.id.c_str(), model.error().text().c_str());
        std::abort();
    }
    return std::move(*model);
}

Artifact saved(const Model& model)
{
    Artifact artifact;
    model.save(artifact);
    return artifact;
}

bool sameBits(const Artifact& a, const Artifact& b)
{
    return std::ranges::equal(a.arrays(), b.arrays(), [](const auto& x, const auto& y) {
        return x.first == y.first && x.second.type == y.second.type && x.second.bytes == y.second.bytes;
    });
}

bool sameBits(std::span<const float> a, std::span<const float> b)
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

std::vector<float> scoresOf(const Model& model, const Query& query, std::size_t count)
{
    std::vector<float> scores(count == 0 ? model.itemCount() : count);
    model.read(query)->scoreAll(scores);
    return scores;
}

} // namespace orrery::testing
