// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/whole_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

bool isSomethingElse(const fs::path& file)
{
    std::error_code failed;
    return fs::exists(file, failed) && !fs::is_regular_file(file, failed);
}

fs::path besides(const fs::path& file)
{
    static std::atomic<unsigned> number{0};
    return file.string() + fmt::format(".{}-{}.part", ::getpid(), number++);
}

} // namespace

WholeFile::WholeFile(fs::path file)
    : m_file(std::move(file)), m_part(isSomethingElse(m_file) ? m_file : besides(m_file)),
      m_stream(std::fopen(m_part.c_str(), m_part == m_file ? "wb" : "wbx"))
{
    note(m_stream != nullptr);
}

WholeFile::~WholeFile()
{
    std::error_code ignored;
    if (m_stream && !m_finished && m_part != m_file)
        fs::remove(m_part, ignored);
}

void WholeFile::note(bool done)
{
    if (!done && m_failed == 0)
        m_failed = errno;
}

void WholeFile::write(std::string_view text)
{
    if (m_failed == 0)
        note(std::fwrite(text.data(), 1, text.size(), m_stream.get()) == text.size());
}

Status WholeFile::check() const
{
    if (m_failed == 0)
        return {};
    return error(Code::Io,
                 fmt::format("'{}' cannot be written: {}", m_file.filename().string(), std::strerror(m_failed)),
                 "Check the folder and the space on the disk, or choose another name", m_file.string());
}

Status WholeFile::finish()
{
    if (m_failed == 0)
        note(std::fflush(m_stream.get()) == 0);
    if (m_failed == 0 && m_part != m_file)
        note(::fsync(::fileno(m_stream.get())) == 0 && std::rename(m_part.c_str(), m_file.c_str()) == 0);
    m_finished = m_failed == 0;
    return check();
}

Result<std::string> textOfFile(const std::filesystem::path& file, std::size_t most)
{
    std::error_code failed;
    if (!std::filesystem::exists(file, failed))
        return error(Code::NotFound, fmt::format("There is no file '{}'", file.string()), "Check the path");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), &std::fclose);
    if (!stream)
        return error(Code::Io, fmt::format("'{}' cannot be read", file.string()), "Check that you may read it");
    std::string text(most + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
    if (std::ferror(stream.get()) != 0)
        return error(Code::Io, fmt::format("'{}' cannot be read", file.string()), "Check that it is a file");
    if (text.size() > most)
        return error(Code::BadFile, fmt::format("'{}' is larger than {} bytes", file.string(), most),
                     "Choose the right file");
    return text;
}

} // namespace orrery
