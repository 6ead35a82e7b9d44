// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/format.h"

#include <array>

namespace orrery::reading {

std::span<const Format> formats()
{
    static const std::array all = {movielens100k(), movielensDat(),  movielensCsv(), onlineRetail(),
                                   retailRocket(),  amazonReviews(), mind(),         table()};
    return all;
}

} // namespace orrery::reading
