// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Which items go together: the source of "frequently bought together", which is similarItems(). With c_ij the people
/// who used both, n_i those of item i and n all people with an entry that counts, an item j is kept for i where c_ij
/// reaches `support`, by
///   count    c_ij
///   lift     n c_ij / (n_i n_j): how many times as often as by chance
///   jaccard  c_ij / (n_i + n_j - c_ij)
///   cosine   c_ij / sqrt(n_i n_j)
/// (Agrawal, Imieliński & Swami, SIGMOD 1993, for support; Brin, Motwani, Ullman & Tsur, SIGMOD 1997, for lift). What
/// the entries are worth does not matter. A history scores an item with the sum over its entries.
/// Errors of fit: Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm coOccurrenceAlgorithm();

} // namespace orrery
