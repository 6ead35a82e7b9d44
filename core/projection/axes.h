// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/data/attribute_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// A row and where it lies on an axis.
struct AxisPlace {
    std::uint32_t row = 0;
    float value = 0;
    bool operator==(const AxisPlace&) const = default;
};

/// The n rows that lie farthest at either end, the farthest first; of equal ones the lower row. Rows of NaN lie
/// nowhere.
struct AxisEnds {
    std::vector<AxisPlace> highest, lowest;
};

/// One column of the vectors, row by row. Errors: InvalidArgument for a factor that is not there.
[[nodiscard]] ORRERY_API Result<std::vector<float>> valuesOfFactor(MatrixView vectors, std::size_t factor);
[[nodiscard]] ORRERY_API AxisEnds endsOf(std::span<const float> values, std::size_t n);

/// From the middle of some rows to that of others ("serious" to "silly").
struct Axis {
    std::vector<float> direction; ///< of length one
    std::vector<float> values;    ///< of each row: -1 in the middle of `from`, 1 in the middle of `to`
};
/// The axis through the mean vectors of two sets of rows, and the place of each row when it is projected on it.
/// Errors: InvalidArgument for an empty set, a row that is not there, or sets whose middles are one.
[[nodiscard]] ORRERY_API Result<Axis> axisBetween(MatrixView vectors, std::span<const std::uint32_t> from,
                                                  std::span<const std::uint32_t> to);

/// How an attribute goes along with the values of an axis.
struct AxisCorrelation {
    std::string column, tag; ///< "genres", "Crime"; no tag for numbers
    double r = 0;            ///< Pearson's; with a tag that is there or not it is the point-biserial coefficient
    std::size_t items = 0;   ///< that it was computed from: all of which the attribute is known
    std::size_t withTag = 0; ///< of these; 0 for numbers
};

/// With every number, and with every tag that at least `fewestItems` have and as many have not; strongest first, of
/// equal ones in the order of columns and tags. What does not vary has no correlation and is left out. Of a column of
/// tags, items without any are unknown; items whose value is NaN are left out. Sums in double, one after the other.
/// O(items x numbers + tags of the items).
[[nodiscard]] ORRERY_API std::vector<AxisCorrelation> correlate(std::span<const float> values,
                                                                const AttributeTable& items, std::size_t fewestItems);

} // namespace orrery
