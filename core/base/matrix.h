// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace orrery {

/// Storage aligned for the widest vector instructions, so that kernels may use aligned loads at row 0.
template <class T> struct AlignedAllocator {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    AlignedAllocator() = default;
    template <class U> explicit AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
    void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, alignment); }
    bool operator==(const AlignedAllocator&) const = default;
};

/// Leaves the memory of elements that are given no value as it is: see Matrix::unset.
template <class T> struct UnsetAllocator : AlignedAllocator<T> {
    UnsetAllocator() = default;
    template <class U> explicit UnsetAllocator(const UnsetAllocator<U>&) {}
    /// Without a value, memory stays as it is: see Matrix::unset.
    template <class U, class... Args> void construct(U* p, Args&&... args)
    {
        if constexpr (sizeof...(Args) > 0)
            std::construct_at(p, std::forward<Args>(args)...);
    }
};

/// All matrices are dense float32, row-major, without padding: element (r, c) is data[r * cols + c].
/// A view owns nothing and must not outlive what it looks at.
struct MatrixView {
    const float* data = nullptr;
    std::size_t rows = 0;
    std::size_t cols = 0;

    [[nodiscard]] std::span<const float> row(std::size_t r) const { return {data + r * cols, cols}; }
    [[nodiscard]] std::span<const float> all() const { return {data, rows * cols}; }
    [[nodiscard]] bool empty() const { return rows == 0 || cols == 0; }
};

/// A view that may be written to.
struct MatrixRef {
    float* data = nullptr;
    std::size_t rows = 0;
    std::size_t cols = 0;

    [[nodiscard]] std::span<float> row(std::size_t r) const { return {data + r * cols, cols}; }
    [[nodiscard]] std::span<float> all() const { return {data, rows * cols}; }
};

class Matrix {
public:
    Matrix() = default;
    /// All zero.
    Matrix(std::size_t rows, std::size_t cols) : m_values(rows * cols, 0.F), m_rows(rows), m_cols(cols) {}
    /// Whatever was in that memory, for a matrix that is written before it is read: gigabytes are not touched in vain.
    [[nodiscard]] static Matrix unset(std::size_t rows, std::size_t cols)
    {
        Matrix matrix;
        matrix.m_values = decltype(m_values)(rows * cols);
        matrix.m_rows = rows;
        matrix.m_cols = cols;
        return matrix;
    }

    [[nodiscard]] std::size_t rows() const { return m_rows; }
    [[nodiscard]] std::size_t cols() const { return m_cols; }
    [[nodiscard]] std::span<float> row(std::size_t r) { return {m_values.data() + r * m_cols, m_cols}; }
    [[nodiscard]] std::span<const float> row(std::size_t r) const { return {m_values.data() + r * m_cols, m_cols}; }
    [[nodiscard]] std::span<float> all() { return m_values; }
    [[nodiscard]] std::span<const float> all() const { return m_values; }
    [[nodiscard]] MatrixView view() const { return {m_values.data(), m_rows, m_cols}; }
    [[nodiscard]] MatrixRef ref() { return {m_values.data(), m_rows, m_cols}; }

private:
    std::vector<float, UnsetAllocator<float>> m_values;
    std::size_t m_rows = 0;
    std::size_t m_cols = 0;
};

} // namespace orrery
