// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/document_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

double sumOf(std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

double meanLength(const SparseMatrix& documents)
{
    double rows = 0;
    for (std::size_t r = 0; r < documents.rowCount(); ++r)
        rows += documents.row(r).size() > 0 ? 1 : 0;
    const double sum = sumOf(documents.values);
    return sum > 0 ? sum / rows : 1;
}

} // namespace

std::vector<ParamChoice> similarityChoices()
{
    return {{"cosine", "Cosine"}, {"jaccard", "Jaccard"}, {"tf-idf", "TF-IDF"}, {"bm25", "BM25"}};
}

DocumentWeights::DocumentWeights(const SparseMatrix& documents, const SimilarityConfig& config) : m_config(config)
{
    if (config.measure != Similarity::TfIdf && config.measure != Similarity::Bm25)
        return;
    m_meanLength = meanLength(documents);
    m_idf.assign(documents.columnCount, 0);
    for (const std::uint32_t column : documents.columns)
        ++m_idf[column];
    for (double& idf : m_idf)
        idf = std::log(static_cast<double>(documents.rowCount()) / (1 + idf));
}

Status DocumentWeights::check(const SparseMatrix& documents) const
{
    if (!any() || std::ranges::all_of(documents.values, [](float value) { return value >= 0; }))
        return {};
    return error(Code::InvalidArgument, "TF-IDF and BM25 need weights of 0 or more",
                 "Set weighting to binary or value, or similarity to cosine", "weighting");
}

void DocumentWeights::weigh(std::span<const std::uint32_t> columns, std::span<float> values) const
{
    if (!any())
        return;
    const auto k1 = static_cast<double>(m_config.k1), b = static_cast<double>(m_config.b);
    const double held = k1 * (1 - b + b * sumOf(values) / m_meanLength);
    for (std::size_t n = 0; n < values.size(); ++n) {
        const auto x = static_cast<double>(values[n]);
        const double tf = m_config.measure == Similarity::TfIdf ? std::sqrt(x) : x > 0 ? x * (k1 + 1) / (held + x) : 0;
        values[n] = static_cast<float>(tf * m_idf[columns[n]]);
    }
}

void DocumentWeights::weigh(SparseMatrix& documents) const
{
    for (std::size_t r = 0; r < documents.rowCount(); ++r) {
        const auto first = documents.starts[r], count = documents.starts[r + 1] - first;
        weigh(documents.row(r).columns, std::span(documents.values).subspan(first, count));
    }
}

double inverseLength(std::span<const float> values)
{
    double squares = 0;
    for (const float value : values)
        squares += static_cast<double>(value) * static_cast<double>(value);
    return squares > 0 ? 1 / std::sqrt(squares) : 0;
}

std::vector<double> inverseLengths(const SparseMatrix& rows)
{
    std::vector<double> inverses;
    inverses.reserve(rows.rowCount());
    for (std::size_t r = 0; r < rows.rowCount(); ++r)
        inverses.push_back(inverseLength(rows.row(r).values));
    return inverses;
}

} // namespace orrery
