// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_catalog.h"

#include "core/data/catalog_columns.h"
#include "core/data/import/fields.h"
#include "core/data/moments.h"
#include "core/params/param_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr double clicksOfTheMean = 10;

/// The names of an item in a column: its tags in their order, its text, or its number in words.
std::vector<std::string_view> namesIn(const AttributeColumn& column, std::size_t row, std::string& room)
{
    if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
        std::vector<std::string_view> names;
        for (const std::uint32_t tag : tags->row(row))
            names.push_back(tags->vocabulary.name(tag));
        return names;
    }
    if (const auto* texts = std::get_if<TextColumn>(&column.data))
        return row < texts->values.size() && !texts->values[row].empty()
                   ? std::vector<std::string_view>{texts->values[row]}
                   : std::vector<std::string_view>{};
    const auto& numbers = std::get<NumberColumn>(column.data).values;
    if (row >= numbers.size() || !std::isfinite(numbers[row]))
        return {};
    room = toText(numbers[row]);
    return {room};
}

/// A path of categories as one text, cut at '>', '|' or '/'.
std::vector<std::string_view> partsOf(std::vector<std::string_view> names)
{
    if (names.size() != 1)
        return names;
    std::vector<std::string_view> parts;
    for (std::string_view rest = names.front(); !rest.empty();) {
        const auto end = std::min(rest.find_first_of(">|/"), rest.size());
        if (const auto part = reading::trimmed(rest.substr(0, end)); !part.empty())
            parts.push_back(part);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return parts;
}

bool saysNo(std::string_view text)
{
    static constexpr std::array words{"0",       "no",           "false",        "out",         "sold out",
                                      "soldout", "out of stock", "out-of-stock", "unavailable", "none"};
    const std::string lower = reading::lowerCase(text);
    return std::ranges::count(words, lower) > 0;
}

bool isSoldOut(const AttributeColumn& column, std::size_t row)
{
    if (const auto* numbers = std::get_if<NumberColumn>(&column.data))
        return row < numbers->values.size() && numbers->values[row] <= 0;
    std::string room;
    return std::ranges::any_of(namesIn(column, row, room), saysNo);
}

bool isPromoted(const AttributeColumn& column, std::size_t row)
{
    if (const auto* numbers = std::get_if<NumberColumn>(&column.data))
        return row < numbers->values.size() && numbers->values[row] > 0;
    std::string room;
    const auto names = namesIn(column, row, room);
    return !names.empty() && !std::ranges::any_of(names, saysNo);
}

bool isClick(EventKind kind) { return kind != EventKind::Impression && kind != EventKind::Skip; }

constexpr float highTier = 3;

float marginOfTier(std::string_view tier)
{
    const std::string name = reading::lowerCase(tier);
    if (name == "high")
        return highTier;
    if (name == "medium" || name == "middle")
        return 2;
    return name == "low" ? 1 : std::numeric_limits<float>::quiet_NaN();
}

} // namespace

Result<std::shared_ptr<const RuleCatalog>> RuleCatalog::open(std::shared_ptr<const Dataset> dataset,
                                                             const JobContext& job, MatrixView vectors)
{
    auto catalog = std::make_shared<RuleCatalog>();
    catalog->m_dataset = std::move(dataset);
    for (const auto step : {&RuleCatalog::takeFlags, &RuleCatalog::takeGroups, &RuleCatalog::takeMargins,
                            &RuleCatalog::takeEvents, &RuleCatalog::takeDates}) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        ((*catalog).*step)();
    }
    catalog->takeVectors(vectors);
    return catalog;
}

void RuleCatalog::takeFlags()
{
    const CatalogColumns columns(m_dataset->items());
    m_soldOut.assign(m_dataset->itemCount(), 0);
    m_promoted.assign(m_dataset->itemCount(), 0);
    for (std::size_t item = 0; item < m_soldOut.size(); ++item) {
        if (const auto* stock = columns[CatalogField::Stock])
            m_soldOut[item] = isSoldOut(*stock, item) ? 1 : 0;
        if (const auto* promoted = columns[CatalogField::Promoted])
            m_promoted[item] = isPromoted(*promoted, item) ? 1 : 0;
    }
}

void RuleCatalog::takeGroups()
{
    const CatalogColumns columns(m_dataset->items());
    for (Groups& groups : m_groups)
        groups.of.assign(size(), noGroup);
    Groups& widest = m_groups[static_cast<std::size_t>(ItemGroup::Category)];
    Groups& narrowest = m_groups[static_cast<std::size_t>(ItemGroup::Subcategory)];
    std::string room;
    for (std::size_t item = 0; item < size(); ++item) {
        std::vector<std::uint32_t> all;
        if (const auto* column = columns[CatalogField::Category])
            for (const std::string_view name : partsOf(namesIn(*column, item, room)))
                all.push_back(widest.names.add(name));
        if (!all.empty()) {
            widest.of[item] = all.front();
            narrowest.of[item] = narrowest.names.add(widest.names.name(all.back()));
        }
        std::ranges::sort(all);
        all.erase(std::unique(all.begin(), all.end()), all.end());
        m_categories.insert(m_categories.end(), all.begin(), all.end());
        m_categoryStarts.push_back(static_cast<std::uint32_t>(m_categories.size()));
        for (const auto& [group, field] :
             {std::pair{ItemGroup::Brand, CatalogField::Brand}, std::pair{ItemGroup::Seller, CatalogField::Seller}})
            if (const auto* column = columns[field])
                if (const auto names = namesIn(*column, item, room); !names.empty()) {
                    Groups& groups = m_groups[static_cast<std::size_t>(group)];
                    groups.of[item] = groups.names.add(names.front());
                }
    }
}

void RuleCatalog::takeMargins()
{
    m_margin.assign(size(), std::numeric_limits<float>::quiet_NaN());
    m_marginRank.assign(size(), 1);
    const auto* column = CatalogColumns(m_dataset->items())[CatalogField::Margin];
    if (!column)
        return;
    const auto* numbers = std::get_if<NumberColumn>(&column->data);
    std::string room;
    for (std::size_t item = 0; item < size(); ++item) {
        if (numbers && item < numbers->values.size() && std::isfinite(numbers->values[item]))
            m_margin[item] = static_cast<float>(numbers->values[item]);
        else if (!numbers)
            for (const std::string_view tier : namesIn(*column, item, room))
                m_margin[item] = marginOfTier(tier);
        m_hasMargins = m_hasMargins || !std::isnan(m_margin[item]);
    }
    if (numbers)
        rankMargins();
    else
        std::ranges::transform(m_margin, m_marginRank.begin(),
                               [](float margin) { return margin == highTier ? 0.F : 1.F; });
}

void RuleCatalog::rankMargins()
{
    std::vector<float> known;
    std::ranges::copy_if(m_margin, std::back_inserter(known), [](float margin) { return !std::isnan(margin); });
    std::ranges::sort(known);
    for (std::size_t item = 0; item < size(); ++item)
        if (!std::isnan(m_margin[item])) {
            const auto fewer = std::ranges::lower_bound(known, m_margin[item]) - known.begin();
            m_marginRank[item] = 1 - static_cast<float>(fewer) / static_cast<float>(known.size());
        }
}

void RuleCatalog::takeEvents()
{
    const EventLog& log = m_dataset->log();
    m_added.assign(size(), noTime);
    m_purchaseStarts.assign(m_dataset->personCount() + 1, 0);
    for (std::size_t event = 0; event < log.size(); ++event) {
        const Timestamp at = log.hasTimes() ? log.times()[event] : noTime;
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
    if (const auto* column = CatalogColumns(m_dataset->items())[CatalogField::Added])
        for (std::size_t item = 0; item < size(); ++item)
            if (const Timestamp at = momentOf(*column, item); at != noTime)
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

std::size_t RuleCatalog::groupCount(ItemGroup group) const
{
    return m_groups[static_cast<std::size_t>(group)].names.size();
}

std::string_view RuleCatalog::nameOf(ItemGroup group, std::uint32_t index) const
{
    return m_groups[static_cast<std::size_t>(group)].names.name(index);
}

std::span<const std::uint32_t> RuleCatalog::categoriesOf(ItemIndex item) const
{
    if (item.value >= size())
        return {};
    const auto first = m_categoryStarts[item.value];
    return std::span(m_categories).subspan(first, m_categoryStarts[item.value + 1] - first);
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
