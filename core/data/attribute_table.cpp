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

} // namespace

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
