// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulation/event_world.h"

namespace orrery {

/// A synthetic shop: people of a few segments look at items, lay some of them in the cart and buy some of these.
///
/// Planted dimensions are the departments, three styles of brands, and how dear an item is among its like. A segment
/// has its departments, style and taste for price, and a person of it differs from it a little:
///
///     match(person, item) = taste(department) + .8 taste(style of the brand) + .5 taste(price) * dearness(item)
///     P(item is looked at) ~ e^(appeal + 1.5 match) * newness * (1.3 if promoted), in most visits of one department
///     P(cart | looked at) = logistic(-3.5 + 1.5 match + quality), P(purchase | cart) = logistic(-1.2 + .6 match)
///
/// Each visit is a session on one device, in which an item is viewed before it is laid in the cart, and that before it
/// is bought at the end. Items are added all along (newness falls from 3 to 1 in some weeks), and some are sold out in
/// the end; nothing is viewed before it is added or after it is sold out.
struct ShopPlan {
    std::size_t people = 420;
    std::size_t items = 360;
    std::size_t visits = 1900; ///< about; everybody comes at least once
    double newShare = .35;     ///< of the items, those that are added after the first day
    int days = 180;            ///< from 1 March 2024 (UTC)
    std::uint64_t seed = 1;
};
/// What datasets/shop is made with.
[[nodiscard]] ORRERY_API ShopPlan shopSamplePlan();

/// Items have title, description, category (department, category and kind, from wide to narrow), brand, price, stock,
/// margin (a share of the price), margin tier, promoted (1 or 0), seller, and the second when they were added; people
/// an age and a city. Same plan, same bits, for any number of threads. O(visits x items). Errors: InvalidArgument,
/// Cancelled.
[[nodiscard]] ORRERY_API Result<EventWorld> generateShop(const ShopPlan& plan, const JobContext& job);

} // namespace orrery
