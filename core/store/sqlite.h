// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace orrery::sqlite {

/// A double that must come back bit for bit: whole numbers are stored as integers (so that a year reads 1995), NaN as
/// NULL, and what SQLite would not keep (-0.0, other NaNs) as its eight bytes. Needs a column of type ANY.
struct Exact {
    double value = 0;
    [[nodiscard]] bool isUnknown() const; ///< the usual NaN, stored as NULL
};

/// A prepared statement. The first failure sticks: what follows does nothing, and status() tells it, so that a loop of
/// inserts is checked once, at its end. Columns count from 0.
class Statement {
public:
    /// Binds `values` to the parameters in order and starts anew. Texts and blobs must live until the run is over.
    template <class... Values> Statement& with(const Values&... values)
    {
        restart();
        int at = 0;
        (bind(++at, values), ...);
        return *this;
    }
    /// Binds and executes a statement that gives no rows.
    template <class... Values> Statement& run(const Values&... values) { return with(values...).finish(); }
    /// Executes to the end, passing over rows.
    Statement& finish();
    /// Moves to the next row; false at the end and after a failure.
    bool next();
    /// Errors: as told by SQLite: Corrupt, Io, OutOfMemory, Internal.
    [[nodiscard]] const Status& status() const { return m_status; }

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const; ///< NaN for NULL
    [[nodiscard]] double exact(int column) const;
    /// Views live until the next step.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::span<const std::byte> blob(int column) const;

    template <std::integral T> void bind(int at, T value) { bindInteger(at, static_cast<std::int64_t>(value)); }
    void bind(int at, double value);
    void bind(int at, Exact number);
    void bind(int at, std::string_view text);
    void bind(int at, const std::string& text) { bind(at, std::string_view(text)); }
    void bind(int at, const char* text) { bind(at, std::string_view(text)); }
    void bind(int at, std::span<const std::byte> blob);
    template <class T> void bind(int at, const std::optional<T>& value) { value ? bind(at, *value) : bindNull(at); }

    void restart();

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3_stmt* statement, Status status) : m_statement(statement), m_status(std::move(status)) {}
    void bindInteger(int at, std::int64_t value);
    void bindNull(int at);
    void note(int code);

    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    Status m_status;
};

/// One connection, hardened for files from strangers: defensive, no triggers, no views, schema not trusted, foreign
/// keys enforced, rows of at most 64 MiB. Not for two threads at once.
class Database {
public:
    static Result<Database> openExisting(const std::filesystem::path& file);
    static Result<Database> openToRead(const std::filesystem::path& file);
    /// The file must not be there. 64 KiB pages.
    static Result<Database> createNew(const std::filesystem::path& file);
    static Result<Database> inMemory();

    [[nodiscard]] Statement prepare(std::string_view sql) const;
    /// One or more statements without parameters.
    [[nodiscard]] Status execute(const char* sql) const;
    /// First column of the first row. Errors: NotFound when there is no row.
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql) const;
    [[nodiscard]] std::int64_t lastId() const;
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool readOnly() const;
    [[nodiscard]] std::uint64_t byteCount() const; ///< pages x page size; 0 when it cannot be told
    /// Copies every page to `target`, which must be empty.
    [[nodiscard]] Status copyTo(Database& target) const;

private:
    friend class Transaction;
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    using Handle = std::unique_ptr<sqlite3, Close>;
    explicit Database(Handle handle) : m_handle(std::move(handle)) {}
    static Result<Database> connect(const std::string& file, int flags);
    [[nodiscard]] Status harden() const;

    Handle m_handle;
};

/// Rolls back unless committed. Write takes the lock at once, so that it cannot fail half-way for another writer.
class Transaction {
public:
    enum class Kind { Read, Write };
    static Result<Transaction> begin(const Database& database, Kind kind);
    Transaction(Transaction&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Status commit();

private:
    explicit Transaction(sqlite3* handle) : m_handle(handle) {}
    sqlite3* m_handle; // null once it is over
};

/// Runs `body` (which returns a Result or Status) in one transaction; an error undoes all of it.
template <class Body> auto inTransaction(const Database& database, Transaction::Kind kind, Body&& body)
    -> decltype(body())
{
    auto transaction = Transaction::begin(database, kind);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto result = body();
    if (result)
        if (const auto done = transaction->commit(); !done)
            return tl::unexpected(done.error());
    return result;
}

} // namespace orrery::sqlite
