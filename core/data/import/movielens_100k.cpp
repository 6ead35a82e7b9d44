// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/films.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

// MovieLens 100K: u.data (person, film, rating, seconds; tabs), u.item, u.user, u.genre (|, Latin-1), and the splits
// u1.base/u1.test ... ub.base/ub.test in the layout of u.data. As its README documents them.

namespace orrery::reading {
namespace {

const Dialect tabs{"\t", false};
const Dialect bars{"|", false};
constexpr std::size_t fieldsBeforeGenres = 5; // id, title, release date, video release date, address

bool isRatingsName(std::string_view name)
{
    return name == "u.data" || (name.starts_with("u") && (name.ends_with(".base") || name.ends_with(".test")));
}

bool isSideName(std::string_view name)
{
    static constexpr std::array<std::string_view, 5> names = {"u.item", "u.user", "u.genre", "u.info", "u.occupation"};
    return std::ranges::find(names, name) != names.end();
}

std::string ratingsFile(const FileSet& files)
{
    if (!files.chosen().empty() && !isSideName(files.chosen()))
        return files.chosen();
    return files.has("u.data") ? "u.data" : "";
}

bool isRatingLine(std::string_view text)
{
    const auto fields = firstRecord(text, tabs);
    return fields.size() == 4 && !parseValue(fields[2]).fault && !parseTime(fields[3]).fault &&
           plainNumber(fields[0], IdMap::numberLimit) && plainNumber(fields[1], IdMap::numberLimit);
}

std::optional<Detection> detect(const FileSet& files)
{
    const Detection found{"movielens-100k", "MovieLens 100K", {}};
    const std::string name = ratingsFile(files);
    if (name.empty())
        return std::nullopt;
    const auto because = [&](std::string why) { return Detection{found.format, found.title, std::move(why)}; };
    if (name == "u.data" && (files.chosen().empty() || files.chosen() == name || isSideName(files.chosen())))
        return because(files.has("u.item") ? "it has u.data and u.item" : "it has u.data");
    if (isRatingsName(name) || (files.has("u.item") && isRatingLine(files.peek(name))))
        return because(files.has("u.item") ? fmt::format("{} lies beside u.item", name)
                                           : fmt::format("{} is named like a split of MovieLens 100K", name));
    return std::nullopt;
}

// The names in the order of the flags in u.item.
Result<std::vector<std::string>> readGenres(Assembly& assembly, const FileSet& files)
{
    if (!files.has("u.genre"))
        return std::vector<std::string>{"unknown",   "Action",   "Adventure",   "Animation", "Children's",
                                        "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                        "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                        "Sci-Fi",    "Thriller", "War",         "Western"};
    std::vector<std::string> names;
    const auto read = readRecords(assembly, files, "u.genre", "genres", bars, 2, [&](const Record& record) {
        const auto position = plainNumber(record.fields[1], 1'000);
        if (!position || *position != names.size())
            return std::optional(Refusal{Fault::UnknownCode, fmt::format("'{}' is not the next number, {}",
                                                                         excerpt(record.fields[1], 60), names.size())});
        names.push_back(toUtf8(trimmed(record.fields[0])));
        return std::optional<Refusal>();
    });
    if (!read)
        return tl::unexpected(read.error());
    return names;
}

std::optional<Refusal> readFilm(Assembly& assembly, const Record& record, const std::vector<std::string>& genres)
{
    for (std::size_t g = 0; g < genres.size(); ++g)
        if (const auto flag = record.fields[fieldsBeforeGenres + g]; flag != "0" && flag != "1")
            return Refusal{Fault::UnknownCode, fmt::format("the flag of genre '{}' is '{}', neither 0 nor 1", genres[g],
                                                           excerpt(flag, 60))};
    std::uint32_t film = 0;
    if (auto refusal = addFilm(assembly, record.fields[0], film))
        return refusal;
    setTitle(assembly, film, record.fields[1]);
    const std::string_view date = record.fields[2]; // 01-Jan-1995
    if (!assembly.aboutItems.has("year", film) && date.size() >= 4)
        if (const auto year = plainNumber(date.substr(date.size() - 4), 10'000))
            assembly.aboutItems.setNumber("year", film, *year);
    for (std::size_t g = 0; g < genres.size(); ++g)
        if (record.fields[fieldsBeforeGenres + g] == "1" && genres[g] != "unknown")
            assembly.aboutItems.addTag("genres", film, genres[g]);
    return std::nullopt;
}

std::optional<Refusal> readPerson(Assembly& assembly, const Record& record)
{
    const auto age = parseDouble(record.fields[1]);
    if (!age && !trimmed(record.fields[1]).empty())
        return Refusal{Fault::NotANumber, fmt::format("age '{}' is not a number", excerpt(record.fields[1], 60))};
    std::uint32_t person = 0;
    if (auto refusal = addPerson(assembly, record.fields[0], person))
        return refusal;
    if (age)
        assembly.aboutPeople.setNumber("age", person, *age);
    setGender(assembly, person, record.fields[2]);
    setTags(assembly.aboutPeople, "occupation", person, record.fields[3]);
    assembly.aboutPeople.setText("zip", person, toUtf8(trimmed(record.fields[4])));
    return std::nullopt;
}

Status readSides(Assembly& assembly, const FileSet& files)
{
    if (files.has("u.item")) {
        const auto genres = readGenres(assembly, files);
        if (!genres)
            return tl::unexpected(genres.error());
        const auto films = readRecords(assembly, files, "u.item", "items", bars, fieldsBeforeGenres + genres->size(),
                                       [&](const Record& record) { return readFilm(assembly, record, *genres); });
        if (!films)
            return films;
    }
    if (!files.has("u.user"))
        return {};
    return readRecords(assembly, files, "u.user", "people", bars, 5,
                       [&](const Record& record) { return readPerson(assembly, record); });
}

Status read(Assembly& assembly, const FileSet& files)
{
    return readFilmLayout(assembly, files, {ratingsFile(files), tabs, 1, readSides});
}

} // namespace

Format movielens100k() { return {detect, read}; }

} // namespace orrery::reading
