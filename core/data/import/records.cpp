// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/records.h"

#include <algorithm>
#include <utility>

namespace orrery::reading {
namespace {

constexpr std::size_t blockBytes = 1024 * 1024;
constexpr auto npos = std::string_view::npos;

struct RecordEnd {
    std::size_t next = npos; // begin of the record after; npos: not known without more text
    RecordProblem problem = RecordProblem::None;
};

RecordEnd lineEnd(std::string_view text, std::size_t begin, bool complete, RecordProblem problem)
{
    const std::size_t newline = text.find('\n', begin);
    if (newline != npos)
        return {newline + 1, problem};
    return {complete ? text.size() : npos, problem};
}

// Behind the quoted field that begins at `at`: the position after its closing quote; npos where there is none.
std::size_t closingQuote(std::string_view text, std::size_t at)
{
    for (std::size_t i = at + 1; (i = text.find('"', i)) != npos; i += 2)
        if (i + 1 >= text.size() || text[i + 1] != '"')
            return i + 1;
    return npos;
}

bool fieldEnds(std::string_view rest, const Dialect& dialect)
{
    return rest.empty() || rest == "\r" || rest[0] == '\n' || rest.starts_with("\r\n") ||
           rest.starts_with(dialect.separator);
}

// Depends on nothing before `begin`, so that a reader of blocks and a reader of one block agree.
RecordEnd quotedRecordEnd(std::string_view whole, std::size_t begin, const Dialect& dialect, bool complete)
{
    const std::string_view text = whole.substr(0, std::min(whole.size(), begin + longestRecord));
    const bool allSeen = complete || text.size() < whole.size();
    std::size_t i = begin;
    while (true) {
        if (i < text.size() && text[i] == '"') {
            const std::size_t after = closingQuote(text, i);
            const std::string_view rest = after == npos ? std::string_view() : text.substr(after);
            if (after == npos || (!allSeen && (rest.empty() || rest == "\r")))
                return allSeen ? lineEnd(whole, begin, complete, RecordProblem::UnclosedQuote) : RecordEnd{};
            if (!fieldEnds(rest, dialect))
                return lineEnd(whole, begin, complete, RecordProblem::TextAfterQuote);
            i = after;
        }
        const std::size_t newline = text.find('\n', i);
        const std::size_t separator = text.substr(0, newline).find(dialect.separator, i);
        if (separator == npos)
            return newline != npos ? RecordEnd{newline + 1} : lineEnd(whole, i, complete, RecordProblem::None);
        i = separator + dialect.separator.size();
    }
}

RecordEnd recordEnd(std::string_view text, std::size_t begin, const Dialect& dialect, bool complete)
{
    const RecordEnd line = lineEnd(text, begin, complete, RecordProblem::None);
    if (!dialect.quotes || text.substr(begin, line.next - begin).find('"') == npos)
        return line;
    return quotedRecordEnd(text, begin, dialect, complete);
}

// Where the last whole record of a text that goes on ends.
std::size_t wholeRecords(std::string_view text, const Dialect& dialect)
{
    if (!dialect.quotes || text.find('"') == npos) {
        const std::size_t newline = text.rfind('\n');
        return newline == npos ? 0 : newline + 1;
    }
    std::size_t at = 0;
    while (at < text.size()) {
        const RecordEnd end = recordEnd(text, at, dialect, false);
        if (end.next == npos)
            break;
        at = end.next;
    }
    return at;
}

std::string unescape(std::string_view quoted)
{
    std::string out;
    out.reserve(quoted.size());
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        out += quoted[i];
        if (quoted[i] == '"')
            ++i;
    }
    return out;
}

} // namespace

void Block::reserve(std::size_t capacity)
{
    if (capacity <= m_capacity)
        return;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy_n(m_data.get(), m_end, larger.get());
    m_data = std::move(larger);
    m_capacity = capacity;
}

BlockReader::BlockReader(std::unique_ptr<ByteSource> source, Dialect dialect)
    : m_source(std::move(source)), m_dialect(std::move(dialect))
{
}

Result<bool> BlockReader::next(Block& block)
{
    if (m_haveFirst) {
        m_haveFirst = false;
        std::swap(block, m_first);
        if (!block.text().empty())
            return true;
    }
    return fill(block);
}

Result<bool> BlockReader::fill(Block& block)
{
    block.m_begin = block.m_end = 0;
    while (!m_ended && block.text().empty()) {
        block.m_begin = block.m_end = 0;
        block.reserve(m_tail.size() + blockBytes);
        block.m_end = m_tail.size();
        std::copy(m_tail.begin(), m_tail.end(), block.m_data.get());
        m_tail.clear();
        const auto got = m_source->read({block.m_data.get() + block.m_end, blockBytes});
        if (!got)
            return tl::unexpected(got.error());
        block.m_end += *got;
        m_ended = *got < blockBytes;
        passByteOrderMark(block);
        passLongLine(block);
        if (!m_ended)
            keepTail(block);
    }
    return !block.text().empty();
}

void BlockReader::passByteOrderMark(Block& block)
{
    if (!std::exchange(m_started, true) && block.text().starts_with("\xEF\xBB\xBF"))
        block.m_begin += 3;
}

// After a line that was too long: its rest.
void BlockReader::passLongLine(Block& block)
{
    if (!m_inLongLine)
        return;
    const std::size_t newline = block.text().find('\n');
    block.m_begin = newline == npos ? block.m_end : block.m_begin + newline + 1;
    m_inLongLine = newline == npos;
}

void BlockReader::keepTail(Block& block)
{
    const std::string_view text = block.text();
    const std::size_t whole = wholeRecords(text, m_dialect);
    const std::string_view tail = text.substr(whole);
    if (tail.size() > longestRecord) {
        m_inLongLine = true; // what is here of it is left as the last record: too long by itself
        return;
    }
    m_tail = tail;
    block.m_end = block.m_begin + whole;
}

Result<std::vector<std::string>> BlockReader::header()
{
    const auto more = fill(m_first);
    if (!more)
        return tl::unexpected(more.error());
    m_haveFirst = true;
    RecordCursor cursor(m_first.text(), m_dialect);
    Record record;
    if (!cursor.next(record))
        return std::vector<std::string>{};
    std::vector<std::string> names(record.fields.begin(), record.fields.end());
    m_headerLines = cursor.lines();
    m_first.m_begin += cursor.position();
    return names;
}

RecordCursor::RecordCursor(std::string_view text, const Dialect& dialect, std::uint64_t linesBefore)
    : m_text(text), m_dialect(dialect), m_lines(linesBefore), m_zeroBytes(text.find('\0') != npos)
{
}

bool RecordCursor::next(Record& record)
{
    while (m_position < m_text.size()) {
        record.fields.clear();
        record.problem = RecordProblem::None;
        record.line = m_lines + 1;
        splitPlain(record);
        if (!record.raw.empty())
            return true;
    }
    return false;
}

// One pass over lines without quoted fields; the first quoted field sends the record to the slower way.
void RecordCursor::splitPlain(Record& record)
{
    const char* const base = m_text.data();
    const char* const end = base + m_text.size();
    const char first = m_dialect.separator[0];
    const bool pair = m_dialect.separator.size() == 2;
    const char second = pair ? m_dialect.separator[1] : '\0';
    const std::size_t begin = m_position;
    const char* field = base + begin;
    const char* at = field;
    for (; at != end && *at != '\n'; ++at) {
        if (*at == first) {
            if (pair && (at + 1 == end || at[1] != second))
                continue;
            record.fields.emplace_back(field, static_cast<std::size_t>(at - field));
            at += pair;
            field = at + 1;
        } else if (*at == '"' && at == field && m_dialect.quotes) {
            record.fields.clear();
            splitQuoted(record, begin);
            return;
        }
    }
    const char* lineEnds = at != field && at[-1] == '\r' ? at - 1 : at;
    record.fields.emplace_back(field, static_cast<std::size_t>(lineEnds - field));
    m_position = static_cast<std::size_t>(at - base) + (at != end);
    ++m_lines;
    finish(record, begin, static_cast<std::size_t>(lineEnds - base));
}

void RecordCursor::splitQuoted(Record& record, std::size_t begin)
{
    const RecordEnd ends = quotedRecordEnd(m_text, begin, m_dialect, true);
    std::string_view raw = m_text.substr(begin, ends.next - begin);
    m_lines += static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n')) + !raw.ends_with('\n');
    m_position = ends.next;
    if (raw.ends_with('\n'))
        raw.remove_suffix(1);
    if (raw.ends_with('\r'))
        raw.remove_suffix(1);
    m_unescaped.clear();
    const bool usable = ends.problem == RecordProblem::None && raw.size() <= longestRecord;
    for (std::size_t i = 0; usable && i <= raw.size();) {
        if (i < raw.size() && raw[i] == '"') {
            const std::size_t after = closingQuote(raw, i);
            const std::string_view inner = raw.substr(i + 1, after - i - 2);
            const bool escaped = inner.find('"') != npos;
            record.fields.push_back(escaped ? m_unescaped.emplace_back(unescape(inner)) : inner);
            i = after + m_dialect.separator.size();
            if (after == raw.size())
                break;
        } else {
            const std::size_t separator = std::min(raw.size(), raw.find(m_dialect.separator, i));
            record.fields.push_back(raw.substr(i, separator - i));
            if (separator == raw.size())
                break;
            i = separator + m_dialect.separator.size();
        }
    }
    record.problem = ends.problem;
    finish(record, begin, begin + raw.size());
}

void RecordCursor::finish(Record& record, std::size_t begin, std::size_t end)
{
    record.raw = m_text.substr(begin, end - begin);
    if (record.raw.size() > longestRecord)
        record.problem = RecordProblem::TooLong;
    else if (m_zeroBytes && record.raw.find('\0') != npos)
        record.problem = RecordProblem::ZeroByte;
}

} // namespace orrery::reading
