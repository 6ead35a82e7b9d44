// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/attribute_hash.h"

namespace orrery {
namespace {

void hashValues(Hasher& hasher, const TextColumn& column)
{
    for (const auto& value : column.values)
        hasher.text(value);
}

void hashValues(Hasher& hasher, const NumberColumn& column) { hasher.values(std::span(column.values)); }

void hashValues(Hasher& hasher, const TagColumn& column)
{
    hashVocabulary(hasher, column.vocabulary);
    hasher.values(std::span(column.starts)).values(std::span(column.tags));
}

} // namespace

void hashVocabulary(Hasher& hasher, const Vocabulary& names)
{
    hasher.number(names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i)
        hasher.text(names.name(i));
}

void hashColumn(Hasher& hasher, const AttributeColumn& column)
{
    hasher.text(column.name);
    std::visit([&](const auto& data) { hashValues(hasher, data); }, column.data);
}

} // namespace orrery
