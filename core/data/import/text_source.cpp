// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/text_source.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

constexpr std::size_t lookedAt = 64 * 1024;
constexpr std::size_t unitsAtOnce = 32 * 1024;

/// Gives back what was looked at, then the rest.
class StartedSource : public ByteSource {
public:
    StartedSource(std::string start, std::unique_ptr<ByteSource> rest)
        : m_start(std::move(start)), m_rest(std::move(rest))
    {
    }

    Result<std::size_t> read(std::span<char> out) override
    {
        const std::size_t held = std::min(out.size(), m_start.size() - m_at);
        std::copy_n(m_start.data() + m_at, held, out.data());
        m_at += held;
        if (held == out.size())
            return held;
        return m_rest->read(out.subspan(held)).map([&](std::size_t got) { return held + got; });
    }
    double fraction() const override { return m_rest->fraction(); }
    std::string remark() const override { return m_rest->remark(); }

private:
    std::string m_start;
    std::unique_ptr<ByteSource> m_rest;
    std::size_t m_at = 0;
};

/// Carriage returns alone as newlines.
class ReturnSource : public ByteSource {
public:
    explicit ReturnSource(std::unique_ptr<ByteSource> source) : m_source(std::move(source)) {}

    Result<std::size_t> read(std::span<char> out) override
    {
        const auto got = m_source->read(out);
        if (got)
            std::replace(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*got), '\r', '\n');
        return got;
    }
    double fraction() const override { return m_source->fraction(); }
    std::string remark() const override
    {
        const std::string before = m_source->remark();
        return (before.empty() ? "" : before + ", and ") + "its lines end with carriage returns alone";
    }

private:
    std::unique_ptr<ByteSource> m_source;
};

/// UTF-16, without its byte order mark, as UTF-8.
class Utf16Source : public ByteSource {
public:
    Utf16Source(std::unique_ptr<ByteSource> source, bool bigEndian)
        : m_source(std::move(source)), m_bigEndian(bigEndian)
    {
    }

    Result<std::size_t> read(std::span<char> out) override
    {
        std::size_t got = 0;
        while (got < out.size()) {
            if (m_at == m_text.size())
                if (const auto more = convert(); !more)
                    return tl::unexpected(more.error());
            if (m_text.empty())
                break;
            const std::size_t count = std::min(out.size() - got, m_text.size() - m_at);
            std::copy_n(m_text.data() + m_at, count, out.data() + got);
            m_at += count;
            got += count;
        }
        return got;
    }
    double fraction() const override { return m_source->fraction(); }
    std::string remark() const override { return "it is text in UTF-16"; }

private:
    // The next piece into m_text; empty at the end.
    Status convert()
    {
        m_text.clear();
        m_at = 0;
        std::string bytes(2 * unitsAtOnce, '\0');
        const auto got = m_source->read(bytes);
        if (!got)
            return tl::unexpected(got.error());
        for (std::size_t i = 0; i + 1 < *got; i += 2, m_offset += 2)
            if (!take(unit(bytes[i], bytes[i + 1])))
                return damaged();
        const bool atEnd = *got < bytes.size();
        return atEnd && (*got % 2 != 0 || m_high != 0) ? damaged() : Status();
    }

    [[nodiscard]] char32_t unit(char first, char second) const
    {
        const auto a = static_cast<unsigned char>(first), b = static_cast<unsigned char>(second);
        return m_bigEndian ? (char32_t{a} << 8U) | b : (char32_t{b} << 8U) | a;
    }

    // False for one half of a pair without the other.
    bool take(char32_t unit)
    {
        const bool isHigh = unit >= 0xD800 && unit < 0xDC00, isLow = unit >= 0xDC00 && unit < 0xE000;
        if (isLow != (m_high != 0))
            return false;
        if (isHigh) {
            m_high = unit;
            return true;
        }
        append(isLow ? 0x10000 + ((m_high - 0xD800) << 10U) + (unit - 0xDC00) : unit);
        m_high = 0;
        return true;
    }

    void append(char32_t c)
    {
        const auto tail = [&](unsigned shift) { m_text += static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
        if (c < 0x80) {
            m_text += static_cast<char>(c);
        } else if (c < 0x800) {
            m_text += static_cast<char>(0xC0U | (c >> 6U));
            tail(0);
        } else if (c < 0x10000) {
            m_text += static_cast<char>(0xE0U | (c >> 12U));
            tail(6);
            tail(0);
        } else {
            m_text += static_cast<char>(0xF0U | (c >> 18U));
            tail(12);
            tail(6);
            tail(0);
        }
    }

    [[nodiscard]] Status damaged() const
    {
        return error(Code::BadFile, fmt::format("The UTF-16 text is damaged at byte {}", m_offset + 2),
                     "Save it as UTF-8");
    }

    std::unique_ptr<ByteSource> m_source;
    bool m_bigEndian;
    std::string m_text;
    std::size_t m_at = 0;
    std::uint64_t m_offset = 0; // behind the byte order mark
    char32_t m_high = 0;        // a first half whose second one is to come
};

// The last character does not count: what follows it may not have been looked at.
bool endsLinesWithReturns(std::string_view start)
{
    return start.find('\n') == std::string_view::npos && !start.empty() &&
           start.substr(0, start.size() - 1).find('\r') != std::string_view::npos;
}

std::unique_ptr<ByteSource> withNewlines(std::string start, std::unique_ptr<ByteSource> rest)
{
    const bool returns = endsLinesWithReturns(start);
    auto whole = std::make_unique<StartedSource>(std::move(start), std::move(rest));
    if (returns)
        return std::make_unique<ReturnSource>(std::move(whole));
    return whole;
}

Result<std::unique_ptr<ByteSource>> started(std::unique_ptr<ByteSource> source)
{
    auto start = readStart(*source, lookedAt);
    if (!start)
        return tl::unexpected(start.error());
    const bool little = start->starts_with("\xFF\xFE"), big = start->starts_with("\xFE\xFF");
    if (!little && !big)
        return withNewlines(std::move(*start), std::move(source));
    if (start->starts_with(std::string_view("\xFF\xFE\0\0", 4)))
        return error(Code::BadFile, "The text is in UTF-32", "Save it as UTF-8");
    start->erase(0, 2);
    auto whole = std::make_unique<StartedSource>(std::move(*start), std::move(source));
    return started(std::make_unique<Utf16Source>(std::move(whole), big));
}

} // namespace

Result<std::unique_ptr<ByteSource>> asText(Result<std::unique_ptr<ByteSource>> source)
{
    return std::move(source).and_then([](std::unique_ptr<ByteSource>&& opened) { return started(std::move(opened)); });
}

} // namespace orrery::reading
