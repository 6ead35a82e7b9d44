// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/simulation/part_file.h"
#include "core/simulation/synthetic_world.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace orrery {

/// The words that travel with every synthetic dataset.
inline constexpr std::string_view syntheticNote = "ratings are synthetic";

/// The files of one world in one folder: all of them appear, or none.
class WorldFiles {
public:
    /// Makes the folder where missing. Errors: InvalidArgument where files are in the way and may not be replaced, Io.
    static Result<WorldFiles> create(const SyntheticWorld& world, const std::filesystem::path& folder);
    ~WorldFiles();
    WorldFiles(WorldFiles&& other) noexcept;
    WorldFiles& operator=(WorldFiles&&) = delete;

    void addItems(const SyntheticWorld& world);
    void addLife(const SyntheticWorld& world, const SyntheticWorld::Life& life);
    [[nodiscard]] Status check() const;
    [[nodiscard]] Status publish();

private:
    enum Name : std::size_t { Ratings, Movies, People, TruthItems, TruthPeople, Note, nameCount };
    WorldFiles() = default;
    void writeHeaders(const SyntheticWorld& world);
    void writeVector(Name file, const std::vector<double>& values);

    std::filesystem::path m_madeFolder; // removed again unless published
    std::vector<PartFile> m_files;      // by Name
};

} // namespace orrery
