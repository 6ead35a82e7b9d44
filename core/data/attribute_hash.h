// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hash.h"
#include "core/data/attribute_table.h"

namespace orrery {

/// What the identity of a dataset, and of a column that is stored by itself, covers of it: names and every value.
void hashColumn(Hasher& hasher, const AttributeColumn& column);
void hashVocabulary(Hasher& hasher, const Vocabulary& names);

} // namespace orrery
