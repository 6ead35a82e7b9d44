// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/models/query.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What is known of the people, or of the items, beside who they are: sparse features in columns. Features of one kind
/// ("genres", "occupation", "rated") form a group, numbered from 0.
struct SideFeatures {
    struct Column {
        std::span<const std::uint32_t> rows;
        std::span<const float> values;
    };

    std::vector<std::uint64_t> starts{0}; ///< features + 1 entries into rows and values
    std::vector<std::uint32_t> rows;      ///< ascending within a feature
    std::vector<float> values;
    std::vector<std::uint32_t> groups; ///< one a feature, ascending

    [[nodiscard]] std::size_t count() const { return groups.size(); }
    [[nodiscard]] std::size_t groupCount() const { return groups.empty() ? 0 : groups.back() + 1; }
    [[nodiscard]] Column column(std::size_t feature) const
    {
        const auto first = starts[feature], count = starts[feature + 1] - first;
        return {std::span(rows).subspan(first, count), std::span(values).subspan(first, count)};
    }
};

/// Facts that at least two people share, each a feature of the people that it is true of; a group a name. In the order
/// of `names`, which gets "gender=F" for each.
[[nodiscard]] SideFeatures personFeatures(const Dataset& dataset, std::vector<Fact>& names);
/// Tags that at least two items share, divided by the root of how many an item has, and twelve ranges of each number.
[[nodiscard]] SideFeatures itemFeatures(const Dataset& dataset);
/// Adds one feature for each of `others` partners: who or what the row was used by or with, divided by the root of how
/// many there are (the implicit part of SVD++; Koren, KDD 2008). `starts` and `partners` are rows in CSR form.
void addPartners(SideFeatures& features, std::span<const std::uint64_t> starts, std::span<const std::uint32_t> partners,
                 std::size_t others);

} // namespace orrery
