// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/history_weigher.h"
#include "core/models/query.h"
#include "core/params/param_table.h"

#include <cstdint>
#include <vector>

namespace orrery {

/// How a history becomes a profile.
struct ProfileConfig {
    Weighting weighting = Weighting::Value;
    Entries entries = Entries::Liked;
    float halfLife = 365;
};

/// Declares them, with the defaults of `Config`, which derives from ProfileConfig.
template <class Config> ParamTable<Config>& addProfile(ParamTable<Config>& table)
{
    return table
        .choice("entries", "Entries that count",
                "Of ratings: what was liked, or whatever was rated. Counts always count",
                static_cast<Entries Config::*>(&ProfileConfig::entries),
                {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
        .choice("entry-weight", "Weight of an entry",
                "What one entry of a history counts: that it is there, its value, or its value against the person's "
                "mean",
                static_cast<Weighting Config::*>(&ProfileConfig::weighting),
                {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
        .number("half-life", "Half-life in days",
                "An entry so much older than the newest counts half; 1 to 7 for news, a year or more for films",
                static_cast<float Config::*>(&ProfileConfig::halfLife), .01, 36'500, ParamScale::Logarithmic);
}

struct ProfileEntry {
    std::uint32_t item = 0;
    double weight = 0; ///< never 0
};

/// What the entries of a history weigh in the profile of a person. Part of a model; immutable.
class ProfileWeigher {
public:
    ProfileWeigher() = default;
    ProfileWeigher(HistoryWeigher values, double halfLifeInDays) : m_values(values), m_halfLife(halfLifeInDays) {}
    ProfileWeigher(const Dataset& dataset, const ProfileConfig& config)
        : ProfileWeigher(HistoryWeigher(dataset, config.weighting, config.entries),
                         static_cast<double>(config.halfLife))
    {
    }

    /// Weights of HistoryWeigher, halved with each half-life between the entry and the newest of the history; what has
    /// no time was just typed in and is not. Only items below `items`; ascending.
    [[nodiscard]] std::vector<ProfileEntry> weigh(const History& history, std::size_t items) const;

    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ProfileWeigher> load(const Artifact& artifact);

private:
    HistoryWeigher m_values;
    double m_halfLife = 1; ///< days, above 0
};

} // namespace orrery
