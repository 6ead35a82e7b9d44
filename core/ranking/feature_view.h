// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/data/visit_event.h"
#include "core/models/event_index.h"
#include "core/ranking/feature_set.h"
#include "core/retrieval/merge.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery {

class FeatureTables;

/// Who asks, and when: query.user and query.now. The history counts as told, but for entries at or after now; that of a
/// stored person is EventIndex::queryAt(). A device is told as the fact "device" of query.context.
struct FeatureRequest {
    const Query& query;
    /// The visit that is going on, in the order of time. Where it is empty, a stored person's events up to now with
    /// less than longestPause between them (sittings.h), or else such entries of the history.
    std::span<const VisitEvent> session = {};
};

/// Works out the features of candidates as of a moment: the same code for the rows that a ranker learns from and for
/// those it is asked with. Of events nothing at or after query.now counts (endOfTime: the newest moment that is told,
/// and all before). Two things count as told, whatever the moment: the catalog (its dates only once they have passed,
/// its prices only where events tell none at all), and which kinds of events count as uses. Immutable, thread-safe.
class ORRERY_API FeatureView {
public:
    /// Memory: 4 bytes a use, 4 more where events tell prices, 8 more where items have brands, and about 60 bytes an
    /// item. Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const FeatureView>>
    open(std::shared_ptr<const EventIndex> events, std::vector<std::string> sourceNames, const JobContext& job);

    [[nodiscard]] const EventIndex& events() const;
    [[nodiscard]] const std::vector<Feature>& features() const { return m_features; }
    [[nodiscard]] std::size_t width() const { return m_features.size(); }
    [[nodiscard]] const std::string& version() const { return m_version; } ///< featureVersion() with these sources
    [[nodiscard]] const std::vector<std::string>& sourceNames() const { return m_sources; }

    /// out: [candidates.size() x width()], every cell is written. `candidates` are of these sources, in this order.
    /// Items beyond the catalog are known by nothing but their sources. On one thread; O(history + events of the person
    /// + candidates log events of an item), no memory is asked for by candidate.
    void fill(const FeatureRequest& request, const Candidates& candidates, MatrixRef out) const;

private:
    std::shared_ptr<const FeatureTables> m_tables;
    std::vector<std::string> m_sources;
    std::vector<Feature> m_features;
    std::string m_version;
};

} // namespace orrery
