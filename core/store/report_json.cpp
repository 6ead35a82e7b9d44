// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/report_json.h"

#include <nlohmann/json.hpp>

namespace orrery {

// Found by nlohmann::json next to the types.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RejectedRow, file, line, raw, kind, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FileReport, file, content, read, accepted, rejected)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ImportReport, format, detection, files, rejectedByKind, rejected, duplicates, notes,
                                   seconds, recipe)

namespace store {

std::string toJson(const ImportReport& report)
{
    return nlohmann::json(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ImportReport> reportFromJson(std::string_view json)
{
    try {
        auto report = nlohmann::json::parse(json);
        report.emplace("recipe", ""); // reports were stored before there were recipes
        return report.get<ImportReport>();
    } catch (const nlohmann::json::exception&) {
        return error(Code::Corrupt, "The stored import report cannot be read", "Import the dataset again");
    }
}

} // namespace store
} // namespace orrery
