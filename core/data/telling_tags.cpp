// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/telling_tags.h"

namespace orrery {

const AttributeColumn* tellingTags(const AttributeTable& table, std::size_t rows)
{
    const AttributeColumn* best = nullptr;
    std::size_t most = 0;
    for (const AttributeColumn& column : table.columns())
        if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
            std::size_t told = 0;
            for (std::size_t row = 0; row < rows; ++row)
                told += tags->row(row).empty() ? 0 : 1;
            if (told > most) {
                most = told;
                best = &column;
            }
        }
    return best;
}

} // namespace orrery
