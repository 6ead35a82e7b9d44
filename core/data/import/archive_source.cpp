// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/archive_source.h"

#include <algorithm>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

namespace orrery::reading {
namespace {

constexpr std::size_t packedBlock = 256 * 1024;
constexpr std::size_t mostEntries = 100'000;
// Tables of ratings pack about 5 : 1. Past 64 MiB, more than 100 : 1 is a bomb and not a table: what is kept in memory
// stays in proportion to the archive.
constexpr std::uint64_t mostExpansion = 100;
constexpr std::uint64_t alwaysFine = 64ULL << 20U;

struct CloseArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<archive, CloseArchive>;

std::string whyOf(archive* a)
{
    const char* text = archive_error_string(a);
    return text ? text : "unknown damage";
}

// Errors of opening (no such file, a folder) are those of any file.
Result<std::uint64_t> sizeOf(const std::filesystem::path& path)
{
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed))
        return error(Code::BadFile, fmt::format("'{}' is not a file but a folder", path.filename().string()));
    const auto size = std::filesystem::file_size(path, failed);
    if (failed)
        return error(Code::NotFound, fmt::format("There is no file '{}'", path.filename().string()));
    return size;
}

Result<ArchiveHandle> openZip(const std::filesystem::path& path)
{
    ArchiveHandle handle(archive_read_new());
    // Only by its directory at the end: an archive that is cut short is refused before anything is read.
    archive_read_support_format_zip_seekable(handle.get());
    if (archive_read_open_filename(handle.get(), path.c_str(), packedBlock) != ARCHIVE_OK)
        return error(Code::BadFile,
                     fmt::format("'{}' is no complete zip archive: {}", path.filename().string(), whyOf(handle.get())),
                     "Download it again");
    return handle;
}

bool says(std::string_view why, std::string_view part) { return why.find(part) != std::string_view::npos; }

// The library's words differ from version to version, and its numbers help nobody.
Error unreadable(const std::string& why)
{
    if (says(why, "nsupported") || says(why, "not supported"))
        return {Code::Unsupported, "The archive is packed in a way that cannot be read here", "Unpack it yourself", {}};
    const std::string_view reason = says(why, "CRC")                    ? "a checksum does not fit"
                                    : says(why, "wrong size")           ? "a size is not what the archive says"
                                    : says(why, "decompression failed") ? "a part cannot be unpacked"
                                                                        : std::string_view(why);
    return {Code::BadFile, fmt::format("The archive is damaged: {}", reason), "Download it again", {}};
}

// Nothing but the end of a directory, which the library does not take for an archive.
bool isEmptyZip(const std::filesystem::path& path)
{
    const auto source = openFile(path);
    const auto start = source ? readStart(**source, 4) : Result<std::string>();
    return start && *start == "PK\5\6";
}

class ArchiveSource : public ByteSource {
public:
    ArchiveSource(ArchiveHandle handle, std::uint64_t packedSize)
        : m_handle(std::move(handle)), m_packedSize(packedSize)
    {
    }

    Result<std::size_t> read(std::span<char> out) override
    {
        std::size_t got = 0;
        while (got < out.size()) {
            const auto n = archive_read_data(m_handle.get(), out.data() + got, out.size() - got);
            if (n < 0)
                return tl::unexpected(unreadable(whyOf(m_handle.get())));
            if (n == 0)
                break;
            got += static_cast<std::size_t>(n);
        }
        m_unpacked += got;
        if (m_unpacked > alwaysFine && m_unpacked / mostExpansion > m_packedSize)
            return error(Code::BadFile,
                         fmt::format("The archive unpacks to more than {} times its size", mostExpansion),
                         "Unpack it yourself if you trust it");
        return got;
    }

    double fraction() const override { return std::min(1.0, consumed() / packedSize()); }

private:
    double consumed() const { return static_cast<double>(archive_filter_bytes(m_handle.get(), -1)); }
    double packedSize() const { return static_cast<double>(std::max<std::uint64_t>(1, m_packedSize)); }

    ArchiveHandle m_handle;
    std::uint64_t m_packedSize;
    std::uint64_t m_unpacked = 0;
};

} // namespace

Result<std::vector<ZipEntry>> listZip(const std::filesystem::path& path)
{
    if (const auto size = sizeOf(path); !size)
        return tl::unexpected(size.error());
    const auto empty =
        error(Code::BadFile, fmt::format("The archive '{}' is empty", path.filename().string()), "Choose another one");
    if (isEmptyZip(path))
        return empty;
    auto handle = openZip(path);
    if (!handle)
        return tl::unexpected(handle.error());
    std::vector<ZipEntry> entries;
    archive_entry* entry = nullptr;
    for (std::size_t position = 0; position < mostEntries; ++position) {
        const int status = archive_read_next_header(handle->get(), &entry);
        if (status == ARCHIVE_EOF)
            break;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return error(
                Code::BadFile,
                fmt::format("'{}' is no complete zip archive: {}", path.filename().string(), whyOf(handle->get())),
                "Download it again");
        const char* name = archive_entry_pathname_utf8(entry);
        if (!name)
            name = archive_entry_pathname(entry);
        if (name && archive_entry_filetype(entry) == AE_IFREG)
            entries.push_back({name, position});
    }
    if (entries.empty())
        return empty;
    return entries;
}

Result<std::unique_ptr<ByteSource>> openZipEntry(const std::filesystem::path& path, const ZipEntry& entry)
{
    const auto size = sizeOf(path);
    if (!size)
        return tl::unexpected(size.error());
    auto handle = openZip(path);
    if (!handle)
        return tl::unexpected(handle.error());
    archive_entry* header = nullptr;
    for (std::size_t position = 0; position <= entry.position; ++position)
        if (const int status = archive_read_next_header(handle->get(), &header);
            status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return error(Code::BadFile,
                         fmt::format("'{}' cannot be read from the archive: {}", entry.name, whyOf(handle->get())));
    if (archive_entry_is_data_encrypted(header))
        return error(Code::Unsupported, fmt::format("'{}' is encrypted", entry.name), "Unpack the archive yourself");
    return std::make_unique<ArchiveSource>(std::move(*handle), *size);
}

Result<std::unique_ptr<ByteSource>> openGzip(const std::filesystem::path& path)
{
    const auto size = sizeOf(path);
    if (!size)
        return tl::unexpected(size.error());
    ArchiveHandle handle(archive_read_new());
    archive_read_support_filter_gzip(handle.get());
    archive_read_support_format_raw(handle.get());
    archive_entry* entry = nullptr;
    const bool opened = archive_read_open_filename(handle.get(), path.c_str(), packedBlock) == ARCHIVE_OK &&
                        archive_read_next_header(handle.get(), &entry) == ARCHIVE_OK;
    // A file that only begins like gzip would be passed on as it is.
    if (!opened || archive_filter_code(handle.get(), 0) != ARCHIVE_FILTER_GZIP)
        return error(Code::BadFile,
                     fmt::format("'{}' cannot be unpacked: {}", path.filename().string(),
                                 opened ? "it is no gzip file" : whyOf(handle.get())),
                     "Download it again");
    return std::make_unique<ArchiveSource>(std::move(handle), *size);
}

} // namespace orrery::reading
