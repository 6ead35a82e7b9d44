// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery::reading {

/// Bytes, from first to last. Never the whole of them in memory.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Fills `out`; fewer bytes only at the end. Errors: Io, BadFile (a damaged archive).
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
    /// Share of the input that was consumed, in [0, 1].
    [[nodiscard]] virtual double fraction() const = 0;
    /// What had to be done to read it, for the report: "it is text in UTF-16"; mostly nothing.
    [[nodiscard]] virtual std::string remark() const { return {}; }
};

/// A regular file; one that begins like gzip is unpacked on the way. Errors: NotFound, Io, BadFile (a folder, a
/// device).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openFile(const std::filesystem::path& path);

/// A file in a zip archive. Its name is only ever compared, never used as a path.
struct ZipEntry {
    std::string name;
    std::size_t position = 0; ///< among the archive's headers
};

/// At least one. Errors: NotFound, Io, BadFile (no zip archive, cut short, empty).
[[nodiscard]] Result<std::vector<ZipEntry>> listZip(const std::filesystem::path& path);
/// Streams one entry. Errors while reading: BadFile (damaged, encrypted, unpacks to an absurd size).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openZipEntry(const std::filesystem::path& path,
                                                               const ZipEntry& entry);
/// The first `limit` bytes, fewer when there are not so many.
[[nodiscard]] Result<std::string> readStart(ByteSource& source, std::size_t limit);

} // namespace orrery::reading
