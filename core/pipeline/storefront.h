// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/bought_together.h"
#include "core/pipeline/recommender.h"
#include "core/pipeline/visit.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// The shelves of a shop's or a page's pages.
enum class ShelfKind { ForYou, BecauseYouViewed, BoughtTogether, Similar, Trending, NewArrivals };
[[nodiscard]] ORRERY_API std::string_view idOf(ShelfKind kind); ///< "for-you", "bought-together", ...

struct ShelfItem {
    ItemIndex item;
    std::string why; ///< "in 34 of 210 baskets with it, 5.2 times chance"; may be empty
};

/// A row of items under one heading.
struct Shelf {
    ShelfKind kind = ShelfKind::ForYou;
    std::string title;  ///< "Because you viewed Heat (1995)"
    std::string source; ///< who chose them: "Implicit ALS", "baskets", "last 3 days"
    std::string note;   ///< why it is empty or falls back to something; else empty
    std::vector<ShelfItem> items;
};

/// A page and who looks at it.
struct ShopPage {
    enum class Kind { Home, Product, Cart };
    Kind kind = Kind::Home;
    std::optional<ItemIndex> product = {}; ///< of a product page
    Query visitor = {};                    ///< without the visit
    Visit visit = {};
    Timestamp now = endOfTime; ///< nothing later is known
    std::size_t each = 12;     ///< items of a shelf
};

/// What the shelves of a dataset are filled from, beside a recommender; made once. Immutable, safe to ask from many
/// threads.
class ORRERY_API Storefront {
public:
    /// O(events log events); about 44 bytes an event. Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const Storefront>> open(std::shared_ptr<const Dataset> dataset,
                                                                        const JobContext& job);

    /// Home: because you viewed (where something was), for you, trending, new. Product: bought together, similar,
    /// because you viewed something else. Cart: bought together with all of it, for you. No item stands on a page twice
    /// (the first shelf has it), nor what is sold out, hidden by the visit or the page's product. Shelves:
    ///   for you             the recommender's list for the visitor and the visit
    ///   because you viewed  what others did in one sitting with what was viewed last (Baskets, Seen)
    ///   bought together     Baskets, Bought
    ///   similar             similarItems() of the recommender's model; of a model without, as because you viewed
    ///   trending            (r - e) / sqrt(e + 1): r the events of an item that count by their kind, halved with every
    ///                       halfLife() that has passed, e what r would be if all of its events before now were spread
    ///                       evenly from the first one; the visit's events are among them
    ///   new                 by the catalog's date, else by the first event, newest first
    /// Events of others after `now` are not known. Errors: Cancelled.
    [[nodiscard]] Result<std::vector<Shelf>> shelves(const ShopPage& page, const Recommender& recommender,
                                                     const JobContext& job) const;

    /// What everybody did in some time.
    struct Traffic {
        std::size_t events = 0; ///< that count by their kind
        std::size_t people = 0;
        std::optional<ItemIndex> busiest; ///< of the most events; of equals the first of the catalog
    };
    /// From `from` on, and before `to`. O(log of all events, and the events of that time).
    [[nodiscard]] Traffic traffic(Timestamp from, Timestamp to) const;

    /// Of trends: a fiftieth of the time that the events cover, an hour at least.
    [[nodiscard]] Timestamp halfLife() const { return m_halfLife; }
    [[nodiscard]] Timestamp added(ItemIndex item) const { return m_added[item.value]; } ///< noTime: not known
    [[nodiscard]] bool soldOut(ItemIndex item) const { return m_soldOut[item.value]; }
    [[nodiscard]] Timestamp first() const { return m_firstEvent; } ///< noTime: no event has a time
    [[nodiscard]] Timestamp last() const { return m_lastEvent; }
    [[nodiscard]] const Baskets& bought() const { return *m_bought; }
    [[nodiscard]] const Dataset& dataset() const { return *m_dataset; }

private:
    class Filler;
    void takeEvents();
    void takeCatalog();
    struct Trend {
        double above = 0; ///< (r - e) / sqrt(e + 1)
        double times = 0; ///< r / e
    };
    [[nodiscard]] std::vector<Trend> trendsAt(Timestamp now, const Visit& visit) const;

    std::shared_ptr<const Dataset> m_dataset;
    std::shared_ptr<const Baskets> m_bought, m_seen;
    std::vector<std::uint32_t> m_byTime; ///< events with a time that count, oldest first
    std::vector<std::uint64_t> m_itemStarts{0};
    std::vector<std::uint32_t> m_places; ///< of each item, the places of its events in m_byTime, ascending
    std::vector<Timestamp> m_added, m_first;
    std::vector<std::uint32_t> m_byAge; ///< items with a date, newest first
    std::vector<bool> m_soldOut;
    Timestamp m_halfLife = 0, m_firstEvent = noTime, m_lastEvent = noTime;
};

} // namespace orrery
