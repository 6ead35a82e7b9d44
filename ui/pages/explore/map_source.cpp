// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_source.h"

#include "core/evaluation/item_errors.h"
#include "core/projection/alignment.h"
#include "core/projection/hubs.h"
#include "ui/components/text.h"

#include <QTimer>

#include <limits>
#include <mutex>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int drawEvery = 100; // ms between two pictures of a layout that is being optimized
constexpr std::size_t mostRegions = 40, hubNeighbours = 10;

/// A layout on its way from a job to the window: the latest counts.
class LayoutMailbox {
public:
    void put(Layout layout)
    {
        const std::lock_guard lock(m_mutex);
        m_latest = std::move(layout);
    }
    [[nodiscard]] std::optional<Layout> take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_latest, std::nullopt);
    }

private:
    std::mutex m_mutex;
    std::optional<Layout> m_latest;
};

/// What is shown or on its way.
struct Asked {
    ModelId model = 0;
    bool isPeople = false;
    std::string method = {};
    ParamSet params = {};
    std::shared_ptr<const PointGrid> like = nullptr;
    bool operator==(const Asked&) const = default;
};

/// What the layout is made like: where its rows begin, and which of them are also there.
struct Example {
    Layout start, reference;
    SamePoints same;
};

} // namespace

struct MapSource::Impl {
    Impl(MapSource& owner, WorkspaceSession& openSession) : source(owner), session(openSession) {}

    void replace(std::shared_ptr<const ItemMap> by); // nothing is known of it yet
    void take(const Layout& layout, bool isFinal);
    void finish(Result<Layout> layout);
    void nameRegions();
    void measureTrust();

    MapSource& source;
    WorkspaceSession& session;
    MapSubjectPtr subject;
    std::optional<ModelEntry> entry;                                        // whose vectors they are
    std::shared_ptr<const ItemMap> map = std::make_shared<const ItemMap>(); // what is drawn
    ItemMap coming;                                                         // of the job at hand, without points
    bool isNew = false;                                                     // nothing of it was drawn yet
    std::shared_ptr<const ItemTerms> terms;                                 // of the dataset, once they were counted
    std::vector<NamedRegion> regions;
    std::vector<float> kept, hubs, errors;
    std::optional<double> trust;
    std::optional<JobId> job;
    std::shared_ptr<LayoutMailbox> mailbox;
    QTimer drawing;
    Asked asked;
};

MapSource::MapSource(WorkspaceSession& session, QObject* parent)
    : QObject(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->drawing.setInterval(drawEvery);
    connect(&m_impl->drawing, &QTimer::timeout, this, [this] {
        if (const auto layout = m_impl->mailbox ? m_impl->mailbox->take() : std::nullopt)
            m_impl->take(*layout, false);
    });
}

MapSource::~MapSource() = default;

const std::shared_ptr<const ItemMap>& MapSource::shared() const { return m_impl->map; }
bool MapSource::running() const { return m_impl->job.has_value(); }
const std::vector<NamedRegion>& MapSource::regions() const { return m_impl->regions; }
std::optional<double> MapSource::trust() const { return m_impl->trust; }
const std::vector<float>& MapSource::kept() const { return m_impl->kept; }
const std::vector<float>& MapSource::hubs() const { return m_impl->hubs; }
const std::vector<float>& MapSource::errors() const { return m_impl->errors; }

void MapSource::setSubject(const MapSubjectPtr& subject)
{
    const bool isAnother = !subject || !m_impl->subject || m_impl->subject->dataset != subject->dataset;
    m_impl->subject = subject;
    if (isAnother)
        forget();
}

void MapSource::showSame(const MapSource& other)
{
    if (m_impl->map == other.m_impl->map)
        return;
    if (m_impl->job)
        m_impl->session.jobs().cancel(*m_impl->job);
    m_impl->job.reset();
    m_impl->mailbox.reset();
    m_impl->drawing.stop();
    m_impl->asked = {};
    m_impl->entry = other.m_impl->entry;
    m_impl->replace(other.shared());
    emit drawn(true, true);
    m_impl->terms = other.m_impl->terms;
    m_impl->nameRegions();
    m_impl->measureTrust();
}

void MapSource::show(const ModelEntry& model, const ProjectionMethod& method, const ParamSet& params,
                     const ItemMap* like)
{
    const MapSubject& subject = *m_impl->subject;
    Asked asked{model.row.id, subject.isPeople, method.id, params, like ? like->grid : nullptr};
    if (m_impl->asked == asked)
        return;
    WorkspaceSession& session = m_impl->session;
    if (m_impl->job)
        session.jobs().cancel(*m_impl->job);
    m_impl->asked = std::move(asked);
    m_impl->entry = model;
    m_impl->coming = subject.mapOf(model.recommender->model());
    m_impl->isNew = true;
    m_impl->mailbox = std::make_shared<LayoutMailbox>();
    auto example = std::make_shared<Example>();
    if (like)
        *example = {startLike(*like, m_impl->coming), layoutOf(*like), sharedPoints(m_impl->coming, *like)};
    m_impl->job = session.jobs().start<Layout>(
        tr("Map of %1 by %2").arg(model.name(), text(method.title)), {model.row.seed, 0},
        [map = m_impl->coming, &method, params, example,
         box = m_impl->mailbox](const JobContext& job) -> Result<Layout> {
            const Matrix rows = vectorsOf(map);
            ProjectionInput input{rows.view(), map.space.metric};
            if (method.optimizes)
                input.start = example->start;
            const auto turned = [&example](const Layout& layout) {
                return aligned(layout, example->reference, example->same);
            };
            input.drawn = [&](const Layout& layout) { box->put(turned(layout)); };
            return project(method, input, params, job).map(turned);
        },
        this,
        [this, box = m_impl->mailbox](Result<Layout> layout) {
            if (box == m_impl->mailbox) // else another map was asked for
                m_impl->finish(std::move(layout));
        });
    m_impl->drawing.start();
}

void MapSource::forget()
{
    if (m_impl->job)
        m_impl->session.jobs().cancel(*m_impl->job);
    m_impl->job.reset();
    m_impl->mailbox.reset();
    m_impl->drawing.stop();
    m_impl->asked = {};
    m_impl->replace(std::make_shared<const ItemMap>());
    m_impl->terms.reset();
    emit forgotten();
}

void MapSource::Impl::replace(std::shared_ptr<const ItemMap> by)
{
    map = std::move(by);
    regions.clear();
    kept.clear();
    hubs.clear();
    errors.clear();
    trust.reset();
}

void MapSource::Impl::take(const Layout& layout, bool isFinal)
{
    replace(std::make_shared<const ItemMap>(placed(coming, layout)));
    emit source.drawn(std::exchange(isNew, false), isFinal);
}

void MapSource::Impl::finish(Result<Layout> layout)
{
    job.reset();
    drawing.stop();
    mailbox.reset();
    if (!layout && layout.error().code == Code::Cancelled) {
        asked = {}; // what was drawn so far stays
        return;
    }
    if (!layout)
        return session.raise(messageOf(layout.error()));
    take(*layout, true);
    nameRegions();
    measureTrust();
}

// Counting the words of a large catalog takes seconds, once: the names come when they are there.
void MapSource::Impl::nameRegions()
{
    struct Named {
        std::shared_ptr<const ItemTerms> terms;
        std::vector<NamedRegion> regions;
    };
    session.jobs().startBehind<Named>(
        QStringLiteral("map regions"),
        [drawn = map, dataset = subject->dataset, known = terms](const JobContext& context) -> Result<Named> {
            auto counted = known;
            if (!counted) {
                auto fresh = ItemTerms::count(dataset, context);
                if (!fresh)
                    return tl::unexpected(fresh.error());
                counted = std::make_shared<const ItemTerms>(std::move(*fresh));
            }
            auto found = namedRegions(*drawn, *counted, mostRegions, context);
            if (!found)
                return tl::unexpected(found.error());
            return Named{counted, std::move(*found)};
        },
        &source,
        [this, grid = map->grid](Result<Named> named) {
            if (!named || grid != map->grid)
                return;
            terms = named->terms;
            regions = std::move(named->regions);
            emit source.regionsNamed();
        });
}

void MapSource::Impl::measureTrust()
{
    session.jobs().startBehind<double>(
        QStringLiteral("map trust"), [drawn = map](const JobContext& context) { return trustOf(*drawn, context); },
        &source,
        [this, grid = map->grid](Result<double> found) {
            if (grid != map->grid || !found)
                return;
            trust = *found;
            emit source.trustMeasured();
        });
}

// Only when somebody wants to see it: of a large catalog it takes as long as the map itself.
void MapSource::measureKept()
{
    if (!m_impl->map->grid || m_impl->job || !m_impl->kept.empty())
        return;
    m_impl->session.jobs().startBehind<std::vector<float>>(
        QStringLiteral("map neighbours kept"),
        [drawn = m_impl->map](const JobContext& context) { return keptOf(*drawn, context); }, this,
        [this, grid = m_impl->map->grid](Result<std::vector<float>> found) {
            if (grid != m_impl->map->grid || !found)
                return;
            m_impl->kept = std::move(*found);
            emit keptMeasured();
        });
}

void MapSource::measureHubs()
{
    if (!m_impl->map->grid || m_impl->job || !m_impl->hubs.empty())
        return;
    m_impl->session.jobs().startBehind<Hubness>(
        QStringLiteral("map hubs"),
        [drawn = m_impl->map](const JobContext& context) { return hubsOf(*drawn, hubNeighbours, context); }, this,
        [this, grid = m_impl->map->grid](Result<Hubness> found) {
            if (grid != m_impl->map->grid || !found)
                return;
            m_impl->hubs.assign(m_impl->map->points.size(), std::numeric_limits<float>::quiet_NaN());
            for (std::size_t point = 0; point < m_impl->map->items.size(); ++point)
                m_impl->hubs[m_impl->map->items[point].value] = static_cast<float>(found->occurrences[point]);
            emit hubsMeasured();
        });
}

void MapSource::measureErrors()
{
    if (!m_impl->map->grid || m_impl->job || !m_impl->errors.empty() || m_impl->subject->isPeople ||
        !m_impl->entry->row.heldOut)
        return;
    m_impl->session.jobs().startBehind<std::vector<float>>(
        QStringLiteral("map errors"),
        [model = m_impl->map->model, dataset = m_impl->session.dataset(),
         asOf = m_impl->entry->row.asOf](const JobContext& job) { return heldOutErrors(*model, *dataset, asOf, job); },
        this,
        [this, grid = m_impl->map->grid](Result<std::vector<float>> found) {
            if (grid != m_impl->map->grid || !found)
                return;
            m_impl->errors = std::move(*found);
            emit errorsMeasured();
        });
}

} // namespace orrery::ui
