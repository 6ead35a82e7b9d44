// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/catalog_facts.h"

#include "core/data/import/fields.h"
#include "core/data/moments.h"
#include "core/params/param_set.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery {
namespace {

constexpr std::size_t itemsAtOnce = 16'384; ///< between two looks whether to stop

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

const ItemFacts CatalogFacts::unknown{};

Result<std::shared_ptr<const CatalogFacts>> CatalogFacts::open(const Dataset& dataset, const JobContext& job)
{
    const CatalogColumns columns(dataset.items());
    auto facts = std::make_shared<CatalogFacts>();
    facts->m_items.resize(dataset.itemCount());
    for (std::size_t field = 0; field < catalogFieldCount; ++field)
        facts->m_tells[field] = columns[static_cast<CatalogField>(field)] != nullptr;
    facts->m_categoryStarts.assign(dataset.itemCount() + 1, 0);
    for (const auto& [group, field] :
         {std::pair{ItemGroup::Category, CatalogField::Category}, std::pair{ItemGroup::Brand, CatalogField::Brand},
          std::pair{ItemGroup::Seller, CatalogField::Seller}}) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        const AttributeColumn* column = columns[field];
        if (column && group == ItemGroup::Category)
            facts->takeCategories(*column, job);
        else if (column)
            facts->takeGroup(group, *column, job);
    }
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    facts->takeFlags(columns);
    facts->takeNumbers(columns);
    if (const auto* margin = columns[CatalogField::Margin])
        facts->takeMargins(*margin);
    return facts;
}

void CatalogFacts::takeCategories(const AttributeColumn& column, const JobContext& job)
{
    Vocabulary& widest = m_names[static_cast<std::size_t>(ItemGroup::Category)];
    Vocabulary& narrowest = m_names[static_cast<std::size_t>(ItemGroup::Subcategory)];
    std::string room;
    std::vector<std::uint32_t> all;
    for (std::size_t item = 0; item < m_items.size(); ++item) {
        if (item % itemsAtOnce == 0 && job.cancelled())
            return;
        all.clear();
        for (const std::string_view name : partsOf(namesIn(column, item, room)))
            all.push_back(widest.add(name));
        if (!all.empty())
            m_items[item].groups = {all.front(), narrowest.add(widest.name(all.back())), noGroup, noGroup};
        std::ranges::sort(all);
        all.erase(std::unique(all.begin(), all.end()), all.end());
        m_categories.insert(m_categories.end(), all.begin(), all.end());
        m_categoryStarts[item + 1] = static_cast<std::uint32_t>(m_categories.size());
    }
}

void CatalogFacts::takeGroup(ItemGroup group, const AttributeColumn& column, const JobContext& job)
{
    std::string room;
    for (std::size_t item = 0; item < m_items.size(); ++item) {
        if (item % itemsAtOnce == 0 && job.cancelled())
            return;
        if (const auto names = namesIn(column, item, room); !names.empty())
            m_items[item].groups[static_cast<std::size_t>(group)] =
                m_names[static_cast<std::size_t>(group)].add(names.front());
    }
}

void CatalogFacts::takeFlags(const CatalogColumns& columns)
{
    const auto* stock = columns[CatalogField::Stock];
    const auto* promoted = columns[CatalogField::Promoted];
    for (std::size_t item = 0; item < m_items.size(); ++item) {
        m_items[item].soldOut = stock && isSoldOut(*stock, item);
        m_items[item].promoted = promoted && isPromoted(*promoted, item);
    }
}

void CatalogFacts::takeNumbers(const CatalogColumns& columns)
{
    const auto* price = columns[CatalogField::Price];
    const auto* added = columns[CatalogField::Added];
    const auto* prices = price ? std::get_if<NumberColumn>(&price->data) : nullptr;
    for (std::size_t item = 0; item < m_items.size(); ++item) {
        const float told = prices && item < prices->values.size() ? static_cast<float>(prices->values[item]) : 0;
        if (std::isfinite(told) && told > 0)
            m_items[item].price = told;
        if (added)
            m_items[item].added = momentOf(*added, item);
    }
}

void CatalogFacts::takeMargins(const AttributeColumn& column)
{
    const auto* numbers = std::get_if<NumberColumn>(&column.data);
    std::string room;
    for (std::size_t item = 0; item < m_items.size(); ++item) {
        ItemFacts& facts = m_items[item];
        if (numbers && item < numbers->values.size() && std::isfinite(numbers->values[item]))
            facts.margin = static_cast<float>(numbers->values[item]);
        else if (!numbers)
            for (const std::string_view tier : namesIn(column, item, room)) {
                facts.margin = marginOfTier(tier);
                facts.marginRank = facts.margin == highTier ? 0 : 1;
            }
        m_hasMargins = m_hasMargins || !std::isnan(facts.margin);
    }
    if (numbers)
        rankMargins();
}

void CatalogFacts::rankMargins()
{
    std::vector<float> known;
    for (const ItemFacts& facts : m_items)
        if (!std::isnan(facts.margin))
            known.push_back(facts.margin);
    std::ranges::sort(known);
    for (ItemFacts& facts : m_items)
        if (!std::isnan(facts.margin)) {
            const auto fewer = std::ranges::lower_bound(known, facts.margin) - known.begin();
            facts.marginRank = 1 - static_cast<float>(fewer) / static_cast<float>(known.size());
        }
}

std::span<const std::uint32_t> CatalogFacts::categoriesOf(ItemIndex item) const
{
    if (item.value >= m_items.size())
        return {};
    const auto first = m_categoryStarts[item.value];
    return std::span(m_categories).subspan(first, m_categoryStarts[item.value + 1] - first);
}

} // namespace orrery
