// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/films.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

// MovieLens 1M and 10M: ratings.dat, movies.dat (both), users.dat (1M only), tags.dat (10M only), fields between "::".
// As their READMEs document them; the films of 1M are in Latin-1, those of 10M in UTF-8.

namespace orrery::reading {
namespace {

const Dialect colons{"::", false};

constexpr std::array<std::string_view, 21> occupations = {"other",
                                                          "academic/educator",
                                                          "artist",
                                                          "clerical/admin",
                                                          "college/grad student",
                                                          "customer service",
                                                          "doctor/health care",
                                                          "executive/managerial",
                                                          "farmer",
                                                          "homemaker",
                                                          "K-12 student",
                                                          "lawyer",
                                                          "programmer",
                                                          "retired",
                                                          "sales/marketing",
                                                          "scientist",
                                                          "self-employed",
                                                          "technician/engineer",
                                                          "tradesman/craftsman",
                                                          "unemployed",
                                                          "writer"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> ageGroups = {{{"1", "under 18"},
                                                                                     {"18", "18-24"},
                                                                                     {"25", "25-34"},
                                                                                     {"35", "35-44"},
                                                                                     {"45", "45-49"},
                                                                                     {"50", "50-55"},
                                                                                     {"56", "56 and over"}}};

bool isRatingLine(std::string_view text)
{
    const auto fields = firstRecord(text, colons);
    return fields.size() == 4 && !parseValue(fields[2]).fault && !parseTime(fields[3]).fault;
}

std::string ratingsFile(const FileSet& files)
{
    const std::string& chosen = files.chosen();
    if (!chosen.empty() && chosen != "movies.dat" && chosen != "users.dat" && chosen != "tags.dat")
        return chosen == "ratings.dat" || isRatingLine(files.peek(chosen)) ? chosen : "";
    return files.has("ratings.dat") ? "ratings.dat" : "";
}

std::optional<Detection> detect(const FileSet& files)
{
    const std::string name = ratingsFile(files);
    if (name.empty())
        return std::nullopt;
    if (files.has("users.dat"))
        return Detection{"movielens-1m", "MovieLens 1M", fmt::format("it has {} and users.dat", name)};
    return Detection{"movielens-10m", "MovieLens 10M",
                     fmt::format("{} has '::' between its fields, and there is no users.dat", name)};
}

std::optional<Refusal> readFilm(Assembly& assembly, const Record& record)
{
    std::uint32_t film = 0;
    if (auto refusal = addFilm(assembly, record.fields[0], film))
        return refusal;
    setTitle(assembly, film, record.fields[1]);
    setTags(assembly.aboutItems, "genres", film, record.fields[2]);
    return std::nullopt;
}

std::optional<Refusal> readPerson(Assembly& assembly, const Record& record)
{
    const std::string_view ageCode = trimmed(record.fields[2]);
    const auto* group = std::ranges::find(ageGroups, ageCode, &std::pair<std::string_view, std::string_view>::first);
    if (group == ageGroups.end())
        return Refusal{Fault::UnknownCode, fmt::format("'{}' is not a code of an age group", excerpt(ageCode, 60))};
    const auto occupation = plainNumber(trimmed(record.fields[3]), occupations.size());
    if (!occupation)
        return Refusal{Fault::UnknownCode,
                       fmt::format("'{}' is not a code of an occupation", excerpt(record.fields[3], 60))};
    std::uint32_t person = 0;
    if (auto refusal = addPerson(assembly, record.fields[0], person))
        return refusal;
    assembly.aboutPeople.setNumber("age", person, parseDouble(ageCode).value_or(0));
    setTags(assembly.aboutPeople, "age group", person, group->second);
    setGender(assembly, person, record.fields[1]);
    setTags(assembly.aboutPeople, "occupation", person, occupations[*occupation]);
    assembly.aboutPeople.setText("zip", person, toUtf8(trimmed(record.fields[4])));
    return std::nullopt;
}

Status readTags(Assembly& assembly, const FileSet& files)
{
    if (!files.has("tags.dat"))
        return {};
    TagCounter tags;
    const auto read = readRecords(assembly, files, "tags.dat", "tags", colons, 4, [&](const Record& record) {
        return tags.add(assembly, record.fields[1], record.fields[2]);
    });
    tags.store(assembly);
    return read;
}

Status readSides(Assembly& assembly, const FileSet& files)
{
    if (files.has("movies.dat"))
        if (auto films = readRecords(assembly, files, "movies.dat", "items", colons, 3,
                                     [&](const Record& record) { return readFilm(assembly, record); });
            !films)
            return films;
    if (!files.has("users.dat"))
        return {};
    assembly.report.note("Ages are groups: 1 stands for under 18, 18 for 18 to 24, and so on");
    return readRecords(assembly, files, "users.dat", "people", colons, 5,
                       [&](const Record& record) { return readPerson(assembly, record); });
}

Status read(Assembly& assembly, const FileSet& files)
{
    const float lowest = files.has("users.dat") ? 1 : lowestStars;
    return readFilmLayout(assembly, files, {ratingsFile(files), colons, lowest, readSides, readTags});
}

} // namespace

Format movielensDat() { return {detect, read}; }

} // namespace orrery::reading
