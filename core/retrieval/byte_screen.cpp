// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/byte_screen.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <new>

namespace orrery {
namespace {

constexpr std::size_t bytesPerStep = 32, rowsPerChunk = 1 << 13, rowsAtOnce = 64;
constexpr std::int32_t mostByte = 127, leastOfNumbers = 1024;
constexpr double longest = 1e18, shortest = 1e-30; // products stay far from the ends of float32
constexpr double outwards = 1 + 1e-5;              // for bounds that are worked out in float32 themselves
// Of a sum of n float32 products each rounding is at most 2^-24 of the absolute terms, n times; this is four times
// that.
constexpr double roundingOfTerm = 0x1p-22;
constexpr std::size_t furtherRoundings = 32;
constexpr float underflow = std::numeric_limits<float>::min();

std::size_t strideFor(std::size_t length) { return (length + bytesPerStep - 1) / bytesPerStep * bytesPerStep; }

/// The largest without regard to signs; NaN where one is.
float largestOf(std::span<const float> vector)
{
    float largest = 0;
    for (const float value : vector) {
        if (std::isnan(value))
            return value;
        largest = std::max(largest, std::abs(value));
    }
    return largest;
}

double lengthOf(std::span<const float> vector)
{
    double square = 0;
    for (const float value : vector)
        square += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(square);
}

/// Whole numbers: exact in any order, so compilers may use what they find.
std::int32_t product(const std::int8_t* bytes, const std::int16_t* numbers, std::size_t stride)
{
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < stride; ++d)
        sum += static_cast<std::int16_t>(bytes[d]) * numbers[d];
    return sum;
}

template <class Number> Number nearestNumber(float value, float step, std::int32_t most)
{
    const auto bound = static_cast<float>(most);
    return static_cast<Number>(std::nearbyint(std::clamp(value / step, -bound, bound)));
}

} // namespace

ByteScreen::ByteScreen(std::size_t rows, std::size_t length)
    : m_bytes(rows * strideFor(length)), m_steps(rows), m_errors(rows), m_length(length), m_stride(strideFor(length))
{
    const auto most = std::numeric_limits<std::int32_t>::max() / (mostByte * std::max<std::size_t>(m_stride, 1));
    m_most = static_cast<std::int32_t>(std::min<std::size_t>(most, std::numeric_limits<std::int16_t>::max()));
    // Numbers of the vector are off by half a step of at most |vector| / m_most.
    const double ofNumbers = outwards * std::sqrt(static_cast<double>(length)) / (2. * std::max(m_most, 1));
    m_rounding = ofNumbers + static_cast<double>(length + furtherRoundings) * roundingOfTerm;
}

std::size_t ByteScreen::bytesFor(std::size_t rows, std::size_t length)
{
    return rows * (strideFor(length) + 2 * sizeof(float));
}

Result<ByteScreen> ByteScreen::build(MatrixView vectors, const JobContext& job)
try {
    ByteScreen screen(vectors.rows, vectors.cols);
    const auto done = parallelFor(job, vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row)
            screen.setRow(row, vectors.row(row));
    });
    if (!done)
        return tl::unexpected(done.error());
    return screen;
} catch (const std::bad_alloc&) {
    return error(Code::OutOfMemory, "There is not enough memory for a second copy of the vectors",
                 "Search without it: the answers are the same");
}

void ByteScreen::setRow(std::size_t row, std::span<const float> vector)
{
    std::int8_t* bytes = m_bytes.data() + row * m_stride;
    std::fill_n(bytes, m_stride, std::int8_t{0});
    const float largest = largestOf(vector);
    const double length = lengthOf(vector);
    if (!(length < longest)) {
        m_errors[row] = std::numeric_limits<float>::infinity();
        return;
    }
    if (static_cast<double>(largest) > shortest) {
        m_steps[row] = largest / static_cast<float>(mostByte);
        for (std::size_t d = 0; d < vector.size(); ++d)
            bytes[d] = nearestNumber<std::int8_t>(vector[d], m_steps[row], mostByte);
    }
    double square = 0;
    for (std::size_t d = 0; d < vector.size(); ++d) {
        const double apart =
            static_cast<double>(vector[d]) - static_cast<double>(m_steps[row]) * static_cast<double>(bytes[d]);
        square += apart * apart;
    }
    const double apart = std::sqrt(square);
    m_errors[row] = static_cast<float>(outwards * (apart + m_rounding * (length + apart)));
}

std::optional<ByteScreen::Asked> ByteScreen::ask(std::span<const float> vector) const
{
    const double length = lengthOf(vector);
    if (!(length > shortest && length < longest) || m_most < leastOfNumbers)
        return {};
    Asked asked{std::vector<std::int16_t>(m_stride), largestOf(vector) / static_cast<float>(m_most),
                static_cast<float>(outwards * length)};
    for (std::size_t d = 0; d < m_length; ++d)
        asked.numbers[d] = nearestNumber<std::int16_t>(vector[d], asked.step, m_most);
    return asked;
}

void ByteScreen::bound(const Asked& asked, std::size_t first, std::span<float> products, std::span<float> slacks) const
{
    const std::size_t rows = products.size();
    std::array<std::int32_t, rowsAtOnce> sums{};
    for (std::size_t at = 0; at < rows; at += rowsAtOnce) {
        const std::size_t count = std::min(rowsAtOnce, rows - at);
        const std::int8_t* bytes = m_bytes.data() + (first + at) * m_stride;
        for (std::size_t i = 0; i < count; ++i)
            sums[i] = product(bytes + i * m_stride, asked.numbers.data(), m_stride);
        const float* steps = m_steps.data() + first + at;
        const float* errors = m_errors.data() + first + at;
        for (std::size_t i = 0; i < count; ++i) {
            products[at + i] = steps[i] * (asked.step * static_cast<float>(sums[i]));
            slacks[at + i] = errors[i] * asked.length + underflow;
        }
    }
}

} // namespace orrery
