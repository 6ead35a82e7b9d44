// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/description.h"
#include "core/data/import/films.h"

#include <algorithm>
#include <array>
#include <tuple>

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

Result<EventLayout> layoutOf(BlockReader& reader, const Description& description)
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
    layout.kind = header.find("kind");
    for (const EventContext context : eventContexts)
        layout.contexts[static_cast<std::size_t>(context)] = header.find(nameOf(context));
    if (description.given) {
        layout.session = header.find("session");
        layout.position = header.find("position");
        layout.price = header.find("price");
    }
    layout.timeNeeded = !description.given;
    if (!description.given)
        std::tie(layout.low, layout.high) = std::pair(lowestStars, highestStars);
    else if (description.scale && description.feedback == Feedback::Explicit)
        std::tie(layout.low, layout.high) = *description.scale;
    return layout;
}

void setCell(AttributeBuilder& about, const std::string& name, std::string_view type, std::uint32_t row,
             std::string_view field)
{
    if (type == "text")
        about.setText(name, row, toUtf8(trimmed(field)));
    else if (type == "tags")
        setTags(about, name, row, field);
    else if (const auto number = parseDouble(field))
        about.setNumber(name, row, *number);
}

// The type of each column; "" where it is read in another way or not at all.
std::vector<std::string> typesOf(const Header& header, const std::map<std::string, std::string>& types)
{
    std::vector<std::string> out;
    for (const std::string& name : header.names()) {
        const auto found = types.find(name);
        out.push_back(found == types.end() ? "" : found->second);
    }
    return out;
}

OnRecord filmReader(Assembly& assembly, const Header& header, const Description& description)
{
    return [&assembly, id = *header.find("movieId"), title = *header.find("title"), genres = header.find("genres"),
            names = header.names(), yearFromTitle = !description.itemColumns.contains("year"),
            types = typesOf(header, description.itemColumns)](const Record& record) -> std::optional<Refusal> {
        std::uint32_t film = 0;
        if (auto refusal = addFilm(assembly, record.fields[id], film))
            return refusal;
        setTitle(assembly, film, record.fields[title], yearFromTitle);
        if (genres)
            setTags(assembly.aboutItems, "genres", film, record.fields[*genres]);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (!types[i].empty() && i != id && i != title && i != genres)
                setCell(assembly.aboutItems, names[i], types[i], film, record.fields[i]);
        return std::nullopt;
    };
}

// Without a description: age is a number, zip a text, gender and whatever else there is are tags.
void setPersonField(Assembly& assembly, std::uint32_t person, const std::string& name, std::string_view field)
{
    const std::string folded = lowerCase(name);
    if (folded == "gender")
        setGender(assembly, person, field);
    else
        setCell(assembly.aboutPeople, name,
                folded == "zip"   ? "text"
                : folded == "age" ? "number"
                                  : "tags",
                person, field);
}

OnRecord personReader(Assembly& assembly, const Header& header, const Description& description)
{
    return [&assembly, id = *header.find("userId"), age = header.find("age"), names = header.names(),
            types = typesOf(header, description.personColumns)](const Record& record) -> std::optional<Refusal> {
        if (age && types[*age].empty() && !trimmed(record.fields[*age]).empty() && !parseDouble(record.fields[*age]))
            return Refusal{Fault::NotANumber,
                           fmt::format("age '{}' is not a number", excerpt(record.fields[*age], 60))};
        std::uint32_t person = 0;
        if (auto refusal = addPerson(assembly, record.fields[id], person))
            return refusal;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i == id)
                continue;
            if (types[i].empty())
                setPersonField(assembly, person, names[i], record.fields[i]);
            else
                setCell(assembly.aboutPeople, names[i], types[i], person, record.fields[i]);
        }
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
Status readFirst(Assembly& assembly, const FileSet& files, const Description& description)
{
    constexpr std::array<std::string_view, 2> ofFilms = {"movieId", "title"};
    if (files.has("movies.csv"))
        if (auto films = readCsv(assembly, files, "movies.csv", "items", ofFilms,
                                 [&](const Header& header) { return filmReader(assembly, header, description); });
            !films)
            return films;
    constexpr std::array<std::string_view, 1> ofPeople = {"userId"};
    if (!files.has("people.csv"))
        return {};
    return readCsv(assembly, files, "people.csv", "people", ofPeople,
                   [&](const Header& header) { return personReader(assembly, header, description); });
}

Status readTexts(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content)
{
    constexpr std::array<std::string_view, 1> needed = {"movieId"};
    if (!files.has(name))
        return {};
    return readCsv(assembly, files, name, content, needed,
                   [&](const Header& header) { return textReader(assembly, header); });
}

Status readAfter(Assembly& assembly, const FileSet& files)
{
    if (auto tags = readTags(assembly, files); !tags)
        return tags;
    if (auto plots = readTexts(assembly, files, "plots.csv", "plots"); !plots)
        return plots;
    if (auto links = readTexts(assembly, files, "links.csv", "links"); !links)
        return links;
    if (files.has("links.csv"))
        for (const std::string_view column : {"imdbId", "tmdbId"})
            if (const auto empty = assembly.aboutItems.emptyRows(column, assembly.items.names().size()); empty > 0)
                assembly.report.note(fmt::format("{} no {}", counted(empty, "film has", "films have"), column));
    return {};
}

Status read(Assembly& assembly, const FileSet& files)
{
    const Description description = readDescription(files);
    assembly.itemWord = "film";
    assembly.name = description.name;
    assembly.feedback = description.feedback;
    assembly.kindWeights = description.kindWeights;
    if (auto first = readFirst(assembly, files, description); !first)
        return first;
    if (auto ratings = readRatings(assembly, files, ratingsFile(files), {}, "ratings",
                                   [&](BlockReader& reader) { return layoutOf(reader, description); });
        !ratings)
        return ratings;
    if (auto after = readAfter(assembly, files); !after)
        return after;
    if (description.scale)
        assembly.scale = description.scale;
    else
        setStarScale(assembly, lowestStars);
    readNote(assembly, files);
    noteFilms(assembly);
    return {};
}

} // namespace

Format movielensCsv() { return {detect, read}; }

} // namespace orrery::reading
