// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/data/sittings.h"
#include "core/models/event_index.h"
#include "core/ranking/training_set.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// An item that was used in a sitting, with its label; or one that was only shown.
struct SittingItem {
    ItemIndex item;
    float label = 0;
};

/// One question and what came of it.
struct AskedSitting {
    TrainingQuestion question;
    Query query;
    std::vector<SittingItem> used; ///< by item: all uses from the question on, not in the history
    std::vector<ItemIndex> shown;  ///< by item: shown from the question on, neither used nor in the history
};

/// The sittings that a plan asks about.
class TrainingSittings {
public:
    /// Errors: Cancelled.
    [[nodiscard]] static Result<TrainingSittings> find(const EventIndex& events, const TrainingPlan& plan,
                                                       const JobContext& job);

    [[nodiscard]] std::size_t found() const { return m_found; }
    /// Sittings of training, then those that validate; each in the order of Sittings.
    [[nodiscard]] std::size_t size() const { return m_chosen.size(); }
    [[nodiscard]] std::size_t validFrom() const { return m_validFrom; } ///< place of the first that validates
    /// `rng` chooses whether, and at which, later event it is asked.
    [[nodiscard]] AskedSitting ask(std::size_t place, Rng& rng) const;
    /// Tells one sitting from another, whatever else is drawn.
    [[nodiscard]] std::uint64_t streamOf(std::size_t place) const { return m_chosen[place]; }

private:
    void choose(std::vector<std::size_t> sittings, std::size_t most, Rng rng);
    [[nodiscard]] std::size_t askedFrom(std::span<const std::uint32_t> events, Rng& rng) const;

    const EventIndex* m_events = nullptr;
    TrainingPlan m_plan;
    Sittings m_sittings;
    std::vector<std::size_t> m_chosen;
    std::size_t m_found = 0, m_validFrom = 0;
};

/// Draws items by how often they were used before a moment.
class PopularDraw {
public:
    explicit PopularDraw(const EventIndex& events);
    /// ItemIndex::none() where nothing was used before now.
    [[nodiscard]] ItemIndex draw(Timestamp now, Rng& rng) const;

private:
    const EventLog* m_log;
    std::vector<std::uint32_t> m_uses; ///< events that count, in the order of time
};

} // namespace orrery
