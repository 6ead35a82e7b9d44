// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/warm_start.h"

#include <algorithm>

namespace orrery {
namespace {

constexpr int share = 5;
constexpr int least = 2;

bool fits(MatrixView space, std::size_t factors, std::size_t rows)
{
    return space.cols == factors && space.rows > 0 && space.rows <= rows;
}

} // namespace

int WarmStart::rounds(int anew) const
{
    return empty() ? anew : std::min(anew, std::max(least, (anew + share - 1) / share));
}

WarmStart warmStartFrom(const Model* before, std::size_t factors, std::size_t people, std::size_t items)
{
    if (!before)
        return {};
    const VectorSpace ofItems = before->itemSpace(), ofPeople = before->personSpace();
    if (!fits(ofItems.vectors, factors, items) || !fits(ofPeople.vectors, factors, people))
        return {};
    return {ofPeople.vectors, ofItems.vectors, ofPeople.bias, ofItems.bias};
}

std::span<const float> knownRow(MatrixView space, std::size_t row)
{
    if (row >= space.rows)
        return {};
    const auto vector = space.row(row);
    return std::ranges::any_of(vector, [](float value) { return value != 0; }) ? vector : std::span<const float>();
}

} // namespace orrery
