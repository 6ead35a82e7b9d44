// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// A trained model as named arrays of plain numbers and texts: data, never code. The store writes each array in
/// checksummed chunks; `load` of a model must still check every length and index, since files come from strangers.
class ORRERY_API Artifact {
public:
    enum class Type : std::uint8_t { Float32 = 1, UInt32 = 2, Float64 = 3, Text = 4, Int64 = 5 };
    struct Array {
        Type type = Type::Float32;
        std::vector<std::byte> bytes;
    };

    void put(const std::string& name, std::span<const float> values);
    void put(const std::string& name, std::span<const double> values);
    void put(const std::string& name, std::span<const std::uint32_t> values);
    void put(const std::string& name, std::span<const std::int64_t> values);
    void putText(const std::string& name, std::string_view text);
    void putNumber(const std::string& name, double value);
    void putRaw(const std::string& name, Array array) { m_arrays.insert_or_assign(name, std::move(array)); }

    /// `expected`: how many there must be; anyLength for "as many as there are".
    /// Errors: Corrupt for a missing array, another type or length, or a non-finite float.
    static constexpr std::size_t anyLength = ~std::size_t{0};
    [[nodiscard]] Result<std::vector<float>> floats(const std::string& name, std::size_t expected = anyLength) const;
    [[nodiscard]] Result<std::vector<double>> doubles(const std::string& name, std::size_t expected = anyLength) const;
    /// Every value must be < `below`.
    [[nodiscard]] Result<std::vector<std::uint32_t>> indices(const std::string& name, std::size_t expected,
                                                             std::uint64_t below) const;
    [[nodiscard]] Result<std::vector<std::int64_t>> integers(const std::string& name,
                                                             std::size_t expected = anyLength) const;
    [[nodiscard]] Result<std::string> text(const std::string& name) const;
    [[nodiscard]] Result<double> number(const std::string& name) const;

    [[nodiscard]] const std::map<std::string, Array>& arrays() const { return m_arrays; }
    [[nodiscard]] std::size_t byteCount() const;

private:
    std::map<std::string, Array> m_arrays;
};

} // namespace orrery
