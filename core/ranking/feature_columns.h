// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace orrery {

/// Places of the features that do not depend on sources, in the order of their declarations (feature_set.cpp). Two
/// columns of each source follow: its place, as 1 / place, and its score.
enum class FeatureColumn : std::size_t {
    // of the person
    HistorySize,
    DaysSinceLast,
    DaysSinceFirst,
    MeanGap,
    Categories,
    TopCategory,
    TopBrand,
    UsualPrice,
    PriceSpread,
    MeanValue,
    UsualPopularity,
    BoughtShare,
    // of the item
    Popularity,
    PopularityHour,
    PopularityDay,
    PopularityWeek,
    Trend,
    DaysSinceUsed,
    Purchases,
    Conversion,
    UseRate,
    Age,
    Price,
    Margin,
    Promoted,
    InStock,
    ItemValue,
    ItemCategories,
    BrandPopularity,
    // of the pair
    SeenCount,
    DaysSinceSeen,
    ShownUnused,
    BrandBought,
    BrandShare,
    CategoryShare,
    SubcategoryShare,
    DaysSinceCategory,
    PriceAgainstUsual,
    PopularityAgainstUsual,
    SimilarityMost,
    SimilarityMean,
    SessionCategory,
    SellerSeen,
    // of the circumstances
    Hour,
    Weekday,
    Device,
    SessionDepth,
    SessionSeconds,
    // of the sources together
    SourceCount,
    Merged,
    End
};
inline constexpr std::size_t commonColumns = static_cast<std::size_t>(FeatureColumn::End);
inline constexpr std::size_t columnsPerSource = 2;

/// The columns of one row by name.
class FeatureRow {
public:
    explicit FeatureRow(float* row) : m_row(row) {}
    float& operator[](FeatureColumn column) const { return m_row[static_cast<std::size_t>(column)]; }

private:
    float* m_row;
};

} // namespace orrery
