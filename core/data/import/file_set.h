// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/byte_source.h"

#include <map>
#include <string_view>

namespace orrery::reading {

/// Files that lie together: in a folder, beside a file, or in one folder of a zip archive. Names come without folder
/// and without ".gz"; nothing is ever written.
class FileSet {
public:
    /// Errors: NotFound, Io, BadFile.
    [[nodiscard]] static Result<FileSet> open(const std::filesystem::path& path);

    /// Name of the folder, file or archive.
    [[nodiscard]] const std::string& source() const { return m_source; }
    /// Name of the folder that holds the files, or of the archive without its ending.
    [[nodiscard]] const std::string& folder() const { return m_folder; }
    /// Where a single file was asked for: its name, else "".
    [[nodiscard]] const std::string& chosen() const { return m_chosen; }
    [[nodiscard]] bool has(std::string_view name) const { return m_places.contains(name); }
    [[nodiscard]] std::vector<std::string> names() const;
    /// As text: see asText.
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> read(std::string_view name) const;
    /// The first `limit` bytes; "" where the file is absent or unreadable: for looking what it might be.
    [[nodiscard]] std::string peek(std::string_view name, std::size_t limit = 16 * 1024) const;

private:
    struct Place {
        std::filesystem::path path;
        ZipEntry entry; ///< with a name, `path` is the archive
    };
    [[nodiscard]] static Result<FileSet> ofFolder(const std::filesystem::path& path);
    [[nodiscard]] static Result<FileSet> ofFile(const std::filesystem::path& path);
    [[nodiscard]] static Result<FileSet> ofZip(const std::filesystem::path& path);
    void addFile(const std::filesystem::path& path);

    std::string m_source, m_folder, m_chosen;
    std::map<std::string, Place, std::less<>> m_places;
};

/// `name` without a trailing ".gz".
[[nodiscard]] std::string withoutGz(std::string_view name);
/// Whether a name ends like a table of text: .csv, .tsv, .txt, .dat, .data, .tab.
[[nodiscard]] bool looksLikeTable(std::string_view name);

} // namespace orrery::reading
