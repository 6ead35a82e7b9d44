// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Recommends what is like the history in its words, tags and numbers. With item vectors v (content_features.h) and
/// weights w of the entries of a history (content_profile.h):
///     profile = sum over j of w_j v_j,   score(i) = <profile, v_i> / |profile|
/// which is a cosine where item vectors have length one. An item that shares nothing with the profile gets its
/// popularity, on a scale below. Terms: w_j <v_j, v_i> / |profile| for each entry j, with the features that add most to
/// it as their label; or, asked for by the parameter `reasons`, profile_f v_if / |profile| for each feature f. Items
/// nobody used are like any other. Item vectors: sparse float32; sums in double, in ascending order everywhere.
/// Errors: those of contentFeatures; InvalidArgument where nothing is left to compare items by.
[[nodiscard]] Algorithm contentAlgorithm();

} // namespace orrery
