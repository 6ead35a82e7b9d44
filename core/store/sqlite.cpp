// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqlite.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <sqlite3.h>

namespace orrery::sqlite {
namespace {

constexpr int rowLimit = 64 << 20;
constexpr int busyMilliseconds = 5000;

constexpr const char* settings = "PRAGMA journal_mode = DELETE;"
                                 "PRAGMA synchronous = FULL;"
                                 "PRAGMA cell_size_check = ON;"
                                 "PRAGMA secure_delete = FAST;"
                                 "PRAGMA temp_store = MEMORY;"
                                 "PRAGMA mmap_size = 0;"
                                 "PRAGMA cache_size = -32768;";

std::string fileOf(sqlite3* connection)
{
    const char* file = connection ? sqlite3_db_filename(connection, "main") : nullptr;
    return file ? std::filesystem::path(file).filename().string() : std::string();
}

tl::unexpected<Error> ioError(std::string where, std::string message, std::string hint)
{
    return error(Code::Io, std::move(message), std::move(hint), std::move(where));
}

tl::unexpected<Error> failure(sqlite3* connection, int code)
{
    std::string where = fileOf(connection);
    const std::string said = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ioError(where, "The workspace is in use by another program",
                       "Wait until it is done there, or close it, and try again");
    case SQLITE_FULL: return ioError(where, "The disk is full", "Free some space and try again; nothing was changed");
    case SQLITE_READONLY:
        return ioError(where, "The workspace cannot be written to",
                       "Copy it to a folder of your own and open the copy");
    case SQLITE_CANTOPEN:
        return ioError(where,
                       fmt::format("The workspace cannot be opened or its folder cannot be written to ({})", said),
                       "Check the permissions of the file and of its folder");
    case SQLITE_IOERR: return ioError(where, fmt::format("The disk failed ({})", said), "Check the disk and try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG:
        return error(Code::Corrupt, "The workspace is damaged", "Open a copy of it from a backup", std::move(where));
    case SQLITE_NOMEM: return error(Code::OutOfMemory, "There is not enough memory", "Close other programs", where);
    default: return error(Code::Internal, fmt::format("The workspace could not be used: {}", said), {}, where);
    }
}

Status statusOf(sqlite3* connection, int code)
{
    if (code == SQLITE_OK)
        return {};
    return failure(connection, code);
}

bool isWhole(double value)
{
    return std::abs(value) < 9e15 && std::trunc(value) == value && !(value == 0 && std::signbit(value));
}

} // namespace

bool Exact::isUnknown() const
{
    return std::bit_cast<std::uint64_t>(value) ==
           std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN());
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::note(int code)
{
    if (code != SQLITE_OK && m_status)
        m_status = failure(sqlite3_db_handle(m_statement.get()), code);
}

void Statement::restart()
{
    if (m_status)
        sqlite3_reset(m_statement.get()); // repeats the code of the last step, which next() has noted
}

bool Statement::next()
{
    if (!m_status)
        return false;
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        note(code);
    sqlite3_reset(m_statement.get());
    return false;
}

Statement& Statement::finish()
{
    while (next())
        continue;
    return *this;
}

void Statement::bindInteger(int at, std::int64_t value)
{
    if (m_status)
        note(sqlite3_bind_int64(m_statement.get(), at, value));
}

void Statement::bindNull(int at)
{
    if (m_status)
        note(sqlite3_bind_null(m_statement.get(), at));
}

void Statement::bind(int at, double value)
{
    if (m_status)
        note(sqlite3_bind_double(m_statement.get(), at, value)); // NaN becomes NULL
}

void Statement::bind(int at, Exact number)
{
    if (isWhole(number.value))
        bindInteger(at, static_cast<std::int64_t>(number.value));
    else if (number.isUnknown())
        bindNull(at);
    else if (!std::isnan(number.value) && number.value != 0)
        bind(at, number.value);
    else if (m_status)
        note(sqlite3_bind_blob64(m_statement.get(), at, &number.value, sizeof number.value, SQLITE_TRANSIENT));
}

void Statement::bind(int at, std::string_view text)
{
    if (m_status)
        note(sqlite3_bind_text64(m_statement.get(), at, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8));
}

void Statement::bind(int at, std::span<const std::byte> blob)
{
    static constexpr std::byte nothing{};
    if (m_status)
        note(sqlite3_bind_blob64(m_statement.get(), at, blob.empty() ? &nothing : blob.data(), blob.size(),
                                 SQLITE_STATIC));
}

bool Statement::isNull(int column) const { return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

double Statement::real(int column) const
{
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(m_statement.get(), column);
}

double Statement::exact(int column) const
{
    double value = 0;
    const auto bytes = blob(column);
    if (sqlite3_column_type(m_statement.get(), column) != SQLITE_BLOB || bytes.size() != sizeof value)
        return real(column);
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::string_view Statement::text(int column) const
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    const int bytes = sqlite3_column_bytes(m_statement.get(), column);
    return text ? std::string_view(text, static_cast<std::size_t>(bytes)) : std::string_view();
}

std::span<const std::byte> Statement::blob(int column) const
{
    if (sqlite3_column_type(m_statement.get(), column) != SQLITE_BLOB)
        return {};
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(m_statement.get(), column));
    const int bytes = sqlite3_column_bytes(m_statement.get(), column);
    return data ? std::span(data, static_cast<std::size_t>(bytes)) : std::span<const std::byte>();
}

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<Database> Database::connect(const std::string& file, int flags)
{
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database{Handle(connection)};
    if (code != SQLITE_OK)
        return failure(connection, code);
    if (const auto hardened = database.harden(); !hardened)
        return tl::unexpected(hardened.error());
    return database;
}

Result<Database> Database::openExisting(const std::filesystem::path& file)
{
    return connect(std::filesystem::absolute(file).string(), SQLITE_OPEN_READWRITE);
}

Result<Database> Database::openToRead(const std::filesystem::path& file)
{
    return connect(std::filesystem::absolute(file).string(), SQLITE_OPEN_READONLY);
}

Result<Database> Database::createNew(const std::filesystem::path& file)
{
    auto database = connect(std::filesystem::absolute(file).string(),
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE);
    if (database)
        if (const auto sized = database->execute("PRAGMA page_size = 65536; PRAGMA auto_vacuum = FULL;"); !sized)
            return tl::unexpected(sized.error());
    return database;
}

Result<Database> Database::inMemory() { return connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE); }

Status Database::harden() const
{
    sqlite3* connection = m_handle.get();
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, busyMilliseconds);
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, rowLimit);
    sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
    for (const auto& [option, on] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                     {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                     {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                     {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                     {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                                     {SQLITE_DBCONFIG_DQS_DML, 0},
                                     {SQLITE_DBCONFIG_DQS_DDL, 0}})
        if (const int code = sqlite3_db_config(connection, option, on, nullptr); code != SQLITE_OK)
            return failure(connection, code);
    return execute(settings);
}

Statement Database::prepare(std::string_view sql) const
{
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(m_handle.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    return {statement, statusOf(m_handle.get(), code)};
}

Status Database::execute(const char* sql) const
{
    return statusOf(m_handle.get(), sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr));
}

Result<std::int64_t> Database::integer(std::string_view sql) const
{
    auto rows = prepare(sql);
    if (rows.next())
        return rows.integer(0);
    if (!rows.status())
        return tl::unexpected(rows.status().error());
    return error(Code::NotFound, "The workspace does not hold what was asked for", {}, fileOf(m_handle.get()));
}

std::int64_t Database::lastId() const { return sqlite3_last_insert_rowid(m_handle.get()); }

std::int64_t Database::changes() const { return sqlite3_changes64(m_handle.get()); }

bool Database::readOnly() const { return sqlite3_db_readonly(m_handle.get(), "main") != 0; }

std::uint64_t Database::byteCount() const
{
    return static_cast<std::uint64_t>(integer("PRAGMA page_count").value_or(0)) *
           static_cast<std::uint64_t>(integer("PRAGMA page_size").value_or(0));
}

Status Database::copyTo(Database& target) const
{
    sqlite3_backup* backup = sqlite3_backup_init(target.m_handle.get(), "main", m_handle.get(), "main");
    if (!backup)
        return failure(target.m_handle.get(), sqlite3_errcode(target.m_handle.get()));
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup); // says OK after a step that was told "busy"
    if (stepped == SQLITE_DONE)
        return statusOf(target.m_handle.get(), finished);
    return failure(target.m_handle.get(), stepped);
}

Result<Transaction> Transaction::begin(const Database& database, Kind kind)
{
    const auto begun = database.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED");
    if (!begun)
        return tl::unexpected(begun.error());
    return Transaction(database.m_handle.get());
}

Transaction::~Transaction()
{
    if (m_handle)
        sqlite3_exec(m_handle, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::commit()
{
    const int code = sqlite3_exec(m_handle, "COMMIT", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return failure(m_handle, code); // and the destructor rolls back
    m_handle = nullptr;
    return {};
}

} // namespace orrery::sqlite
