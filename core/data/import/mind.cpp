// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"
#include "core/data/catalog_columns.h"
#include "core/data/import/films.h"
#include "core/data/import/json_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

// MIND (Wu et al., ACL 2020): behaviors.tsv and news.tsv, without headers. What was shown and not clicked is a skip;
// where clicks are not told, as in its test part, it is an impression.

namespace orrery::reading {
namespace {

const Dialect tabs{"\t", false};
constexpr std::string_view behaviorsName = "behaviors.tsv", newsName = "news.tsv";
constexpr std::size_t behaviorColumns = 5, newsColumns = 8;

std::string behaviorsFile(const FileSet& files)
{
    const std::string name =
        files.chosen().empty() || files.chosen() == newsName ? std::string(behaviorsName) : files.chosen();
    if (!files.has(name))
        return {};
    const auto first = firstRecord(files.peek(name, 256 * 1024), tabs);
    const bool fits = first.size() == behaviorColumns && !parseTime(first[2], DateOrder::MonthFirst).fault &&
                      first[2].find('/') != std::string::npos;
    return fits ? name : "";
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = behaviorsFile(files);
    if (name.empty())
        return std::nullopt;
    return Detection{"mind", "MIND",
                     fmt::format("{} has an impression, a person, a time, a history and what was shown between tabs{}",
                                 name, files.has(newsName) ? ", and news.tsv lies beside it" : "")};
}

/// Calls `onWord` with each of the words between blanks; ends with what it refuses.
template <class OnWord> std::optional<Refusal> eachWord(std::string_view text, const OnWord& onWord)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0)
            if (auto refusal = onWord(text.substr(0, end)))
                return refusal;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

struct Shown {
    std::string_view item;
    EventKind kind;
};

// N55689-1, N55689-0, N55689.
Shown shownIn(std::string_view word)
{
    if (word.ends_with("-1"))
        return {word.substr(0, word.size() - 2), EventKind::Click};
    if (word.ends_with("-0"))
        return {word.substr(0, word.size() - 2), EventKind::Skip};
    return {word, EventKind::Impression};
}

class BehaviorReader {
public:
    explicit BehaviorReader(Assembly& assembly) : m_assembly(assembly) {}

    std::optional<Refusal> add(const Record& record)
    {
        const std::string_view person = trimmed(record.fields[1]);
        const auto time = parseTime(record.fields[2], DateOrder::MonthFirst);
        if (person.empty())
            return Refusal{Fault::EmptyPerson, "the person has no id"};
        if (time.fault)
            return Refusal{*time.fault, fmt::format("'{}' is not a time", excerpt(record.fields[2], 60))};
        if (auto refusal = checkShown(record.fields[4]))
            return refusal;
        const std::uint32_t user = m_assembly.people.add(toUtf8(person));
        keepHistory(user, time.value, record.fields[3]);
        const std::string_view impression = trimmed(record.fields[0]);
        const std::uint32_t session = impression.empty() ? noSession : m_assembly.sessions.add(impression);
        std::uint16_t position = 0;
        eachWord(record.fields[4], [&](std::string_view word) -> std::optional<Refusal> {
            const Shown shown = shownIn(word);
            position = static_cast<std::uint16_t>(std::min(position + 1, 65'535));
            append({UserIndex{user}, ItemIndex{m_assembly.items.add(toUtf8(shown.item))}, 1, time.value, shown.kind,
                    session, position});
            return std::nullopt;
        });
        return std::nullopt;
    }

    /// Clicks of before the first impression, a second apart: MIND tells their order and not their times.
    void finish()
    {
        std::uint64_t clicks = 0;
        for (std::uint32_t user = 0; user < m_histories.size(); ++user) {
            const History& history = m_histories[user];
            for (std::size_t i = 0; i < history.items.size(); ++i)
                append({UserIndex{user}, history.items[i], 1,
                        history.before - static_cast<Timestamp>(history.items.size() - i), EventKind::Click});
            clicks += history.items.size();
        }
        if (clicks > 0)
            m_assembly.report.note(fmt::format(
                "{} from histories: their order is told and not their times, so they are a second apart before the "
                "person's first impression",
                counted(clicks, "click is", "clicks are")));
        m_assembly.report.note("Positions are those of the file; MIND was published with its impressions shuffled");
    }

private:
    struct History {
        Timestamp before = endOfTime;
        std::vector<ItemIndex> items;
    };

    static std::optional<Refusal> checkShown(std::string_view field)
    {
        if (trimmed(field).empty())
            return Refusal{Fault::EmptyItem, "nothing was shown"};
        return eachWord(field, [](std::string_view word) -> std::optional<Refusal> {
            if (shownIn(word).item.empty() || word.find('-') != word.rfind('-') ||
                (shownIn(word).kind == EventKind::Impression && word.find('-') != std::string_view::npos))
                return Refusal{Fault::UnknownCode,
                               fmt::format("'{}' is not a news with -1 (clicked) or -0 (not)", excerpt(word, 60))};
            return std::nullopt;
        });
    }

    // That of a person's first impression: later ones repeat it.
    void keepHistory(std::uint32_t user, Timestamp at, std::string_view field)
    {
        m_histories.resize(std::max<std::size_t>(m_histories.size(), user + 1));
        if (at >= m_histories[user].before)
            return;
        History history{at, {}};
        eachWord(field, [&](std::string_view word) -> std::optional<Refusal> {
            history.items.push_back(ItemIndex{m_assembly.items.add(toUtf8(word))});
            return std::nullopt;
        });
        m_histories[user] = std::move(history);
    }

    void append(const Event& event)
    {
        EventColumns& events = m_assembly.events;
        events.users.push_back(event.user);
        events.items.push_back(event.item);
        events.values.push_back(event.value);
        events.times.push_back(event.at);
        events.kinds.push_back(event.kind);
        events.sessions.push_back(event.session);
        events.positions.push_back(event.position);
        events.lowest = events.highest = 1;
    }

    Assembly& m_assembly;
    std::vector<History> m_histories;
};

void setText(Assembly& assembly, std::string_view column, std::uint32_t item, std::string_view field)
{
    if (!trimmed(field).empty())
        assembly.aboutItems.setText(column, item, toUtf8(trimmed(field)));
}

std::optional<Refusal> addNews(Assembly& assembly, const Record& record)
{
    std::uint32_t item = 0;
    if (auto refusal = addFilm(assembly, record.fields[0], item))
        return refusal;
    for (const std::size_t column : {1, 2})
        if (const auto category = trimmed(record.fields[column]); !category.empty())
            assembly.aboutItems.addTag(nameOf(CatalogField::Category), item, toUtf8(category));
    setText(assembly, nameOf(CatalogField::Title), item, record.fields[3]);
    setText(assembly, nameOf(CatalogField::Text), item, record.fields[4]);
    setText(assembly, "url", item, record.fields[5]);
    for (const std::size_t column : {6, 7})
        for (const std::string& entity : JsonObject::textsIn(record.fields[column], "Label"))
            assembly.aboutItems.addTag("entities", item, entity);
    return std::nullopt;
}

Status read(Assembly& assembly, const FileSet& files)
{
    if (auto alone = refuseTestFile(assembly); !alone)
        return alone;
    assembly.itemWord = "article";
    assembly.feedback = Feedback::Implicit;
    if (files.has(newsName))
        if (auto news = readRecords(assembly, files, newsName, "news", tabs, newsColumns,
                                    [&](const Record& record) { return addNews(assembly, record); });
            !news)
            return news;
    BehaviorReader behaviors(assembly);
    const auto rows = readRecords(assembly, files, behaviorsFile(files), "impressions", tabs, behaviorColumns,
                                  [&](const Record& record) { return behaviors.add(record); });
    if (!rows)
        return rows;
    if (auto some = assembly.report.requireSome(); !some)
        return some;
    behaviors.finish();
    noteUnused(assembly);
    readNote(assembly, files);
    return {};
}

} // namespace

Format mind() { return {detect, read}; }

} // namespace orrery::reading
