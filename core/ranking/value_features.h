// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/models/event_index.h"
#include "core/ranking/feature_set.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// What is known of a customer at a moment, in the order of the columns; the same for every dataset, all of the group
/// of persons. NaN where there is nothing to tell.
[[nodiscard]] ORRERY_API std::span<const Feature> valueFeatures();
/// Grows when a feature is added or worked out in another way.
inline constexpr int valueFeatureVersion = 1;

/// What people bought and did, in time. Of a moment t only events strictly before t are looked at; days are 24 hours,
/// weekdays and hours UTC. An order is what was bought in one session (visit, basket, invoice); where none is told,
/// with less than half an hour between one purchase and the next. Money is price x value, the price of the event or,
/// where no event tells one, of the catalog; a purchase without a price is 0. What was given back (a value below 0) is
/// taken off when it is given back. Immutable, safe to ask from many threads.
class ORRERY_API CustomerHistory {
public:
    /// Why people's spending cannot be told, in one sentence with the way out; empty when it can. O(events).
    [[nodiscard]] static std::string whyNot(const Dataset& dataset);
    /// Errors: InvalidArgument (whyNot), Cancelled.
    [[nodiscard]] static Result<CustomerHistory> open(const std::shared_ptr<const Dataset>& dataset,
                                                      const JobContext& job);

    [[nodiscard]] const Dataset& dataset() const { return m_index->dataset(); }
    [[nodiscard]] Timestamp first() const { return m_index->first(); }
    [[nodiscard]] Timestamp last() const { return m_index->last(); }
    /// The person's first event with a time; endOfTime where there is none.
    [[nodiscard]] Timestamp firstOf(UserIndex user) const;
    /// The features of a person at `now`, [valueFeatures().size()].
    void fill(UserIndex user, Timestamp now, std::span<float> out) const;
    /// What the person spent in [from, to).
    [[nodiscard]] double spent(UserIndex user, Timestamp from, Timestamp to) const;

private:
    explicit CustomerHistory(std::shared_ptr<const EventIndex> index);
    [[nodiscard]] double moneyOf(std::uint32_t event) const;
    /// The widest category of an item; none: noCategory.
    [[nodiscard]] std::uint32_t categoryOf(ItemIndex item) const;

    static constexpr std::uint32_t noCategory = ~0U;
    std::shared_ptr<const EventIndex> m_index;
    const NumberColumn* m_prices = nullptr; ///< of the catalog, owned by the dataset; null where events tell prices
    const TagColumn* m_categories = nullptr;
};

} // namespace orrery
