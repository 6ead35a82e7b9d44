// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/world_files.h"

#include <array>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr std::array fileNames = {"ratings.csv",     "movies.csv",       "people.csv",
                                  "truth_items.csv", "truth_people.csv", "note.txt"};
constexpr std::array<std::string_view, 11> starsOf = {"",      ",0.5,", ",1.0,", ",1.5,", ",2.0,", ",2.5,",
                                                      ",3.0,", ",3.5,", ",4.0,", ",4.5,", ",5.0,"};

Status checkFree(const fs::path& folder)
{
    for (const char* name : fileNames) {
        std::error_code ignored;
        if (fs::exists(folder / name, ignored))
            return error(Code::InvalidArgument, fmt::format("There is a {} already", name),
                         "Choose an empty folder, or allow it to be replaced", folder.string());
    }
    return {};
}

} // namespace

Result<WorldFiles> WorldFiles::create(const SyntheticWorld& world, const fs::path& folder)
{
    if (const auto open = world.plan().replace ? Status{} : checkFree(folder); !open)
        return tl::unexpected(open.error());
    WorldFiles files;
    std::error_code failure;
    if (fs::create_directories(folder, failure))
        files.m_madeFolder = folder;
    if (failure)
        return error(Code::Io, fmt::format("Cannot make the folder: {}", failure.message()), "Choose another folder",
                     folder.string());
    for (const char* name : fileNames) {
        auto file = PartFile::create(folder / name);
        if (!file)
            return tl::unexpected(file.error());
        files.m_files.push_back(std::move(*file));
    }
    files.writeHeaders(world);
    return files;
}

WorldFiles::WorldFiles(WorldFiles&& other) noexcept
    : m_madeFolder(std::exchange(other.m_madeFolder, {})), m_files(std::move(other.m_files))
{
}

WorldFiles::~WorldFiles()
{
    m_files.clear();
    std::error_code ignored;
    if (!m_madeFolder.empty())
        fs::remove(m_madeFolder, ignored); // only when it is empty
}

void WorldFiles::writeHeaders(const SyntheticWorld& world)
{
    m_files[Ratings].text("userId,movieId,rating,timestamp\n");
    m_files[Movies].text("movieId,title,genres\n");
    m_files[People].text("userId,age,gender,occupation\n");
    m_files[TruthItems].text("movieId,released,appeal,quality");
    m_files[TruthPeople].text("userId,mean,ratings,joined,left");
    for (const auto& taste : world.catalogue().tastes) {
        m_files[TruthItems].text(",").field(taste);
        m_files[TruthPeople].text(",").field(taste);
    }
    m_files[TruthItems].text("\n");
    m_files[TruthPeople].text("\n");
    m_files[Note].text(syntheticNote).text("\nMade by Orrery's generator from planted tastes.\n");
}

void WorldFiles::writeVector(Name file, const std::vector<double>& values)
{
    fmt::memory_buffer line;
    for (const double value : values) {
        if (value == 0)
            line.append(std::string_view(",0"));
        else
            fmt::format_to(std::back_inserter(line), ",{:.3f}", value);
    }
    line.push_back('\n');
    m_files[file].text({line.data(), line.size()});
}

void WorldFiles::addItems(const SyntheticWorld& world)
{
    for (const PlantedItem& item : world.catalogue().items) {
        m_files[Movies].field(item.id).text(",").field(item.title).text(",").field(item.genres).text("\n");
        m_files[TruthItems].field(item.id).text(
            fmt::format(",{},{:.3f},{:.3f}", item.released, item.appeal, item.quality));
        std::vector<double> tastes(world.catalogue().tastes.size());
        for (const auto& [taste, share] : item.tastes())
            tastes[taste] = share;
        writeVector(TruthItems, tastes);
    }
}

void WorldFiles::addLife(const SyntheticWorld& world, const SyntheticWorld::Life& life)
{
    const PlantedPerson& person = life.person;
    const std::uint64_t id = person.index + 1;
    for (const PlantedRating& rating : life.ratings) {
        m_files[Ratings].number(id).text(",").field(world.catalogue().items[rating.item].id);
        m_files[Ratings].text(starsOf[rating.halfStars]).number(static_cast<std::uint64_t>(rating.at)).text("\n");
    }
    m_files[People].text(fmt::format("{},{},{},{}\n", id, person.age, person.gender, person.occupation));
    m_files[TruthPeople].text(
        fmt::format("{},{:.3f},{},{},{}", id, person.mean, person.ratings, person.joined, person.left));
    writeVector(TruthPeople, person.tastes);
}

Status WorldFiles::check() const
{
    for (const PartFile& file : m_files) {
        if (const auto fine = file.check(); !fine)
            return fine;
    }
    return {};
}

Status WorldFiles::publish()
{
    for (PartFile& file : m_files) {
        if (const auto done = file.finish(); !done)
            return done;
    }
    for (PartFile& file : m_files) {
        if (const auto done = file.publish(); !done)
            return done;
    }
    m_madeFolder.clear();
    return {};
}

} // namespace orrery
