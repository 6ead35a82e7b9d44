// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/file_set.h"

#include "core/data/import/fields.h"
#include "core/data/import/text_source.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t mostFiles = 20'000;

fs::path normal(const fs::path& path)
{
    std::error_code failed;
    fs::path whole = fs::absolute(path, failed).lexically_normal();
    return whole.filename().empty() ? whole.parent_path() : whole;
}

bool isZip(const fs::path& path)
{
    auto source = openFile(path);
    if (!source)
        return false;
    const auto start = readStart(**source, 4);
    return start && (start->starts_with("PK\3\4") || start->starts_with("PK\5\6"));
}

std::string_view folderOf(std::string_view entry)
{
    const std::size_t slash = entry.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : entry.substr(0, slash + 1);
}

// How good a guess it is that the dataset's main file is this one; lower is better.
int rankOf(std::string_view name)
{
    static constexpr std::array<std::string_view, 3> mains = {"ratings.csv", "ratings.dat", "u.data"};
    if (std::ranges::find(mains, name) != mains.end())
        return 0;
    return looksLikeTable(name) ? 1 : 2;
}

// The folder of the archive that the dataset is in: the one that is least deep among those of the best file.
std::string_view mainFolder(const std::vector<ZipEntry>& entries)
{
    std::string_view best;
    std::pair<int, std::ptrdiff_t> bestRank{3, 0};
    for (const ZipEntry& entry : entries) {
        const std::string_view folder = folderOf(entry.name);
        if (folder.find("__MACOSX/") != std::string_view::npos)
            continue;
        const std::pair rank{rankOf(withoutGz(std::string_view(entry.name).substr(folder.size()))),
                             std::ranges::count(folder, '/')};
        if (rank < bestRank) {
            bestRank = rank;
            best = folder;
        }
    }
    return best;
}

} // namespace

std::string withoutGz(std::string_view name)
{
    return std::string(name.ends_with(".gz") && name.size() > 3 ? name.substr(0, name.size() - 3) : name);
}

bool looksLikeTable(std::string_view name)
{
    static constexpr std::array<std::string_view, 6> endings = {".csv", ".tsv", ".txt", ".dat", ".data", ".tab"};
    const std::string lower = lowerCase(name);
    return std::ranges::any_of(endings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

Result<FileSet> FileSet::open(const fs::path& path)
{
    std::error_code failed;
    const auto status = fs::status(path, failed);
    if (!fs::exists(status)) {
        if (failed && failed != std::errc::no_such_file_or_directory && failed != std::errc::not_a_directory)
            return error(Code::Io,
                         fmt::format("'{}' cannot be looked at: {}", path.filename().string(), failed.message()));
        return error(Code::NotFound, fmt::format("There is no file or folder '{}'", path.string()),
                     "Check the name and the folder");
    }
    if (fs::is_directory(status))
        return ofFolder(normal(path));
    return isZip(path) ? ofZip(normal(path)) : ofFile(normal(path));
}

Result<FileSet> FileSet::ofFolder(const fs::path& path)
{
    FileSet files;
    files.m_source = files.m_folder = path.filename().string();
    std::error_code failed;
    fs::directory_iterator entry(path, failed);
    if (failed)
        return error(Code::Io, fmt::format("The folder '{}' cannot be read: {}", files.m_source, failed.message()));
    for (; !failed && entry != fs::directory_iterator() && files.m_places.size() < mostFiles; entry.increment(failed))
        if (std::error_code unknown; entry->is_regular_file(unknown))
            files.addFile(entry->path());
    return files;
}

Result<FileSet> FileSet::ofFile(const fs::path& path)
{
    if (auto readable = openFile(path); !readable)
        return tl::unexpected(readable.error());
    // What lies beside it may be the rest of the dataset; a folder that cannot be listed hides it, no more.
    FileSet files = ofFolder(path.parent_path()).value_or(FileSet());
    files.m_folder = path.parent_path().filename().string();
    files.m_source = path.filename().string();
    files.m_chosen = withoutGz(files.m_source);
    files.m_places[files.m_chosen] = {path, {}};
    return files;
}

Result<FileSet> FileSet::ofZip(const fs::path& path)
{
    const auto entries = listZip(path);
    if (!entries)
        return tl::unexpected(entries.error());
    FileSet files;
    files.m_source = path.filename().string();
    files.m_folder = path.stem().string();
    const std::string_view folder = mainFolder(*entries);
    for (const ZipEntry& entry : *entries)
        if (folderOf(entry.name) == folder)
            files.m_places.try_emplace(withoutGz(std::string_view(entry.name).substr(folder.size())),
                                       Place{path, entry});
    return files;
}

// A file that is not packed goes before its packed twin.
void FileSet::addFile(const fs::path& path)
{
    const std::string name = path.filename().string();
    const std::string plain = withoutGz(name);
    if (plain == name)
        m_places[name] = {path, {}};
    else
        m_places.try_emplace(plain, Place{path, {}});
}

std::vector<std::string> FileSet::names() const
{
    std::vector<std::string> out;
    for (const auto& [name, place] : m_places)
        out.push_back(name);
    return out;
}

Result<std::unique_ptr<ByteSource>> FileSet::read(std::string_view name) const
{
    const auto found = m_places.find(name);
    if (found == m_places.end())
        return error(Code::NotFound, fmt::format("There is no file '{}'", name));
    const Place& place = found->second;
    return asText(place.entry.name.empty() ? openFile(place.path) : openZipEntry(place.path, place.entry));
}

std::string FileSet::peek(std::string_view name, std::size_t limit) const
{
    auto source = read(name);
    if (!source)
        return {};
    return readStart(**source, limit).value_or(std::string());
}

} // namespace orrery::reading
