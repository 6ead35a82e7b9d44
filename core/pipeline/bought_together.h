// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

/// An item and how often it was in one basket with another.
struct Together {
    ItemIndex item;
    std::uint32_t both = 0;    ///< support: baskets that hold both
    std::uint32_t baskets = 0; ///< that hold the item
    double lift = 0;           ///< N both / (n_i n_j): how many times as often as by chance; N baskets in all
    double evidence = 0;       ///< that it is not chance: G^2, see Baskets::with()
    ItemIndex with = {};       ///< what it goes with
};

/// What was bought, or at least looked at, at one time by one person. Immutable, safe to ask from many threads.
class ORRERY_API Baskets {
public:
    enum class What {
        Bought, ///< purchases; where there are none what was put into carts; else as Seen
        Seen,   ///< every event that counts (KindWeights above 0); of ratings what was liked
    };
    /// A basket holds the items of one sitting (sittings.h), each once. 8 bytes an item of a basket.
    /// Errors: Cancelled.
    [[nodiscard]] static Result<Baskets> collect(const Dataset& dataset, What what, const JobContext& job);

    [[nodiscard]] std::size_t size() const { return m_starts.size() - 1; }
    [[nodiscard]] EventKind kind() const { return m_kind; } ///< Purchase or Cart; else events of any kind
    [[nodiscard]] std::uint32_t of(ItemIndex item) const;   ///< baskets that hold it

    /// At most n items that share at least `support` baskets with `item` and more than chance would have it, those with
    /// the strongest evidence first, ties by item. Evidence is the log-likelihood ratio G^2 of the four counts with and
    /// without each (Dunning, "Accurate methods for the statistics of surprise and coincidence", 1993): unlike lift it
    /// does not put what was bought once before all else. O(items in the baskets of `item`).
    [[nodiscard]] std::vector<Together> with(ItemIndex item, std::size_t n, std::uint32_t support = 3) const;
    /// The same for a cart: an item's evidence is that with each of the cart's added up, `with` is the strongest.
    [[nodiscard]] std::vector<Together> withAll(std::span<const ItemIndex> cart, std::size_t n,
                                                std::uint32_t support = 3) const;

private:
    [[nodiscard]] std::vector<Together> partners(ItemIndex item, std::uint32_t support) const;
    [[nodiscard]] std::span<const std::uint32_t> basketsOf(ItemIndex item) const;

    EventKind m_kind = EventKind::Rating;
    std::vector<std::uint64_t> m_starts{0}; ///< baskets + 1 entries into m_items
    std::vector<ItemIndex> m_items;         ///< of each basket, ascending
    std::vector<std::uint64_t> m_itemStarts{0};
    std::vector<std::uint32_t> m_baskets; ///< of each item, ascending
};

/// The log-likelihood ratio G^2 of two events of n: a and b times each, both together `both` times. 0 by chance.
[[nodiscard]] ORRERY_API double logLikelihoodRatio(double both, double a, double b, double n);

} // namespace orrery
