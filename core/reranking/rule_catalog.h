// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/data/catalog_facts.h"
#include "core/data/dataset.h"
#include "core/models/event_index.h"
#include "core/models/query.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// What rules look at of the items of a dataset, found once: what its catalog says (CatalogFacts), and its events.
/// Immutable, safe to ask from many threads; items beyond the catalog are known by nothing.
class ORRERY_API RuleCatalog {
public:
    /// `vectors`: [items x length], for diversity; copied with every row at length 1 (rows of zeros stay so and are
    /// like nothing). Without, the first of the dataset's own columns of vectors. Memory: about 60 bytes an item, those
    /// vectors, and 8 bytes a click with a position, beside the events. Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const RuleCatalog>>
    open(std::shared_ptr<const EventIndex> events, const JobContext& job, MatrixView vectors = {});
    /// The same with an index of its own.
    [[nodiscard]] static Result<std::shared_ptr<const RuleCatalog>>
    open(std::shared_ptr<const Dataset> dataset, const JobContext& job, MatrixView vectors = {});

    /// The same with segments that people were put in beside what the dataset says of them: columns of tags, row r is
    /// person r. Null: none. O(items + events).
    [[nodiscard]] std::shared_ptr<const RuleCatalog> withSegments(std::shared_ptr<const AttributeTable> segments) const;
    [[nodiscard]] const std::shared_ptr<const AttributeTable>& segments() const { return m_segments; }
    /// "likely to spend more than 100 in 7 days", "yes".
    [[nodiscard]] Facts segmentsOf(UserIndex user) const;

    [[nodiscard]] const Dataset& dataset() const { return m_events->dataset(); }
    [[nodiscard]] std::size_t size() const { return m_facts->size(); }

    /// noGroup where it is not known.
    [[nodiscard]] std::uint32_t groupOf(ItemGroup group, ItemIndex item) const { return (*m_facts)[item][group]; }
    [[nodiscard]] std::size_t groupCount(ItemGroup group) const { return m_facts->groupCount(group); }
    [[nodiscard]] std::string_view nameOf(ItemGroup group, std::uint32_t index) const
    {
        return m_facts->nameOf(group, index);
    }
    /// All categories of an item, ascending, each once; numbers of names in nameOf(ItemGroup::Category, ...).
    [[nodiscard]] std::span<const std::uint32_t> categoriesOf(ItemIndex item) const
    {
        return m_facts->categoriesOf(item);
    }

    [[nodiscard]] bool soldOut(ItemIndex item) const { return (*m_facts)[item].soldOut; }
    [[nodiscard]] bool promoted(ItemIndex item) const { return (*m_facts)[item].promoted; }
    /// ItemFacts::marginRank; 1 where it is not known.
    [[nodiscard]] float marginRank(ItemIndex item) const
    {
        const float rank = (*m_facts)[item].marginRank;
        return std::isnan(rank) ? 1 : rank;
    }
    /// ItemFacts::margin: what it earns; NaN: not known.
    [[nodiscard]] float marginOf(ItemIndex item) const { return (*m_facts)[item].margin; }
    [[nodiscard]] bool hasMargins() const { return m_facts->hasMargins(); } ///< of any item
    /// When it came: by the catalog's date, else by its first event; noTime where nothing tells.
    [[nodiscard]] Timestamp added(ItemIndex item) const { return item.value < size() ? m_added[item.value] : noTime; }
    [[nodiscard]] Timestamp medianAdded() const { return m_medianAdded; } ///< noTime when no item has a date
    /// The latest event; what `now` is where a question says endOfTime. noTime when no event has a time.
    [[nodiscard]] Timestamp lastEvent() const { return m_lastEvent; }

    /// Items the person bought before `now`, ascending. Where nobody bought anything (ratings), none.
    /// O(events of the person).
    [[nodiscard]] std::vector<ItemIndex> purchasesOf(UserIndex user, Timestamp now) const;

    /// How often an item was used before `now`. O(log uses).
    [[nodiscard]] std::size_t usesOf(ItemIndex item, Timestamp now) const
    {
        return m_events->countBefore(EventIndex::Use::All, item, now);
    }

    /// By item: mean of place^eta over its clicks (events but impressions and skips, with a position) over the mean of
    /// all clicks; ten clicks of the mean are added, so that one click says little. All 1 where nothing has positions.
    [[nodiscard]] std::vector<float> positionWeights(double eta) const;

    [[nodiscard]] bool hasVectors() const { return m_vectors.cols() > 0; }
    /// Of length 1 or 0; needs hasVectors() and an item of the catalog.
    [[nodiscard]] std::span<const float> vectorOf(ItemIndex item) const { return m_vectors.row(item.value); }

private:
    void takeDates();
    void takeEvents();
    void takeVectors(MatrixView vectors);

    std::shared_ptr<const EventIndex> m_events;
    std::shared_ptr<const CatalogFacts> m_facts;
    std::shared_ptr<const AttributeTable> m_segments;
    std::vector<Timestamp> m_added;
    Timestamp m_medianAdded = noTime, m_lastEvent = noTime;
    std::vector<ItemIndex> m_clicked; ///< items of clicks with a position, aligned with m_clickPlaces
    std::vector<std::uint16_t> m_clickPlaces;
    Matrix m_vectors;
};

} // namespace orrery
