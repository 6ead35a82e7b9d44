// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/item_vectors.h"

#include "core/base/words.h"
#include "core/data/import/fields.h"
#include "core/data/import/npy.h"
#include "core/data/import/records.h"
#include "core/data/import/text_source.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostNumbers = 65'536; // of a vector

std::string placeOf(const std::filesystem::path& path, std::uint64_t line)
{
    return fmt::format("{}, line {}", path.filename().string(), line);
}

/// visit(record) for each line, with its number; stops at the first error. Every 1,000 lines the job is asked.
template <class Visit> Status forLines(const std::filesystem::path& path, const JobContext& job, Visit visit)
{
    auto source = reading::asText(reading::openFile(path));
    if (!source)
        return tl::unexpected(source.error());
    reading::BlockReader reader(std::move(*source));
    reading::Block block;
    std::uint64_t lines = 0;
    for (;;) {
        const auto more = reader.next(block);
        if (!more || !*more)
            return more ? Status() : tl::unexpected(more.error());
        reading::RecordCursor cursor(block.text(), reader.dialect(), lines);
        for (reading::Record record; cursor.next(record);) {
            if (const auto fine = record.line % 1000 == 0 ? job.check() : Status(); !fine)
                return fine;
            if (const auto done = visit(record); !done)
                return done;
        }
        lines = cursor.lines();
        job.progress(reader.fraction(), "reading vectors");
    }
}

/// A column that is being filled, and which of its rows are.
class Filling {
public:
    Filling(const Dataset& dataset, std::string name) : m_dataset(dataset) { m_report.name = std::move(name); }

    /// Errors: BadFile for one that no vector has.
    [[nodiscard]] Status setLength(std::size_t length, const std::string& where)
    {
        if (length > mostNumbers)
            return error(Code::BadFile,
                         fmt::format("A vector has {} numbers, more than {}", length, grouped(mostNumbers)),
                         "Reduce them first, for example by PCA", where);
        m_report.length = length;
        m_column = {m_report.name, length, std::vector<float>(length * m_dataset.itemCount(), 0.F)};
        m_filled.assign(m_dataset.itemCount(), 0);
        return {};
    }
    [[nodiscard]] std::size_t length() const { return m_report.length; }

    /// The place for the next row's numbers; none where the item is not known. Errors: BadRow for an item twice.
    [[nodiscard]] Result<std::span<float>> place(std::string_view id, const std::string& where)
    {
        ++m_report.rows;
        const auto item = m_dataset.findItem(id);
        m_report.unknown += item ? 0 : 1;
        if (!item)
            return std::span<float>{};
        if (m_filled[item->value] != 0)
            return error(Code::BadRow, fmt::format("There are two vectors of item '{}'", id), {}, where);
        m_filled[item->value] = 1;
        return std::span(m_column.values).subspan(item->value * m_report.length, m_report.length);
    }

    [[nodiscard]] Result<WithVectors> finish(const std::string& file) &&
    {
        m_report.missing = static_cast<std::size_t>(std::ranges::count(m_filled, 0));
        if (m_filled.empty() || m_report.missing == m_filled.size())
            return error(Code::BadFile, "None of its rows is about an item of this dataset",
                         "The ids must be spelled as in the dataset", file);
        AttributeTable items = m_dataset.items();
        items.set(std::move(m_column));
        DatasetParts parts = m_dataset.parts();
        parts.items = std::make_shared<const AttributeTable>(std::move(items));
        return WithVectors{std::make_shared<const Dataset>(std::move(parts)), m_report};
    }

private:
    const Dataset& m_dataset;
    VectorReport m_report;
    VectorColumn m_column;
    std::vector<std::uint8_t> m_filled;
};

Status readNumbers(const reading::Record& record, std::span<float> out, const std::string& where)
{
    for (std::size_t d = 0; d + 1 < record.fields.size(); ++d) {
        const auto number = reading::parseValue(record.fields[d + 1]);
        if (number.fault)
            return error(Code::BadRow,
                         fmt::format("'{}' is not a finite number", reading::excerpt(record.fields[d + 1], 40)), {},
                         fmt::format("{}, field {}", where, d + 2));
        if (!out.empty())
            out[d] = number.value;
    }
    return {};
}

bool isHeader(const reading::Record& record)
{
    return record.fields.size() > 1 && !reading::parseDouble(record.fields[1]);
}

Result<WithVectors> fromCsv(const VectorFile& file, Filling filling, const JobContext& job)
{
    bool first = true;
    const auto done = forLines(file.path, job, [&](const reading::Record& record) -> Status {
        const std::string where = placeOf(file.path, record.line);
        if (record.problem != reading::RecordProblem::None)
            return error(Code::BadRow, "The line cannot be cut into fields", {}, where);
        if (std::exchange(first, false) && isHeader(record))
            return {};
        if (record.fields.size() < 2)
            return error(Code::BadRow, "The line has no numbers", "It should be an item's id and its numbers", where);
        if (const auto begun = filling.length() == 0 ? filling.setLength(record.fields.size() - 1, where) : Status();
            !begun)
            return begun;
        if (record.fields.size() - 1 != filling.length())
            return error(
                Code::BadRow,
                fmt::format("The line has {} numbers, those before it {}", record.fields.size() - 1, filling.length()),
                {}, where);
        const auto place = filling.place(reading::trimmed(record.fields[0]), where);
        return place ? readNumbers(record, *place, where) : tl::unexpected(place.error());
    });
    return done ? std::move(filling).finish(file.path.filename().string()) : tl::unexpected(done.error());
}

Result<std::vector<std::string>> readIds(const std::filesystem::path& path, const JobContext& job)
{
    std::vector<std::string> ids;
    const auto done = forLines(path, job, [&](const reading::Record& record) -> Status {
        if (record.problem != reading::RecordProblem::None)
            return error(Code::BadRow, "The line cannot be read", {}, placeOf(path, record.line));
        ids.emplace_back(reading::trimmed(record.fields.front()));
        return {};
    });
    return done ? Result<std::vector<std::string>>(std::move(ids)) : tl::unexpected(done.error());
}

Result<WithVectors> fromNpy(const Dataset& dataset, const VectorFile& file, Filling filling, const JobContext& job)
{
    const auto matrix = reading::readNpy(file.path);
    if (!matrix)
        return tl::unexpected(matrix.error());
    std::vector<std::string> ids;
    if (!file.ids.empty()) {
        auto read = readIds(file.ids, job);
        if (!read)
            return tl::unexpected(read.error());
        ids = std::move(*read);
    } else {
        for (std::uint32_t item = 0; item < dataset.itemCount(); ++item)
            ids.emplace_back(dataset.itemIds().name(item));
    }
    const std::string name = file.path.filename().string();
    if (ids.size() != matrix->rows())
        return error(Code::BadFile,
                     fmt::format("It has {} for {}", counted(matrix->rows(), "row"),
                                 counted(ids.size(), file.ids.empty() ? "item" : "id")),
                     "Name a file with the id of each row, an id a line", name);
    if (const auto begun = filling.setLength(matrix->cols(), name); !begun)
        return tl::unexpected(begun.error());
    for (std::size_t row = 0; row < ids.size(); ++row) {
        const auto place = filling.place(ids[row], fmt::format("{}, row {}", name, row + 1));
        if (!place)
            return tl::unexpected(place.error());
        if (!place->empty())
            std::ranges::copy(matrix->row(row), place->begin());
    }
    return std::move(filling).finish(name);
}

} // namespace

Result<WithVectors> withItemVectors(const Dataset& dataset, const VectorFile& file, const JobContext& job)
{
    Filling filling(dataset, file.name.empty() ? file.path.stem().string() : file.name);
    if (reading::lowerCase(file.path.extension().string()) == ".npy")
        return fromNpy(dataset, file, std::move(filling), job);
    if (!file.ids.empty())
        return error(Code::InvalidArgument, "A CSV of vectors names the items itself",
                     "Leave the file of ids out, or name a .npy file", file.path.filename().string());
    return fromCsv(file, std::move(filling), job);
}

} // namespace orrery
