// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Vector session kNN (Ludewig & Jannach, UMUAI 2018: V-SKNN). The newest entries of a history, weighted by recency,
/// are compared with all sessions of training that share one of them (the newest of these, so that a query stays
/// cheap). Of the most similar sessions each adds its similarity, times the weight of the newest entry it shares, to
/// all of its items. Since the similarity of a session is itself a sum over the entries it shares, each entry of the
/// history has its exact share of every score.
[[nodiscard]] Algorithm sessionKnnAlgorithm();

} // namespace orrery
