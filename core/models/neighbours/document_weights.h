// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/params/param_set.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// How alike two rows are; x and y are their values, 0 where there is none. Rows are items by person, or people by
/// item.
enum class Similarity {
    Cosine,  ///< x.y / (|x| |y|) (Sarwar et al., WWW 2001; of centred ratings: adjusted cosine)
    Jaccard, ///< those that both have / those that either has; the values do not matter
    TfIdf,   ///< cosine of sqrt(x) * idf (Salton & Buckley, IPM 1988)
    Bm25,    ///< x.y of the weights of Okapi BM25 (Robertson & Zaragoza, FnTIR 2009)
};

struct SimilarityConfig {
    Similarity measure = Similarity::Cosine;
    /// Similarities are multiplied by n / (n + shrinkage), n being how many both have (Bell & Koren, ICDM 2007).
    float shrinkage = 0;
    float k1 = 1.2F; ///< of BM25: how soon more of the same counts no more
    float b = .75F;  ///< of BM25: how much long rows are held back, 0 to 1
};

/// The choices of a parameter, in the order of the enumerators.
[[nodiscard]] std::vector<ParamChoice> similarityChoices();

/// What two rows have in common, and what is needed of each.
struct RowPair {
    double dot = 0;
    double together = 0; ///< how many both have
    double inverse = 0;  ///< 1 / |x| * 1 / |y|
    double sizes = 0;    ///< how many x has, plus how many y has
};
/// Inline, as it is asked of every pair.
[[nodiscard]] inline float similarityOf(const SimilarityConfig& config, const RowPair& pair)
{
    double similarity = pair.dot;
    if (config.measure == Similarity::Jaccard)
        similarity = pair.together / (pair.sizes - pair.together);
    else if (config.measure != Similarity::Bm25)
        similarity *= pair.inverse;
    if (config.shrinkage > 0)
        similarity *= pair.together / (pair.together + static_cast<double>(config.shrinkage));
    return static_cast<float>(similarity);
}

/// What values weigh when rows are compared as texts are: rows are documents, columns are words. With N rows, n_c of
/// them with column c, and L a row's sum of values against the mean of the rows that have any:
///     idf   ln(N / (1 + n_c))
///     TfIdf sqrt(x) * idf
///     Bm25  x (k1 + 1) / (k1 (1 - b + b L) + x) * idf
/// For other measures values stay as they are. Immutable.
class DocumentWeights {
public:
    DocumentWeights() = default;
    DocumentWeights(const SparseMatrix& documents, const SimilarityConfig& config);

    /// Whether values are changed at all; then they must be 0 or more.
    [[nodiscard]] bool any() const { return !m_idf.empty(); }
    /// Errors: InvalidArgument where values that are changed are below 0.
    [[nodiscard]] Status check(const SparseMatrix& documents) const;
    /// Of one row.
    void weigh(std::span<const std::uint32_t> columns, std::span<float> values) const;
    /// Of all rows.
    void weigh(SparseMatrix& documents) const;

private:
    SimilarityConfig m_config;
    std::vector<double> m_idf; ///< of each column
    double m_meanLength = 1;
};

/// 1 / |x| of a row; 0 for one of zeros.
[[nodiscard]] double inverseLength(std::span<const float> values);
/// Of each row.
[[nodiscard]] std::vector<double> inverseLengths(const SparseMatrix& rows);

} // namespace orrery
