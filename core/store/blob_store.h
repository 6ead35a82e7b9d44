// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hash.h"
#include "core/base/result.h"
#include "core/store/sqlite.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::store {

/// Whose arrays; the column of that name in table `array`.
enum class Owner { Dataset, Model, Run };

/// One stored array: `type` says how its bytes are to be read ("float32", "uint32", ...).
struct StoredArray {
    std::int64_t id = 0;
    std::string name, type;
    std::uint64_t bytes = 0;
};

/// Arrays of plain numbers in chunks of at most 1 MiB, each with its checksum. To be used within a transaction.
class BlobStore {
public:
    static constexpr std::size_t chunkBytes = std::size_t{1} << 20;

    explicit BlobStore(const sqlite::Database& database) : m_database(database) {}

    [[nodiscard]] Status write(Owner owner, std::int64_t id, std::string_view name, std::string_view type,
                               std::span<const std::byte> data) const;
    /// In the order in which they were written. Errors: Corrupt for a length that the file cannot hold.
    [[nodiscard]] Result<std::vector<StoredArray>> list(Owner owner, std::int64_t id) const;
    /// Fills `out`, whose size is array.bytes. Errors: Corrupt that names the array and the chunk.
    [[nodiscard]] Status read(const StoredArray& array, std::span<std::byte> out) const;

    /// The array as numbers. Errors: as read, and Corrupt for another type.
    template <class T>
    [[nodiscard]] Result<std::vector<T>> values(const StoredArray& array, std::string_view type) const
    {
        if (array.type != type || array.bytes % sizeof(T) != 0)
            return damaged(array, "is of another type");
        std::vector<T> out(array.bytes / sizeof(T));
        if (const auto done = read(array, std::as_writable_bytes(std::span(out))); !done)
            return tl::unexpected(done.error());
        return out;
    }

    /// What an owner's checksum covers of an array.
    static void hash(Hasher& hasher, std::string_view name, std::string_view type, std::span<const std::byte> data);

private:
    [[nodiscard]] static tl::unexpected<Error> damaged(const StoredArray& array, std::string_view what);

    const sqlite::Database& m_database;
};

} // namespace orrery::store
