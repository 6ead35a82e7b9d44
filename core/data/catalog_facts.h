// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/data/catalog_columns.h"
#include "core/data/dataset.h"

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

/// What items are counted by.
enum class ItemGroup : std::uint8_t { Category, Subcategory, Brand, Seller };
inline constexpr std::size_t itemGroupCount = 4;
inline constexpr std::uint32_t noGroup = 0xFFFFFFFF;

/// What a catalog says of one item, as numbers and bits.
struct ItemFacts {
    std::array<std::uint32_t, itemGroupCount> groups{noGroup, noGroup, noGroup, noGroup};
    float price = std::numeric_limits<float>::quiet_NaN(); ///< of one unit, above 0; NaN where it is not told
    /// What it earns: the catalog's number; of tiers 1 for "low", 2 for "medium", 3 for "high". NaN: not known.
    float margin = std::numeric_limits<float>::quiet_NaN();
    /// Of the items with a margin the share whose margin is as large or larger, above 0; of tiers 0 for "high" and 1
    /// for all others. NaN where it is not told.
    float marginRank = std::numeric_limits<float>::quiet_NaN();
    Timestamp added = noTime; ///< by the catalog's date
    bool soldOut = false, promoted = false;

    [[nodiscard]] std::uint32_t operator[](ItemGroup group) const { return groups[static_cast<std::size_t>(group)]; }
};

/// The columns of a catalog (CatalogColumns) read once: 48 bytes an item, and 4 for each category of one. Immutable;
/// items beyond the catalog are known by nothing.
class ORRERY_API CatalogFacts {
public:
    /// Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const CatalogFacts>> open(const Dataset& dataset,
                                                                          const JobContext& job);

    [[nodiscard]] std::size_t size() const { return m_items.size(); }
    [[nodiscard]] const ItemFacts& operator[](ItemIndex item) const
    {
        return item.value < m_items.size() ? m_items[item.value] : unknown;
    }
    [[nodiscard]] bool tells(CatalogField field) const { return m_tells[static_cast<std::size_t>(field)]; }
    [[nodiscard]] bool hasMargins() const { return m_hasMargins; } ///< whether any is known
    [[nodiscard]] std::size_t groupCount(ItemGroup group) const { return names(group).size(); } ///< groups are below
    [[nodiscard]] std::string_view nameOf(ItemGroup group, std::uint32_t index) const
    {
        return names(group).name(index);
    }
    /// All categories of an item, ascending, each once; numbers of names in nameOf(ItemGroup::Category, ...).
    [[nodiscard]] std::span<const std::uint32_t> categoriesOf(ItemIndex item) const;

private:
    static const ItemFacts unknown;

    [[nodiscard]] const Vocabulary& names(ItemGroup group) const { return m_names[static_cast<std::size_t>(group)]; }
    void takeCategories(const AttributeColumn& column, const JobContext& job);
    void takeGroup(ItemGroup group, const AttributeColumn& column, const JobContext& job);
    void takeFlags(const CatalogColumns& columns);
    void takeNumbers(const CatalogColumns& columns);
    void takeMargins(const AttributeColumn& column);
    void rankMargins();

    std::vector<ItemFacts> m_items;
    std::array<bool, catalogFieldCount> m_tells{};
    bool m_hasMargins = false;
    std::array<Vocabulary, itemGroupCount> m_names;
    std::vector<std::uint32_t> m_categoryStarts, m_categories;
};

} // namespace orrery
