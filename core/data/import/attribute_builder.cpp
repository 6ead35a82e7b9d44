// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/attribute_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::reading {
namespace {

template <class Values, class Value> void put(Values& values, std::uint32_t row, Value value, const Value& unknown)
{
    if (row >= values.size())
        values.resize(row + 1, unknown);
    values[row] = std::move(value);
}

} // namespace

template <class Data> Data& AttributeBuilder::columnOf(std::string_view name)
{
    auto found = std::ranges::find_if(m_columns, [&](const Column& column) {
        return column.name == name && std::holds_alternative<Data>(column.data);
    });
    if (found == m_columns.end())
        found = m_columns.insert(m_columns.end(), Column{std::string(name), Data{}});
    return std::get<Data>(found->data);
}

const AttributeBuilder::Column* AttributeBuilder::find(std::string_view name) const
{
    const auto found = std::ranges::find(m_columns, name, &Column::name);
    return found == m_columns.end() ? nullptr : &*found;
}

void AttributeBuilder::setText(std::string_view column, std::uint32_t row, std::string text)
{
    put(columnOf<TextColumn>(column).values, row, std::move(text), std::string());
}

void AttributeBuilder::setNumber(std::string_view column, std::uint32_t row, double number)
{
    put(columnOf<NumberColumn>(column).values, row, number, std::numeric_limits<double>::quiet_NaN());
}

void AttributeBuilder::addTag(std::string_view column, std::uint32_t row, std::string_view tag)
{
    Tags& tags = columnOf<Tags>(column);
    const std::uint32_t index = tags.names.add(tag);
    if (row >= tags.rows.size())
        tags.rows.resize(row + 1);
    auto& held = tags.rows[row];
    if (std::ranges::find(held, index) == held.end())
        held.push_back(index);
}

bool AttributeBuilder::has(std::string_view column, std::uint32_t row) const
{
    const Column* found = find(column);
    if (!found)
        return false;
    if (const auto* text = std::get_if<TextColumn>(&found->data))
        return row < text->values.size() && !text->values[row].empty();
    if (const auto* number = std::get_if<NumberColumn>(&found->data))
        return row < number->values.size() && !std::isnan(number->values[row]);
    const auto& rows = std::get<Tags>(found->data).rows;
    return row < rows.size() && !rows[row].empty();
}

std::size_t AttributeBuilder::emptyRows(std::string_view column, std::uint32_t rows) const
{
    std::size_t count = 0;
    for (std::uint32_t row = 0; row < rows; ++row)
        count += !has(column, row);
    return count;
}

AttributeTable AttributeBuilder::take()
{
    AttributeTable table;
    for (Column& column : m_columns) {
        if (auto* tags = std::get_if<Tags>(&column.data)) {
            TagColumn flat;
            for (const auto& row : tags->rows) {
                for (const std::uint32_t tag : row)
                    flat.tags.push_back(flat.vocabulary.add(tags->names.name(tag)));
                flat.starts.push_back(static_cast<std::uint32_t>(flat.tags.size()));
            }
            table.add({std::move(column.name), std::move(flat)});
        } else if (auto* text = std::get_if<TextColumn>(&column.data)) {
            table.add({std::move(column.name), std::move(*text)});
        } else {
            table.add({std::move(column.name), std::move(std::get<NumberColumn>(column.data))});
        }
    }
    m_columns.clear();
    return table;
}

} // namespace orrery::reading
