// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/testing/dataset_builder.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

namespace orrery::testing {
namespace {

template <class T> std::vector<T> columnOf(std::span<const T> values) { return {values.begin(), values.end()}; }

} // namespace

DatasetBuilder& DatasetBuilder::row(std::string_view person, std::string_view items)
{
    std::istringstream words{std::string(items)};
    const UserIndex user{m_people.add(person)};
    for (std::string word; words >> word;) {
        Event event{user, {}, 1, noTime, EventKind::Rating};
        std::istringstream parts(std::exchange(word, {}));
        std::getline(parts, word, '/');
        for (Told& told : m_told) {
            std::string said;
            std::getline(parts, said, '/');
            told.events.push_back(said.empty() ? ContextColumn::untold
                                               : static_cast<std::uint16_t>(told.words.add(said)));
        }
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
    return text("title", item, title);
}

DatasetBuilder& DatasetBuilder::text(std::string_view column, std::string_view item, std::string_view value)
{
    m_texts[std::string(column)][m_items.add(item)] = value;
    return *this;
}

DatasetBuilder& DatasetBuilder::tags(std::string_view column, std::string_view item, std::vector<std::string> names)
{
    m_tags[std::string(column)][m_items.add(item)] = std::move(names);
    return *this;
}

DatasetBuilder& DatasetBuilder::number(std::string_view column, std::string_view item, double value)
{
    m_numbers[std::string(column)][m_items.add(item)] = value;
    return *this;
}

DatasetBuilder& DatasetBuilder::vector(std::string_view column, std::string_view item, std::vector<float> values)
{
    m_vectors[std::string(column)][m_items.add(item)] = std::move(values);
    return *this;
}

DatasetBuilder& DatasetBuilder::fact(std::string_view column, std::string_view person, std::string_view value)
{
    m_facts[std::string(column)][m_people.add(person)] = {std::string(value)};
    return *this;
}

namespace {

TagColumn tagColumn(const std::map<std::uint32_t, std::vector<std::string>>& byRow, std::size_t rows)
{
    TagColumn column;
    for (std::uint32_t row = 0; row < rows; ++row) {
        if (const auto found = byRow.find(row); found != byRow.end())
            for (const std::string& name : found->second)
                column.tags.push_back(column.vocabulary.add(name));
        column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
    }
    return column;
}

} // namespace

std::shared_ptr<const Dataset> DatasetBuilder::build() const
{
    DatasetParts parts = m_parts;
    ContextColumns contexts;
    for (std::size_t c = 0; c < contexts.size(); ++c)
        if (!m_told[c].words.empty())
            contexts[c] = {std::make_shared<const Vocabulary>(m_told[c].words), m_told[c].events};
    parts.log = std::make_shared<const EventLog>(
        EventLog::fromColumns(columnOf(m_log.users()), columnOf(m_log.items()), columnOf(m_log.values()),
                              columnOf(m_log.times()), columnOf(m_log.kinds()), std::move(contexts)));
    parts.personIds = std::make_shared<const Vocabulary>(m_people);
    parts.itemIds = std::make_shared<const Vocabulary>(m_items);
    AttributeTable items, people;
    for (const auto& [name, byItem] : m_texts) {
        TextColumn column{std::vector<std::string>(m_items.size())};
        for (const auto& [item, value] : byItem)
            column.values[item] = value;
        items.add({name, std::move(column)});
    }
    for (const auto& [name, byItem] : m_numbers) {
        NumberColumn column{std::vector<double>(m_items.size(), std::nan(""))};
        for (const auto& [item, value] : byItem)
            column.values[item] = value;
        items.add({name, std::move(column)});
    }
    for (const auto& [name, byItem] : m_tags)
        items.add({name, tagColumn(byItem, m_items.size())});
    for (const auto& [name, byItem] : m_vectors) {
        const std::size_t length = byItem.begin()->second.size();
        VectorColumn column{name, length, std::vector<float>(m_items.size() * length, 0.F)};
        for (const auto& [item, values] : byItem)
            std::ranges::copy(values, column.values.begin() + static_cast<std::ptrdiff_t>(item * length));
        items.set(std::move(column));
    }
    for (const auto& [name, byPerson] : m_facts)
        people.add({name, tagColumn(byPerson, m_people.size())});
    parts.items = std::make_shared<const AttributeTable>(std::move(items));
    parts.people = std::make_shared<const AttributeTable>(std::move(people));
    return std::make_shared<const Dataset>(std::move(parts));
}

namespace {

/// What is written of an item: words of its block, and a few that all share.
void describeItem(DatasetBuilder& builder, std::size_t item, std::size_t block, Rng& rng)
{
    const std::string id = fmt::format("i{}", item);
    const auto word = [&] { return fmt::format("theme{}{}", static_cast<char>('a' + block), rng.below(6)); };
    builder.title(id, fmt::format("Story of {} {}", word(), item));
    builder.text("plot", id,
                 fmt::format("A tale of {} and {} with plot{} for everybody", word(), word(), rng.below(9)));
    builder.tags("genres", id, {fmt::format("Genre{}", block), rng.uniform() < .5 ? "Long" : "Short"});
    builder.number("year", id, static_cast<double>(1960 + 10 * block + rng.below(10)));
    std::vector<float> place(8);
    for (std::size_t d = 0; d < place.size(); ++d)
        place[d] = static_cast<float>((d == block % place.size() ? 1 : 0) + 0.2 * (rng.uniform() - .5));
    builder.vector("embedding", id, std::move(place));
}

} // namespace

std::shared_ptr<const Dataset> blockDataset(std::size_t blocks, std::size_t peoplePerBlock, std::size_t itemsPerBlock,
                                            std::uint64_t seed)
{
    DatasetBuilder builder;
    Rng rng(seed);
    const std::size_t items = blocks * itemsPerBlock;
    constexpr std::array<std::string_view, 3> devices{"phone", "tv", ""};
    constexpr std::array<std::string_view, 2> places{"home", ""};
    for (std::size_t person = 0; person < blocks * peoplePerBlock; ++person) {
        const std::size_t block = person / peoplePerBlock;
        std::string row;
        for (std::size_t item = 0; item < items; ++item) {
            const bool own = item / itemsPerBlock == block;
            if (rng.uniform() < (own ? 0.7 : 0.05))
                row += fmt::format("i{}:{}@{}/{}/{} ", item, own ? 5 : 1, 1000 + rng.below(1000),
                                   devices[(item + person) % 3], places[(item / 2 + person) % 2]);
        }
        builder.row(fmt::format("p{}", person), row);
    }
    for (std::size_t item = 0; item < items; ++item)
        describeItem(builder, item, item / itemsPerBlock, rng);
    for (std::size_t person = 0; person < blocks * peoplePerBlock; ++person)
        builder.fact("occupation", fmt::format("p{}", person),
                     fmt::format("job{}", rng.uniform() < .8 ? person / peoplePerBlock : rng.below(blocks)));
    return builder.build();
}

} // namespace orrery::testing
