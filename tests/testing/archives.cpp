// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/archives.h"

#include <archive.h>
#include <archive_entry.h>

namespace orrery::testing {
namespace {

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t count)
{
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
    return static_cast<la_ssize_t>(count);
}

void addMember(archive* out, const std::string& name, std::string_view text)
{
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(out, entry);
    archive_write_data(out, text.data(), text.size());
    archive_entry_free(entry);
}

std::string finish(archive* out, const Members& members)
{
    std::string bytes;
    archive_write_set_bytes_in_last_block(out, 1);
    archive_write_open(out, &bytes, nullptr, append, nullptr);
    for (const auto& [name, text] : members)
        addMember(out, name, text);
    archive_write_close(out);
    archive_write_free(out);
    return bytes;
}

void put(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t count)
{
    for (std::size_t i = 0; i < count && at + i < bytes.size(); ++i)
        bytes[at + i] = static_cast<char>((value >> (8U * i)) & 0xFFU);
}

} // namespace

std::string zipOf(const Members& members, bool store)
{
    archive* out = archive_write_new();
    archive_write_set_format_zip(out);
    archive_write_set_format_option(out, "zip", "compression", store ? "store" : "deflate");
    return finish(out, members);
}

std::string gzipOf(std::string_view text)
{
    archive* out = archive_write_new();
    archive_write_set_format_raw(out);
    archive_write_add_filter_gzip(out);
    return finish(out, {{"data", std::string(text)}});
}

std::string withField(std::string zip, std::size_t localOffset, std::size_t offset, std::uint32_t value,
                      std::size_t bytes)
{
    using namespace std::string_view_literals;
    for (const auto& [mark, place] : {std::pair{"PK\3\4"sv, localOffset}, std::pair{"PK\1\2"sv, offset}})
        for (std::size_t at = zip.find(mark); at != std::string::npos; at = zip.find(mark, at + mark.size()))
            put(zip, at + place, value, bytes);
    return zip;
}

} // namespace orrery::testing
