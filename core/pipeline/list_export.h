// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/recommender.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// How everybody's list is written. A new form is one entry in listFormats().
struct ListFormat {
    std::string_view id;     ///< "csv"
    std::string_view title;  ///< "CSV table"
    std::string_view suffix; ///< "csv": of the files' names
    std::string_view help;   ///< what a line is, and what reads it

    /// One list, as the form writes it.
    struct List {
        std::string_view person;
        std::vector<std::string_view> items; ///< best first
        std::span<const float> scores;
    };
    /// What is written before all lists; `about` says where they come from.
    struct About {
        std::string model, dataset; ///< name of the model, hash of the dataset
        std::size_t length = 0;     ///< at most so many items each
    };
    std::string (*head)(const About& about);
    std::string (*lines)(const List& list);
};
/// csv: person,item,rank,score, which is read again as lists. jsonl: a JSON object a person, with items and scores.
/// redis: the commands that fill a Redis, in its own protocol, for `redis-cli --pipe`: for each person the list
/// recs:PERSON of item ids, best first, in place of the one that was there; the hash recs-about says where they come
/// from.
[[nodiscard]] ORRERY_API std::span<const ListFormat> listFormats();
/// By id. Errors: InvalidArgument.
[[nodiscard]] ORRERY_API Result<const ListFormat*> listFormat(std::string_view id);

/// What writeLists wrote.
struct WrittenLists {
    std::size_t people = 0; ///< with at least one row
    std::size_t rows = 0;
};

/// Writes the top-n list of each person. People are known up to `asOf`. The file appears whole or not at all; one that
/// is there is replaced. Errors: Io, Cancelled.
[[nodiscard]] ORRERY_API Result<WrittenLists> writeLists(const std::filesystem::path& file, const ListFormat& format,
                                                         const Dataset& dataset, const Recommender& recommender,
                                                         std::span<const UserIndex> people, std::size_t n,
                                                         Timestamp asOf, const JobContext& job);

/// The top-n list of everybody: row p is that of person p, known up to `asOf`. 8 n bytes a person. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<BulkLists> listsOfEverybody(const Dataset& dataset, const Recommender& recommender,
                                                            std::size_t n, Timestamp asOf, const JobContext& job);
/// Writes the first n items of lists that were made so, as writeLists() does. `model`: whose.
/// Errors: those of writeLists(); InvalidArgument where n is above lists.n, or the lists are of another number of
/// people.
[[nodiscard]] ORRERY_API Result<WrittenLists> writeKeptLists(const std::filesystem::path& file,
                                                             const ListFormat& format, const Dataset& dataset,
                                                             const std::string& model, const BulkLists& lists,
                                                             std::size_t n, const JobContext& job);

} // namespace orrery
