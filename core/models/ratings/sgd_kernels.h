// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The steps of gradient descent that SVD, PMF and SVD++ share. Vectors are 64-byte aligned and padded with zeros to
/// whole lanes.
namespace orrery::sgd {

inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t lookAhead = 6; // ratings; about as long as a row takes from memory

/// Eight floats: two, one or half a vector register, whatever the instruction set has. The compiler may not reorder
/// a float sum by itself, so the lanes of the dot product are written out.
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), may_alias));

[[nodiscard]] constexpr std::size_t strideOf(std::size_t factors) { return (factors + lanes - 1) / lanes * lanes; }

/// A rating in the order of training; rows are those of the sides.
struct Cell {
    std::uint32_t person;
    std::uint32_t item;
    float value; ///< rating minus mean
};

/// Vectors and biases of people or items.
struct Side {
    Matrix vectors;
    std::vector<float> bias;

    Side(std::size_t rows, std::size_t stride) : vectors(rows, stride), bias(rows) {}
    [[nodiscard]] Lanes* lanesOf(std::size_t row)
    {
        return reinterpret_cast<Lanes*>(vectors.ref().data + row * vectors.cols());
    }
};

/// Products with the row after next, for the prediction to come.
struct Ahead {
    float person = 0; ///< <p, q''>
    float item = 0;   ///< <q', q''>
};

/// The sums of both, by shuffles: element by element it takes longer than the products.
inline Ahead sums(const Lanes& a, const Lanes& b)
{
    // a02 a13 b02 b13 a46 a57 b46 b57, then a0246 a1357 b0246 b1357
    const Lanes pairs = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
                        __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    const auto four =
        __builtin_shufflevector(pairs, pairs, 0, 1, 2, 3) + __builtin_shufflevector(pairs, pairs, 4, 5, 6, 7);
    return {four[0] + four[1], four[2] + four[3]};
}

inline float sum(const Lanes& a) { return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); }

inline float dot(const Lanes* p, const Lanes* q, std::size_t n)
{
    Lanes total{};
    for (std::size_t i = 0; i < n; ++i)
        total += p[i] * q[i];
    return sum(total);
}

/// Sizes of the steps of an epoch.
struct Steps {
    float rate = 0;
    float keep = 1; ///< what regularization leaves of a vector
    float biasRate = 0;
    float biasKeep = 1;
    float personPull = 1; ///< how many times as far as the item the person goes: 2 where an implicit part goes along
};

/// The learning rate of an epoch, 1 to `epochs`: from `first` down to the share `last` of it, in equal steps.
[[nodiscard]] inline float rateOf(int epoch, int epochs, float first, float last)
{
    const float done = static_cast<float>(epoch - 1) / static_cast<float>(epochs > 1 ? epochs - 1 : 1);
    return first * (1 - (1 - last) * done);
}

/// Moves p and q, each by the other's old value; on the way gathers the products of the new p, and of the next row
/// q', with q'', the row after that.
inline Ahead move(Lanes* __restrict p, Lanes* __restrict q, const Lanes* __restrict q1, const Lanes* __restrict q2,
                  std::size_t n, float step, const Steps& steps)
{
    const float keep = steps.keep, far = step * steps.personPull;
    Lanes person[2]{}, item[2]{}; // two chains of additions: one alone would be the time of the step
    const auto visit = [&](std::size_t i, std::size_t chain) {
        const Lanes x = p[i];
        const Lanes y = q[i];
        const Lanes moved = keep * x + far * y;
        p[i] = moved;
        q[i] = keep * y + step * x;
        person[chain] += moved * q2[i];
        item[chain] += q1[i] * q2[i];
    };
    std::size_t i = 0;
    for (; i + 1 < n; i += 2) {
        visit(i, 0);
        visit(i + 1, 1);
    }
    if (i < n)
        visit(i, 0);
    return sums(person[0] + person[1], item[0] + item[1]);
}

inline void prefetch(const Side& side, std::size_t row)
{
    const char* start = reinterpret_cast<const char*>(side.vectors.row(row).data());
    for (std::size_t byte = 0; byte < side.vectors.cols() * sizeof(float); byte += 64)
        __builtin_prefetch(start + byte, 1);
}

/// The steps through one person's ratings, in order; returns the sum of the squared errors met on the way. The error of
/// a step must not wait until the vectors of the step before are written, or that wait is most of the time. It need
/// not, since with p' = keep p + step q
///     <p', q'> = keep <p, q'> + step <q, q'>
/// and both products can be had one step earlier. `zero`: a row of zeros; `far`: the items are not in the near caches.
inline double descend(std::span<const Cell> cells, Lanes* p, float& bias, Side& items, const Lanes* zero, bool far,
                      const Steps& steps)
{
    const std::size_t n = items.vectors.cols() / lanes;
    const auto row = [&](std::size_t c) { return c < cells.size() ? items.lanesOf(cells[c].item) : zero; };
    float personBias = bias;
    float product = dot(p, row(0), n);
    Ahead ahead{dot(p, row(1), n), dot(row(0), row(1), n)};
    double squares = 0;
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (far && c + lookAhead < cells.size())
            prefetch(items, cells[c + lookAhead].item);
        float& itemBias = items.bias[cells[c].item];
        const float miss = cells[c].value - personBias - itemBias - product;
        const float step = steps.rate * miss;
        personBias = steps.biasKeep * personBias + steps.biasRate * miss;
        itemBias = steps.biasKeep * itemBias + steps.biasRate * miss;
        product = steps.keep * ahead.person + steps.personPull * step * ahead.item;
        ahead = move(p, items.lanesOf(cells[c].item), row(c + 1), row(c + 2), n, step, steps);
        squares += static_cast<double>(miss) * static_cast<double>(miss);
    }
    bias = personBias;
    return squares;
}

} // namespace orrery::sgd
