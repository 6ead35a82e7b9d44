// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/event_index.h"
#include "core/pipeline/funnel_recipe.h"
#include "core/ranking/feature_view.h"
#include "core/reranking/rule_catalog.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

namespace orrery {

/// What all funnels of a dataset stand on, made once: its events in time, what rules look at, and the sources that any
/// of them has asked for so far, so that an edited recipe is ready at once. Safe from many threads.
class ORRERY_API FunnelGround {
public:
    /// `segments` of people, which rules see (RuleCatalog::withSegments). O(events log events). Memory: that of
    /// EventIndex and RuleCatalog. Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const FunnelGround>>
    open(std::shared_ptr<const Dataset> dataset, const JobContext& job,
         const std::shared_ptr<const AttributeTable>& segments = {});
    /// The same with other segments, and the sources that were made so far.
    [[nodiscard]] std::shared_ptr<const FunnelGround>
    withSegments(const std::shared_ptr<const AttributeTable>& segments) const;

    [[nodiscard]] const Dataset& dataset() const { return m_events->dataset(); }
    [[nodiscard]] const std::shared_ptr<const EventIndex>& events() const { return m_events; }
    [[nodiscard]] const std::shared_ptr<const RuleCatalog>& catalog() const { return m_catalog; }

    /// The source that is asked for; `model` is that of its name, null for those that need none. The last mostKept
    /// sources with a search of their own are kept. Errors: Cancelled, OutOfMemory.
    [[nodiscard]] Result<SourcePtr> source(const SourceChoice& choice, const ModelPtr& model,
                                           const JobContext& job) const;

    /// Features with these sources; the last one is kept. Errors: Cancelled.
    [[nodiscard]] Result<std::shared_ptr<const FeatureView>> features(const std::vector<std::string>& sources,
                                                                      const JobContext& job) const;

private:
    static constexpr std::size_t mostKept = 32;
    using Key = std::tuple<int, ModelPtr, int, int, std::uint64_t>; ///< kind, model, newest entries, search, seed

    std::shared_ptr<const EventIndex> m_events;
    std::shared_ptr<const RuleCatalog> m_catalog;
    mutable std::mutex m_mutex;
    mutable std::map<Key, SourcePtr> m_sources;
    mutable std::shared_ptr<const FeatureView> m_features;
};

} // namespace orrery
