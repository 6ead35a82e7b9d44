// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace orrery {
namespace {

template <class T> Artifact::Array packed(Artifact::Type type, std::span<const T> values)
{
    const auto bytes = std::as_bytes(values);
    return {type, std::vector<std::byte>(bytes.begin(), bytes.end())};
}

tl::unexpected<Error> corrupt(const std::string& name, std::string_view what)
{
    return error(Code::Corrupt, fmt::format("The stored model's '{}' {}", name, what), "Train the model again", name);
}

template <class T> Result<std::vector<T>> unpacked(const std::map<std::string, Artifact::Array>& arrays,
                                                   const std::string& name, Artifact::Type type, std::size_t expected)
{
    const auto found = arrays.find(name);
    if (found == arrays.end())
        return corrupt(name, "is missing");
    const auto& array = found->second;
    if (array.type != type || array.bytes.size() % sizeof(T) != 0)
        return corrupt(name, "is of another type");
    std::vector<T> values(array.bytes.size() / sizeof(T));
    if (expected != Artifact::anyLength && values.size() != expected)
        return corrupt(name, fmt::format("has {} values instead of {}", values.size(), expected));
    if (!values.empty())
        std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    if constexpr (std::is_floating_point_v<T>)
        if (!std::ranges::all_of(values, [](T value) { return std::isfinite(value); }))
            return corrupt(name, "holds a value that is not a number");
    return values;
}

} // namespace

void Artifact::put(const std::string& name, std::span<const float> values)
{
    putRaw(name, packed(Type::Float32, values));
}

void Artifact::put(const std::string& name, std::span<const double> values)
{
    putRaw(name, packed(Type::Float64, values));
}

void Artifact::put(const std::string& name, std::span<const std::uint32_t> values)
{
    putRaw(name, packed(Type::UInt32, values));
}

void Artifact::put(const std::string& name, std::span<const std::int64_t> values)
{
    putRaw(name, packed(Type::Int64, values));
}

void Artifact::putText(const std::string& name, std::string_view text)
{
    putRaw(name, packed(Type::Text, std::span(text)));
}

void Artifact::putNumber(const std::string& name, double value) { put(name, std::span<const double>(&value, 1)); }

Result<std::vector<float>> Artifact::floats(const std::string& name, std::size_t expected) const
{
    return unpacked<float>(m_arrays, name, Type::Float32, expected);
}

Result<std::vector<double>> Artifact::doubles(const std::string& name, std::size_t expected) const
{
    return unpacked<double>(m_arrays, name, Type::Float64, expected);
}

Result<std::vector<std::uint32_t>> Artifact::indices(const std::string& name, std::size_t expected,
                                                     std::uint64_t below) const
{
    auto values = unpacked<std::uint32_t>(m_arrays, name, Type::UInt32, expected);
    if (values && !std::ranges::all_of(*values, [below](std::uint32_t value) { return value < below; }))
        return corrupt(name, fmt::format("holds an index past {}", below));
    return values;
}

Result<std::vector<std::int64_t>> Artifact::integers(const std::string& name, std::size_t expected) const
{
    return unpacked<std::int64_t>(m_arrays, name, Type::Int64, expected);
}

Result<std::string> Artifact::text(const std::string& name) const
{
    const auto characters = unpacked<char>(m_arrays, name, Type::Text, anyLength);
    if (!characters)
        return tl::unexpected(characters.error());
    return std::string(characters->begin(), characters->end());
}

Result<double> Artifact::number(const std::string& name) const
{
    const auto values = doubles(name, 1);
    if (!values)
        return tl::unexpected(values.error());
    return values->front();
}

std::size_t Artifact::byteCount() const
{
    std::size_t sum = 0;
    for (const auto& [name, array] : m_arrays)
        sum += array.bytes.size();
    return sum;
}

} // namespace orrery
