// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/format.h"

#include "core/data/import/text_source.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

Error inFile(Error problem, std::string_view file)
{
    if (problem.where.empty() && problem.code != Code::Cancelled)
        problem.where = file;
    return problem;
}

// From here on, lines are counted for this file.
Result<BlockReader> begin(Assembly& assembly, Result<std::unique_ptr<ByteSource>> source, std::string_view name,
                          std::string_view content, const Dialect& dialect)
{
    if (!source && source.error().message.find(fmt::format("'{}'", name)) != std::string::npos)
        return tl::unexpected(source.error());
    if (!source)
        return tl::unexpected(inFile(source.error(), name));
    if (const std::string remark = (*source)->remark(); !remark.empty())
        assembly.report.note(fmt::format("'{}' was converted: {}", name, remark));
    assembly.report.beginFile(std::string(name), std::string(content));
    return BlockReader(std::move(*source), dialect);
}

Status walk(Assembly& assembly, BlockReader& reader, std::size_t columns, const OnRecord& onRecord)
{
    Block block;
    std::uint64_t lines = reader.headerLines();
    while (true) {
        if (auto goesOn = assembly.job.check(); !goesOn)
            return goesOn;
        const auto more = reader.next(block);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return {};
        RecordCursor cursor(block.text(), reader.dialect(), lines);
        Record record;
        while (cursor.next(record)) {
            std::optional<Refusal> refusal;
            if (const auto fault = faultOf(record, columns))
                refusal = Refusal{*fault, describe(*fault, record, columns)};
            else
                refusal = onRecord(record);
            if (!refusal)
                assembly.report.accept();
            else if (auto goesOn = assembly.report.refuse(record, std::move(*refusal)); !goesOn)
                return goesOn;
        }
        lines = cursor.lines();
    }
}

Status readEventFile(Assembly& assembly, Result<std::unique_ptr<ByteSource>> source, const std::string& name,
                     std::string_view content, const Dialect& dialect,
                     const std::function<Result<EventLayout>(BlockReader&)>& layoutOf)
{
    auto begun = begin(assembly, std::move(source), name, content, dialect);
    if (!begun)
        return tl::unexpected(begun.error());
    BlockReader& reader = *begun;
    const auto layout = layoutOf(reader);
    if (!layout)
        return tl::unexpected(inFile(layout.error(), name));
    if (auto read = readEvents(assembly, reader, *layout); !read)
        return tl::unexpected(inFile(read.error(), name));
    return assembly.report.requireSome();
}

} // namespace

Header::Header(std::vector<std::string> names) : m_names(std::move(names))
{
    for (std::string& name : m_names) {
        name = toUtf8(trimmed(name));
        m_folded.push_back(foldedName(name));
    }
}

std::optional<std::size_t> Header::find(std::string_view name) const
{
    const auto found = std::ranges::find(m_folded, foldedName(name));
    return found == m_folded.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - m_folded.begin()));
}

std::string Header::twice() const
{
    for (std::size_t i = 0; i < m_folded.size(); ++i)
        if (!m_folded[i].empty() && std::find(m_folded.begin(), m_folded.begin() + static_cast<std::ptrdiff_t>(i),
                                              m_folded[i]) != m_folded.begin() + static_cast<std::ptrdiff_t>(i))
            return m_names[i];
    return {};
}

bool namesAll(const Header& header, std::span<const std::string_view> needed)
{
    return std::ranges::all_of(needed, [&](std::string_view name) { return header.find(name).has_value(); });
}

std::string fileWithHeader(const FileSet& files, const Dialect& dialect, const std::function<bool(const Header&)>& fits)
{
    constexpr std::size_t mostLooked = 20; // a folder may hold as many as it likes
    std::vector<std::string> found;
    std::size_t looked = 0;
    for (const std::string& name : files.names()) {
        if (files.chosen().empty() ? !looksLikeTable(name) || looked++ >= mostLooked : name != files.chosen())
            continue;
        if (fits(Header(firstRecord(files.peek(name), dialect))))
            found.push_back(name);
    }
    return found.size() == 1 ? found[0] : "";
}

void noteUnused(Assembly& assembly)
{
    std::vector<bool> used(assembly.items.names().size());
    for (const ItemIndex item : assembly.events.items)
        used[item.value] = true;
    if (const auto unused = std::ranges::count(used, false); unused > 0)
        assembly.report.note(fmt::format(
            "{} in the catalog and in no event",
            counted(static_cast<std::uint64_t>(unused), assembly.itemWord + " is", assembly.itemWord + "s are")));
}

Status refuseTestFile(const Assembly& assembly)
{
    if (assembly.request.testPath.empty())
        return {};
    return error(Code::InvalidArgument, "Files of this layout come without a test file",
                 "Import the training file alone, and split it by time");
}

std::vector<std::string> firstRecord(std::string_view text, const Dialect& dialect)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    RecordCursor cursor(text, dialect);
    Record record;
    if (!cursor.next(record) || record.problem != RecordProblem::None)
        return {};
    return {record.fields.begin(), record.fields.end()};
}

Status readRecords(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content,
                   const Dialect& dialect, std::size_t columns, const OnRecord& onRecord, const OnHeader& onHeader)
{
    auto reader = begin(assembly, files.read(name), name, content, dialect);
    if (!reader)
        return tl::unexpected(reader.error());
    if (onHeader)
        if (auto taken = reader->header().and_then(onHeader); !taken)
            return tl::unexpected(inFile(taken.error(), name));
    if (auto read = walk(assembly, *reader, columns, onRecord); !read)
        return tl::unexpected(inFile(read.error(), name));
    return {};
}

Status readCsv(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content,
               std::span<const std::string_view> needed, const std::function<OnRecord(const Header&)>& onHeader)
{
    auto begun = begin(assembly, files.read(name), name, content, {});
    if (!begun)
        return tl::unexpected(begun.error());
    BlockReader& reader = *begun;
    auto names = reader.header();
    if (!names)
        return tl::unexpected(inFile(names.error(), name));
    const Header header(std::move(*names));
    for (const std::string_view column : needed)
        if (!header.find(column))
            return error(Code::BadFile, fmt::format("'{}' has no column '{}'", name, column),
                         "Its first line must name the columns", std::string(name));
    if (const std::string twice = header.twice(); !twice.empty())
        return error(Code::BadFile, fmt::format("'{}' has two columns '{}'", name, twice), "Rename one of them",
                     std::string(name));
    if (auto read = walk(assembly, reader, header.size(), onHeader(header)); !read)
        return tl::unexpected(inFile(read.error(), name));
    return {};
}

Status readRatings(Assembly& assembly, const FileSet& files, const std::string& name, const Dialect& dialect,
                   std::string_view content, const std::function<Result<EventLayout>(BlockReader&)>& layoutOf)
{
    if (auto train = readEventFile(assembly, files.read(name), name, content, dialect, layoutOf); !train)
        return train;
    const auto& testPath = assembly.request.testPath;
    if (testPath.empty())
        return {};
    assembly.trainEvents = assembly.events.users.size();
    const std::string testName = withoutGz(testPath.filename().string());
    return readEventFile(assembly, asText(openFile(testPath)), testName, content, dialect, layoutOf);
}

} // namespace orrery::reading
