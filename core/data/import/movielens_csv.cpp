// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/films.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

// MovieLens 20M, 25M, 32M and latest: ratings.csv, movies.csv, tags.csv, links.csv, with headers, quoted after RFC
// 4180. And what Orrery writes beside them: people.csv, plots.csv, note.txt.

namespace orrery::reading {
namespace {

constexpr std::array<std::string_view, 3> ratingColumns = {"userId", "movieId", "rating"};
constexpr std::array<std::string_view, 5> sideNames = {"movies.csv", "tags.csv", "links.csv", "people.csv",
                                                       "plots.csv"};

bool isRatings(const FileSet& files, std::string_view name)
{
    return namesAll(Header(firstRecord(files.peek(name), {})), ratingColumns);
}

std::string ratingsFile(const FileSet& files)
{
    const std::string& chosen = files.chosen();
    const bool side = std::ranges::find(sideNames, chosen) != sideNames.end();
    const std::string name = chosen.empty() || side ? "ratings.csv" : chosen;
    return files.has(name) && isRatings(files, name) ? name : "";
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = ratingsFile(files);
    if (name.empty())
        return std::nullopt;
    return Detection{"movielens-csv", "MovieLens CSV",
                     fmt::format("the first line of {} names userId, movieId and rating{}", name,
                                 files.has("movies.csv") ? ", and movies.csv lies beside it" : "")};
}

Result<EventLayout> layoutOf(BlockReader& reader)
{
    auto names = reader.header();
    if (!names)
        return tl::unexpected(names.error());
    const Header header(std::move(*names));
    for (const std::string_view column : ratingColumns)
        if (!header.find(column))
            return error(Code::BadFile, fmt::format("There is no column '{}'", column),
                         "The first line must name the columns userId, movieId, rating and timestamp");
    if (const std::string twice = header.twice(); !twice.empty())
        return error(Code::BadFile, fmt::format("There are two columns '{}'", twice), "Rename one of them");
    EventLayout layout;
    layout.columns = header.size();
    layout.person = *header.find("userId");
    layout.item = *header.find("movieId");
    layout.value = header.find("rating");
    layout.time = header.find("timestamp");
    layout.low = lowestStars;
    layout.high = highestStars;
    return layout;
}

OnRecord filmReader(Assembly& assembly, const Header& header)
{
    return [&assembly, id = *header.find("movieId"), title = *header.find("title"),
            genres = header.find("genres")](const Record& record) -> std::optional<Refusal> {
        std::uint32_t film = 0;
        if (auto refusal = addFilm(assembly, record.fields[id], film))
            return refusal;
        setTitle(assembly, film, record.fields[title]);
        if (genres)
            setGenres(assembly, film, record.fields[*genres]);
        return std::nullopt;
    };
}

void setPersonField(Assembly& assembly, std::uint32_t person, const std::string& name, std::string_view field)
{
    const std::string folded = lowerCase(name);
    if (folded == "gender")
        setGender(assembly, person, field);
    else if (folded == "zip")
        assembly.aboutPeople.setText("zip", person, toUtf8(trimmed(field)));
    else if (folded == "age") {
        if (const auto age = parseDouble(field))
            assembly.aboutPeople.setNumber("age", person, *age);
    } else
        setTag(assembly, name, person, field);
}

OnRecord personReader(Assembly& assembly, const Header& header)
{
    return [&assembly, id = *header.find("userId"), age = header.find("age"),
            names = header.names()](const Record& record) -> std::optional<Refusal> {
        if (age && !trimmed(record.fields[*age]).empty() && !parseDouble(record.fields[*age]))
            return Refusal{Fault::NotANumber,
                           fmt::format("age '{}' is not a number", excerpt(record.fields[*age], 60))};
        std::uint32_t person = 0;
        if (auto refusal = addPerson(assembly, record.fields[id], person))
            return refusal;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (i != id)
                setPersonField(assembly, person, names[i], record.fields[i]);
        return std::nullopt;
    };
}

std::optional<Refusal> findFilm(const Assembly& assembly, std::string_view id, std::uint32_t& film)
{
    id = trimmed(id);
    const auto found = assembly.items.names().find(id);
    if (!found)
        return id.empty() ? Refusal{Fault::EmptyItem, "the film has no id"}
                          : Refusal{Fault::UnknownItem, fmt::format("film '{}' is not known", excerpt(id, 60))};
    film = *found;
    return std::nullopt;
}

// links.csv and plots.csv: each column but the id is a text of the film.
OnRecord textReader(Assembly& assembly, const Header& header)
{
    return [&assembly, id = *header.find("movieId"),
            names = header.names()](const Record& record) -> std::optional<Refusal> {
        std::uint32_t film = 0;
        if (auto refusal = findFilm(assembly, record.fields[id], film))
            return refusal;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (i != id)
                assembly.aboutItems.setText(names[i], film, toUtf8(trimmed(record.fields[i])));
        return std::nullopt;
    };
}

Status readTags(Assembly& assembly, const FileSet& files)
{
    if (!files.has("tags.csv"))
        return {};
    constexpr std::array<std::string_view, 2> needed = {"movieId", "tag"};
    TagCounter tags;
    const auto read = readCsv(assembly, files, "tags.csv", "tags", needed, [&](const Header& header) -> OnRecord {
        return [&, film = *header.find("movieId"), tag = *header.find("tag")](const Record& record) {
            return tags.add(assembly, record.fields[film], record.fields[tag]);
        };
    });
    tags.store(assembly);
    return read;
}

// Films and people first: their order is that of their files; whoever is only rated follows.
Status readFirst(Assembly& assembly, const FileSet& files)
{
    constexpr std::array<std::string_view, 2> ofFilms = {"movieId", "title"};
    if (files.has("movies.csv"))
        if (auto films = readCsv(assembly, files, "movies.csv", "items", ofFilms,
                                 [&](const Header& header) { return filmReader(assembly, header); });
            !films)
            return films;
    constexpr std::array<std::string_view, 1> ofPeople = {"userId"};
    if (!files.has("people.csv"))
        return {};
    return readCsv(assembly, files, "people.csv", "people", ofPeople,
                   [&](const Header& header) { return personReader(assembly, header); });
}

Status readTexts(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content,
                 std::string_view column)
{
    const std::array<std::string_view, 2> needed = {"movieId", column};
    if (!files.has(name))
        return {};
    return readCsv(assembly, files, name, content, needed,
                   [&](const Header& header) { return textReader(assembly, header); });
}

Status readAfter(Assembly& assembly, const FileSet& files)
{
    if (auto tags = readTags(assembly, files); !tags)
        return tags;
    if (auto plots = readTexts(assembly, files, "plots.csv", "plots", "plot"); !plots)
        return plots;
    if (auto links = readTexts(assembly, files, "links.csv", "links", "imdbId"); !links)
        return links;
    if (files.has("links.csv"))
        for (const std::string_view column : {"imdbId", "tmdbId"})
            if (const auto empty = assembly.aboutItems.emptyRows(column, assembly.items.names().size()); empty > 0)
                assembly.report.note(fmt::format("{} no {}", counted(empty, "film has", "films have"), column));
    return {};
}

Status read(Assembly& assembly, const FileSet& files)
{
    assembly.itemWord = "film";
    if (auto first = readFirst(assembly, files); !first)
        return first;
    if (auto ratings = readRatings(assembly, files, ratingsFile(files), {}, "ratings", layoutOf); !ratings)
        return ratings;
    if (auto after = readAfter(assembly, files); !after)
        return after;
    setStarScale(assembly, lowestStars);
    readNote(assembly, files);
    noteFilms(assembly);
    return {};
}

} // namespace

Format movielensCsv() { return {detect, read}; }

} // namespace orrery::reading
