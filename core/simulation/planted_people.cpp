// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/planted_people.h"

#include "core/simulation/weighted_pick.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery {
namespace {

constexpr std::array<std::string_view, 17> occupations = {
    "administrator", "artist",    "educator",   "engineer",     "executive", "healthcare",
    "homemaker",     "lawyer",    "librarian",  "marketing",    "other",     "programmer",
    "salesperson",   "scientist", "technician", "tradesperson", "writer"};
constexpr std::array<double, 17> occupationWeights = {8, 4, 10, 8, 5, 9, 5, 2, 4, 5, 9, 9, 6, 4, 5, 5, 4};
constexpr std::array<double, 24> hourWeights = {3, 1.5, .7, .4, .3, .3, .5, 1,  1.5, 2,  2.5, 3,
                                                4, 4,   4,  4,  4,  5,  7,  10, 13,  14, 11,  6};

std::string_view drawOccupation(int age, Rng& rng)
{
    static const WeightedPick pick{occupationWeights};
    const double u = rng.uniform();
    const std::string_view work = occupations[pick(rng)];
    if (age < 18 || (age < 26 && u < .6))
        return "student";
    return age >= 64 && u < .8 ? "retired" : work;
}

} // namespace

Who drawWho(Rng& rng)
{
    Who who;
    const double years = 31 * std::exp(.42 * rng.normal());
    who.age = std::clamp(static_cast<int>(years), 13, 85);
    const double u = rng.uniform();
    who.gender = 'X';
    if (u < .98)
        who.gender = u < .48 ? 'F' : 'M';
    who.occupation = drawOccupation(who.age, rng);
    return who;
}

int drawHour(Rng& rng)
{
    static const WeightedPick pick{hourWeights};
    return static_cast<int>(pick(rng));
}

} // namespace orrery
