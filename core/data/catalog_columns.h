// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/attribute_table.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery {

/// What a column of the items means for a shop or a page.
enum class CatalogField : std::uint8_t {
    Title,
    Category, ///< tags, from the widest to the narrowest, or one path as a text
    Brand,
    Price,    ///< a number, of one unit
    Stock,    ///< a number, units; or tags that say so
    Margin,   ///< a number, or the tier as a tag
    Promoted, ///< a number above 0, or any tag
    Seller,
    Added, ///< seconds since 1970, a year, or a date as a text
    Text,
    Image, ///< path or address
};
inline constexpr std::size_t catalogFieldCount = static_cast<std::size_t>(CatalogField::Image) + 1;

/// The name that readers give such a column: "title", "categories", "brand", "price", ...
[[nodiscard]] ORRERY_API std::string_view nameOf(CatalogField field);
/// What a column of that name means; compared without regard to case, blanks, '_' and '-'.
[[nodiscard]] ORRERY_API std::optional<CatalogField> catalogFieldOf(std::string_view column);

/// Which column of a catalog is what; null where there is none. Points into the table.
class ORRERY_API CatalogColumns {
public:
    /// Of several columns with the same meaning the one whose name is the most usual.
    explicit CatalogColumns(const AttributeTable& items);
    [[nodiscard]] const AttributeColumn* operator[](CatalogField field) const
    {
        return m_columns[static_cast<std::size_t>(field)];
    }

private:
    std::array<const AttributeColumn*, catalogFieldCount> m_columns{};
};

} // namespace orrery
