// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/npy.h"

#include "core/data/import/fields.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's bytes are taken as they are");

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longestHeader = 1 << 20;
constexpr auto howTo = "In Python: numpy.save(\"vectors.npy\", vectors.astype(\"<f4\"))";

/// What the header says.
struct Layout {
    std::size_t elementBytes = 4; ///< 4 or 8
    std::size_t rows = 0, columns = 0;
};

/// Walks over the header, a Python dictionary in text.
class HeaderText {
public:
    HeaderText(std::string_view text, std::size_t begin, std::string file)
        : m_text(text), m_begin(begin), m_file(std::move(file))
    {
    }

    [[nodiscard]] Result<Layout> read()
    {
        Layout layout;
        bool descr = false, order = false, shape = false;
        if (!take('{'))
            return bad("the header is no dictionary");
        while (!take('}')) {
            const auto key = quoted();
            if (!key || !take(':'))
                return bad("the header has no key where one should be");
            const Status done = *key == "descr"           ? readType(layout)
                                : *key == "fortran_order" ? readOrder()
                                : *key == "shape"         ? readShape(layout)
                                                          : bad(fmt::format("the header speaks of '{}'", *key));
            if (!done)
                return tl::unexpected(done.error());
            descr |= *key == "descr";
            order |= *key == "fortran_order";
            shape |= *key == "shape";
            if (!take(',') && !next('}'))
                return bad("the header breaks off");
        }
        if (!descr || !order || !shape)
            return bad("the header does not say descr, fortran_order and shape");
        return layout;
    }

private:
    [[nodiscard]] tl::unexpected<Error> bad(std::string_view what) const
    {
        return error(Code::BadFile, fmt::format("It cannot be read: {}", what), howTo,
                     fmt::format("{}, byte {}", m_file, m_begin + m_at));
    }

    void passSpaces()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t'))
            ++m_at;
    }
    [[nodiscard]] bool next(char c)
    {
        passSpaces();
        return m_at < m_text.size() && m_text[m_at] == c;
    }
    bool take(char c)
    {
        const bool there = next(c);
        m_at += there ? 1 : 0;
        return there;
    }
    bool take(std::string_view word)
    {
        passSpaces();
        const bool there = m_text.substr(m_at).starts_with(word);
        m_at += there ? word.size() : 0;
        return there;
    }

    [[nodiscard]] std::optional<std::string> quoted()
    {
        passSpaces();
        if (m_at >= m_text.size() || (m_text[m_at] != '\'' && m_text[m_at] != '"'))
            return std::nullopt;
        const std::size_t end = m_text.find(m_text[m_at], m_at + 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        std::string out = excerpt(m_text.substr(m_at + 1, end - m_at - 1), 40);
        m_at = end + 1;
        return out;
    }

    [[nodiscard]] Status readType(Layout& layout)
    {
        const std::size_t begin = m_at;
        const auto type = quoted();
        if (type && (*type == "<f4" || *type == "<f8")) {
            layout.elementBytes = *type == "<f4" ? 4 : 8;
            return {};
        }
        m_at = begin;
        return bad(
            type ? fmt::format("its elements are '{}', not '<f4' or '<f8' (float32 or float64, little-endian)", *type)
                 : std::string("its elements are records, not numbers"));
    }

    [[nodiscard]] Status readOrder()
    {
        if (take("False"))
            return {};
        return bad(next('T') ? "it is in Fortran order, column after column"
                             : "fortran_order is neither True nor False");
    }

    [[nodiscard]] Status readShape(Layout& layout)
    {
        if (!take('('))
            return bad("its shape is no tuple");
        std::vector<std::size_t> sizes;
        while (!take(')')) {
            passSpaces();
            std::size_t size = 0;
            const auto [end, failure] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), size);
            if (failure != std::errc{})
                return bad("its shape has a size that is no whole number, or too large a one");
            m_at = static_cast<std::size_t>(end - m_text.data());
            sizes.push_back(size);
            if (!take(',') && !next(')'))
                return bad("its shape breaks off");
        }
        if (sizes.size() != 2)
            return bad(fmt::format("it has {} dimensions, not two: a row for each item", sizes.size()));
        if (sizes[0] == 0 || sizes[1] == 0)
            return bad("it is empty");
        layout.rows = sizes[0];
        layout.columns = sizes[1];
        return {};
    }

    std::string_view m_text;
    std::size_t m_begin; // of the text in the file
    std::string m_file;
    std::size_t m_at = 0;
};

class NpyReader {
public:
    explicit NpyReader(const std::filesystem::path& path) : m_path(path), m_name(path.filename().string()) {}

    [[nodiscard]] Result<Matrix> read()
    {
        if (const auto opened = open(); !opened)
            return tl::unexpected(opened.error());
        const auto length = headerLength();
        if (!length)
            return tl::unexpected(length.error());
        std::string text(*length, '\0');
        const std::size_t begin = m_position;
        if (!bytes(text.data(), text.size()))
            return cutShort();
        const auto layout = HeaderText(text, begin, m_name).read();
        if (!layout)
            return tl::unexpected(layout.error());
        return elements(*layout);
    }

private:
    [[nodiscard]] tl::unexpected<Error> bad(std::string what, std::string where) const
    {
        return error(Code::BadFile, std::move(what), howTo, fmt::format("{}, {}", m_name, where));
    }
    [[nodiscard]] tl::unexpected<Error> cutShort() const
    {
        return bad("The file is cut short", fmt::format("byte {}", m_size));
    }

    [[nodiscard]] Status open()
    {
        std::error_code failed;
        if (!std::filesystem::is_regular_file(m_path, failed))
            return error(Code::NotFound, fmt::format("There is no file {}", m_name), {}, m_path.string());
        m_size = std::filesystem::file_size(m_path, failed);
        m_file.open(m_path, std::ios::binary);
        if (failed || !m_file)
            return error(Code::Io, fmt::format("{} cannot be read", m_name), {}, m_path.string());
        return {};
    }

    [[nodiscard]] bool bytes(void* to, std::size_t count)
    {
        m_file.read(static_cast<char*>(to), static_cast<std::streamsize>(count));
        m_position += static_cast<std::size_t>(m_file.gcount());
        return static_cast<std::size_t>(m_file.gcount()) == count;
    }

    /// Passes the magic, the version and the length of the header.
    [[nodiscard]] Result<std::size_t> headerLength()
    {
        std::array<char, 8> start{};
        if (!bytes(start.data(), start.size()))
            return cutShort();
        if (std::string_view(start.data(), magic.size()) != magic)
            return bad("This is no .npy file: it does not begin with \\x93NUMPY", "byte 0");
        const auto major = static_cast<unsigned char>(start[6]);
        if (major < 1 || major > 3 || start[7] != 0)
            return bad(fmt::format("Version {}.{} of the format is not known", major,
                                   static_cast<int>(static_cast<unsigned char>(start[7]))),
                       "byte 6");
        std::uint32_t length = 0;
        if (!bytes(&length, major == 1 ? 2 : 4))
            return cutShort();
        if (length > longestHeader || length > m_size - m_position)
            return bad(fmt::format("The header should have {} bytes, more than there are", length), "byte 8");
        return length;
    }

    [[nodiscard]] Result<Matrix> elements(const Layout& layout)
    {
        // Compared by division: the product of a hostile shape need not fit.
        const std::uint64_t left = m_size - m_position;
        const std::uint64_t rowBytes =
            layout.columns <= left / layout.elementBytes ? layout.columns * layout.elementBytes : 0;
        if (rowBytes == 0 || left / rowBytes != layout.rows || left % rowBytes != 0)
            return bad(fmt::format("The header says {} rows of {} elements of {} bytes, but {} bytes follow",
                                   layout.rows, layout.columns, layout.elementBytes, left),
                       fmt::format("byte {}", m_position));
        Matrix matrix = Matrix::unset(layout.rows, layout.columns);
        std::vector<double> wide(layout.elementBytes == 8 ? layout.columns : 0);
        for (std::size_t r = 0; r < layout.rows; ++r) {
            const auto row = matrix.row(r);
            if (!(wide.empty() ? bytes(row.data(), row.size_bytes()) : bytes(wide.data(), wide.size() * 8)))
                return cutShort();
            for (std::size_t c = 0; c < wide.size(); ++c)
                row[c] = static_cast<float>(wide[c]);
            for (std::size_t c = 0; c < row.size(); ++c)
                if (!std::isfinite(row[c]))
                    return bad("An element is not a finite number", fmt::format("row {}, column {}", r + 1, c + 1));
        }
        return matrix;
    }

    std::filesystem::path m_path;
    std::string m_name;
    std::ifstream m_file;
    std::uint64_t m_size = 0;
    std::uint64_t m_position = 0;
};

} // namespace

Result<Matrix> readNpy(const std::filesystem::path& path) { return NpyReader(path).read(); }

} // namespace orrery::reading
