// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/event_reader.h"
#include "core/data/import/file_set.h"

#include <functional>

namespace orrery::reading {

/// One layout of files: how to tell it and how to read it. A new one is a file pair and a line in formats().
struct Format {
    /// Nothing when `files` are not of this layout.
    std::optional<Detection> (*detect)(const FileSet& files);
    Status (*read)(Assembly& assembly, const FileSet& files);
};

/// In the order in which they are asked.
[[nodiscard]] std::span<const Format> formats();

[[nodiscard]] Format movielens100k();
[[nodiscard]] Format movielensDat();
[[nodiscard]] Format movielensCsv();
[[nodiscard]] Format onlineRetail();
[[nodiscard]] Format retailRocket();
[[nodiscard]] Format amazonReviews();
[[nodiscard]] Format mind();
[[nodiscard]] Format table();

/// Names of columns to positions; compared without regard to case, spaces and underscores.
class Header {
public:
    explicit Header(std::vector<std::string> names);
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return m_names.size(); }
    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }
    /// The first name that stands there twice; "" when each is there once.
    [[nodiscard]] std::string twice() const;

private:
    std::vector<std::string> m_names, m_folded;
};

/// What becomes of one line of a side file.
using OnRecord = std::function<std::optional<Refusal>(const Record& record)>;
using OnHeader = std::function<Status(const std::vector<std::string>& names)>;

/// Reads a side file (films, people, tags, ...) line by line. `columns` fields are needed in each. `onHeader`: takes
/// the first record, where it names the columns.
[[nodiscard]] Status readRecords(Assembly& assembly, const FileSet& files, std::string_view name,
                                 std::string_view content, const Dialect& dialect, std::size_t columns,
                                 const OnRecord& onRecord, const OnHeader& onHeader = {});
/// The same for CSV with a header that holds at least `needed`; the positions of `needed`, in order, go to `onRecord`.
[[nodiscard]] Status readCsv(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content,
                             std::span<const std::string_view> needed,
                             const std::function<OnRecord(const Header& header)>& onHeader);

/// Reads the training events and, where the request has a second file, the test events after them.
/// `layoutOf` is asked for each file and may take its header.
[[nodiscard]] Status readRatings(Assembly& assembly, const FileSet& files, const std::string& name,
                                 const Dialect& dialect, std::string_view content,
                                 const std::function<Result<EventLayout>(BlockReader&)>& layoutOf);

/// The one table of a set: the file that was chosen, or the only one that looks like a table; "" where there is none.
[[nodiscard]] std::string tableFile(const FileSet& files);
/// The first record of a text, cut into fields.
[[nodiscard]] std::vector<std::string> firstRecord(std::string_view text, const Dialect& dialect);
/// The file that was chosen, or else the only table of the set whose first line `fits`; "" where there is none.
[[nodiscard]] std::string fileWithHeader(const FileSet& files, const Dialect& dialect,
                                         const std::function<bool(const Header& header)>& fits);
/// Error of layouts that come in one part, where the request has a test file beside.
[[nodiscard]] Status refuseTestFile(const Assembly& assembly);
/// Of a catalog: how many items no event is about, as a note. Call it after the events.
void noteUnused(Assembly& assembly);
/// Whether a header (any order) names all of these.
[[nodiscard]] bool namesAll(const Header& header, std::span<const std::string_view> needed);

} // namespace orrery::reading
