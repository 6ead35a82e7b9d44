// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/event_reader.h"

namespace orrery::reading {

/// The separator that cuts the sample most evenly, whether its first line is a header (both only where `hints` do not
/// say), and what each column may be. `complete`: the sample is the whole file, so that its last line is whole.
[[nodiscard]] TablePreview guessTable(std::string_view sample, bool complete, const TableHints& hints = {});

/// Errors: InvalidArgument.
[[nodiscard]] Status checkSeparator(std::string_view separator);

/// How quotes count: not where fields stand between | or ::, as those files do not use them.
[[nodiscard]] Dialect dialectOf(std::string_view separator);

/// Where things stand, for the event reader. Errors: InvalidArgument (no person, two values, ...).
[[nodiscard]] Result<EventLayout> eventLayoutOf(const TableLayout& layout);

/// The columns that tell about items or people, each with a name of its own.
[[nodiscard]] std::vector<AttributeField> attributesOf(const TableLayout& layout);

/// Implicit without a value column, with kinds of events, or where the value is named like a count.
[[nodiscard]] Feedback guessFeedback(const TableLayout& layout);

} // namespace orrery::reading
