// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_ground.h"

namespace orrery {

Result<std::shared_ptr<const FunnelGround>> FunnelGround::open(std::shared_ptr<const Dataset> dataset,
                                                               const JobContext& job,
                                                               const std::shared_ptr<const AttributeTable>& segments)
{
    auto ground = std::make_shared<FunnelGround>();
    auto events = EventIndex::open(std::move(dataset), job.part(0, .5));
    if (!events)
        return tl::unexpected(events.error());
    auto catalog = RuleCatalog::open(*events, job.part(.5, 1));
    if (!catalog)
        return tl::unexpected(catalog.error());
    ground->m_events = std::move(*events);
    ground->m_catalog = segments ? (*catalog)->withSegments(segments) : std::move(*catalog);
    return ground;
}

std::shared_ptr<const FunnelGround>
FunnelGround::withSegments(const std::shared_ptr<const AttributeTable>& segments) const
{
    auto ground = std::make_shared<FunnelGround>();
    ground->m_events = m_events;
    ground->m_catalog = m_catalog->withSegments(segments);
    const std::scoped_lock lock(m_mutex);
    ground->m_sources = m_sources;
    ground->m_features = m_features;
    return ground;
}

Result<SourcePtr> FunnelGround::source(const SourceChoice& choice, const ModelPtr& model, const JobContext& job) const
{
    using Kind = SourceChoice::Kind;
    const bool asksModel = choice.kind == Kind::Model || choice.kind == Kind::Recent;
    const int newest = choice.kind == Kind::Recent ? choice.newest : 0;
    const Key key{static_cast<int>(choice.kind), asksModel ? model : nullptr, newest,
                  asksModel ? static_cast<int>(choice.search) : 0, choice.kind == Kind::Exploring ? job.seed() : 0};
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto there = m_sources.find(key); there != m_sources.end())
            return there->second;
    }
    Result<SourcePtr> made;
    switch (choice.kind) {
    case Kind::Model:
    case Kind::Recent: made = makeModelSource(model, choice.search, static_cast<std::size_t>(newest), job); break;
    case Kind::Popular: made = makePopularSource(m_events); break;
    case Kind::Trending: made = makeTrendingSource(m_events); break;
    case Kind::Exploring: made = makeExploringSource(m_events, job.seed()); break;
    }
    if (!made)
        return made;
    const std::scoped_lock lock(m_mutex);
    if (m_sources.size() >= mostKept)
        m_sources.clear();
    return m_sources.try_emplace(key, std::move(*made)).first->second;
}

Result<std::shared_ptr<const FeatureView>> FunnelGround::features(const std::vector<std::string>& sources,
                                                                  const JobContext& job) const
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_features && m_features->sourceNames() == sources)
            return m_features;
    }
    auto made = FeatureView::open(m_events, sources, job);
    if (!made)
        return made;
    const std::scoped_lock lock(m_mutex);
    m_features = *made;
    return made;
}

} // namespace orrery
