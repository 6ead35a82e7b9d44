// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/format.h"

#include <unordered_map>

namespace orrery::reading {

/// What the MovieLens layouts have in common. Ratings are from 0.5 to 5 in all of them.
inline constexpr float lowestStars = 0.5F, highestStars = 5.F;

/// Index of a film that must be new; refused when it was listed before or has no id.
[[nodiscard]] std::optional<Refusal> addFilm(Assembly& assembly, std::string_view id, std::uint32_t& index);
/// The same for people.
[[nodiscard]] std::optional<Refusal> addPerson(Assembly& assembly, std::string_view id, std::uint32_t& index);
/// Keeps the title as it is, and its year as a number.
void setTitle(Assembly& assembly, std::uint32_t film, std::string_view title, bool yearToo = true);
/// "Crime|Drama"; "(no genres listed)" and "" are none.
void setTags(AttributeBuilder& about, std::string_view column, std::uint32_t row, std::string_view tags);
/// "F" and "M" are written out, anything else is kept.
void setGender(Assembly& assembly, std::uint32_t person, std::string_view gender);

/// Tags that people gave to films: distinct ones per film, the most frequent first.
class TagCounter {
public:
    /// Refused without a known film or without a text.
    [[nodiscard]] std::optional<Refusal> add(const Assembly& assembly, std::string_view film, std::string_view tag);
    void store(Assembly& assembly) const;

private:
    struct Count {
        std::uint32_t tag, count;
    };
    Vocabulary m_tags;
    std::vector<std::vector<Count>> m_byFilm;
    std::unordered_map<std::uint64_t, std::uint32_t> m_places; // of film and tag, in the film's counts
};

/// A layout whose ratings have no header: person, film, stars, seconds.
struct FilmLayout {
    std::string ratings; ///< name of that file
    Dialect dialect;
    float lowest = 1; ///< of the scale
    /// Files that are read before and after the ratings; null for none.
    Status (*before)(Assembly& assembly, const FileSet& files) = nullptr;
    Status (*after)(Assembly& assembly, const FileSet& files) = nullptr;
};
[[nodiscard]] Status readFilmLayout(Assembly& assembly, const FileSet& files, const FilmLayout& layout);

/// Notes for the report: films without title, year or genre, people without attributes.
void noteFilms(Assembly& assembly);
/// Sets the scale: from `low` to 5 stars, from half a star where there are any below `low`.
void setStarScale(Assembly& assembly, float low);
/// The first line of note.txt, as the dataset's note.
void readNote(Assembly& assembly, const FileSet& files);

} // namespace orrery::reading
