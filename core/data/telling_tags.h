// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/attribute_table.h"

#include <cstddef>

namespace orrery {

/// The column of tags that says something of the most of the first `rows` rows, of equal ones the first: what kinds of
/// things there are is told by it (genres, categories). Null where no row has a tag.
[[nodiscard]] ORRERY_API const AttributeColumn* tellingTags(const AttributeTable& table, std::size_t rows);

} // namespace orrery
