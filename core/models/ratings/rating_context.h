// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/models/context/segments.h"
#include "core/models/ratings/side_features.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

class Artifact;

/// The circumstances as features of ratings: weekdays, then parts of the day, then devices, then places, as far as the
/// data tells them. Features of one kind exclude each other.
class ContextFeatures {
public:
    ContextFeatures() = default; ///< none
    explicit ContextFeatures(const EventLog& log);

    [[nodiscard]] std::span<const Segments> kinds() const { return m_kinds; }
    [[nodiscard]] std::size_t count() const { return m_firsts.back(); }
    /// The first feature of a kind; of kinds().size(): count().
    [[nodiscard]] std::size_t first(std::size_t kind) const { return m_firsts[kind]; }
    /// Those that are true of the circumstances of a query, or of a moment.
    [[nodiscard]] std::vector<std::size_t> of(const Facts& context) const;
    /// "on Saturdays", "in the evening".
    [[nodiscard]] std::string name(std::size_t feature) const;

    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ContextFeatures> load(const Artifact& artifact);

private:
    void add(Segments kind);

    std::vector<Segments> m_kinds;
    std::vector<std::size_t> m_firsts{0}; ///< kinds + 1
};

/// When, on what and where ratings were given: each belongs to a setting, which is all its circumstances together.
struct RatingContext {
    ContextFeatures features;
    std::vector<std::uint16_t> settings; ///< of each rating, as the interactions are ordered; empty: nothing is known
    std::size_t settingCount = 0;
    SideFeatures ofSettings; ///< rows are settings

    [[nodiscard]] bool any() const { return !settings.empty(); }
};

/// Of interactions without times, devices and places there is none.
[[nodiscard]] RatingContext ratingContextOf(const Dataset& dataset);
/// Of each feature, the share of the ratings that have it, of those that have one of its kind; zeros where none has.
[[nodiscard]] std::vector<double> contextSharesOf(const RatingContext& context);

} // namespace orrery
