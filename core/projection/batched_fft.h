// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"

#include <complex>
#include <cstddef>
#include <vector>

namespace orrery {

/// Eight numbers side by side, each of another signal.
constexpr std::size_t fftLanes = 8;
using FftLane __attribute__((vector_size(fftLanes * sizeof(double)))) = double;
struct ComplexLane {
    FftLane re, im;
};
using ComplexLanes = std::vector<ComplexLane, UnsetAllocator<ComplexLane>>;

/// Discrete Fourier transforms X[k] = sum over n of x[n] exp(-2 pi i k n / length) of eight signals at a time, by
/// passes of radix 4, 3 and 2 that sort as they go (Stockham; Cochran et al., Proc. IEEE 1967).
class BatchedFft {
public:
    /// `length` as lengthFor gives it.
    explicit BatchedFft(std::size_t length);

    /// The smallest product of twos and threes that is at least `least` and 1.
    [[nodiscard]] static std::size_t lengthFor(std::size_t least);

    [[nodiscard]] std::size_t length() const { return m_roots.size(); }
    /// Of `signal`, [length]; `scratch` is as long. Where the transform then is: one of the two, the other is spoilt.
    [[nodiscard]] ComplexLane* transform(ComplexLane* signal, ComplexLane* scratch) const;

private:
    template <std::size_t radix>
    void pass(const ComplexLane* from, ComplexLane* to, std::size_t parts, std::size_t stride) const;

    std::vector<std::size_t> m_radices;
    std::vector<std::complex<double>> m_roots; ///< exp(-2 pi i k / length)
};

} // namespace orrery
