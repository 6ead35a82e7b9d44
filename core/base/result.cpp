// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

namespace orrery {

std::string Error::text() const
{
    std::string out = where.empty() ? message : where + ": " + message;
    if (!hint.empty()) {
        if (!out.empty() && out.back() != '.' && out.back() != '?')
            out += '.';
        out += " " + hint;
    }
    return out;
}

std::string_view nameOf(Code code)
{
    switch (code) {
    case Code::InvalidArgument: return "invalid-argument";
    case Code::NotFound: return "not-found";
    case Code::BadRow: return "bad-row";
    case Code::BadFile: return "bad-file";
    case Code::Corrupt: return "corrupt";
    case Code::Io: return "io";
    case Code::Unsupported: return "unsupported";
    case Code::Numeric: return "numeric";
    case Code::OutOfMemory: return "out-of-memory";
    case Code::Cancelled: return "cancelled";
    case Code::Internal: return "internal";
    }
    return "internal";
}

tl::unexpected<Error> error(Code code, std::string message, std::string hint, std::string where)
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), std::move(where)});
}

} // namespace orrery
