// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/als_fixtures.h"

#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace orrery::testing {
namespace {

/// Gauss-Jordan with pivoting.
Dense inverse(Dense a)
{
    const std::size_t n = a.size();
    for (std::size_t i = 0; i < n; ++i) {
        a[i].resize(2 * n, 0.0);
        a[i][n + i] = 1;
    }
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t pivot = i;
        for (std::size_t r = i; r < n; ++r)
            pivot = std::abs(a[r][i]) > std::abs(a[pivot][i]) ? r : pivot;
        std::swap(a[i], a[pivot]);
        const double scale = a[i][i];
        for (double& value : a[i])
            value /= scale;
        for (std::size_t r = 0; r < n; ++r) {
            const double factor = r == i ? 0 : a[r][i];
            for (std::size_t c = 0; c < 2 * n; ++c)
                a[r][c] -= factor * a[i][c];
        }
    }
    for (auto& row : a)
        row.erase(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n));
    return a;
}

} // namespace

double product(std::span<const float> a, std::span<const double> b)
{
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += static_cast<double>(a[d]) * b[d];
    return sum;
}

Dense personInverse(MatrixView items, std::span<const double> weights, double lambda)
{
    Dense a(items.cols, std::vector<double>(items.cols, 0.0));
    for (std::size_t i = 0; i < items.rows; ++i)
        for (std::size_t d = 0; d < items.cols; ++d)
            for (std::size_t e = 0; e < items.cols; ++e)
                a[d][e] +=
                    (1 + weights[i]) * static_cast<double>(items.row(i)[d]) * static_cast<double>(items.row(i)[e]);
    for (std::size_t d = 0; d < items.cols; ++d)
        a[d][d] += lambda;
    return inverse(a);
}

double largestDifference(std::span<const float> a, std::span<const float> b)
{
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, static_cast<double>(std::abs(a[i] - b[i])));
    return a.size() == b.size() ? most : INFINITY;
}

ParamSet alsSettings(std::vector<std::string> assignments)
{
    return parseAssignments(findAlgorithm("implicit-als")->params, assignments).value();
}

ModelPtr fittedAls(const std::shared_ptr<const Dataset>& dataset, std::vector<std::string> assignments,
                   const JobContext& job)
{
    const auto model = train(*findAlgorithm("implicit-als"), {dataset}, alsSettings(std::move(assignments)), job);
    return model ? *model : throw std::runtime_error(model.error().text());
}

std::shared_ptr<const Dataset> fiveFilms()
{
    return DatasetBuilder{}
        .row("ann", "A:5 B:4 C:1")
        .row("bob", "B:5 C:4 D:2")
        .row("cat", "A:4 C:5 D:5")
        .row("dan", "D:4 E:5 A:4.5")
        .build();
}

} // namespace orrery::testing
