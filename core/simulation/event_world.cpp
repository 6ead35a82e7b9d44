// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/event_world.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/data/export.h"
#include "core/simulation/part_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

struct Place {
    std::uint32_t person = 0, event = 0;
};

std::vector<Place> byTime(const std::vector<DrawnLife>& lives)
{
    std::vector<Place> places;
    for (std::uint32_t person = 0; person < lives.size(); ++person)
        for (std::uint32_t event = 0; event < lives[person].size(); ++event)
            places.push_back({person, event});
    std::ranges::stable_sort(places, {}, [&](Place place) { return lives[place.person][place.event].at; });
    return places;
}

std::shared_ptr<const Vocabulary> vocabularyOf(const std::vector<std::string>& words)
{
    Vocabulary vocabulary;
    for (const std::string& word : words)
        vocabulary.add(word);
    return std::make_shared<const Vocabulary>(std::move(vocabulary));
}

void writeRow(PartFile& file, const PlantedItems& planted, std::size_t row)
{
    for (const float value : planted.view().row(row))
        file.text(value == 0 ? std::string(",0") : fmt::format(",{:.3f}", value));
    file.text("\n");
}

void writeHeader(PartFile& file, std::string_view first, const PlantedItems& planted)
{
    file.text(first);
    for (const std::string& name : planted.dimensions)
        file.text(",").field(name);
    file.text("\n");
}

Status writeTruth(const fs::path& path, const std::function<void(PartFile&)>& fill)
{
    auto file = PartFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    fill(*file);
    return file->finish().and_then([&] { return file->publish(); });
}

Status writeTruths(const EventWorld& world, const fs::path& folder)
{
    const auto items = [&](PartFile& file) {
        writeHeader(file, "itemId,released,appeal,quality", world.items);
        for (std::uint32_t i = 0; i < world.dataset->itemCount(); ++i) {
            file.field(world.dataset->itemIds().name(i));
            file.text(fmt::format(",{},{:.3f},{:.3f}", world.released[i], world.appeal[i], world.quality[i]));
            writeRow(file, world.items, i);
        }
    };
    const auto people = [&](PartFile& file) {
        writeHeader(file, "userId", world.people);
        for (std::uint32_t p = 0; p < world.dataset->personCount(); ++p) {
            file.field(world.dataset->personIds().name(p));
            writeRow(file, world.people, p);
        }
    };
    return writeTruth(folder / "truth_items.csv", items).and_then([&] {
        return writeTruth(folder / "truth_people.csv", people);
    });
}

} // namespace

Status writeEventWorld(const EventWorld& world, const fs::path& folder, const JobContext& job)
{
    if (const auto written = exportDataset(*world.dataset, folder, job); !written)
        return written;
    const auto truth = writeTruths(world, folder);
    std::error_code ignored;
    if (!truth)
        fs::remove_all(folder, ignored);
    return truth;
}

Result<std::vector<DrawnLife>> drawLives(std::size_t people, const JobContext& job,
                                         const std::function<DrawnLife(std::size_t person)>& live)
{
    std::vector<DrawnLife> lives(people);
    const auto drawn = parallelFor(job, people, 8, [&](std::size_t first, std::size_t last) {
        for (std::size_t person = first; person < last; ++person)
            lives[person] = live(person);
    });
    return drawn.map([&] { return std::move(lives); });
}

EventLog logOf(const std::vector<DrawnLife>& lives, const std::vector<std::string>& devices,
               const std::vector<std::string>& places)
{
    std::vector<std::uint32_t> firstVisit(lives.size() + 1);
    for (std::size_t person = 0; person < lives.size(); ++person) {
        std::uint32_t visits = 0;
        for (const DrawnEvent& event : lives[person])
            visits = std::max(visits, event.visit + 1);
        firstVisit[person + 1] = firstVisit[person] + visits;
    }
    std::vector<UserIndex> users;
    std::vector<ItemIndex> items;
    std::vector<Timestamp> times;
    std::vector<EventKind> kinds;
    ContextColumns contexts;
    ShopColumns shop;
    auto& [device, place] = contexts;
    for (const auto& [person, at] : byTime(lives)) {
        const DrawnEvent& event = lives[person][at];
        users.push_back(UserIndex{person});
        items.push_back(ItemIndex{event.item});
        times.push_back(event.at);
        kinds.push_back(event.kind);
        shop.sessions.push_back(firstVisit[person] + event.visit);
        shop.positions.push_back(event.position);
        shop.prices.push_back(event.price);
        device.events.push_back(event.device);
        place.events.push_back(event.place);
    }
    device.words = vocabularyOf(devices);
    place.words = vocabularyOf(places);
    for (ContextColumn* column : {&device, &place})
        if (column->words->size() == 0)
            *column = {};
    if (std::ranges::all_of(shop.positions, [](auto position) { return position == 0; }))
        shop.positions.clear();
    if (std::ranges::all_of(shop.prices, [](float price) { return std::isnan(price); }))
        shop.prices.clear();
    std::vector<float> values(users.size(), 1.F);
    return EventLog::fromColumns(std::move(users), std::move(items), std::move(values), std::move(times),
                                 std::move(kinds), std::move(contexts), std::move(shop));
}

void OneTag::add(std::string_view tag)
{
    if (!tag.empty())
        m_column.tags.push_back(m_column.vocabulary.add(tag));
    m_column.starts.push_back(static_cast<std::uint32_t>(m_column.tags.size()));
}

double chanceOf(double logOdds) { return 1 / (1 + std::exp(-logOdds)); }

std::vector<std::size_t> visitsOf(std::size_t people, std::size_t total, double spread, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<double> activity(people);
    for (double& one : activity)
        one = std::exp(spread * rng.normal());
    const double sum = std::accumulate(activity.begin(), activity.end(), 0.);
    std::vector<std::size_t> visits;
    for (const double one : activity)
        visits.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(total) * one / sum)));
    return visits;
}

std::uint8_t drawDevice(int hour, double phones, Rng& rng)
{
    const bool atWork = hour >= 9 && hour < 17;
    const double u = rng.uniform();
    const double phone = std::clamp(phones * (atWork ? .5 : 1.), 0., .9);
    return u < phone ? 0 : u < phone + .1 ? 2 : 1;
}

} // namespace orrery
