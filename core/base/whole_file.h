// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace orrery {

/// A file that appears whole or not at all, in the place of one that is there: written under a name of its own beside
/// it (two at once do not meet), put on the disk, and then given its name. What is not finished is removed. Something
/// else than a file, such as a pipe, is written to as it is.
class ORRERY_API WholeFile {
public:
    explicit WholeFile(std::filesystem::path file);
    ~WholeFile();
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    /// Goes on where the last call ended. The first failure stays: check() and finish() tell it.
    void write(std::string_view text);
    /// Errors: Io.
    [[nodiscard]] Status check() const;
    /// The end; to be called once. Errors: Io.
    [[nodiscard]] Status finish();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    void note(bool done);

    std::filesystem::path m_file, m_part;
    std::unique_ptr<std::FILE, Close> m_stream;
    int m_failed = 0; ///< errno
    bool m_finished = false;
};

/// All of a file of at most so many bytes. Errors: NotFound, Io, BadFile (it is larger).
[[nodiscard]] ORRERY_API Result<std::string> textOfFile(const std::filesystem::path& file, std::size_t most);

} // namespace orrery
