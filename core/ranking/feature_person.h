// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/feature_columns.h"
#include "core/ranking/feature_tables.h"
#include "core/ranking/feature_view.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// How often, and when last, items of one group (a category, a brand) were used.
struct GroupUse {
    std::uint32_t group = 0, items = 0, bought = 0;
    Timestamp newest = noTime;
};

/// Uses by group, ascending.
class GroupUses {
public:
    void add(std::uint32_t group, bool bought, Timestamp at);
    void close(); ///< after the last add()
    /// Null where the group was not used.
    [[nodiscard]] const GroupUse* of(std::uint32_t group) const;
    [[nodiscard]] std::size_t size() const { return m_uses.size(); }
    [[nodiscard]] std::uint32_t most() const; ///< items of the group with the most
    [[nodiscard]] std::uint32_t all() const;  ///< items of all groups

private:
    std::vector<GroupUse> m_uses;
};

/// What whoever asks did with an item, by the log and by the visit.
struct OwnItem {
    ItemIndex item;
    std::uint32_t uses = 0, shown = 0;
    bool bought = false;
};

/// All that the features of a request have in common, worked out once: everything before its moment.
class FeaturePerson {
public:
    static constexpr std::size_t newestCount = 20;

    FeaturePerson(const FeatureTables& tables, const FeatureRequest& request);

    [[nodiscard]] Timestamp now() const { return m_now; }
    /// Days from a moment to now; NaN where one of them is not known.
    [[nodiscard]] float daysSince(Timestamp at) const;
    /// Features of the person and of the circumstances.
    void write(FeatureRow row) const;

    [[nodiscard]] std::size_t historySize() const { return m_history.size(); }
    [[nodiscard]] const HistoryEntry* entryOf(ItemIndex item) const; ///< null: not in the history
    [[nodiscard]] const OwnItem* ownOf(ItemIndex item) const;        ///< null: nothing was done with it
    [[nodiscard]] const GroupUses& uses(ItemGroup group) const { return m_uses[static_cast<std::size_t>(group)]; }
    /// The newest items of the history, newest first; of equal times those of the larger value, then the lower item.
    [[nodiscard]] std::span<const ItemIndex> newest() const { return m_newest; }
    [[nodiscard]] float usualLogPrice() const { return m_logPrice; } ///< NaN: not known
    [[nodiscard]] float usualPopularity() const { return m_popularity; }
    [[nodiscard]] std::span<const ItemIndex> session() const { return m_session; } ///< items of the visit's events

private:
    void takeMoment(const FeatureRequest& request);
    void takeHistory(const Query& query);
    void takeSession(const FeatureRequest& request);
    void takeOwn(const FeatureRequest& request);
    void takeLoggedSession(UserIndex user);
    void takeSessionOfHistory();
    void takeGroups();
    void takeNewest();
    void takePrices();
    [[nodiscard]] double secondsSince(Timestamp at) const;
    void writePerson(FeatureRow row) const;
    void writeCircumstances(FeatureRow row) const;
    [[nodiscard]] bool bought(ItemIndex item) const;

    const FeatureTables& m_tables;
    Timestamp m_now = endOfTime; ///< endOfTime: no moment is known
    float m_device;
    std::vector<HistoryEntry> m_history; ///< by item
    std::vector<OwnItem> m_own;          ///< by item
    std::array<GroupUses, itemGroupCount> m_uses;
    std::size_t m_inCategories = 0; ///< items of the history with a category
    std::vector<ItemIndex> m_newest, m_session;
    Timestamp m_sessionStart = noTime;
    float m_logPrice, m_priceSpread, m_popularity;
};

} // namespace orrery
