// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/dataset_builder.h"

#include "core/base/rng.h"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

namespace orrery::testing {

DatasetBuilder& DatasetBuilder::row(std::string_view person, std::string_view items)
{
    std::istringstream words{std::string(items)};
    const UserIndex user{m_people.add(person)};
    for (std::string word; words >> word;) {
        Event event{user, {}, 1, noTime, EventKind::Rating};
        if (const auto at = word.find('@'); at != std::string::npos) {
            event.at = std::stoll(word.substr(at + 1));
            word.resize(at);
        }
        if (const auto colon = word.find(':'); colon != std::string::npos) {
            event.value = std::stof(word.substr(colon + 1));
            word.resize(colon);
        }
        event.item = ItemIndex{m_items.add(word)};
        m_log.append(event);
    }
    return *this;
}

DatasetBuilder& DatasetBuilder::implicit()
{
    m_parts.feedback = Feedback::Implicit;
    return *this;
}

DatasetBuilder& DatasetBuilder::range(float low, float high)
{
    m_parts.ratingLow = low;
    m_parts.ratingHigh = high;
    return *this;
}

DatasetBuilder& DatasetBuilder::title(std::string_view item, std::string_view title)
{
    m_titles.emplace_back(m_items.add(item), title);
    return *this;
}

std::shared_ptr<const Dataset> DatasetBuilder::build() const
{
    DatasetParts parts = m_parts;
    parts.log = std::make_shared<const EventLog>(m_log);
    parts.personIds = std::make_shared<const Vocabulary>(m_people);
    parts.itemIds = std::make_shared<const Vocabulary>(m_items);
    TextColumn titles{std::vector<std::string>(m_items.size())};
    for (const auto& [item, title] : m_titles)
        titles.values[item] = title;
    AttributeTable items;
    items.add({"title", std::move(titles)});
    parts.items = std::make_shared<const AttributeTable>(std::move(items));
    return std::make_shared<const Dataset>(std::move(parts));
}

std::shared_ptr<const Dataset> blockDataset(std::size_t blocks, std::size_t peoplePerBlock, std::size_t itemsPerBlock,
                                            std::uint64_t seed)
{
    DatasetBuilder builder;
    Rng rng(seed);
    const std::size_t items = blocks * itemsPerBlock;
    for (std::size_t person = 0; person < blocks * peoplePerBlock; ++person) {
        const std::size_t block = person / peoplePerBlock;
        std::string row;
        for (std::size_t item = 0; item < items; ++item) {
            const bool own = item / itemsPerBlock == block;
            if (rng.uniform() < (own ? 0.7 : 0.05))
                row += fmt::format("i{}:{}@{} ", item, own ? 5 : 1, 1000 + rng.below(1000));
        }
        builder.row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

} // namespace orrery::testing
