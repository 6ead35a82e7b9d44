// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/byte_source.h"

#include <deque>
#include <string_view>

namespace orrery::reading {

/// How lines are cut into fields.
struct Dialect {
    std::string separator = ","; ///< one or two characters
    bool quotes = true;          ///< RFC 4180: a field that begins with " ends with ", may hold separators and newlines
};

/// What is wrong with a record as such.
enum class RecordProblem { None, TooLong, UnclosedQuote, TextAfterQuote, ZeroByte };

/// A longer record is refused and passed over, so that memory stays bounded whatever the file holds.
inline constexpr std::size_t longestRecord = 1024 * 1024;

struct Record {
    std::vector<std::string_view> fields; ///< unquoted; valid until the next record is asked for
    std::string_view raw;                 ///< without the end of line
    std::uint64_t line = 0;               ///< where it begins, from 1
    RecordProblem problem = RecordProblem::None;
};

/// Some whole records in memory; its buffer is used again and again.
class Block {
public:
    [[nodiscard]] std::string_view text() const { return {m_data.get() + m_begin, m_end - m_begin}; }

private:
    friend class BlockReader;
    std::unique_ptr<char[]> m_data;
    std::size_t m_capacity = 0, m_begin = 0, m_end = 0;
    void reserve(std::size_t capacity);
};

/// Cuts a stream into blocks of whole records. A byte order mark is passed over.
class BlockReader {
public:
    explicit BlockReader(std::unique_ptr<ByteSource> source, Dialect dialect = {});

    /// False at the end. Errors: Io, BadFile (a damaged archive).
    [[nodiscard]] Result<bool> next(Block& block);
    /// Takes the first record away, as the header; no fields for an empty file. Call it before next().
    [[nodiscard]] Result<std::vector<std::string>> header();
    /// Lines taken away as the header.
    [[nodiscard]] std::uint64_t headerLines() const { return m_headerLines; }
    [[nodiscard]] const Dialect& dialect() const { return m_dialect; }
    [[nodiscard]] double fraction() const { return m_source->fraction(); }

private:
    [[nodiscard]] Result<bool> fill(Block& block);
    void passByteOrderMark(Block& block);
    void passLongLine(Block& block);
    void keepTail(Block& block);

    std::unique_ptr<ByteSource> m_source;
    Dialect m_dialect;
    std::string m_tail; // the beginning of a record whose end is not read yet
    Block m_first;      // what header() has left
    bool m_haveFirst = false, m_started = false, m_ended = false;
    bool m_inLongLine = false;
    std::uint64_t m_headerLines = 0;
};

/// Walks over the records of a block. Empty lines are passed over. A quote that is not closed, or closed in the middle
/// of a field, costs the line it is on and no more.
class RecordCursor {
public:
    RecordCursor(std::string_view text, const Dialect& dialect, std::uint64_t linesBefore = 0);
    [[nodiscard]] bool next(Record& record);
    /// Lines passed so far.
    [[nodiscard]] std::uint64_t lines() const { return m_lines; }
    /// Bytes passed so far.
    [[nodiscard]] std::size_t position() const { return m_position; }

private:
    void splitPlain(Record& record);
    void splitQuoted(Record& record, std::size_t begin);
    void finish(Record& record, std::size_t begin, std::size_t end);

    std::string_view m_text;
    const Dialect& m_dialect;
    std::size_t m_position = 0;
    std::uint64_t m_lines;
    bool m_zeroBytes;
    std::deque<std::string> m_unescaped; // of the current record
};

} // namespace orrery::reading
