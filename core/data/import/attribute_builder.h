// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/attribute_table.h"

namespace orrery::reading {

/// Columns in the making. Equal contents give equal tables, in whatever order they were told.
class AttributeBuilder {
public:
    static constexpr std::size_t mostTagsOfRow = 4'096;

    void setText(std::string_view column, std::uint32_t row, std::string text);
    void setNumber(std::string_view column, std::uint32_t row, double number);
    /// Once is enough: a tag that the row has already is not added again. Nor is one past `mostTagsOfRow`, so that a
    /// hostile line costs no minutes.
    void addTag(std::string_view column, std::uint32_t row, std::string_view tag);
    /// Whether a cell was filled.
    [[nodiscard]] bool has(std::string_view column, std::uint32_t row) const;
    /// Rows of a text column that are empty among the first `rows`.
    [[nodiscard]] std::size_t emptyRows(std::string_view column, std::uint32_t rows) const;
    /// The usual columns come first (title, year, genres, ...); tags are numbered in the order of the rows; unknown
    /// rows at the end and texts that are all empty are left out.
    [[nodiscard]] AttributeTable take();

private:
    struct Tags {
        Vocabulary names;
        std::vector<std::vector<std::uint32_t>> rows;
    };
    struct Column {
        std::string name;
        std::variant<TextColumn, NumberColumn, Tags> data;
    };
    template <class Data> Data& columnOf(std::string_view name);
    [[nodiscard]] const Column* find(std::string_view name) const;

    std::vector<Column> m_columns;
};

} // namespace orrery::reading
