// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_catalog.h"

#include "core/reranking/audience.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr double clicksOfTheMean = 10;

bool isClick(EventKind kind) { return kind != EventKind::Impression && kind != EventKind::Skip; }

} // namespace

Result<std::shared_ptr<const RuleCatalog>> RuleCatalog::open(std::shared_ptr<const Dataset> dataset,
                                                             const JobContext& job, MatrixView vectors)
{
    auto events = EventIndex::open(std::move(dataset), job.part(0, .5));
    if (!events)
        return tl::unexpected(events.error());
    return open(std::move(*events), job.part(.5, 1), vectors);
}

Result<std::shared_ptr<const RuleCatalog>> RuleCatalog::open(std::shared_ptr<const EventIndex> events,
                                                             const JobContext& job, MatrixView vectors)
{
    auto catalog = std::make_shared<RuleCatalog>();
    catalog->m_events = std::move(events);
    auto facts = CatalogFacts::open(catalog->dataset(), job);
    if (!facts)
        return tl::unexpected(facts.error());
    catalog->m_facts = std::move(*facts);
    for (const auto step : {&RuleCatalog::takeEvents, &RuleCatalog::takeDates}) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        ((*catalog).*step)();
    }
    catalog->takeVectors(vectors);
    return catalog;
}

std::shared_ptr<const RuleCatalog> RuleCatalog::withSegments(std::shared_ptr<const AttributeTable> segments) const
{
    auto other = std::make_shared<RuleCatalog>(*this);
    other->m_segments = std::move(segments);
    return other;
}

Facts RuleCatalog::segmentsOf(UserIndex user) const { return m_segments ? factsIn(*m_segments, user) : Facts(); }

void RuleCatalog::takeEvents()
{
    const EventLog& log = dataset().log();
    m_lastEvent = m_events->last();
    m_added.assign(size(), noTime);
    for (std::size_t event = 0; event < log.size(); ++event) {
        if (const Timestamp at = log.hasTimes() ? log.times()[event] : noTime; at != noTime) {
            Timestamp& first = m_added[log.items()[event].value];
            first = first == noTime ? at : std::min(first, at);
        }
        if (!log.positions().empty() && log.positions()[event] > 0 && isClick(log.kindOf(event))) {
            m_clicked.push_back(log.items()[event]);
            m_clickPlaces.push_back(log.positions()[event]);
        }
    }
}

void RuleCatalog::takeDates()
{
    for (std::uint32_t item = 0; item < size(); ++item)
        if (const Timestamp at = (*m_facts)[ItemIndex{item}].added; at != noTime)
            m_added[item] = at;
    std::vector<Timestamp> known;
    std::ranges::copy_if(m_added, std::back_inserter(known), [](Timestamp at) { return at != noTime; });
    if (known.empty())
        return;
    const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
    std::ranges::nth_element(known, middle);
    m_medianAdded = *middle;
}

void RuleCatalog::takeVectors(MatrixView vectors)
{
    if (vectors.empty() && !dataset().items().vectors().empty()) {
        const VectorColumn& own = dataset().items().vectors().front();
        vectors = {own.values.data(), own.values.size() / own.length, own.length};
    }
    if (vectors.empty())
        return;
    m_vectors = Matrix(size(), vectors.cols);
    for (std::size_t item = 0; item < std::min(size(), vectors.rows); ++item) {
        const auto row = vectors.row(item);
        const double norm = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
        if (std::isfinite(norm) && norm > 0)
            std::ranges::transform(row, m_vectors.row(item).begin(), [norm](float value) {
                return static_cast<float>(static_cast<double>(value) / norm);
            });
    }
}

std::vector<ItemIndex> RuleCatalog::purchasesOf(UserIndex user, Timestamp now) const
{
    const EventLog& log = dataset().log();
    std::vector<ItemIndex> items;
    for (const std::uint32_t event : m_events->eventsBefore(user, now))
        if (log.kindOf(event) == EventKind::Purchase)
            items.push_back(log.items()[event]);
    std::ranges::sort(items);
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

std::vector<float> RuleCatalog::positionWeights(double eta) const
{
    std::vector<double> sums(size(), 0), clicks(size(), 0);
    double all = 0;
    for (std::size_t i = 0; i < m_clicked.size(); ++i) {
        const double weight = std::pow(static_cast<double>(m_clickPlaces[i]), eta);
        sums[m_clicked[i].value] += weight;
        clicks[m_clicked[i].value] += 1;
        all += weight;
    }
    std::vector<float> weights(size(), 1);
    if (m_clicked.empty())
        return weights;
    const double mean = all / static_cast<double>(m_clicked.size());
    for (std::size_t item = 0; item < weights.size(); ++item)
        weights[item] = static_cast<float>((sums[item] / mean + clicksOfTheMean) / (clicks[item] + clicksOfTheMean));
    return weights;
}

} // namespace orrery
