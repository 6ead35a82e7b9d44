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
    auto catalog = std::make_shared<RuleCatalog>();
    catalog->m_dataset = std::move(dataset);
    auto facts = CatalogFacts::open(*catalog->m_dataset, job);
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
    const EventLog& log = m_dataset->log();
    m_added.assign(size(), noTime);
    m_uses.assign(size(), 0);
    m_purchaseStarts.assign(m_dataset->personCount() + 1, 0);
    for (std::size_t event = 0; event < log.size(); ++event) {
        const Timestamp at = log.hasTimes() ? log.times()[event] : noTime;
        ++m_uses[log.items()[event].value];
        if (at != noTime) {
            m_lastEvent = std::max(m_lastEvent, at);
            Timestamp& first = m_added[log.items()[event].value];
            first = first == noTime ? at : std::min(first, at);
        }
        if (log.kindOf(event) == EventKind::Purchase)
            ++m_purchaseStarts[log.users()[event].value + 1];
        if (!log.positions().empty() && log.positions()[event] > 0 && isClick(log.kindOf(event))) {
            m_clicked.push_back(log.items()[event]);
            m_clickPlaces.push_back(log.positions()[event]);
        }
    }
    std::partial_sum(m_purchaseStarts.begin(), m_purchaseStarts.end(), m_purchaseStarts.begin());
    m_purchases.resize(m_purchaseStarts.back());
    auto next = m_purchaseStarts;
    for (std::size_t event = 0; event < log.size(); ++event)
        if (log.kindOf(event) == EventKind::Purchase)
            m_purchases[next[log.users()[event].value]++] = {log.items()[event],
                                                             log.hasTimes() ? log.times()[event] : noTime};
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
    if (vectors.empty() && !m_dataset->items().vectors().empty()) {
        const VectorColumn& own = m_dataset->items().vectors().front();
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
    std::vector<ItemIndex> items;
    if (user.value + 1 >= m_purchaseStarts.size())
        return items;
    for (auto i = m_purchaseStarts[user.value]; i < m_purchaseStarts[user.value + 1]; ++i)
        if (m_purchases[i].at < now)
            items.push_back(m_purchases[i].item);
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
