// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/attribute_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

std::string showCell(const TextColumn& column, std::size_t row)
{
    return row < column.values.size() ? column.values[row] : std::string();
}

std::string showCell(const NumberColumn& column, std::size_t row)
{
    if (row >= column.values.size() || std::isnan(column.values[row]))
        return {};
    return fmt::format("{}", column.values[row]);
}

std::string showCell(const TagColumn& column, std::size_t row)
{
    std::string out;
    for (const std::uint32_t tag : column.row(row)) {
        if (!out.empty())
            out += ", ";
        out += column.vocabulary.name(tag);
    }
    return out;
}

template <class Column> const Column* findColumn(std::span<const AttributeColumn> columns, std::string_view name)
{
    const auto found = std::ranges::find(columns, name, &AttributeColumn::name);
    return found == columns.end() ? nullptr : std::get_if<Column>(&found->data);
}

std::size_t rowsOf(const TextColumn& column) { return column.values.size(); }
std::size_t rowsOf(const NumberColumn& column) { return column.values.size(); }
std::size_t rowsOf(const TagColumn& column) { return column.starts.empty() ? 0 : column.starts.size() - 1; }
std::size_t rowsOf(const VectorColumn& column) { return column.values.size() / column.length; }

void cut(TextColumn& column, std::size_t rows) { column.values.resize(rows); }
void cut(NumberColumn& column, std::size_t rows) { column.values.resize(rows); }
void cut(TagColumn& column, std::size_t rows)
{
    column.starts.resize(rows + 1);
    column.tags.resize(column.starts.back());
}
void cut(VectorColumn& column, std::size_t rows) { column.values.resize(rows * column.length); }

} // namespace

std::size_t AttributeTable::rowCount() const
{
    std::size_t rows = 0;
    for (const AttributeColumn& column : m_columns)
        rows = std::max(rows, std::visit([](const auto& data) { return rowsOf(data); }, column.data));
    for (const VectorColumn& column : m_vectors)
        rows = std::max(rows, rowsOf(column));
    return rows;
}

AttributeTable AttributeTable::firstRows(std::size_t rows) const
{
    AttributeTable first = *this;
    const auto shorten = [rows](auto& column) {
        if (rowsOf(column) > rows)
            cut(column, rows);
    };
    for (AttributeColumn& column : first.m_columns)
        std::visit(shorten, column.data);
    for (VectorColumn& column : first.m_vectors)
        shorten(column);
    return first;
}

void AttributeTable::set(VectorColumn column)
{
    const auto found = std::ranges::find(m_vectors, column.name, &VectorColumn::name);
    if (found == m_vectors.end())
        m_vectors.push_back(std::move(column));
    else
        *found = std::move(column);
}

const TextColumn* AttributeTable::text(std::string_view name) const { return findColumn<TextColumn>(m_columns, name); }

const NumberColumn* AttributeTable::number(std::string_view name) const
{
    return findColumn<NumberColumn>(m_columns, name);
}

const TagColumn* AttributeTable::tags(std::string_view name) const { return findColumn<TagColumn>(m_columns, name); }

std::string AttributeTable::show(std::string_view column, std::size_t row) const
{
    const auto found = std::ranges::find(m_columns, column, &AttributeColumn::name);
    if (found == m_columns.end())
        return {};
    return std::visit([row](const auto& data) { return showCell(data, row); }, found->data);
}

} // namespace orrery
