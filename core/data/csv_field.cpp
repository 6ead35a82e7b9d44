// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_field.h"

#include "core/data/import/fields.h"

namespace orrery {

void appendCsvField(std::string& out, std::string_view text)
{
    const bool blankEnds = text != reading::trimmed(text);
    if (!blankEnds && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out.append(text);
        return;
    }
    out.push_back('"');
    for (const char c : text) {
        if (c == '"')
            out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

} // namespace orrery
