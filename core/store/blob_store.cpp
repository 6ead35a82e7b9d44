// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blob_store.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

namespace orrery::store {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are stored little-endian");

std::string_view columnOf(Owner owner)
{
    switch (owner) {
    case Owner::Dataset: return "dataset";
    case Owner::Model: return "model";
    case Owner::Run: return "run";
    }
    return {};
}

} // namespace

Status BlobStore::write(Owner owner, std::int64_t id, std::string_view name, std::string_view type,
                        std::span<const std::byte> data) const
{
    auto array = m_database.prepare(
        fmt::format("INSERT INTO array ({}, name, type, bytes) VALUES (?, ?, ?, ?)", columnOf(owner)));
    if (!array.run(id, name, type, data.size()).status())
        return array.status();
    const std::int64_t arrayId = m_database.lastId();
    auto chunk = m_database.prepare("INSERT INTO chunk (array, position, checksum, data) VALUES (?, ?, ?, ?)");
    for (std::size_t from = 0; from < data.size(); from += chunkBytes) {
        const auto part = data.subspan(from, std::min(chunkBytes, data.size() - from));
        chunk.run(arrayId, from / chunkBytes, checksum(part), part);
    }
    return chunk.status();
}

Result<std::vector<StoredArray>> BlobStore::list(Owner owner, std::int64_t id) const
{
    // No array can be larger than the file that holds it: a damaged length must not allocate.
    const std::uint64_t limit = m_database.byteCount();
    std::vector<StoredArray> arrays;
    auto rows = m_database.prepare(
        fmt::format("SELECT id, name, type, bytes FROM array WHERE {} = ? ORDER BY id", columnOf(owner)));
    rows.with(id);
    while (rows.next()) {
        arrays.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                          static_cast<std::uint64_t>(rows.integer(3))});
        if (arrays.back().bytes > limit)
            return damaged(arrays.back(), "claims to be longer than the file");
    }
    if (!rows.status())
        return tl::unexpected(rows.status().error());
    return arrays;
}

Status BlobStore::read(const StoredArray& array, std::span<std::byte> out) const
{
    auto rows = m_database.prepare("SELECT position, checksum, data FROM chunk WHERE array = ? ORDER BY position");
    rows.with(array.id);
    std::size_t filled = 0;
    while (rows.next()) {
        const auto data = rows.blob(2);
        const auto position = static_cast<std::uint64_t>(rows.integer(0));
        if (position != filled / chunkBytes || data.size() != std::min(chunkBytes, out.size() - filled) || data.empty())
            return damaged(array, fmt::format("has a wrong part {}", position));
        if (checksum(data) != static_cast<std::uint64_t>(rows.integer(1)))
            return damaged(array, fmt::format("is damaged in part {} of {}", position + 1,
                                              (array.bytes + chunkBytes - 1) / chunkBytes));
        std::memcpy(out.data() + filled, data.data(), data.size());
        filled += data.size();
    }
    if (!rows.status())
        return rows.status();
    if (filled != out.size())
        return damaged(array, fmt::format("ends after {} of {} bytes", filled, out.size()));
    return {};
}

void BlobStore::hash(Hasher& hasher, std::string_view name, std::string_view type, std::span<const std::byte> data)
{
    hasher.text(name).text(type).number(data.size()).bytes(data);
}

tl::unexpected<Error> BlobStore::damaged(const StoredArray& array, std::string_view what)
{
    return error(Code::Corrupt, fmt::format("The workspace is damaged: its stored '{}' {}", array.name, what),
                 "Open a copy of it from a backup", array.name);
}

} // namespace orrery::store
