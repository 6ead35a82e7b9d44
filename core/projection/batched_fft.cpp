// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/batched_fft.h"

#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace orrery {
namespace {

ComplexLane plus(const ComplexLane& a, const ComplexLane& b) { return {a.re + b.re, a.im + b.im}; }
ComplexLane minus(const ComplexLane& a, const ComplexLane& b) { return {a.re - b.re, a.im - b.im}; }
/// -i a.
ComplexLane turned(const ComplexLane& a) { return {a.im, -a.re}; }
ComplexLane times(const ComplexLane& a, std::complex<double> b)
{
    return {a.re * b.real() - a.im * b.imag(), a.re * b.imag() + a.im * b.real()};
}

void butterfly(std::array<ComplexLane, 2>& x) { x = {plus(x[0], x[1]), minus(x[0], x[1])}; }

void butterfly(std::array<ComplexLane, 3>& x)
{
    constexpr double sine = .86602540378443864676; // of 60 degrees
    const ComplexLane sum = plus(x[1], x[2]), apart = turned(times(minus(x[1], x[2]), sine));
    const ComplexLane middle = minus(x[0], times(sum, .5));
    x = {plus(x[0], sum), plus(middle, apart), minus(middle, apart)};
}

void butterfly(std::array<ComplexLane, 4>& x)
{
    const ComplexLane even = plus(x[0], x[2]), evenApart = minus(x[0], x[2]);
    const ComplexLane odd = plus(x[1], x[3]), oddApart = turned(minus(x[1], x[3]));
    x = {plus(even, odd), plus(evenApart, oddApart), minus(even, odd), minus(evenApart, oddApart)};
}

} // namespace

BatchedFft::BatchedFft(std::size_t length)
{
    std::size_t rest = length;
    for (const std::size_t radix : {4, 3, 2})
        for (; rest % radix == 0; rest /= radix)
            m_radices.push_back(radix);
    m_roots.reserve(length);
    for (std::size_t k = 0; k < length; ++k)
        m_roots.push_back(std::polar(1., -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length)));
}

std::size_t BatchedFft::lengthFor(std::size_t least)
{
    for (std::size_t length = std::max<std::size_t>(1, least);; ++length) {
        std::size_t rest = length;
        for (const std::size_t prime : {2, 3})
            while (rest % prime == 0)
                rest /= prime;
        if (rest == 1)
            return length;
    }
}

template <std::size_t radix>
void BatchedFft::pass(const ComplexLane* from, ComplexLane* to, std::size_t parts, std::size_t stride) const
{
    std::array<ComplexLane, radix> x;
    for (std::size_t part = 0; part < parts; ++part)
        for (std::size_t at = 0; at < stride; ++at) {
            for (std::size_t k = 0; k < radix; ++k)
                x[k] = from[at + stride * (part + parts * k)];
            butterfly(x);
            to[at + stride * radix * part] = x[0];
            for (std::size_t k = 1; k < radix; ++k)
                to[at + stride * (radix * part + k)] = times(x[k], m_roots[part * k * stride]);
        }
}

ComplexLane* BatchedFft::transform(ComplexLane* signal, ComplexLane* scratch) const
{
    std::size_t rest = length(), stride = 1;
    for (const std::size_t radix : m_radices) {
        rest /= radix;
        if (radix == 4)
            pass<4>(signal, scratch, rest, stride);
        else if (radix == 3)
            pass<3>(signal, scratch, rest, stride);
        else
            pass<2>(signal, scratch, rest, stride);
        stride *= radix;
        std::swap(signal, scratch);
    }
    return signal;
}

} // namespace orrery
