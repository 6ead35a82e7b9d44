// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/value_rows.h"

#include "core/base/parallel.h"
#include "core/data/time_distance.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp day = 86'400;
constexpr std::size_t mostCuts = 60, peoplePerCheck = 16'384;

/// Moves the cuts of `from` whose labels end before `next` starts to the front; the others are left out.
void keepApart(std::vector<Timestamp>& from, const std::vector<Timestamp>& next, Timestamp reach)
{
    std::erase_if(from, [&](Timestamp cut) { return cut + reach > next.front(); });
}

Status aliveAt(std::size_t person, const JobContext& job)
{
    return person % peoplePerCheck == 0 ? job.check() : Status();
}

} // namespace

Result<ValueCuts> planValueCuts(Timestamp first, Timestamp end, int days, int stepDays)
{
    const std::uint64_t span = distanceOf(first, end);
    const Timestamp reach = days * day, step = stepDays * day;
    const Timestamp start = first + std::min(static_cast<Timestamp>(span / 10), 30 * day);
    std::vector<Timestamp> all;
    for (Timestamp cut = earlierBy(end, reach); cut > start && all.size() < mostCuts; cut = earlierBy(cut, step))
        all.push_back(cut);
    std::ranges::reverse(all);
    const std::size_t held = std::max<std::size_t>(1, all.size() / 5);
    ValueCuts cuts;
    if (all.size() >= 3) {
        cuts.test.assign(all.end() - static_cast<std::ptrdiff_t>(held), all.end());
        cuts.validation.assign(all.end() - static_cast<std::ptrdiff_t>(2 * held),
                               all.end() - static_cast<std::ptrdiff_t>(held));
        cuts.train.assign(all.begin(), all.end() - static_cast<std::ptrdiff_t>(2 * held));
        keepApart(cuts.validation, cuts.test, reach);
        if (!cuts.validation.empty())
            keepApart(cuts.train, cuts.validation, reach);
    }
    if (cuts.train.empty() || cuts.validation.empty())
        return error(Code::InvalidArgument,
                     fmt::format("{} days of events are too few to learn and to judge what is spent in {} days",
                                 span / static_cast<std::uint64_t>(day), days),
                     "Ask for fewer days, or bring a longer time");
    return cuts;
}

Result<ValueRows> valueRowsOf(const CustomerHistory& history, std::span<const Timestamp> cuts, const ValueLabel& label,
                              std::size_t mostRows, const JobContext& job)
{
    const std::size_t people = history.dataset().personCount();
    std::vector<Timestamp> firsts(people);
    for (std::size_t p = 0; p < people; ++p) {
        if (const auto alive = aliveAt(p, job); !alive)
            return tl::unexpected(alive.error());
        firsts[p] = history.firstOf(UserIndex{static_cast<std::uint32_t>(p)});
    }
    std::size_t all = 0;
    for (const Timestamp cut : cuts) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        all += static_cast<std::size_t>(std::ranges::count_if(firsts, [cut](Timestamp at) { return at < cut; }));
    }
    const double share = all > mostRows ? static_cast<double>(mostRows) / static_cast<double>(all) : 1;
    Rng rng = job.rng("value.rows");
    ValueRows out;
    for (const Timestamp cut : cuts)
        for (std::size_t p = 0; p < people; ++p) {
            if (const auto alive = aliveAt(p, job); !alive)
                return tl::unexpected(alive.error());
            if (firsts[p] < cut && (share == 1 || rng.uniform() < share)) {
                out.users.push_back(UserIndex{static_cast<std::uint32_t>(p)});
                out.cuts.push_back(cut);
            }
        }
    out.rows.features = Matrix::unset(out.users.size(), valueFeatures().size());
    out.rows.labels.resize(out.users.size());
    const auto filled = parallelFor(job, out.users.size(), 256, [&](std::size_t first, std::size_t last) {
        for (std::size_t r = first; r < last && !job.cancelled(); ++r) {
            history.fill(out.users[r], out.cuts[r], out.rows.features.row(r));
            const double spent = history.spent(out.users[r], out.cuts[r], out.cuts[r] + label.days * day);
            out.rows.labels[r] = spent > label.moreThan ? 1.F : 0.F;
        }
    });
    if (!filled)
        return tl::unexpected(filled.error());
    return out;
}

} // namespace orrery
