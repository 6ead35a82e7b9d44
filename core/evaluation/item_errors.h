// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/data/dataset.h"
#include "core/models/model.h"

#include <vector>

namespace orrery {

/// How far off a model is about each item, on the events at or after `asOf`, which it must not have been trained on; of
/// at most 2,000 people, spread evenly. Of ratings the mean of |prediction - rating|, predictions kept on the scale. Of
/// other scores, for those who came to the item by themselves, the mean share of all other items that the model would
/// have put before it: 0 at the top, 1 at the end, .5 by chance (the rank of Hu, Koren & Volinsky, ICDM 2008, item by
/// item); equal scores count half. NaN of items nobody came to. The same bits on any number of threads.
/// Errors: InvalidArgument without events from then on, Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<float>> heldOutErrors(const Model& model, const Dataset& dataset,
                                                                  Timestamp asOf, const JobContext& job);

} // namespace orrery
