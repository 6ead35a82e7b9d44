// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/byte_source.h"

#include "core/data/import/archive_source.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orrery::reading {
namespace {

// pread and not mmap: a file that is cut short while it is read ends early instead of ending the program.
class FileSource : public ByteSource {
public:
    FileSource(int descriptor, std::uint64_t size) : m_descriptor(descriptor), m_size(size) {}
    ~FileSource() override { ::close(m_descriptor); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    Result<std::size_t> read(std::span<char> out) override
    {
        std::size_t got = 0;
        while (got < out.size()) {
            const auto n = ::pread(m_descriptor, out.data() + got, out.size() - got, static_cast<off_t>(m_offset));
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return error(Code::Io, fmt::format("The file cannot be read: {}", std::strerror(errno)));
            if (n == 0)
                break;
            got += static_cast<std::size_t>(n);
            m_offset += static_cast<std::uint64_t>(n);
        }
        return got;
    }

    double fraction() const override
    {
        return m_size == 0 ? 1 : static_cast<double>(m_offset) / static_cast<double>(m_size);
    }

private:
    int m_descriptor;
    std::uint64_t m_size;
    std::uint64_t m_offset = 0;
};

tl::unexpected<Error> cannotOpen(const std::string& name, int reason)
{
    if (reason == ENOENT || reason == ENOTDIR)
        return error(Code::NotFound, fmt::format("There is no file '{}'", name), "Check the name and the folder");
    return error(Code::Io, fmt::format("'{}' cannot be opened: {}", name, std::strerror(reason)));
}

} // namespace

Result<std::unique_ptr<ByteSource>> openFile(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return cannotOpen(name, errno);
    struct stat info = {};
    const bool known = ::fstat(descriptor, &info) == 0;
    if (!known || !S_ISREG(info.st_mode)) {
        ::close(descriptor);
        return error(Code::BadFile,
                     fmt::format("'{}' is not a file{}", name, known && S_ISDIR(info.st_mode) ? " but a folder" : ""));
    }
    unsigned char magic[2] = {};
    if (::pread(descriptor, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
        ::close(descriptor);
        return openGzip(path);
    }
    return std::make_unique<FileSource>(descriptor, static_cast<std::uint64_t>(info.st_size));
}

Result<std::string> readStart(ByteSource& source, std::size_t limit)
{
    std::string text(limit, '\0');
    const auto got = source.read(text);
    if (!got)
        return tl::unexpected(got.error());
    text.resize(*got);
    return text;
}

} // namespace orrery::reading
