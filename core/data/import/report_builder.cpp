// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/report_builder.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace orrery {

std::uint64_t ImportReport::read() const
{
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const FileReport& file) { return sum + file.read; });
}

std::uint64_t ImportReport::accepted() const
{
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const FileReport& file) { return sum + file.accepted; });
}

std::uint64_t ImportReport::rejectedCount() const
{
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const FileReport& file) { return sum + file.rejected; });
}

namespace reading {

ReportBuilder::ReportBuilder(const ImportRequest& request) : m_policy(request.badRows), m_limit(request.badRowLimit) {}

void ReportBuilder::beginFile(std::string file, std::string content)
{
    m_report.files.push_back({std::move(file), std::move(content)});
    m_firstOfFile.clear();
}

void ReportBuilder::accept(std::uint64_t lines)
{
    m_report.files.back().read += lines;
    m_report.files.back().accepted += lines;
}

Status ReportBuilder::refuse(const Record& record, Refusal refusal)
{
    RefusedRows rows;
    rows.add(record, refusal.fault, [&] { return std::move(refusal.reason); });
    return refuse(std::move(rows), 0);
}

Status ReportBuilder::refuse(RefusedRows rows, std::uint64_t linesBefore)
{
    if (rows.count == 0)
        return {};
    for (RejectedRow& row : rows.kept) {
        row.line += linesBefore;
        row.file = m_report.files.back().file;
    }
    if (m_firstOfFile.empty())
        m_firstOfFile = fmt::format("Line {}: {}", rows.kept.front().line, rows.kept.front().reason);
    if (auto goesOn = applyPolicy(rows); !goesOn)
        return goesOn;
    m_report.files.back().read += rows.count;
    m_report.files.back().rejected += rows.count;
    m_rejected += rows.count;
    for (std::size_t i = 0; i < faultCount; ++i)
        m_byFault[i] += rows.byFault[i];
    keep(rows);
    return {};
}

Status ReportBuilder::applyPolicy(const RefusedRows& rows)
{
    const std::string& file = m_report.files.back().file;
    if (m_policy == BadRows::Stop)
        return error(Code::BadRow, m_firstOfFile, "Correct the file, or skip such lines", file);
    if (m_policy == BadRows::StopAfter && m_rejected + rows.count > m_limit)
        return error(Code::BadRow,
                     fmt::format("More than {} cannot be used. {}", counted(m_limit, "line"), m_firstOfFile),
                     "Correct the file, choose other columns, or skip such lines", file);
    return {};
}

void ReportBuilder::keep(RefusedRows& rows)
{
    const std::size_t room = mostKeptRows - std::min(mostKeptRows, m_report.rejected.size());
    const std::size_t taken = std::min(room, rows.kept.size());
    std::move(rows.kept.begin(), rows.kept.begin() + static_cast<std::ptrdiff_t>(taken),
              std::back_inserter(m_report.rejected));
}

void ReportBuilder::note(std::string text) { m_report.notes.push_back(std::move(text)); }

Status ReportBuilder::requireSome() const
{
    const FileReport& last = file();
    if (last.read == 0)
        return error(Code::BadFile, fmt::format("'{}' holds no {}", last.file, last.content),
                     "Choose the file with the ratings or events");
    if (last.accepted == 0)
        return error(
            Code::BadFile,
            fmt::format("None of the {} of '{}' can be used. {}", counted(last.read, "line"), last.file, m_firstOfFile),
            "Check the separator and the roles of the columns");
    return {};
}

ImportReport ReportBuilder::take()
{
    for (std::size_t i = 0; i < faultCount; ++i)
        if (m_byFault[i] > 0)
            m_report.rejectedByKind.emplace_back(nameOf(static_cast<Fault>(i)), m_byFault[i]);
    std::ranges::stable_sort(m_report.rejectedByKind, std::greater(), &std::pair<std::string, std::uint64_t>::second);
    return std::move(m_report);
}

std::optional<Fault> faultOf(const Record& record, std::size_t columns)
{
    switch (record.problem) {
    case RecordProblem::None: break;
    case RecordProblem::TooLong: return Fault::TooLong;
    case RecordProblem::UnclosedQuote: return Fault::OpenQuote;
    case RecordProblem::TextAfterQuote: return Fault::TextAfterQuote;
    case RecordProblem::ZeroByte: return Fault::ZeroByte;
    }
    if (record.fields.size() < columns)
        return Fault::TooFewFields;
    if (record.fields.size() > columns)
        return Fault::TooManyFields;
    return std::nullopt;
}

std::string describe(Fault fault, const Record& record, std::size_t columns)
{
    switch (fault) {
    case Fault::TooLong: return "the line is longer than 1 MiB";
    case Fault::OpenQuote: return "a quote is opened and not closed";
    case Fault::TextAfterQuote: return "there is text between a closing quote and the next separator";
    case Fault::ZeroByte: return "the line holds a zero byte";
    default:
        return fmt::format("{} where {} needed{}", counted(record.fields.size(), "field"),
                           columns == 1 ? "1 is" : fmt::format("{} are", columns),
                           record.raw.find('\r') == std::string_view::npos
                               ? ""
                               : ", and a carriage return inside: save the file with one kind of line ends");
    }
}

} // namespace reading
} // namespace orrery
