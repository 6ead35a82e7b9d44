// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/generator.h"

#include "core/base/parallel.h"
#include "core/simulation/synthetic_world.h"
#include "core/simulation/world_files.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t peoplePerBatch = 2048; // their ratings are all that is ever in memory
constexpr std::size_t peoplePerChunk = 32;

/// Draws people in parallel, batch after batch, and hands them over in order.
Status forEachLife(const SyntheticWorld& world, const JobContext& job,
                   const std::function<void(const SyntheticWorld::Life&)>& take, const std::function<Status()>& check)
{
    const std::size_t people = world.plan().people;
    std::vector<SyntheticWorld::Life> batch(std::min(peoplePerBatch, people));
    for (std::size_t begin = 0; begin < people; begin += peoplePerBatch) {
        const std::size_t count = std::min(peoplePerBatch, people - begin);
        const auto drawn = parallelFor(job, count, peoplePerChunk, [&](std::size_t first, std::size_t last) {
            SyntheticWorld::Scratch scratch;
            for (std::size_t p = first; p < last; ++p)
                batch[p] = world.live(begin + p, scratch);
        });
        if (!drawn)
            return drawn;
        for (std::size_t p = 0; p < count; ++p)
            take(batch[p]);
        if (const auto fine = check(); !fine)
            return fine;
        job.progress(static_cast<double>(begin + count) / static_cast<double>(people),
                     fmt::format("person {} of {}", begin + count, people));
    }
    return job.check();
}

/// Columns of a Dataset, filled person by person.
class DatasetFiller {
public:
    explicit DatasetFiller(const SyntheticWorld& world) : m_world(world)
    {
        m_log.reserve(world.plan().interactions, true);
        m_personIds.reserve(world.plan().people);
        addItems();
    }

    void add(const SyntheticWorld::Life& life)
    {
        const UserIndex user{m_personIds.add(std::to_string(life.person.index + 1))};
        m_ages.values.push_back(life.person.age);
        addTag(m_genders, std::string_view(&life.person.gender, 1));
        addTag(m_occupations, life.person.occupation);
        endRow(m_genders);
        endRow(m_occupations);
        for (const PlantedRating& rating : life.ratings)
            m_log.append({user, ItemIndex{rating.item}, static_cast<float>(rating.halfStars) / 2, rating.at});
    }

    std::shared_ptr<const Dataset> finished()
    {
        AttributeTable items;
        items.add({"title", std::move(m_titles)});
        items.add({"year", std::move(m_years)});
        items.add({"genres", std::move(m_genres)});
        AttributeTable people;
        people.add({"age", std::move(m_ages)});
        people.add({"gender", std::move(m_genders)});
        people.add({"occupation", std::move(m_occupations)});
        return std::make_shared<const Dataset>(
            DatasetParts{"Synthetic world",
                         Feedback::Explicit,
                         .5F,
                         5,
                         std::make_shared<const EventLog>(std::move(m_log)),
                         std::make_shared<const Vocabulary>(std::move(m_personIds)),
                         std::make_shared<const Vocabulary>(std::move(m_itemIds)),
                         std::make_shared<const AttributeTable>(std::move(people)),
                         std::make_shared<const AttributeTable>(std::move(items)),
                         {"generator", "Generated", fmt::format("made with seed {}", m_world.plan().seed),
                          std::string(syntheticNote)}});
    }

private:
    static void addTag(TagColumn& column, std::string_view tag) { column.tags.push_back(column.vocabulary.add(tag)); }
    static void endRow(TagColumn& column) { column.starts.push_back(static_cast<std::uint32_t>(column.tags.size())); }

    void addItems()
    {
        for (const PlantedItem& item : m_world.catalogue().items) {
            m_itemIds.add(item.id);
            m_titles.values.push_back(item.title);
            m_years.values.push_back(item.year);
            for (std::size_t from = 0; from <= item.genres.size();) {
                const std::size_t to = std::min(item.genres.find('|', from), item.genres.size());
                if (to > from)
                    addTag(m_genres, std::string_view(item.genres).substr(from, to - from));
                from = to + 1;
            }
            endRow(m_genres);
        }
    }

    const SyntheticWorld& m_world;
    EventLog m_log;
    Vocabulary m_personIds, m_itemIds;
    TextColumn m_titles;
    NumberColumn m_years, m_ages;
    TagColumn m_genres, m_genders, m_occupations;
};

} // namespace

WorldPlan filmSamplePlan(std::filesystem::path catalogue)
{
    WorldPlan plan;
    plan.people = 600;
    plan.interactions = 60'000;
    plan.seed = 1609; // the year of Kepler's Astronomia nova
    plan.tasteInChoice = 2.2;
    plan.tasteInRating = 1.8;
    plan.mostPerPerson = 300;
    plan.catalogue = std::move(catalogue);
    return plan;
}

Status generateWorld(const WorldPlan& plan, const std::filesystem::path& folder, const JobContext& job)
{
    const auto world = SyntheticWorld::build(plan);
    if (!world)
        return tl::unexpected(world.error());
    auto files = WorldFiles::create(*world, folder);
    if (!files)
        return tl::unexpected(files.error());
    files->addItems(*world);
    const auto written = forEachLife(
        *world, job, [&](const SyntheticWorld::Life& life) { files->addLife(*world, life); },
        [&] { return files->check(); });
    return written ? files->publish() : written;
}

Result<std::shared_ptr<const Dataset>> generateWorld(const WorldPlan& plan, const JobContext& job)
{
    const auto world = SyntheticWorld::build(plan);
    if (!world)
        return tl::unexpected(world.error());
    DatasetFiller filler(*world);
    const auto drawn = forEachLife(
        *world, job, [&](const SyntheticWorld::Life& life) { filler.add(life); }, [] { return Status{}; });
    if (!drawn)
        return tl::unexpected(drawn.error());
    return filler.finished();
}

} // namespace orrery
