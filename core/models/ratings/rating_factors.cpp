// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rating_factors.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace orrery {
namespace {

std::vector<double> averagePerson(const Matrix& people, const SparseMatrix& ratings)
{
    std::vector<double> sum(people.cols());
    std::size_t count = 0;
    for (std::size_t person = 0; person < people.rows(); ++person) {
        if (ratings.row(person).size() == 0)
            continue;
        ++count;
        for (std::size_t c = 0; c < sum.size(); ++c)
            sum[c] += static_cast<double>(people.row(person)[c]);
    }
    for (double& value : sum)
        value /= static_cast<double>(std::max<std::size_t>(count, 1));
    return sum;
}

bool allFinite(std::span<const float> values)
{
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

} // namespace

SparseMatrix ratingsToLearn(const Interactions& interactions, std::span<const std::uint8_t> heldOut)
{
    SparseMatrix ratings;
    ratings.columnCount = interactions.items();
    ratings.columns.reserve(interactions.size());
    ratings.values.reserve(interactions.size());
    const auto starts = interactions.starts();
    for (std::size_t person = 0; person < interactions.users(); ++person) {
        for (std::size_t cell = starts[person]; cell < starts[person + 1]; ++cell) {
            if (!heldOut.empty() && heldOut[cell] != 0)
                continue;
            ratings.columns.push_back(interactions.allItems()[cell].value);
            ratings.values.push_back(interactions.allValues()[cell]);
        }
        ratings.starts.push_back(ratings.columns.size());
    }
    return ratings;
}

double meanOf(const SparseMatrix& ratings)
{
    return std::accumulate(ratings.values.begin(), ratings.values.end(), 0.0) /
           static_cast<double>(std::max<std::size_t>(ratings.size(), 1));
}

void centreOnAveragePerson(RatingFactors& factors, const SparseMatrix& ratings)
{
    const double base = std::exchange(factors.mean, meanOf(ratings));
    const std::vector<double> average = averagePerson(factors.people, ratings);
    std::vector<bool> rated(factors.items.rows());
    for (const std::uint32_t item : ratings.columns)
        rated[item] = true;
    for (std::size_t item = 0; item < rated.size(); ++item) {
        if (!rated[item])
            continue;
        const auto row = factors.items.row(item);
        const double taste = std::inner_product(row.begin(), row.end(), average.begin(), 0.0);
        factors.itemBias[item] = static_cast<float>(base - factors.mean + taste);
    }
    for (std::size_t person = 0; person < factors.people.rows(); ++person)
        if (ratings.row(person).size() > 0)
            for (std::size_t c = 0; c < average.size(); ++c)
                factors.people.row(person)[c] -= static_cast<float>(average[c]);
}

bool isFinite(const RatingFactors& factors)
{
    return allFinite(factors.people.all()) && allFinite(factors.items.all()) && allFinite(factors.personBias) &&
           allFinite(factors.itemBias) && allFinite(factors.implicit.all());
}

} // namespace orrery
