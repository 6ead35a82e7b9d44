// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/attribute_builder.h"

#include <algorithm>
#include <array>
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

// The usual columns first and in one order, whichever row or file named them first.
std::size_t rankOf(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> usual = {"title",     "year",   "genres",     "tags",
                                                               "plot",      "imdbId", "tmdbId",     "age",
                                                               "age group", "gender", "occupation", "zip"};
    return static_cast<std::size_t>(std::ranges::find(usual, name) - usual.begin());
}

TagColumn flattened(const Vocabulary& names, const std::vector<std::vector<std::uint32_t>>& rows)
{
    TagColumn flat;
    for (const auto& row : rows) {
        for (const std::uint32_t tag : row)
            flat.tags.push_back(flat.vocabulary.add(names.name(tag)));
        flat.starts.push_back(static_cast<std::uint32_t>(flat.tags.size()));
    }
    return flat;
}

template <class Values, class IsUnknown> void dropTail(Values& values, const IsUnknown& isUnknown)
{
    while (!values.empty() && isUnknown(values.back()))
        values.pop_back();
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
    if (row >= tags.rows.size())
        tags.rows.resize(row + 1);
    auto& held = tags.rows[row];
    if (held.size() >= mostTagsOfRow)
        return;
    const std::uint32_t index = tags.names.add(tag);
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
    std::ranges::stable_sort(m_columns, {}, [](const Column& column) { return rankOf(column.name); });
    for (Column& column : m_columns) {
        if (auto* tags = std::get_if<Tags>(&column.data)) {
            dropTail(tags->rows, [](const auto& row) { return row.empty(); });
            table.add({std::move(column.name), flattened(tags->names, tags->rows)});
        } else if (auto* text = std::get_if<TextColumn>(&column.data)) {
            dropTail(text->values, [](const std::string& value) { return value.empty(); });
            if (!text->values.empty())
                table.add({std::move(column.name), std::move(*text)});
        } else {
            table.add({std::move(column.name), std::move(std::get<NumberColumn>(column.data))});
        }
    }
    m_columns.clear();
    return table;
}

} // namespace orrery::reading
