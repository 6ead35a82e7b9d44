// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orrery {

/// One text a row; "" where unknown.
struct TextColumn {
    std::vector<std::string> values;
};
/// One number a row; NaN where unknown.
struct NumberColumn {
    std::vector<double> values;
};
/// Any number of tags a row (genres), or one (occupation); none where unknown.
struct TagColumn {
    Vocabulary vocabulary;
    std::vector<std::uint32_t> starts{0}; ///< rows + 1 entries into `tags`
    std::vector<std::uint32_t> tags;

    [[nodiscard]] std::span<const std::uint32_t> row(std::size_t r) const
    {
        return r + 1 < starts.size() ? std::span(tags).subspan(starts[r], starts[r + 1] - starts[r])
                                     : std::span<const std::uint32_t>{};
    }
};

/// A vector a row, such as an embedding: [rows x length], row-major, finite. A row of zeros: none is known.
struct VectorColumn {
    std::string name;
    std::size_t length = 0; ///< above 0
    std::vector<float> values;
};

struct AttributeColumn {
    std::string name; ///< "title", "year", "genres", "plot", "imdbId"; "age", "gender", "occupation"
    std::variant<TextColumn, NumberColumn, TagColumn> data;
};

/// What is known about items or people: named, typed columns; row r is index r. Immutable once in a Dataset.
/// A column may be shorter than the catalog: rows past its end are unknown.
class ORRERY_API AttributeTable {
public:
    void add(AttributeColumn column) { m_columns.push_back(std::move(column)); }
    [[nodiscard]] std::span<const AttributeColumn> columns() const { return m_columns; }

    /// Columns of vectors stand apart: they are for models, not for people to read.
    [[nodiscard]] std::span<const VectorColumn> vectors() const { return m_vectors; }
    /// Adds it, or puts it in the place of the one of that name.
    void set(VectorColumn column);
    /// Rows of its longest column.
    [[nodiscard]] std::size_t rowCount() const;
    /// The same columns, each of at most `rows` rows.
    [[nodiscard]] AttributeTable firstRows(std::size_t rows) const;

    /// Null when there is no such column of that type.
    [[nodiscard]] const TextColumn* text(std::string_view name) const;
    [[nodiscard]] const NumberColumn* number(std::string_view name) const;
    [[nodiscard]] const TagColumn* tags(std::string_view name) const;

    /// A cell as shown to a person: "1995", "Crime, Drama", "" where unknown.
    [[nodiscard]] std::string show(std::string_view column, std::size_t row) const;

private:
    std::vector<AttributeColumn> m_columns;
    std::vector<VectorColumn> m_vectors;
};

} // namespace orrery
