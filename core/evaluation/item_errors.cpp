// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/item_errors.h"

#include "core/base/parallel.h"
#include "core/models/query.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t mostPeople = 2000, peoplePerTask = 8;

struct ItemError {
    ItemIndex item;
    double error = 0;
};

/// Those who have something to be judged by, spread evenly.
std::vector<UserIndex> judgesOf(const Interactions& interactions, Timestamp asOf)
{
    std::vector<UserIndex> people;
    for (std::uint32_t user = 0; user < interactions.users(); ++user)
        if (std::ranges::any_of(interactions.row(UserIndex{user}).times, [=](Timestamp at) { return at >= asOf; }))
            people.push_back(UserIndex{user});
    if (people.size() <= mostPeople)
        return people;
    std::vector<UserIndex> spread;
    for (std::size_t i = 0; i < mostPeople; ++i)
        spread.push_back(people[i * people.size() / mostPeople]);
    return spread;
}

/// The share of the items outside the history that score above, half of equal ones.
double placeOf(float score, std::span<const float> sorted)
{
    const auto first = std::lower_bound(sorted.begin(), sorted.end(), score);
    const auto last = std::upper_bound(first, sorted.end(), score);
    const auto above = static_cast<double>(sorted.end() - last);
    const double equal = static_cast<double>(last - first) - 1; // without itself
    return sorted.size() > 1 ? (above + equal / 2) / static_cast<double>(sorted.size() - 1) : 0;
}

std::vector<ItemError> errorsOf(const Model& model, const Dataset& dataset, UserIndex user, Timestamp asOf)
{
    const Query query = queryFor(dataset, user, asOf);
    const auto reader = model.read(query);
    const auto row = dataset.interactions().row(user);
    const bool rates = model.scale() == Scale::Rating;
    std::vector<float> scores(model.itemCount());
    reader->scoreAll(scores);
    std::vector<float> others = rates ? std::vector<float>{} : scores;
    for (const HistoryEntry& entry : query.history)
        if (!others.empty() && entry.item.value < others.size())
            others[entry.item.value] = std::numeric_limits<float>::quiet_NaN();
    std::erase_if(others, [](float score) { return std::isnan(score); });
    std::ranges::sort(others);
    std::vector<ItemError> errors;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row.times[i] < asOf || row.items[i].value >= scores.size() || std::isnan(scores[row.items[i].value]))
            continue;
        const float score = scores[row.items[i].value];
        const float shown = std::clamp(score, dataset.ratingLow(), std::max(dataset.ratingLow(), dataset.ratingHigh()));
        errors.push_back({row.items[i], rates
                                            ? std::abs(static_cast<double>(shown) - static_cast<double>(row.values[i]))
                                            : placeOf(score, others)});
    }
    return errors;
}

} // namespace

Result<std::vector<float>> heldOutErrors(const Model& model, const Dataset& dataset, Timestamp asOf,
                                         const JobContext& job)
{
    const auto people = judgesOf(dataset.interactions(), asOf);
    if (people.empty())
        return error(Code::InvalidArgument, "There are no events that the model has not seen",
                     "Train it with an as-of date before the last events");
    std::vector<std::vector<ItemError>> ofPeople(people.size());
    const auto done = parallelFor(job, people.size(), peoplePerTask, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            ofPeople[i] = errorsOf(model, dataset, people[i], asOf);
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<double> sums(dataset.itemCount(), 0), counts(dataset.itemCount(), 0);
    for (const auto& errors : ofPeople)
        for (const ItemError& one : errors) {
            sums[one.item.value] += one.error;
            ++counts[one.item.value];
        }
    std::vector<float> means(sums.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t item = 0; item < means.size(); ++item)
        if (counts[item] > 0)
            means[item] = static_cast<float>(sums[item] / counts[item]);
    return means;
}

} // namespace orrery
