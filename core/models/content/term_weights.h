// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sparse_matrix.h"

#include <vector>

namespace orrery {

/// Replaces counts [texts x terms] by TF-IDF (Salton & Buckley, Information Processing & Management 1988):
///     count * idf,  idf = ln((1 + N) / (1 + n)) + 1
/// of N texts, n of which have the term. With `logarithm`, 1 + ln(count) stands for the count.
void weighTfIdf(SparseMatrix& counts, bool logarithm);

struct Bm25Settings {
    float k1 = 1.2F; ///< how fast a repeated term counts less; 0: only whether it is there
    float b = 0.75F; ///< how much long texts are held against them: 0 not at all, 1 in full
};

/// Replaces counts [texts x terms] by BM25's weights (Robertson & Zaragoza, Foundations and Trends in IR 2009):
///     idf * count (k1 + 1) / (count + k1 (1 - b + b length / mean)),  idf = ln(1 + (N - n + .5) / (n + .5))
/// where the length is the sum of a text's counts, and the mean is over texts that are not empty.
void weighBm25(SparseMatrix& counts, const Bm25Settings& settings);

/// Divides each row by its Euclidean length; empty rows stay.
void scaleToUnitLength(SparseMatrix& matrix);

} // namespace orrery
