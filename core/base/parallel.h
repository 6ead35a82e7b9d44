// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"

#include <cstddef>
#include <functional>

namespace orrery {

/// Runs `body(first, last)` over the fixed chunks [0, grain), [grain, 2 grain), ... of [0, n), on the job's threads.
/// The chunks never depend on the number of threads: a result that is combined in chunk order is the same on any.
/// No new chunk starts after a cancel; then the error is Cancelled. Do not nest.
[[nodiscard]] ORRERY_API Status parallelFor(const JobContext& job, std::size_t n, std::size_t grain,
                                            const std::function<void(std::size_t first, std::size_t last)>& body);

/// How many threads this process may run at once, at least 1: more would only wait for each other.
[[nodiscard]] ORRERY_API int usableThreads();

/// Number of chunks that parallelFor makes: for one partial result each.
[[nodiscard]] constexpr std::size_t chunkCount(std::size_t n, std::size_t grain) { return (n + grain - 1) / grain; }

} // namespace orrery
