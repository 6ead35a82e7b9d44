// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/films.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

std::optional<Refusal> addNew(IdMap& ids, std::string_view id, std::string_view what, Fault empty, std::uint32_t& index)
{
    const std::string text = toUtf8(trimmed(id));
    if (text.empty())
        return Refusal{empty, fmt::format("the {} has no id", what)};
    const std::uint32_t before = ids.names().size();
    index = ids.add(std::string_view(text));
    if (index < before)
        return Refusal{Fault::ListedTwice, fmt::format("{} '{}' was listed before", what, excerpt(text, 60))};
    return std::nullopt;
}

} // namespace

std::optional<Refusal> addFilm(Assembly& assembly, std::string_view id, std::uint32_t& index)
{
    return addNew(assembly.items, id, assembly.itemWord, Fault::EmptyItem, index);
}

std::optional<Refusal> addPerson(Assembly& assembly, std::string_view id, std::uint32_t& index)
{
    return addNew(assembly.people, id, "person", Fault::EmptyPerson, index);
}

void setTitle(Assembly& assembly, std::uint32_t film, std::string_view title, bool yearToo)
{
    const std::string text = toUtf8(trimmed(title));
    if (const auto year = yearInTitle(text); year && yearToo)
        assembly.aboutItems.setNumber("year", film, *year);
    assembly.aboutItems.setText("title", film, text);
}

void setTags(AttributeBuilder& about, std::string_view column, std::uint32_t row, std::string_view tags)
{
    const std::string text = toUtf8(tags);
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.size(), text.find('|', begin));
        const std::string_view tag = trimmed(std::string_view(text).substr(begin, end - begin));
        if (!tag.empty() && tag != "(no genres listed)")
            about.addTag(column, row, tag);
        begin = end + 1;
    }
}

void setGender(Assembly& assembly, std::uint32_t person, std::string_view gender)
{
    gender = trimmed(gender);
    const std::string_view word = gender == "F" ? "female" : gender == "M" ? "male" : gender;
    setTags(assembly.aboutPeople, "gender", person, word);
}

std::optional<Refusal> TagCounter::add(const Assembly& assembly, std::string_view film, std::string_view tag)
{
    film = trimmed(film);
    const auto index = assembly.items.names().find(film);
    if (!index)
        return film.empty() ? Refusal{Fault::EmptyItem, fmt::format("the {} has no id", assembly.itemWord)}
                            : Refusal{Fault::UnknownItem,
                                      fmt::format("{} '{}' is not known", assembly.itemWord, excerpt(film, 60))};
    const std::string text = toUtf8(trimmed(tag));
    if (text.empty())
        return Refusal{Fault::EmptyText, "the tag is empty"};
    if (*index >= m_byFilm.size())
        m_byFilm.resize(*index + 1);
    auto& counts = m_byFilm[*index];
    const std::uint32_t number = m_tags.add(text);
    const auto key = (std::uint64_t{*index} << 32) | number;
    const auto [place, isNew] = m_places.try_emplace(key, static_cast<std::uint32_t>(counts.size()));
    if (isNew)
        counts.push_back({number, 0});
    ++counts[place->second].count;
    return std::nullopt;
}

void TagCounter::store(Assembly& assembly) const
{
    for (std::uint32_t film = 0; film < m_byFilm.size(); ++film) {
        auto counts = m_byFilm[film];
        std::ranges::stable_sort(counts, std::greater(), &Count::count);
        for (const Count& count : counts)
            assembly.aboutItems.addTag("tags", film, m_tags.name(count.tag));
    }
}

void noteFilms(Assembly& assembly)
{
    const std::uint32_t films = assembly.items.names().size();
    const std::string many = assembly.itemWord + "s";
    const auto note = [&](std::string_view column, std::string_view lacks) {
        const std::size_t empty = assembly.aboutItems.emptyRows(column, films);
        if (empty > 0)
            assembly.report.note(
                fmt::format("{} no {}", counted(empty, assembly.itemWord + " has", many + " have"), lacks));
    };
    note("title", "title");
    note("year", "year");
    note("genres", "genre");
}

void setStarScale(Assembly& assembly, float low)
{
    assembly.scale = {assembly.events.lowest < low ? lowestStars : low, highestStars};
}

void readNote(Assembly& assembly, const FileSet& files)
{
    for (const std::string_view name : {"note.txt", "NOTE.txt"})
        if (assembly.note.empty()) {
            const std::string text = files.peek(name, 4'096);
            const std::string_view line = std::string_view(text).substr(0, text.find_first_of("\r\n"));
            assembly.note = excerpt(trimmed(line.starts_with("\xEF\xBB\xBF") ? line.substr(3) : line), 500);
        }
}

Status readFilmLayout(Assembly& assembly, const FileSet& files, const FilmLayout& layout)
{
    assembly.itemWord = "film";
    if (layout.before)
        if (auto read = layout.before(assembly, files); !read)
            return read;
    EventLayout events;
    events.low = lowestStars;
    events.high = highestStars;
    if (auto read = readRatings(assembly, files, layout.ratings, layout.dialect, "ratings",
                                [&](BlockReader&) { return Result<EventLayout>(events); });
        !read)
        return read;
    if (layout.after)
        if (auto read = layout.after(assembly, files); !read)
            return read;
    setStarScale(assembly, layout.lowest);
    noteFilms(assembly);
    return {};
}

} // namespace orrery::reading
