// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/places.h"

#include "core/base/whole_file.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include <pwd.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

fs::path fromEnvironment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

fs::path home()
{
    if (const fs::path named = fromEnvironment("HOME"); !named.empty())
        return named;
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? fs::path(entry->pw_dir) : fs::temp_directory_path();
}

fs::path recentList() { return dataFolder() / "recent-files.txt"; }

Status makeFolder(const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        return error(Code::Io, fmt::format("The folder cannot be made ({})", failed.message()),
                     "Check its permissions, or set XDG_DATA_HOME to a folder that can be written to", folder.string());
    return {};
}

/// As in the list: also those that are gone for now, such as on a drive that is not plugged in.
std::vector<fs::path> listedFiles()
{
    std::vector<fs::path> files;
    std::ifstream list(recentList());
    for (std::string line; std::getline(list, line);)
        if (!line.empty())
            files.emplace_back(line);
    return files;
}

Status writeList(const std::vector<fs::path>& files)
{
    WholeFile list(recentList());
    for (const auto& file : files)
        list.write(file.string() + '\n');
    return list.finish();
}

fs::path folderOfProgram()
{
    std::error_code failed;
    return fs::read_symlink("/proc/self/exe", failed).parent_path();
}

std::vector<fs::path> sampleCandidates()
{
    std::vector<fs::path> folders{folderOfProgram().parent_path() / "share/orrery/datasets"};
#ifdef ORRERY_DATASETS_DIR
    folders.emplace_back(ORRERY_DATASETS_DIR);
#endif
    folders.emplace_back(ORRERY_SOURCE_DATASETS);
    return folders;
}

} // namespace

fs::path dataFolder()
{
    // The XDG specification: a relative path is to be ignored.
    const fs::path named = fromEnvironment("XDG_DATA_HOME");
    return (named.is_absolute() ? named : home() / ".local/share") / "orrery";
}

Result<fs::path> untitledWorkspace()
{
    const fs::path folder = dataFolder();
    if (const auto made = makeFolder(folder); !made)
        return tl::unexpected(made.error());
    const std::time_t now = std::time(nullptr);
    const std::string stem = fmt::format("Untitled {:%Y-%m-%d}", fmt::localtime(now));
    fs::path file = folder / (stem + ".orrery");
    for (int copy = 2; fs::exists(file); ++copy)
        file = folder / fmt::format("{} ({}).orrery", stem, copy);
    return file;
}

bool isUntitled(const fs::path& file)
{
    return fs::absolute(file).lexically_normal().parent_path() == dataFolder().lexically_normal() &&
           file.filename().string().starts_with("Untitled ");
}

std::vector<fs::path> recentFiles()
{
    std::vector<fs::path> files = listedFiles();
    std::erase_if(files, [](const fs::path& file) {
        std::error_code failed;
        return !fs::is_regular_file(file, failed);
    });
    return files;
}

Status addRecentFile(const fs::path& file)
{
    const fs::path added = fs::absolute(file).lexically_normal();
    std::vector<fs::path> files = listedFiles();
    std::erase(files, added);
    files.insert(files.begin(), added);
    files.resize(std::min(files.size(), recentLimit));
    return makeFolder(dataFolder()).and_then([&] { return writeList(files); });
}

std::span<const Sample> samples()
{
    static constexpr std::array all = {Sample{"films", "Sample films"}, Sample{"shop", "Sample shop"},
                                       Sample{"news", "Sample news"}};
    return all;
}

Result<fs::path> sampleFolder()
{
    std::error_code failed;
    const fs::path asked = fromEnvironment("ORRERY_DATASETS");
    if (!asked.empty()) {
        if (fs::is_directory(asked, failed))
            return asked;
        return error(Code::NotFound, "ORRERY_DATASETS names a folder that is not there", "Correct it or unset it",
                     asked.string());
    }
    for (const auto& folder : sampleCandidates())
        if (fs::is_directory(folder, failed))
            return folder.lexically_normal();
    return error(Code::NotFound, "The sample datasets are not installed",
                 "Install Orrery again, or set ORRERY_DATASETS to their folder");
}

} // namespace orrery
