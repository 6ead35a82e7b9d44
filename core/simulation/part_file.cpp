// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/part_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace orrery {
namespace {

constexpr std::size_t bufferSize = std::size_t{1} << 20;

tl::unexpected<Error> cannotWrite(const std::filesystem::path& path, int reason)
{
    return error(Code::Io, fmt::format("Cannot write {}: {}", path.filename().string(), std::strerror(reason)),
                 reason == ENOSPC ? "Free some space or choose another folder" : "Choose another folder",
                 path.parent_path().string());
}

} // namespace

PartFile::PartFile(std::filesystem::path path) : m_path(std::move(path)), m_part(m_path)
{
    m_part += ".part";
    m_buffer.reserve(bufferSize + 64);
}

PartFile::PartFile(PartFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_part(std::move(other.m_part)), m_buffer(std::move(other.m_buffer)),
      m_descriptor(std::exchange(other.m_descriptor, -1)), m_failure(other.m_failure),
      m_unpublished(std::exchange(other.m_unpublished, false))
{
}

PartFile::~PartFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (m_unpublished)
        ::unlink(m_part.c_str());
}

Result<PartFile> PartFile::create(const std::filesystem::path& path)
{
    PartFile file(path);
    file.m_descriptor = ::open(file.m_part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file.m_descriptor < 0)
        return cannotWrite(path, errno);
    file.m_unpublished = true;
    return file;
}

PartFile& PartFile::text(std::string_view text)
{
    m_buffer.append(text);
    if (m_buffer.size() >= bufferSize)
        flush();
    return *this;
}

PartFile& PartFile::number(std::uint64_t value)
{
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return text({digits.data(), end});
}

PartFile& PartFile::field(std::string_view value)
{
    if (value.find_first_of(",\"\n\r") == std::string_view::npos)
        return text(value);
    text("\"");
    for (const char c : value)
        text(c == '"' ? "\"\"" : std::string_view(&c, 1));
    return text("\"");
}

void PartFile::flush()
{
    std::string_view rest = m_buffer;
    while (!rest.empty() && m_failure == 0) {
        const auto written = ::write(m_descriptor, rest.data(), rest.size());
        if (written > 0)
            rest.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            m_failure = errno;
    }
    m_buffer.clear();
}

Status PartFile::check() const { return m_failure == 0 ? Status{} : cannotWrite(m_path, m_failure); }

Status PartFile::finish()
{
    flush();
    // Some file systems tell only here that the disk is full.
    if (::close(std::exchange(m_descriptor, -1)) != 0 && m_failure == 0)
        m_failure = errno;
    return check();
}

Status PartFile::publish()
{
    if (::rename(m_part.c_str(), m_path.c_str()) != 0)
        return cannotWrite(m_path, errno);
    m_unpublished = false;
    return {};
}

} // namespace orrery
