// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hash.h"
#include "core/store/sqlite.h"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

namespace orrery::store {

// A row struct names its fields once, in column order, in `eachField(row, visit)`; writing, reading and the row's
// checksum all come from that, so that no field can be stored without being checked.

/// Binds fields to parameters 1, 2, ...
class FieldBinder {
public:
    explicit FieldBinder(sqlite::Statement& statement) : m_statement(statement) {}
    template <class T> void operator()(const T& field) { m_statement.bind(++m_at, field); }

private:
    sqlite::Statement& m_statement;
    int m_at = 0;
};

/// Fills fields from columns `first`, `first` + 1, ...
class FieldReader {
public:
    FieldReader(const sqlite::Statement& row, int first) : m_row(row), m_at(first) {}
    void operator()(std::string& field) { field = m_row.text(m_at++); }
    void operator()(double& field) { field = m_row.real(m_at++); }
    void operator()(sqlite::Exact& field) { field.value = m_row.exact(m_at++); }
    template <std::integral T> void operator()(T& field) { field = static_cast<T>(m_row.integer(m_at++)); }
    template <std::integral T> void operator()(std::optional<T>& field)
    {
        field = m_row.isNull(m_at) ? std::nullopt : std::optional(static_cast<T>(m_row.integer(m_at)));
        ++m_at;
    }

    void operator()(std::optional<std::string>& field)
    {
        field = m_row.isNull(m_at) ? std::nullopt : std::optional(std::string(m_row.text(m_at)));
        ++m_at;
    }

private:
    const sqlite::Statement& m_row;
    int m_at;
};

/// Hashes fields as they will be read back: SQLite keeps neither -0.0 nor the kind of a NaN.
class FieldHasher {
public:
    explicit FieldHasher(Hasher& hasher) : m_hasher(hasher) {}
    void operator()(const std::string& field) { m_hasher.text(field); }
    void operator()(double field) { bits(std::isnan(field) ? std::numeric_limits<double>::quiet_NaN() : field + 0.0); }
    void operator()(const sqlite::Exact& field) { bits(field.value); }
    template <std::integral T> void operator()(T field) { m_hasher.number(static_cast<std::uint64_t>(field)); }
    template <std::integral T> void operator()(const std::optional<T>& field)
    {
        m_hasher.number(field.has_value()).number(static_cast<std::uint64_t>(field.value_or(0)));
    }

private:
    void bits(double value) { m_hasher.number(std::bit_cast<std::uint64_t>(value)); }

    Hasher& m_hasher;
};

} // namespace orrery::store
