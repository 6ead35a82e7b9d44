// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

#include <string>

namespace orrery::cli {

/// "whole number, 1 to 1024", "true or false", "one of cosine, pearson".
[[nodiscard]] std::string allowedText(const ParamSpec& spec);
/// The help of an algorithm, from its declaration: what it does, when to use it, its parameters.
[[nodiscard]] std::string algorithmHelp(const Algorithm& algorithm);
/// The list of all, with what each does.
[[nodiscard]] std::string catalogueText();

} // namespace orrery::cli
