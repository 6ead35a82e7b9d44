// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/event_reader.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

constexpr std::size_t blocksAtOnce = 16;
constexpr std::uint64_t mostEvents = std::numeric_limits<std::uint32_t>::max() - 1;
constexpr std::uint32_t textBit = 1U << 31;

// Ids of one block: plain numbers as they are, other texts as positions in the block's own vocabulary.
struct IdColumn {
    std::vector<std::uint32_t> codes;
    Vocabulary texts;
    std::vector<std::uint32_t> known; // of each text: its index, once it was met

    std::uint32_t codeOf(std::string_view text)
    {
        if (const auto number = plainNumber(text, IdMap::numberLimit))
            return *number;
        return textBit | texts.add(text);
    }

    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t indexOf(std::uint32_t code, IdMap& ids)
    {
        if (code == none)
            return none;
        if (!(code & textBit))
            return ids.add(code);
        std::uint32_t& index = known[code & ~textBit];
        if (index == none)
            index = ids.add(texts.name(code & ~textBit));
        return index;
    }
};

// The first thing that a block tells about an attribute of an item or person.
struct Sighting {
    std::size_t attribute;
    std::uint32_t code;
    std::string text;
};

struct EventBlock {
    Block block;
    IdColumn people, items, sessions;
    std::vector<float> values;
    std::vector<Timestamp> times;
    std::vector<EventKind> kinds;
    std::array<WordColumn<std::uint32_t>, eventContexts.size()> contexts;
    std::vector<std::uint16_t> positions;
    std::vector<float> prices;
    std::vector<Sighting> sightings;
    RefusedRows refused;
    std::uint64_t lines = 0, withoutTime = 0, notUtf8 = 0;

    void clear()
    {
        for (IdColumn* ids : {&people, &items, &sessions}) {
            ids->codes.clear();
            ids->texts = {};
        }
        values.clear();
        times.clear();
        kinds.clear();
        contexts = {};
        positions.clear();
        prices.clear();
        sightings.clear();
        refused = {};
        lines = withoutTime = notUtf8 = 0;
    }
};

bool isAboutPerson(ColumnRole role) { return role == ColumnRole::PersonTag || role == ColumnRole::PersonNumber; }

std::string_view idIn(std::string_view field)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    return !field.empty() && (blank(field.front()) || blank(field.back())) ? trimmed(field) : field;
}

class BlockParser {
public:
    BlockParser(const EventLayout& layout, const Dialect& dialect, EventBlock& out)
        : m_layout(layout), m_dialect(dialect), m_out(out)
    {
        const std::string_view text = out.block.text();
        m_ascii = std::ranges::none_of(text, [](char c) { return static_cast<signed char>(c) < 0; });
    }

    void run()
    {
        RecordCursor cursor(m_out.block.text(), m_dialect);
        Record record;
        while (cursor.next(record)) {
            if (auto fault = faultOf(record, m_layout.columns))
                m_out.refused.add(record, *fault, [&] { return describe(*fault, record, m_layout.columns); });
            else
                parse(record);
        }
        m_out.lines = cursor.lines();
    }

private:
    void refuse(const Record& record, Fault fault, std::string_view what, std::string_view field)
    {
        m_out.refused.add(record, fault, [&] { return reasonFor(fault, what, excerpt(field, 60)); });
    }

    std::string reasonFor(Fault fault, std::string_view what, const std::string& shown) const
    {
        switch (fault) {
        case Fault::EmptyPerson: return "the person has no id";
        case Fault::EmptyItem: return "the item has no id";
        case Fault::EmptyValue:
        case Fault::EmptyTime: return fmt::format("the {} is empty", what);
        case Fault::NotANumber: return notANumber(what, shown);
        case Fault::NotFinite: return fmt::format("{} '{}' is not a finite number", what, shown);
        case Fault::NumberRange: return fmt::format("{} '{}' is out of range", what, shown);
        case Fault::OffScale:
            return fmt::format("{} {} is not from {} to {}", what, shown, m_layout.low, m_layout.high);
        case Fault::NotATime: return fmt::format("'{}' is not a time", shown);
        default: return fmt::format("'{}' is not a kind of event", shown);
        }
    }

    std::string notANumber(std::string_view what, const std::string& shown) const
    {
        if (m_layout.decimalComma && parseDouble(shown))
            return fmt::format("{} '{}' has a decimal point where others have a comma", what, shown);
        if (!m_layout.decimalComma && pointForComma(shown))
            return fmt::format("{} '{}' has a comma: write it with a decimal point and nothing between thousands", what,
                               shown);
        return fmt::format("{} '{}' is not a number", what, shown);
    }

    void parse(const Record& record)
    {
        const std::string_view person = keyIn(record.fields[m_layout.person]);
        const std::string_view item = keyIn(record.fields[m_layout.item]);
        if (person.empty() || item.empty())
            return refuse(record, person.empty() ? Fault::EmptyPerson : Fault::EmptyItem, {}, {});
        Event event;
        if (!parseValueOf(record, event) || !parseTimeOf(record, event) || !parseKindOf(record, event) ||
            !parsePositionOf(record, event) || !parsePriceOf(record, event))
            return;
        if (!m_ascii && !isUtf8(record.raw))
            ++m_out.notUtf8;
        const std::uint32_t personCode = code(m_out.people, person);
        const std::uint32_t itemCode = code(m_out.items, item);
        m_out.people.codes.push_back(personCode);
        m_out.items.codes.push_back(itemCode);
        m_out.values.push_back(event.value);
        if (m_layout.time)
            m_out.times.push_back(event.at);
        if (m_layout.kind)
            m_out.kinds.push_back(event.kind);
        for (std::size_t c = 0; c < m_layout.contexts.size(); ++c)
            if (m_layout.contexts[c])
                addWord(m_out.contexts[c], record.fields[*m_layout.contexts[c]]);
        if (m_layout.session)
            addSession(record.fields[*m_layout.session]);
        if (m_layout.position)
            m_out.positions.push_back(event.position);
        if (m_layout.price)
            m_out.prices.push_back(event.price);
        for (std::size_t i = 0; i < m_layout.attributes.size(); ++i)
            sight(i, isAboutPerson(m_layout.attributes[i].role) ? personCode : itemCode, record);
    }

    std::string_view keyIn(std::string_view field) const
    {
        const std::string_view id = idIn(field);
        return m_layout.trimIds || id.empty() ? id : field;
    }

    static void addWord(WordColumn<std::uint32_t>& column, std::string_view field)
    {
        const std::string_view word = trimmed(field);
        column.events.push_back(word.empty() ? column.none : column.words.add(toUtf8(word)));
    }

    void addSession(std::string_view field)
    {
        const std::string_view id = idIn(field);
        m_out.sessions.codes.push_back(id.empty() ? IdColumn::none : code(m_out.sessions, id));
    }

    std::uint32_t code(IdColumn& ids, std::string_view text) const
    {
        return m_ascii || isUtf8(text) ? ids.codeOf(text) : ids.codeOf(fromLatin1(text));
    }

    bool parseValueOf(const Record& record, Event& event)
    {
        if (!m_layout.value)
            return true;
        const std::string_view field = record.fields[*m_layout.value];
        const auto value = m_layout.decimalComma ? parseCommaValue(field) : parseValue(field);
        if (value.fault) {
            refuse(record, *value.fault, m_layout.valueName, field);
            return false;
        }
        if (value.value < m_layout.low || value.value > m_layout.high) {
            refuse(record, Fault::OffScale, m_layout.valueName, trimmed(field));
            return false;
        }
        event.value = value.value;
        return true;
    }

    bool parseTimeOf(const Record& record, Event& event)
    {
        if (!m_layout.time)
            return true;
        const std::string_view field = record.fields[*m_layout.time];
        const auto time = parseTime(field, m_layout.dates);
        if (time.fault == Fault::EmptyTime && !m_layout.timeNeeded) {
            ++m_out.withoutTime;
            return true;
        }
        if (time.fault) {
            refuse(record, *time.fault, "time", field);
            return false;
        }
        event.at = time.value;
        return true;
    }

    bool parseKindOf(const Record& record, Event& event)
    {
        if (!m_layout.kind)
            return true;
        const std::string_view field = record.fields[*m_layout.kind];
        const auto kind = kindFrom(field);
        if (!kind) {
            refuse(record, Fault::UnknownKind, "kind", field);
            return false;
        }
        event.kind = *kind;
        return true;
    }

    bool parsePositionOf(const Record& record, Event& event)
    {
        if (!m_layout.position || trimmed(record.fields[*m_layout.position]).empty())
            return true;
        const std::string_view field = record.fields[*m_layout.position];
        const auto position = parseValue(field);
        const bool whole =
            position.value >= 0 && position.value <= 65'535 && position.value == std::floor(position.value);
        if (position.fault || !whole) {
            refuse(record, position.fault.value_or(Fault::NumberRange), "position", field);
            return false;
        }
        event.position = static_cast<std::uint16_t>(position.value);
        return true;
    }

    bool parsePriceOf(const Record& record, Event& event)
    {
        if (!m_layout.price || trimmed(record.fields[*m_layout.price]).empty())
            return true;
        const std::string_view field = record.fields[*m_layout.price];
        const auto price = m_layout.priceComma ? parseCommaValue(field) : parseValue(field);
        if (price.fault) {
            refuse(record, *price.fault, "price", field);
            return false;
        }
        event.price = price.value;
        return true;
    }

    void sight(std::size_t attribute, std::uint32_t about, const Record& record)
    {
        const std::string_view text = trimmed(record.fields[m_layout.attributes[attribute].column]);
        if (!text.empty() && m_seen.insert((std::uint64_t{attribute} << 32) | about).second)
            m_out.sightings.push_back({attribute, about, toUtf8(text)});
    }

    const EventLayout& m_layout;
    const Dialect& m_dialect;
    EventBlock& m_out;
    std::unordered_set<std::uint64_t> m_seen;
    bool m_ascii = true;
};

void addTags(AttributeBuilder& about, const AttributeField& field, std::uint32_t row, std::string_view text)
{
    const std::size_t separator =
        field.role == ColumnRole::ItemTags ? text.find_first_of("|;") : std::string_view::npos;
    const char by = separator == std::string_view::npos ? '\0' : text[separator];
    while (!text.empty()) {
        const std::size_t end = by == '\0' ? text.size() : std::min(text.size(), text.find(by));
        if (const auto tag = trimmed(text.substr(0, end)); !tag.empty())
            about.addTag(field.name, row, tag);
        text.remove_prefix(std::min(text.size(), end + 1));
    }
}

void keepSighting(Assembly& assembly, const AttributeField& field, std::uint32_t row, const std::string& text)
{
    AttributeBuilder& about = isAboutPerson(field.role) ? assembly.aboutPeople : assembly.aboutItems;
    if (!about.has(field.name, row)) // the first one in the file counts
        addAttribute(about, field, row, text);
}

Status joinWords(WordColumn<std::uint16_t>& all, const WordColumn<std::uint32_t>& part, std::size_t before,
                 std::size_t count, EventContext context)
{
    if (part.events.empty() && all.events.empty())
        return {};
    std::vector<std::uint32_t> codes;
    for (std::uint32_t word = 0; word < part.words.size(); ++word)
        codes.push_back(all.words.add(part.words.name(word)));
    if (all.words.size() > all.none)
        return error(Code::BadFile,
                     fmt::format("There are more than {} different words for the {}", all.none, nameOf(context)),
                     "Leave that column out, or use one with fewer words");
    all.events.resize(before, all.none);
    for (const std::uint32_t word : part.events)
        all.events.push_back(word == part.none ? all.none : static_cast<std::uint16_t>(codes[word]));
    all.events.resize(before + count, all.none);
    return {};
}

template <class T>
void joinColumn(std::vector<T>& all, const std::vector<T>& part, std::size_t before, std::size_t count, T nothing)
{
    if (part.empty() && all.empty())
        return;
    all.resize(before, nothing);
    all.insert(all.end(), part.begin(), part.end());
    all.resize(before + count, nothing);
}

void joinSessions(std::vector<std::uint32_t>& all, IdColumn& part, std::size_t before, std::size_t count, IdMap& ids)
{
    part.known.assign(part.texts.size(), IdColumn::none);
    std::vector<std::uint32_t> sessions(part.codes.size());
    std::ranges::transform(part.codes, sessions.begin(), [&](std::uint32_t code) { return part.indexOf(code, ids); });
    joinColumn(all, sessions, before, count, noSession);
}

void joinEvents(EventColumns& events, EventBlock& part, Assembly& assembly)
{
    const std::size_t before = events.users.size();
    const std::size_t count = part.people.codes.size();
    part.people.known.assign(part.people.texts.size(), std::numeric_limits<std::uint32_t>::max());
    part.items.known.assign(part.items.texts.size(), std::numeric_limits<std::uint32_t>::max());
    events.users.resize(before + count);
    events.items.resize(before + count);
    for (std::size_t i = 0; i < count; ++i) {
        events.users[before + i] = UserIndex{part.people.indexOf(part.people.codes[i], assembly.people)};
        events.items[before + i] = ItemIndex{part.items.indexOf(part.items.codes[i], assembly.items)};
    }
    events.values.insert(events.values.end(), part.values.begin(), part.values.end());
    // A first file without times or kinds and a second one with them is possible in a predefined split.
    joinColumn(events.times, part.times, before, count, noTime);
    joinColumn(events.kinds, part.kinds, before, count, EventKind::Rating);
    joinSessions(events.sessions, part.sessions, before, count, assembly.sessions);
    joinColumn(events.positions, part.positions, before, count, std::uint16_t{0});
    joinColumn(events.prices, part.prices, before, count, noPrice);
    for (const float value : part.values) {
        events.lowest = std::min(events.lowest, value);
        events.highest = std::max(events.highest, value);
        events.notPositive += value <= 0;
    }
    events.withoutTime += part.withoutTime;
}

Status join(Assembly& assembly, EventBlock& part, const EventLayout& layout, std::uint64_t linesBefore)
{
    if (assembly.events.users.size() + part.people.codes.size() > mostEvents)
        return error(Code::BadFile, "The file holds more than 4,294,967,294 events", "Import a part of it");
    for (const EventContext context : eventContexts) {
        const auto c = static_cast<std::size_t>(context);
        if (auto joined = joinWords(assembly.events.contexts[c], part.contexts[c], assembly.events.users.size(),
                                    part.people.codes.size(), context);
            !joined)
            return joined;
    }
    joinEvents(assembly.events, part, assembly);
    assembly.report.accept(part.people.codes.size());
    assembly.notUtf8 += part.notUtf8;
    for (const Sighting& seen : part.sightings) {
        const AttributeField& field = layout.attributes[seen.attribute];
        const bool person = isAboutPerson(field.role);
        const std::uint32_t row =
            person ? part.people.indexOf(seen.code, assembly.people) : part.items.indexOf(seen.code, assembly.items);
        keepSighting(assembly, field, row, seen.text);
    }
    return assembly.report.refuse(std::move(part.refused), linesBefore);
}

// From what was read so far, how many events the rest will bring: columns grow once or twice, not by doubling.
void makeRoom(EventColumns& events, std::span<EventBlock> parts, std::size_t readBefore, double fraction,
              const EventLayout& layout)
{
    std::size_t coming = 0;
    for (const EventBlock& part : parts)
        coming += part.people.codes.size();
    const std::size_t now = events.users.size() + coming;
    if (now <= events.users.capacity())
        return;
    const auto ofThisFile = static_cast<double>(now - readBefore);
    const double rest = ofThisFile * (1 / std::clamp(fraction, 0.001, 1.0) - 1);
    const bool withTimes = layout.time || !events.times.empty();
    events.reserve(now + static_cast<std::size_t>(1.04 * rest) + now / 64, withTimes,
                   layout.kind || !events.kinds.empty());
}

// A float's shortest decimal form as a double: 2.55, not 2.5499999523162842.
double plainDecimal(double number) { return std::round(number * 1e4) / 1e4; }

} // namespace

void EventColumns::reserve(std::size_t count, bool withTimes, bool withKinds)
{
    users.reserve(count);
    items.reserve(count);
    values.reserve(count);
    if (withTimes)
        times.reserve(count);
    if (withKinds)
        kinds.reserve(count);
}

EventLog EventColumns::take()
{
    ContextColumns columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
        if (!contexts[c].words.empty())
            columns[c] = {std::make_shared<const Vocabulary>(std::move(contexts[c].words)),
                          std::move(contexts[c].events)};
    return EventLog::fromColumns(std::move(users), std::move(items), std::move(values), std::move(times),
                                 std::move(kinds), std::move(columns),
                                 {std::move(sessions), std::move(positions), std::move(prices)});
}

void addAttribute(AttributeBuilder& about, const AttributeField& field, std::uint32_t row, const std::string& text)
{
    if (field.role == ColumnRole::ItemTags || field.role == ColumnRole::PersonTag)
        addTags(about, field, row, text);
    else if (field.role == ColumnRole::ItemTitle || field.role == ColumnRole::ItemText)
        about.setText(field.name, row, text);
    else if (const auto number = field.decimalComma ? parseCommaDouble(text) : parseDouble(text))
        about.setNumber(field.name, row, *number);
}

void addItemPrices(AttributeBuilder& about, std::span<const ItemIndex> items, std::span<const float> prices,
                   std::size_t itemCount)
{
    std::vector<std::vector<float>> ofItem(itemCount);
    for (std::size_t e = 0; e < prices.size(); ++e)
        if (std::isfinite(prices[e]) && prices[e] > 0)
            ofItem[items[e].value].push_back(prices[e]);
    for (std::uint32_t item = 0; item < ofItem.size(); ++item) {
        auto& paid = ofItem[item];
        if (paid.empty())
            continue;
        const auto middle = paid.begin() + static_cast<std::ptrdiff_t>(paid.size() / 2);
        std::ranges::nth_element(paid, middle);
        const double upper = *middle;
        const double lower = paid.size() % 2 == 1 ? upper : *std::max_element(paid.begin(), middle);
        about.setNumber("price", item, plainDecimal((lower + upper) / 2));
    }
}

void addItemPrices(Assembly& assembly)
{
    addItemPrices(assembly.aboutItems, assembly.events.items, assembly.events.prices, assembly.items.names().size());
}

Status readEvents(Assembly& assembly, BlockReader& reader, const EventLayout& layout)
{
    std::vector<EventBlock> parts(blocksAtOnce);
    const std::size_t readBefore = assembly.events.users.size();
    std::uint64_t lines = reader.headerLines();
    const std::string doing = "reading " + assembly.report.file().file;
    while (true) {
        std::size_t count = 0;
        for (; count < parts.size(); ++count) {
            const auto more = reader.next(parts[count].block);
            if (!more)
                return tl::unexpected(more.error());
            if (!*more)
                break;
        }
        if (count == 0)
            return {};
        const auto parsed = parallelFor(assembly.job, count, 1, [&](std::size_t part, std::size_t) {
            parts[part].clear();
            BlockParser(layout, reader.dialect(), parts[part]).run();
        });
        if (!parsed)
            return parsed;
        makeRoom(assembly.events, std::span(parts).first(count), readBefore, reader.fraction(), layout);
        for (std::size_t part = 0; part < count; ++part) {
            if (auto joined = join(assembly, parts[part], layout, lines); !joined)
                return joined;
            lines += parts[part].lines;
        }
        assembly.job.progress(reader.fraction(), doing);
    }
}

std::optional<EventKind> kindFrom(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, EventKind>, 28> kinds = {{
        {"rating", EventKind::Rating},
        {"rate", EventKind::Rating},
        {"view", EventKind::View},
        {"detail", EventKind::View},
        {"pageview", EventKind::View},
        {"click", EventKind::Click},
        {"cart", EventKind::Cart},
        {"addtocart", EventKind::Cart},
        {"add_to_cart", EventKind::Cart},
        {"add to cart", EventKind::Cart},
        {"purchase", EventKind::Purchase},
        {"transaction", EventKind::Purchase},
        {"buy", EventKind::Purchase},
        {"order", EventKind::Purchase},
        {"like", EventKind::Like},
        {"favorite", EventKind::Like},
        {"favourite", EventKind::Like},
        {"play", EventKind::Play},
        {"listen", EventKind::Play},
        {"watch", EventKind::Play},
        {"stream", EventKind::Play},
        {"skip", EventKind::Skip},
        {"skipped", EventKind::Skip},
        {"dismiss", EventKind::Skip},
        {"impression", EventKind::Impression},
        {"shown", EventKind::Impression},
        {"show", EventKind::Impression},
        {"display", EventKind::Impression},
    }};
    const std::string lower = lowerCase(trimmed(text));
    const auto found =
        std::ranges::find(kinds, std::string_view(lower), &std::pair<std::string_view, EventKind>::first);
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

} // namespace orrery::reading
