// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// A file that is written as "name.part" and gets its name only when it is complete; otherwise it disappears.
/// Buffered; a failed write is remembered and told by finish().
class PartFile {
public:
    /// Errors: Io.
    static Result<PartFile> create(const std::filesystem::path& path);
    ~PartFile();
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;

    PartFile& text(std::string_view text);
    PartFile& number(std::uint64_t value);
    /// Quoted where CSV asks for it.
    PartFile& field(std::string_view text);

    /// Whether the disk has taken everything so far.
    [[nodiscard]] Status check() const;
    /// Writes what is left and closes. Errors: Io.
    [[nodiscard]] Status finish();
    /// Gives the finished file its name.
    [[nodiscard]] Status publish();

private:
    explicit PartFile(std::filesystem::path path);
    void flush();

    std::filesystem::path m_path, m_part;
    std::string m_buffer;
    int m_descriptor = -1;
    int m_failure = 0; // errno of the first failed write
    bool m_unpublished = false;
};

} // namespace orrery
