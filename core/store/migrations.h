// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/sqlite.h"

#include <cstdint>

namespace orrery::store {

/// "ORRY", at byte 68 of the file: how `file` and we tell a workspace from any other SQLite file.
inline constexpr std::uint32_t applicationId = 0x4f525259;

/// The newest version of the schema; `PRAGMA user_version` of a workspace.
[[nodiscard]] int latestVersion();

/// Brings an empty or older workspace to the newest version, all or nothing. Errors: BadFile for a newer one.
[[nodiscard]] Status migrate(const sqlite::Database& database);

/// Refuses a file whose tables are not exactly ours, or that has triggers: changed bytes and hostile schemas alike.
/// Tables, views and indexes that somebody added beside ours are let be. Errors: Corrupt, Io.
[[nodiscard]] Status checkSchema(const sqlite::Database& database);

} // namespace orrery::store
