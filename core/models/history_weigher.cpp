// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/history_weigher.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double damping = 5;

double meanOf(std::span<const float> values)
{
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value);
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

float smallestThatCounts(const Dataset& dataset, Entries entries)
{
    return entries == Entries::All ? std::numeric_limits<float>::lowest() : dataset.likedFrom();
}

} // namespace

HistoryWeigher::HistoryWeigher(const Dataset& dataset, Weighting weighting, Entries entries)
    : m_weighting(weighting), m_from(smallestThatCounts(dataset, entries)),
      m_mean(meanOf(dataset.interactions().allValues()))
{
}

std::vector<std::optional<float>> HistoryWeigher::weigh(std::span<const float> values) const
{
    const double centre = m_weighting == Weighting::Centred ? centreOf(values) : 0;
    std::vector<std::optional<float>> weights;
    weights.reserve(values.size());
    for (const float value : values)
        if (value >= m_from)
            weights.emplace_back(
                m_weighting == Weighting::Binary ? 1.F : static_cast<float>(static_cast<double>(value) - centre));
        else
            weights.emplace_back();
    return weights;
}

double HistoryWeigher::centreOf(std::span<const float> values) const
{
    double sum = damping * m_mean;
    for (const float value : values)
        sum += static_cast<double>(value);
    return sum / (damping + static_cast<double>(values.size()));
}

void HistoryWeigher::save(Artifact& artifact) const
{
    artifact.putNumber("weighting", static_cast<double>(m_weighting));
    artifact.putNumber("from", static_cast<double>(m_from));
    artifact.putNumber("mean", m_mean);
}

Result<HistoryWeigher> HistoryWeigher::load(const Artifact& artifact)
{
    const auto weighting = artifact.number("weighting");
    const auto from = artifact.number("from");
    const auto mean = artifact.number("mean");
    for (const auto* number : {&weighting, &from, &mean})
        if (!*number)
            return tl::unexpected(number->error());
    if (*weighting != 0 && *weighting != 1 && *weighting != 2)
        return error(Code::Corrupt, fmt::format("The stored model has an unknown weighting {}", *weighting),
                     "Train the model again", "weighting");
    return HistoryWeigher(static_cast<Weighting>(static_cast<int>(*weighting)), static_cast<float>(*from), *mean);
}

WeighedHistory weighedHistory(const History& history, std::size_t items, const HistoryWeigher& weigher)
{
    std::vector<std::uint32_t> known;
    std::vector<float> values;
    for (const HistoryEntry& entry : history)
        if (entry.item.value < items) {
            known.push_back(entry.item.value);
            values.push_back(entry.value);
        }
    const auto weights = weigher.weigh(values);
    WeighedHistory weighed;
    for (std::size_t i = 0; i < known.size(); ++i)
        if (weights[i].value_or(0) != 0) {
            weighed.items.push_back(known[i]);
            weighed.weights.push_back(*weights[i]);
        }
    return weighed;
}

Result<SparseMatrix> weightedMatrix(const Interactions& interactions, const HistoryWeigher& weigher)
{
    SparseMatrix matrix;
    matrix.columnCount = interactions.items();
    matrix.starts.reserve(interactions.users() + 1);
    matrix.columns.reserve(interactions.size());
    matrix.values.reserve(interactions.size());
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const auto row = interactions.row(UserIndex{user});
        const auto weights = weigher.weigh(row.values);
        for (std::size_t i = 0; i < row.size(); ++i)
            if (weights[i]) {
                matrix.columns.push_back(row.items[i].value);
                matrix.values.push_back(*weights[i]);
            }
        matrix.starts.push_back(matrix.columns.size());
    }
    if (matrix.size() == 0)
        return error(Code::InvalidArgument, fmt::format("No rating is {:g} or higher", weigher.from()),
                     "Set entries to all, so that every rating counts", "entries");
    return matrix;
}

} // namespace orrery
