// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/export.h"

#include "core/base/whole_file.h"
#include "core/data/csv_field.h"
#include "core/data/import/fields.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t bufferBytes = 256 * 1024;
constexpr std::size_t rowsBetweenChecks = 50'000;
using Columns = std::vector<const AttributeColumn*>;

/// A CSV file in the making: fields are quoted where RFC 4180 asks for it.
class CsvFile {
public:
    explicit CsvFile(const fs::path& path) : m_file(path) {}

    CsvFile& field(std::string_view text)
    {
        separate();
        appendCsvField(m_buffer, text);
        return *this;
    }

    /// Ready text that needs no quotes.
    template <class... Args> CsvFile& number(fmt::format_string<Args...> format, Args&&... args)
    {
        separate();
        fmt::format_to(std::back_inserter(m_buffer), format, std::forward<Args>(args)...);
        return *this;
    }

    void endRow()
    {
        m_buffer.push_back('\n');
        m_rowBegins = true;
        if (m_buffer.size() > bufferBytes)
            flush();
    }

    /// Writes the rest to the disk. Errors: Io.
    Status close()
    {
        flush();
        return m_file.finish();
    }

private:
    void separate()
    {
        if (!std::exchange(m_rowBegins, false))
            m_buffer.push_back(',');
    }
    void flush()
    {
        m_file.write({m_buffer.data(), m_buffer.size()});
        m_buffer.clear();
    }

    WholeFile m_file;
    std::string m_buffer;
    bool m_rowBegins = true;
};

void writeTagCell(CsvFile& file, const TagColumn& tags, std::uint32_t row)
{
    std::string joined;
    for (const std::uint32_t tag : tags.row(row)) {
        std::string name(tags.vocabulary.name(tag));
        std::ranges::replace(name, '|', '/'); // it stands between tags
        joined += (joined.empty() ? "" : "|") + name;
    }
    file.field(joined);
}

void writeCell(CsvFile& file, const AttributeColumn& column, std::uint32_t row)
{
    if (const auto* text = std::get_if<TextColumn>(&column.data))
        file.field(row < text->values.size() ? std::string_view(text->values[row]) : std::string_view());
    else if (const auto* number = std::get_if<NumberColumn>(&column.data))
        row < number->values.size() && !std::isnan(number->values[row]) ? file.number("{}", number->values[row])
                                                                        : file.field("");
    else
        writeTagCell(file, std::get<TagColumn>(column.data), row);
}

bool isFilled(const AttributeColumn& column, std::uint32_t row)
{
    if (const auto* text = std::get_if<TextColumn>(&column.data))
        return row < text->values.size() && !text->values[row].empty();
    if (const auto* number = std::get_if<NumberColumn>(&column.data))
        return row < number->values.size() && !std::isnan(number->values[row]);
    return !std::get<TagColumn>(column.data).row(row).empty();
}

std::string_view typeOf(const AttributeColumn& column)
{
    static constexpr std::array<std::string_view, 3> names = {"text", "number", "tags"};
    return names[column.data.index()];
}

// Columns may have any names; a header must not have two that the importer takes for the same.
std::vector<std::string> headersOf(const Columns& columns, std::vector<std::string> taken)
{
    std::vector<std::string> out;
    for (const AttributeColumn* column : columns) {
        std::string name = column->name;
        while (std::ranges::find(taken, reading::foldedName(name)) != taken.end())
            name += " 2";
        taken.push_back(reading::foldedName(name));
        out.push_back(std::move(name));
    }
    return out;
}

class FolderWriter {
public:
    FolderWriter(const Dataset& dataset, fs::path folder, const JobContext& job)
        : m_dataset(dataset), m_folder(std::move(folder)), m_job(job)
    {
        for (const AttributeColumn& column : dataset.items().columns())
            sortIn(column);
        for (const AttributeColumn& column : dataset.people().columns())
            m_ofPeople.push_back(&column);
        m_furtherHeaders = headersOf(m_further, {"movieid", "title", "genres"});
        m_peopleHeaders = headersOf(m_ofPeople, {"userid"});
    }

    Status run()
    {
        using Step = Status (FolderWriter::*)();
        constexpr Step steps[] = {&FolderWriter::writeRatings, &FolderWriter::writeFilms,
                                  &FolderWriter::writePeople,  &FolderWriter::writeTags,
                                  &FolderWriter::writeLinks,   &FolderWriter::writePlots,
                                  &FolderWriter::writeNote,    &FolderWriter::writeDescription};
        for (const Step step : steps)
            if (auto done = (this->*step)(); !done)
                return done;
        return {};
    }

private:
    // Which file a column of the items goes to.
    void sortIn(const AttributeColumn& column)
    {
        const bool text = std::holds_alternative<TextColumn>(column.data);
        if (text && column.name == "plot")
            m_plots.push_back(&column);
        else if (text && (column.name == "imdbId" || column.name == "tmdbId"))
            m_links.push_back(&column);
        else if (std::holds_alternative<TagColumn>(column.data) && column.name == "tags")
            m_tags = &std::get<TagColumn>(column.data);
        else if (!(column.name == "year" && yearsFollowFromTitles()) && !isStandard(column))
            m_further.push_back(&column);
    }

    bool isStandard(const AttributeColumn& column) const
    {
        return (column.name == "title" && m_dataset.items().text("title")) ||
               (column.name == "genres" && m_dataset.items().tags("genres"));
    }

    // The importer takes years from titles; where that would not give the same years, they are written.
    bool yearsFollowFromTitles() const
    {
        static const NumberColumn noYears;
        static const TextColumn noTitles;
        const NumberColumn* const years = m_dataset.items().number("year");
        const TextColumn* const titles = m_dataset.items().text("title");
        const auto& numbers = (years ? years : &noYears)->values;
        const auto& texts = (titles ? titles : &noTitles)->values;
        for (std::uint32_t i = 0; i < m_dataset.itemCount(); ++i) {
            const auto derived = i < texts.size() ? reading::yearInTitle(texts[i]) : std::nullopt;
            const bool known = i < numbers.size() && !std::isnan(numbers[i]);
            if (known != derived.has_value() || (known && numbers[i] != *derived))
                return false;
        }
        return true;
    }

    Status writeRatings()
    {
        CsvFile file(m_folder / "ratings.csv");
        const EventLog& log = m_dataset.log();
        file.field("userId").field("movieId").field("rating");
        if (log.hasTimes())
            file.field("timestamp");
        if (!log.kinds().empty())
            file.field("kind");
        for (const EventContext context : eventContexts)
            if (!log.context(context).empty())
                file.field(nameOf(context));
        if (!log.sessions().empty())
            file.field("session");
        if (!log.positions().empty())
            file.field("position");
        if (!log.prices().empty())
            file.field("price");
        file.endRow();
        for (std::size_t i = 0; i < log.size(); ++i) {
            if (i % rowsBetweenChecks == 0) {
                if (auto goesOn = m_job.check(); !goesOn)
                    return goesOn;
                m_job.progress(0.9 * static_cast<double>(i) / static_cast<double>(log.size()), "writing ratings.csv");
            }
            writeEvent(file, i, log);
        }
        return file.close();
    }

    void writeEvent(CsvFile& file, std::size_t place, const EventLog& log) const
    {
        const Event event = log.at(place);
        file.field(m_dataset.personIds().name(event.user.value)).field(m_dataset.itemIds().name(event.item.value));
        if (event.value == std::floor(event.value) && std::abs(event.value) < 1e6F)
            file.number("{:.1f}", event.value); // as MovieLens writes them
        else
            file.number("{}", event.value);
        if (log.hasTimes())
            event.at == noTime ? file.field("") : file.number("{}", event.at);
        if (!log.kinds().empty())
            file.field(nameOf(event.kind));
        for (const EventContext context : eventContexts)
            if (!log.context(context).empty())
                file.field(log.contextOf(place, context));
        if (!log.sessions().empty())
            event.session == noSession ? file.field("") : file.number("{}", event.session);
        if (!log.positions().empty())
            event.position == 0 ? file.field("") : file.number("{}", event.position);
        if (!log.prices().empty())
            std::isnan(event.price) ? file.field("") : file.number("{}", event.price);
        file.endRow();
    }

    Status writeFilms()
    {
        CsvFile file(m_folder / "movies.csv");
        file.field("movieId").field("title").field("genres");
        for (const std::string& header : m_furtherHeaders)
            file.field(header);
        file.endRow();
        const TextColumn* titles = m_dataset.items().text("title");
        const TagColumn* genres = m_dataset.items().tags("genres");
        for (std::uint32_t i = 0; i < m_dataset.itemCount(); ++i) {
            file.field(m_dataset.itemIds().name(i));
            file.field(titles && i < titles->values.size() ? std::string_view(titles->values[i]) : std::string_view());
            if (!genres || genres->row(i).empty())
                file.field("(no genres listed)");
            else
                writeTagCell(file, *genres, i);
            for (const AttributeColumn* column : m_further)
                writeCell(file, *column, i);
            file.endRow();
        }
        return file.close();
    }

    Status writePeople()
    {
        CsvFile file(m_folder / "people.csv");
        file.field("userId");
        for (const std::string& header : m_peopleHeaders)
            file.field(header);
        file.endRow();
        for (std::uint32_t i = 0; i < m_dataset.personCount(); ++i) {
            file.field(m_dataset.personIds().name(i));
            for (const AttributeColumn* column : m_ofPeople)
                writeCell(file, *column, i);
            file.endRow();
        }
        return file.close();
    }

    Status writeTags()
    {
        if (!m_tags)
            return {};
        CsvFile file(m_folder / "tags.csv");
        file.field("movieId").field("tag");
        file.endRow();
        for (std::uint32_t i = 0; i < m_dataset.itemCount(); ++i)
            for (const std::uint32_t tag : m_tags->row(i)) {
                file.field(m_dataset.itemIds().name(i)).field(m_tags->vocabulary.name(tag));
                file.endRow();
            }
        return file.close();
    }

    Status writeLinks() { return writeTexts("links.csv", m_links); }
    Status writePlots() { return writeTexts("plots.csv", m_plots); }

    Status writeTexts(const char* name, const Columns& columns)
    {
        if (columns.empty())
            return {};
        CsvFile file(m_folder / name);
        file.field("movieId");
        for (const AttributeColumn* column : columns)
            file.field(column->name);
        file.endRow();
        for (std::uint32_t i = 0; i < m_dataset.itemCount(); ++i) {
            if (std::ranges::none_of(columns, [&](const AttributeColumn* column) { return isFilled(*column, i); }))
                continue;
            file.field(m_dataset.itemIds().name(i));
            for (const AttributeColumn* column : columns)
                writeCell(file, *column, i);
            file.endRow();
        }
        return file.close();
    }

    Status writeNote()
    {
        if (m_dataset.from().note.empty())
            return {};
        CsvFile file(m_folder / "note.txt");
        file.number("{}", m_dataset.from().note).endRow();
        return file.close();
    }

    Status writeDescription()
    {
        nlohmann::ordered_json json;
        json["name"] = m_dataset.name();
        json["feedback"] = m_dataset.feedback() == Feedback::Implicit ? "implicit" : "explicit";
        json["ratingLow"] = m_dataset.ratingLow();
        json["ratingHigh"] = m_dataset.ratingHigh();
        if (m_dataset.parts().kindWeights != KindWeights())
            json["kindWeights"] = textOf(m_dataset.parts().kindWeights);
        for (std::size_t i = 0; i < m_further.size(); ++i)
            json["itemColumns"][m_furtherHeaders[i]] = typeOf(*m_further[i]);
        if (!yearsFollowFromTitles())
            json["itemColumns"]["year"] = "number"; // even without such a column: none is to be taken from titles
        for (std::size_t i = 0; i < m_ofPeople.size(); ++i)
            json["personColumns"][m_peopleHeaders[i]] = typeOf(*m_ofPeople[i]);
        CsvFile file(m_folder / "orrery.json");
        file.number("{}", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)).endRow();
        return file.close();
    }

    const Dataset& m_dataset;
    fs::path m_folder;
    const JobContext& m_job;
    Columns m_further, m_links, m_plots, m_ofPeople;
    std::vector<std::string> m_furtherHeaders, m_peopleHeaders;
    const TagColumn* m_tags = nullptr;
};

Status writeItems(const Dataset& dataset, const Columns& columns, const fs::path& path, const JobContext& job)
{
    CsvFile file(path);
    file.field("id");
    for (const std::string& header : headersOf(columns, {"id"}))
        file.field(header);
    file.endRow();
    for (std::uint32_t i = 0; i < dataset.itemCount(); ++i) {
        if (i % rowsBetweenChecks == 0)
            if (auto goesOn = job.check(); !goesOn)
                return goesOn;
        file.field(dataset.itemIds().name(i));
        for (const AttributeColumn* column : columns)
            writeCell(file, *column, i);
        file.endRow();
    }
    return file.close();
}

tl::unexpected<Error> cannotMake(const fs::path& folder, const std::error_code& why)
{
    return error(Code::Io, fmt::format("The folder '{}' cannot be made: {}", folder.filename().string(), why.message()),
                 "Choose another folder");
}

} // namespace

Status exportDataset(const Dataset& dataset, const fs::path& folder, const JobContext& job)
{
    std::error_code failed;
    fs::path target = fs::absolute(folder, failed).lexically_normal();
    if (target.filename().empty())
        target = target.parent_path();
    if (fs::exists(target, failed) && !(fs::is_directory(target, failed) && fs::is_empty(target, failed)))
        return error(Code::InvalidArgument,
                     fmt::format("There is something in '{}' already", target.filename().string()),
                     "Choose a new or empty folder");
    fs::create_directories(target.parent_path(), failed);
    const fs::path partial =
        target.parent_path() / fmt::format(".{}.{}.partial", target.filename().string(), ::getpid());
    if (failed || !fs::create_directory(partial, failed))
        return cannotMake(target, failed ? failed : std::make_error_code(std::errc::file_exists));
    auto written = FolderWriter(dataset, partial, job).run();
    if (written) {
        fs::rename(partial, target, failed);
        if (failed)
            written = cannotMake(target, failed);
    }
    if (!written)
        fs::remove_all(partial, failed);
    else
        job.progress(1, "done");
    return written;
}

Status exportItems(const Dataset& dataset, const AttributeTable& derived, const fs::path& file, const JobContext& job)
{
    Columns columns;
    for (const AttributeTable* table : {&dataset.items(), &derived})
        for (const AttributeColumn& column : table->columns())
            columns.push_back(&column);
    return writeItems(dataset, columns, file, job);
}

} // namespace orrery
