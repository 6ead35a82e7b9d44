// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/context/segments.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using Words = std::vector<std::string>;

bool isTold(ContextBy by) { return by == ContextBy::Device || by == ContextBy::Place; }

EventContext toldBy(ContextBy by) { return by == ContextBy::Device ? EventContext::Device : EventContext::Place; }

const Words& fixedWords(ContextBy by)
{
    static const Words ends{"working day", "weekend"};
    static const Words days{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const Words parts{"night", "morning", "afternoon", "evening"};
    static const Words none;
    switch (by) {
    case ContextBy::Weekend: return ends;
    case ContextBy::Weekday: return days;
    case ContextBy::PartOfDay: return parts;
    case ContextBy::Device:
    case ContextBy::Place: break;
    }
    return none;
}

std::string_view factName(ContextBy by)
{
    if (isTold(by))
        return nameOf(toldBy(by));
    return by == ContextBy::PartOfDay ? partOfDayFact : weekdayFact;
}

// Most frequent first.
Words wordsOf(const EventLog& log, EventContext context, std::size_t most)
{
    const ContextColumn& column = log.context(context);
    if (column.empty())
        return {};
    std::vector<std::size_t> counts(column.words->size(), 0);
    for (const std::uint16_t code : column.events)
        if (code != ContextColumn::untold)
            ++counts[code];
    std::vector<std::uint32_t> order(counts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::erase_if(order, [&](std::uint32_t word) { return counts[word] == 0; });
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return counts[a] != counts[b] ? counts[a] > counts[b] : column.words->name(a) < column.words->name(b);
    });
    order.resize(std::min(order.size(), most));
    Words words;
    for (const std::uint32_t word : order)
        words.emplace_back(column.words->name(word));
    return words;
}

Result<std::size_t> wholeUpTo(const Artifact& artifact, const std::string& name, std::size_t most)
{
    const auto number = artifact.number(name);
    if (!number)
        return tl::unexpected(number.error());
    if (*number != std::floor(*number) || *number < 0 || *number > static_cast<double>(most))
        return error(Code::Corrupt, fmt::format("The stored model's '{}' makes no sense", name),
                     "Train the model again", name);
    return static_cast<std::size_t>(*number);
}

} // namespace

std::vector<ParamChoice> contextChoices()
{
    return {{"weekend", "Weekend or not"},
            {"weekday", "Day of the week"},
            {"part-of-day", "Part of the day"},
            {"device", "Device"},
            {"place", "Place"}};
}

Segments::Segments(ContextBy by) : m_by(by), m_words(fixedWords(by)) {}

Segments::Segments(ContextBy by, const EventLog& log, std::size_t most) : Segments(by)
{
    if (isTold(by))
        m_words = wordsOf(log, toldBy(by), most);
}

std::string Segments::name(std::size_t segment) const
{
    const std::string& word = m_words.at(segment);
    switch (m_by) {
    case ContextBy::Weekend: return segment == 0 ? "on working days" : "at weekends";
    case ContextBy::Weekday: return fmt::format("on {}s", word);
    case ContextBy::PartOfDay: return word == "night" ? "at night" : "in the " + word;
    case ContextBy::Device:
    case ContextBy::Place: break;
    }
    return fmt::format("where the {} is {}", factName(m_by), word);
}

std::optional<std::size_t> Segments::of(const Facts& context) const
{
    const auto fact = std::ranges::find(context, factName(m_by), &Fact::name);
    if (fact == context.end())
        return std::nullopt;
    const Words& words = m_by == ContextBy::Weekend ? fixedWords(ContextBy::Weekday) : m_words;
    const auto word = std::ranges::find(words, fact->value);
    if (word == words.end())
        return std::nullopt;
    const auto place = static_cast<std::size_t>(word - words.begin());
    return m_by == ContextBy::Weekend ? (place >= 5 ? 1 : 0) : place;
}

std::vector<std::uint8_t> Segments::ofEvents(const EventLog& log, const KindWeights& weights) const
{
    auto segments = ofAllEvents(log);
    for (std::size_t e = 0; e < log.kinds().size(); ++e)
        if (weights[log.kinds()[e]] == 0)
            segments[e] = none;
    return segments;
}

std::vector<std::uint8_t> Segments::ofAllEvents(const EventLog& log) const
{
    std::vector<std::uint8_t> segments(log.size(), none);
    const auto codeOf = [this](const Facts& facts) {
        const auto segment = of(facts);
        return segment ? static_cast<std::uint8_t>(*segment) : none;
    };
    if (!isTold(m_by)) {
        std::ranges::transform(log.times(), segments.begin(), [&](Timestamp at) { return codeOf(contextAt(at)); });
        return segments;
    }
    const ContextColumn& column = log.context(toldBy(m_by));
    if (column.empty())
        return segments;
    std::vector<std::uint8_t> codes;
    for (std::uint32_t word = 0; word < column.words->size(); ++word)
        codes.push_back(codeOf({{std::string(factName(m_by)), std::string(column.words->name(word))}}));
    std::ranges::transform(column.events, segments.begin(),
                           [&](std::uint16_t code) { return code == ContextColumn::untold ? none : codes[code]; });
    return segments;
}

void Segments::save(Artifact& artifact, const std::string& prefix) const
{
    artifact.putNumber(prefix + "by", static_cast<double>(m_by));
    if (!isTold(m_by))
        return;
    artifact.putNumber(prefix + "words", static_cast<double>(m_words.size()));
    for (std::size_t word = 0; word < m_words.size(); ++word)
        artifact.putText(fmt::format("{}word-{}", prefix, word), m_words[word]);
}

Result<Segments> Segments::load(const Artifact& artifact, const std::string& prefix)
{
    const auto by = wholeUpTo(artifact, prefix + "by", static_cast<std::size_t>(ContextBy::Place));
    if (!by)
        return tl::unexpected(by.error());
    Segments segments(static_cast<ContextBy>(*by));
    if (!isTold(segments.m_by))
        return segments;
    const auto count = wholeUpTo(artifact, prefix + "words", mostWords);
    if (!count)
        return tl::unexpected(count.error());
    for (std::size_t word = 0; word < *count; ++word) {
        auto text = artifact.text(fmt::format("{}word-{}", prefix, word));
        if (!text)
            return tl::unexpected(text.error());
        segments.m_words.push_back(std::move(*text));
    }
    return segments;
}

std::vector<Circumstance> circumstancesOf(const EventLog& log)
{
    std::vector<Circumstance> known;
    for (const ContextBy by : {ContextBy::Weekday, ContextBy::PartOfDay, ContextBy::Device, ContextBy::Place}) {
        const Words words = isTold(by) ? wordsOf(log, toldBy(by), Segments::mostWords) : fixedWords(by);
        if (!words.empty())
            known.push_back({std::string(factName(by)), words});
    }
    return known;
}

std::size_t usualSegments(ContextBy by) { return isTold(by) ? 10 : fixedWords(by).size(); }

Status checkTold(const Segments& segments, const EventLog& log)
{
    const bool told = isTold(segments.by()) ? !log.context(toldBy(segments.by())).empty() : log.hasTimes();
    if (told)
        return {};
    const std::string what = isTold(segments.by()) ? std::string(factName(segments.by())) : "time";
    return error(Code::InvalidArgument, fmt::format("No event of this data tells its {}", what),
                 "Tell the circumstances apart by something else, or import a file with such a column", "by");
}

} // namespace orrery
