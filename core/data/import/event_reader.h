// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/attribute_builder.h"
#include "core/data/import/id_map.h"
#include "core/data/import/report_builder.h"

#include <array>
#include <limits>

namespace orrery::reading {

/// A column of the event file that tells something about the item or the person of the line.
struct AttributeField {
    std::size_t column = 0;
    ColumnRole role = ColumnRole::Ignore;
    std::string name;
    bool decimalComma = false;
};

/// Where the parts of an event stand in a line.
struct EventLayout {
    std::size_t columns = 4; ///< exactly so many in each line
    std::size_t person = 0, item = 1;
    std::optional<std::size_t> value = 2, time = 3, kind;
    std::array<std::optional<std::size_t>, eventContexts.size()> contexts; ///< columns of these words
    std::optional<std::size_t> session, position, price;
    float low = -std::numeric_limits<float>::infinity(); ///< a value outside is refused
    float high = std::numeric_limits<float>::infinity();
    std::string valueName = "rating"; ///< in the reason of a refusal
    bool decimalComma = false;        ///< of the value
    bool priceComma = false;          ///< of the price
    DateOrder dates = DateOrder::YearFirst;
    bool timeNeeded = true; ///< else an empty time is an event without one
    bool trimIds = true;    ///< else blanks around the ids of people and items are part of them
    std::vector<AttributeField> attributes;
};

/// A word an event, in the making; empty as long as no file has such a column.
template <class Code> struct WordColumn {
    static constexpr Code none = std::numeric_limits<Code>::max();

    Vocabulary words;
    std::vector<Code> events; ///< an index into `words`, or none
};

/// The events' columns in the making: the only copy, 20 bytes an event, 2 more with each context.
struct EventColumns {
    std::vector<UserIndex> users;
    std::vector<ItemIndex> items;
    std::vector<float> values;
    std::vector<Timestamp> times;
    std::vector<EventKind> kinds;
    std::array<WordColumn<std::uint16_t>, eventContexts.size()> contexts;
    std::vector<std::uint32_t> sessions;  ///< indices into Assembly::sessions, or noSession; as long as no file has
    std::vector<std::uint16_t> positions; ///< such a column, these are empty
    std::vector<float> prices;
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();
    std::uint64_t withoutTime = 0, notPositive = 0;

    void reserve(std::size_t events, bool withTimes, bool withKinds);
    [[nodiscard]] EventLog take(); ///< leaves nothing
};

/// What a reader of a layout fills: names, attributes, events and the report.
struct Assembly {
    explicit Assembly(const ImportRequest& asked, const JobContext& context)
        : request(asked), job(context), report(asked)
    {
    }
    const ImportRequest& request;
    const JobContext& job;
    ReportBuilder report;
    IdMap people, items, sessions;
    AttributeBuilder aboutPeople, aboutItems;
    EventColumns events;
    std::optional<std::size_t> trainEvents;
    std::optional<Feedback> feedback;
    std::optional<std::pair<float, float>> scale; ///< else from the values
    std::optional<KindWeights> kindWeights;
    std::string name, note;
    std::string itemWord = "item"; ///< "film"
    std::uint64_t notUtf8 = 0;     ///< lines that were read as Latin-1
};

/// Appends the events of one file. Blocks are parsed on all threads and joined in the order of the file, so that
/// indices are given by first appearance whatever the number of threads. The file must have been begun in the report.
[[nodiscard]] Status readEvents(Assembly& assembly, BlockReader& reader, const EventLayout& layout);

/// Events that Interactions::derive would fold into another of the same pair, without deriving.
[[nodiscard]] std::uint64_t countDuplicates(const Dataset& dataset);

/// A cell of such a column, as text; what is not a number where one is wanted tells nothing.
void addAttribute(AttributeBuilder& about, const AttributeField& field, std::uint32_t row, const std::string& text);

/// The median price of each item that was sold with one, as its number "price"; `prices` may be empty.
void addItemPrices(AttributeBuilder& about, std::span<const ItemIndex> items, std::span<const float> prices,
                   std::size_t itemCount);
void addItemPrices(Assembly& assembly);

/// "view", "addtocart", "purchase", ...
[[nodiscard]] std::optional<EventKind> kindFrom(std::string_view text);

} // namespace orrery::reading
