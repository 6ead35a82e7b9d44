// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orrery {

enum class ParamType { Boolean, Integer, Real, Choice, Text };
enum class ParamScale { Linear, Logarithmic };
using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

struct ParamChoice {
    std::string id;
    std::string title;
};

/// One parameter, declared once: the form, the flags, the JSON, stored runs and the reference page come from it.
struct ORRERY_API ParamSpec {
    std::string id;    ///< lower-case words joined by hyphens, as typed after --set
    std::string title; ///< label of the form
    std::string help;  ///< one line: what it does, and usual values
    ParamType type = ParamType::Real;
    ParamValue fallback;                         ///< the default
    double low = 0;                              ///< inclusive; numbers only
    double high = 0;                             ///< inclusive; numbers only
    ParamScale scale = ParamScale::Linear;       ///< how a slider moves
    std::vector<ParamChoice> choices;            ///< Choice only
    std::string format;                          ///< Text only: what may be written, for the reader of an error
    Status (*check)(std::string_view) = nullptr; ///< Text only: whether it can be understood
    bool advanced = false;                       ///< behind "more" in the form
};

/// Values by parameter id. What is not set has its default.
class ORRERY_API ParamSet {
public:
    void set(std::string id, ParamValue value) { m_values.insert_or_assign(std::move(id), std::move(value)); }
    void reset(const std::string& id) { m_values.erase(id); }
    [[nodiscard]] const ParamValue* find(const std::string& id) const;
    [[nodiscard]] const std::map<std::string, ParamValue>& values() const { return m_values; }
    bool operator==(const ParamSet&) const = default;

private:
    std::map<std::string, ParamValue> m_values;
};

/// Shortest text that reads back to the same value: "0.02", "true", "16", "cosine".
[[nodiscard]] ORRERY_API std::string toText(const ParamValue& value);
/// Errors: InvalidArgument that names the parameter, the value and what is allowed.
[[nodiscard]] ORRERY_API Result<ParamValue> parseValue(const ParamSpec& spec, std::string_view text);
/// Checks type and range of one value. Errors as parseValue.
[[nodiscard]] ORRERY_API Status validate(const ParamSpec& spec, const ParamValue& value);
/// Reads "name=value" pairs. Unknown names are errors that list the known ones.
[[nodiscard]] ORRERY_API Result<ParamSet> parseAssignments(std::span<const ParamSpec> specs,
                                                           std::span<const std::string> assignments);
/// Every parameter of `specs`, set or default, in their order.
[[nodiscard]] ORRERY_API ParamSet complete(std::span<const ParamSpec> specs, const ParamSet& set);

/// One JSON object, `{"factors":64,...}`.
[[nodiscard]] ORRERY_API std::string toJson(const ParamSet& set);
[[nodiscard]] ORRERY_API Result<ParamSet> paramsFromJson(std::span<const ParamSpec> specs, std::string_view json);

} // namespace orrery
