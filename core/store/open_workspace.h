// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/blob_store.h"
#include "core/store/sqlite.h"
#include "core/store/workspace.h"

#include <string>
#include <string_view>
#include <type_traits>

namespace orrery::store {

/// What the parts of Workspace share.
struct OpenWorkspace {
    std::filesystem::path file;
    sqlite::Database database;

    [[nodiscard]] BlobStore blobs() const { return BlobStore(database); }

    /// Runs `body` in one transaction; what it returns is returned, with the file's name in its error.
    template <class Body> auto write(Body&& body) const { return within(sqlite::Transaction::Kind::Write, body); }
    template <class Body> auto read(Body&& body) const { return within(sqlite::Transaction::Kind::Read, body); }

    /// Notes in `seal` which rows `table` has now; to be called after every change of it, in the same transaction.
    [[nodiscard]] Status seal(std::string_view table) const;
    /// Corrupt when the rows of `table` are not those that were sealed.
    [[nodiscard]] Status checkSeal(std::string_view table) const;

    [[nodiscard]] Status requireDataset(DatasetId id) const;
    /// Checked against the entry's checksum. Errors: NotFound, Corrupt.
    [[nodiscard]] Result<std::size_t> itemCount(DatasetId id) const;
    [[nodiscard]] Result<std::size_t> personCount(DatasetId id) const;
    [[nodiscard]] tl::unexpected<Error> damaged(std::string_view what) const;

private:
    template <class Body> auto within(sqlite::Transaction::Kind kind, Body& body) const
    {
        auto result = sqlite::inTransaction(database, kind, body);
        if (!result && result.error().where.empty())
            result.error().where = file.filename().string();
        return result;
    }
    [[nodiscard]] Result<std::string> sealOf(std::string_view table) const;
};

/// Now, in UTC: "2026-11-21T04:47:07Z".
[[nodiscard]] std::string isoNow();

} // namespace orrery::store
