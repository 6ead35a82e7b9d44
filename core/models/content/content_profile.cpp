// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/content_profile.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr double secondsOfADay = 86'400;

/// Of the entries that have a time; noTime where none has.
Timestamp newestOf(const std::vector<const HistoryEntry*>& entries)
{
    Timestamp newest = noTime;
    for (const HistoryEntry* entry : entries)
        newest = std::max(newest, entry->at);
    return newest;
}

/// As doubles: any two moments can be told apart without an overflow.
double daysBetween(Timestamp from, Timestamp to)
{
    return (static_cast<double>(to) - static_cast<double>(from)) / secondsOfADay;
}

} // namespace

std::vector<ProfileEntry> ProfileWeigher::weigh(const History& history, std::size_t items) const
{
    std::vector<const HistoryEntry*> known;
    std::vector<float> values;
    for (const HistoryEntry& entry : history)
        if (entry.item.value < items) {
            known.push_back(&entry);
            values.push_back(entry.value);
        }
    const auto weights = m_values.weigh(values);
    const Timestamp newest = newestOf(known);
    std::vector<ProfileEntry> entries;
    for (std::size_t n = 0; n < known.size(); ++n) {
        const double age = known[n]->at == noTime ? 0 : daysBetween(known[n]->at, newest);
        const double weight = static_cast<double>(weights[n].value_or(0)) * std::exp2(-age / m_halfLife);
        if (weight != 0)
            entries.push_back({known[n]->item.value, weight});
    }
    return entries;
}

void ProfileWeigher::save(Artifact& artifact) const
{
    m_values.save(artifact);
    artifact.putNumber("half-life", m_halfLife);
}

Result<ProfileWeigher> ProfileWeigher::load(const Artifact& artifact)
{
    const auto values = HistoryWeigher::load(artifact);
    if (!values)
        return tl::unexpected(values.error());
    const auto halfLife = artifact.number("half-life");
    if (!halfLife)
        return tl::unexpected(halfLife.error());
    if (!(*halfLife > 0))
        return error(Code::Corrupt, "The stored half-life is not above 0", "Train the model again", "half-life");
    return ProfileWeigher(*values, *halfLife);
}

} // namespace orrery
