// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/fields.h"
#include "core/data/import/file_set.h"
#include "core/data/import_recipe.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostTables = 100;

// Layouts of which one file is not the whole; an invoice table may be joined with a catalog of its own.
bool comesInSeveralFiles(const fs::path& path)
{
    const auto detected = detectFormat(path);
    return detected && detected->format != "table" && detected->format != "online-retail";
}

Status addFolder(const fs::path& folder, std::vector<fs::path>& tables)
{
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    std::vector<fs::path> found;
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        if (std::error_code unknown; !entry->is_regular_file(unknown) || name.starts_with("."))
            continue;
        if (reading::looksLikeTable(reading::withoutGz(name)))
            found.push_back(entry->path());
    }
    if (failed)
        return error(Code::Io,
                     fmt::format("The folder '{}' cannot be read: {}", folder.filename().string(), failed.message()));
    std::ranges::sort(found);
    // Texts beside a table describe it.
    const auto isText = [](const fs::path& path) {
        return reading::lowerCase(reading::withoutGz(path.filename().string())).ends_with(".txt");
    };
    if (!std::ranges::all_of(found, isText))
        std::erase_if(found, isText);
    tables.insert(tables.end(), found.begin(), found.end());
    return {};
}

} // namespace

Result<FilesTogether> filesTogether(const std::vector<fs::path>& paths)
{
    FilesTogether out;
    for (const fs::path& path : paths) {
        std::error_code failed;
        const bool folder = fs::is_directory(path, failed);
        if (!fs::exists(path, failed))
            return error(Code::NotFound, fmt::format("There is no file or folder '{}'", path.string()),
                         "Check the name and the folder");
        if (!folder && reading::lowerCase(path.extension().string()) == ".json" && readRecipe(path)) {
            out.recipe = path;
        } else if (comesInSeveralFiles(path)) {
            out.dataset = path;
            return out;
        } else if (!folder) {
            out.tables.push_back(path);
        } else if (auto added = addFolder(path, out.tables); !added) {
            return tl::unexpected(added.error());
        }
    }
    if (out.tables.empty())
        return error(Code::BadFile, "There is no table among these files",
                     "Choose tables as text: .csv, .tsv or .txt, packed or not");
    if (out.tables.size() > mostTables)
        return error(Code::BadFile, fmt::format("{} tables are too many to be joined", out.tables.size()),
                     fmt::format("Choose at most {}", mostTables));
    if (out.tables.size() == 1 && !out.recipe) {
        out.dataset = out.tables.front();
        out.tables.clear();
    }
    return out;
}

} // namespace orrery
