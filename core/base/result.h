// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace orrery {

enum class Code {
    InvalidArgument, ///< what was asked for makes no sense
    NotFound,        ///< a file, a model, a person ... that is not there
    BadRow,          ///< one line of a file cannot be used
    BadFile,         ///< a whole file cannot be used
    Corrupt,         ///< a workspace whose bytes changed
    Io,              ///< the disk or the system said no
    Unsupported,     ///< this model, or this build, cannot do it
    Numeric,         ///< training diverged
    OutOfMemory,
    Cancelled, ///< asked for by the person; never shown as a failure
    Internal,  ///< our mistake
};

/// A failure, written for the person who reads it.
struct ORRERY_API Error {
    Code code = Code::Internal;
    std::string message; ///< what happened, one sentence, with the offending value
    std::string hint;    ///< the way out; may be empty
    std::string where;   ///< file and line, or the name of the thing; may be empty

    /// "where: message. hint", leaving out what is empty.
    [[nodiscard]] std::string text() const;
};

/// Stable lower-case name of a code, for JSON ("bad-row").
[[nodiscard]] ORRERY_API std::string_view nameOf(Code code);

template <class T> using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] ORRERY_API tl::unexpected<Error> error(Code code, std::string message, std::string hint = {},
                                                     std::string where = {});

} // namespace orrery
