// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

/// Where the program keeps its own files: `$XDG_DATA_HOME/orrery`, else `~/.local/share/orrery`. Not made by this call.
[[nodiscard]] ORRERY_API std::filesystem::path dataFolder();

/// A free name for a new workspace in the data folder, which is made: "Untitled 2026-11-21.orrery", then
/// "Untitled 2026-11-21 (2).orrery". Errors: Io when the folder cannot be made.
[[nodiscard]] ORRERY_API Result<std::filesystem::path> untitledWorkspace();
/// Whether that is where a file came from: then a person has not named it yet.
[[nodiscard]] ORRERY_API bool isUntitled(const std::filesystem::path& file);

/// Workspaces opened of late, newest first; those that still exist.
inline constexpr std::size_t recentLimit = 10;
[[nodiscard]] ORRERY_API std::vector<std::filesystem::path> recentFiles();
/// Puts `file` first. Errors: Io.
[[nodiscard]] ORRERY_API Status addRecentFile(const std::filesystem::path& file);

/// A dataset that comes with the program, in a folder of that name in sampleFolder().
struct Sample {
    std::string_view folder, name; ///< "films", "Sample films"
};
[[nodiscard]] ORRERY_API std::span<const Sample> samples();

/// The shipped datasets: `$ORRERY_DATASETS`, else beside the installed program, else where the build put them, else in
/// the source tree. Errors: NotFound.
[[nodiscard]] ORRERY_API Result<std::filesystem::path> sampleFolder();

} // namespace orrery
