// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/params/json_depth.h"

namespace orrery {

bool isNestedDeep(std::string_view json)
{
    constexpr int deepest = 16;
    int depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < json.size() && depth <= deepest; ++i) {
        if (inText && json[i] == '\\')
            ++i;
        else if (json[i] == '"')
            inText = !inText;
        else if (!inText && (json[i] == '[' || json[i] == '{'))
            ++depth;
        else if (!inText && (json[i] == ']' || json[i] == '}'))
            --depth;
    }
    return depth > deepest;
}

} // namespace orrery
