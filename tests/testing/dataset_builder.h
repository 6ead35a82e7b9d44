// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::testing {

/// Builds small datasets that read like a table:
///
///     DatasetBuilder{}.row("ann", "A:5 B:3@100").row("bob", "B C").build()
///
/// An item is `id[:value][@time][/device[/place]]`; the value is 1 and the others absent unless given.
class DatasetBuilder {
public:
    DatasetBuilder& row(std::string_view person, std::string_view items);
    DatasetBuilder& implicit();
    DatasetBuilder& range(float low, float high); ///< of the ratings; 1 to 5 unless given
    DatasetBuilder& title(std::string_view item, std::string_view title);
    DatasetBuilder& text(std::string_view column, std::string_view item, std::string_view value);
    DatasetBuilder& tags(std::string_view column, std::string_view item, std::vector<std::string> names);
    DatasetBuilder& number(std::string_view column, std::string_view item, double value);
    /// Vectors of one column have one length; items without one have zeros.
    DatasetBuilder& vector(std::string_view column, std::string_view item, std::vector<float> values);
    /// A fact of a person, as a tag: fact("gender", "ann", "F").
    DatasetBuilder& fact(std::string_view column, std::string_view person, std::string_view value);
    [[nodiscard]] std::shared_ptr<const Dataset> build() const;

private:
    DatasetParts m_parts = {"test", Feedback::Explicit, 1, 5, {}, {}, {}, {}, {}, {}, {}};
    EventLog m_log;
    struct Told {
        Vocabulary words;
        std::vector<std::uint16_t> events;
    };
    std::array<Told, eventContexts.size()> m_told;
    Vocabulary m_people, m_items;
    std::map<std::string, std::map<std::uint32_t, std::string>> m_texts; ///< of items, by column
    std::map<std::string, std::map<std::uint32_t, std::vector<std::string>>> m_tags, m_facts;
    std::map<std::string, std::map<std::uint32_t, double>> m_numbers;
    std::map<std::string, std::map<std::uint32_t, std::vector<float>>> m_vectors;
};

/// `blocks` groups of people who each rate only the items of their own group (5 stars) and a few of others (1 star).
/// A share of the pairs within each block is left out: they are what a recommender must find. Titles, plots, genres and
/// years and vectors of the items and an occupation of the people tell of the block, among other things; every event
/// has a time, and most a device or a place.
[[nodiscard]] std::shared_ptr<const Dataset> blockDataset(std::size_t blocks, std::size_t peoplePerBlock,
                                                          std::size_t itemsPerBlock, std::uint64_t seed = 1);

} // namespace orrery::testing
